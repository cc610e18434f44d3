"""DOCX, what Word writes: paragraphs, headings by their style, the properties of the file.

Footnotes, comments and text deleted by tracked changes are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searcher.errors import ReadError
from searcher.readers.base import safexml
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.safexml import Element, find, local
from searcher.readers.documents import Document, Package, Paragraph, articles, named

BODY = "word/document.xml"
HEADING = re.compile(r"(?:heading|berschrift|titre)\s*(\d)", re.IGNORECASE)
TITLES = frozenset({"title", "titel", "headline", "schlagzeile"})
LEFT_OUT = frozenset(
    {"del", "instrText", "delText", "Fallback", "footnoteReference", "pPr", "rPr", "moveFrom"}
)
SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "softHyphen": "\N{SOFT HYPHEN}", "noBreakHyphen": "-"}
PROPERTIES = {
    "title": "title", "creator": "author", "created": "date", "modified": "changed", "keywords": "keywords",
    "language": "language",
}  # fmt: skip


def read(unit: Unit) -> Iterator[Record]:
    """The article of a document, or those of an export."""
    package = Package(unit.data or b"")
    if BODY not in package.names:
        raise ReadError("no text in this document: it has no word/document.xml")
    root, _ = safexml.parse(package.read(BODY))
    core = package.read("docProps/core.xml")
    about = {PROPERTIES[local(each)]: safexml.text(each) for each in named(core, PROPERTIES)}
    yield from articles(Document(list(paragraphs(root)), about), unit)


def paragraphs(root: Element) -> Iterator[Paragraph]:
    """The paragraphs of the body, those of tables and text boxes in their places."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if local(element) in LEFT_OUT:
            continue
        if local(element) == "p":
            inner = [each for each in element if local(each) != "pPr"]
            yield Paragraph("".join(text for each in inner for text in _texts(each)).strip(), _level(element))
            waiting += reversed(list(_boxes(element)))
            continue
        waiting += reversed(list(element))


def _boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes, which hold paragraphs inside of a paragraph, each twice: once for programs that know no better."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if local(element) == "txbxContent":
            yield element
        elif local(element) not in LEFT_OUT:
            waiting += reversed(element)


def _texts(element: Element) -> Iterator[str]:
    waiting = [element]
    while waiting:
        each = waiting.pop()
        name = local(each)
        if name in SIGNS:
            yield SIGNS[name]
        elif name == "t":
            yield each.text or ""
        elif name not in LEFT_OUT and name != "txbxContent":
            waiting += reversed(list(each))


def _level(paragraph: Element) -> int:
    style = find(paragraph, "pPr", "pStyle")
    name = (
        next((value for key, value in style.items() if key.endswith("val")), "") if style is not None else ""
    )
    heading = HEADING.search(name)
    return 1 if name.lower() in TITLES else int(heading[1]) if heading else 0
