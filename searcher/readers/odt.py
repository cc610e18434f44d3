"""ODT, the text documents of LibreOffice and others: paragraphs, headings by their level, the properties of the file.

Notes, comments and text deleted by tracked changes are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from searcher.errors import ReadError
from searcher.readers.base import safexml
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.safexml import Element, local
from searcher.readers.documents import Document, Package, Paragraph, articles, named

LEFT_OUT = frozenset(
    {"note", "annotation", "annotation-end", "tracked-changes", "sequence-decls", "ruby-text"}
)
SIGNS = {"tab": " ", "line-break": "\n", "s": " "}
PROPERTIES = {
    "title": "title", "initial-creator": "author", "creator": "author", "creation-date": "date", "date": "changed",
    "keyword": "keywords", "language": "language",
}  # fmt: skip


def read(unit: Unit) -> Iterator[Record]:
    """The article of a document, or those of an export."""
    package = Package(unit.data or b"")
    if "content.xml" not in package.names:
        raise ReadError("no text in this document: it has no content.xml")
    root, _ = safexml.parse(package.read("content.xml"))
    about: dict[str, str] = {}
    for each in named(package.read("meta.xml"), PROPERTIES):
        about.setdefault(PROPERTIES[local(each)], safexml.text(each))
    yield from articles(Document(list(paragraphs(root)), about), unit)


def paragraphs(root: Element) -> Iterator[Paragraph]:
    """The paragraphs and headings of the body, those of tables and frames in their places."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name in LEFT_OUT:
            continue
        if name in ("p", "h"):
            yield Paragraph("".join(_texts(element)).strip(), _level(element))
        else:
            waiting += reversed(list(element))


def _texts(element: Element) -> Iterator[str]:
    """The text of a paragraph in the order of print; without recursion, for files are not to be trusted."""
    waiting: list[Element | str] = [element]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
            continue
        name = local(each)
        if name in SIGNS:
            yield SIGNS[name]
        elif name not in LEFT_OUT:
            parts: list[Element | str] = [each.text or ""]
            for child in each:
                parts += [child, child.tail or ""]
            waiting += reversed(parts)


def _level(paragraph: Element) -> int:
    if local(paragraph) == "p":
        style = next((value for key, value in paragraph.items() if key.endswith("style-name")), "")
        return int(style in ("Title", "Titel"))
    level = next((value for key, value in paragraph.items() if key.endswith("outline-level")), "1")
    return int(level) if level.isdecimal() and len(level) < 3 else 1
