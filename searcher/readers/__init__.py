"""Readers: files of many formats become articles, and every record without an article gets a reason.

`find` lists the files, `units` cuts them into units of work, `read` turns a unit into articles,
rejections and repairs; `read_path` does both. `formats.FORMATS` is the table of the formats; other
packages add a `Format` by the entry point `searcher.readers`.

>>> import tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp()) / "nachricht.txt"
>>> _ = path.write_text("Waffenruhe in Sicht\\n\\nDie Gespräche gehen weiter.", "utf-8")
>>> [article.title for article in read_path(path)]
['Waffenruhe in Sicht']
"""

from searcher.readers.base.records import STANDARD_INPUT, Found, ReadOptions, Record, Unit, version_number
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.walk import listed
from searcher.readers.dispatch import check, find, read, read_formats, read_path, sniff, units
from searcher.readers.protocol import Cutter, Format, Reader

__all__ = [
    "STANDARD_INPUT",
    "Cutter",
    "Format",
    "Found",
    "ReadOptions",
    "Reader",
    "Record",
    "Unit",
    "check",
    "find",
    "finished",
    "listed",
    "read",
    "read_formats",
    "read_path",
    "sniff",
    "units",
    "version_number",
]
