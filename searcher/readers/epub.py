"""EPUB, the issues that newspapers sell for reading devices: one article per document, in the order of the book.

Tables of contents, covers and documents without text are skipped, each with a line in the report.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from searcher.errors import ReadError
from searcher.readers.base import markup, safexml
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.encoding import decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants
from searcher.readers.documents import Package

HEADING = re.compile(r"<h([1-4])\b[^>]{0,1000}>(.{1,4000}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
LEAST_TEXT = 80
"""Characters that a document has at least which is more than a cover or the name of a section."""


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a book."""
    package = Package(unit.data or b"")
    container, _ = safexml.parse(package.read("META-INF/container.xml") or b"<container/>")
    path = next((each.get("full-path") or "" for each in descendants(container, "rootfile")), "")
    if path not in package.names:
        raise ReadError("damaged EPUB: nothing says in which order it is to be read")
    root, _ = safexml.parse(package.read(path))
    items = {each.get("id"): each for each in descendants(root, "item")}
    spine = [items[each.get("idref")] for each in descendants(root, "itemref") if each.get("idref") in items]
    about = {name: _first(root, name) for name in ("title", "date", "publisher")}
    if not spine:
        yield unit.reject("no documents in this book")
    for number, item in enumerate(spine, 1):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(item.get("href") or "")))
        yield from guarded(_article(package, name, item, about, unit), unit, number)


def _article(
    package: Package, name: str, item: Element, about: dict[str, str], unit: Unit
) -> Iterator[Record]:
    if "nav" in (item.get("properties") or "").split():
        yield unit.skip(f"{name}: the table of contents")
        return
    data = package.read(name)
    if not data:
        yield unit.reject(f"{name}: no such file in this book")
        return
    text, _ = decode(data)
    blocks = markup.blocks(text)
    heading = HEADING.search(text)
    title = " ".join(markup.blocks(heading[2])) if heading else ""
    if title in blocks[:4]:
        blocks.remove(title)
    if sum(map(len, blocks)) < LEAST_TEXT:
        yield unit.skip(f"{name}: a cover, or the name of a section")
        return
    dates = DateReader()
    values = {
        "id": f"{unit.name}#{name}",
        "title": title,
        "body": "\n\n".join(blocks),
        "date": dates(about["date"]),
        "source": about["title"] or about["publisher"],
    }
    yield from finished(values, unit, None, dates.unread)


def _first(root: Element, name: str) -> str:
    return next((text for each in descendants(root, name) if (text := safexml.text(each))), "")
