"""The Whoosh index on disk: schema, columns, codec, bulk writer, table of contents, verify and rebuild.

FORMAT.md in this folder describes every file and array.
"""
