"""The documentation is held by test: its blocks are run, its tables are generated, its links are followed.

    python -m tests.docs

writes what the code says today into every page, for a person to read before it is committed.
"""
