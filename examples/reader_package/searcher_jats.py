"""JATS, the XML of scientific journals: one article a file.

A small but complete reader: it tells its files by their first bytes, gives an article or a rejection, and leaves
mending texts and filling in the source to `finished`, as the readers of searcher do.
"""

from __future__ import annotations

from collections.abc import Iterator

from searcher.readers import Format, Record, Unit, finished
from searcher.readers.base import safexml


def is_jats(head: bytes) -> bool:
    """Whether a file begins as JATS does."""
    return b"<article" in head[:2000] and b"JATS" in head[:2000]


FORMAT = Format("jats", (".jats", ".nxml"), "searcher_jats", is_jats)


def read(unit: Unit) -> Iterator[Record]:
    """The article of a file."""
    root, _ = safexml.parse(unit.data or b"")
    paragraphs = [safexml.text(each) for each in safexml.descendants(root, "p")]
    if not paragraphs:
        yield unit.reject("no paragraph in this article")
        return
    values = {
        "id": unit.name,
        "title": safexml.text(next(safexml.descendants(root, "article-title"), None)),
        "body": "\n\n".join(paragraphs),
    }
    yield from finished(values, unit)
