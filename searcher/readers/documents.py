"""Word-processor documents: paragraphs, headings and metadata; one article, or an export of a press database.

>>> document = Document([Paragraph("Brücke gesperrt", 1), Paragraph("Der Verkehr wird umgeleitet.")])
>>> [(each.title, each.body) for each in articles(document, Unit("a.docx", "a.docx"))]
[('Brücke gesperrt', 'Der Verkehr wird umgeleitet.')]
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from searcher.errors import ReadError
from searcher.readers import pressexport
from searcher.readers.base import safexml
from searcher.readers.base.compression import BOMB, MAX_RATIO, RATIO_COUNTS_FROM, WHOLE_LIMIT
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished, shortened
from searcher.readers.base.safexml import Element, local
from searcher.readers.plaintext import TITLE_LIMIT, printed_date

NAMED_BY_PROGRAM = re.compile(
    r"^(?:Microsoft Word|untitled|unbenannt|dokument\d*|document\d*|PowerPoint|Layout \d+)\b|\.\w{2,5}$", re.I
)
"""Titles that no person gave."""
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
    NotImplementedError,
)


class Paragraph(NamedTuple):
    """A paragraph; `level` is 1 for a headline, more for the headings below it, 0 for text."""

    text: str
    level: int = 0


@dataclass
class Document:
    """The paragraphs of a file, and what it says of itself: `title author date keywords url` and the like."""

    paragraphs: list[Paragraph]
    about: dict[str, str] = field(default_factory=dict)


def articles(document: Document, unit: Unit, identity: str = "") -> Iterator[Record]:
    """The articles of an export of a press database; of any other document one."""
    texts = [each.text for each in document.paragraphs]
    if database := pressexport.recognised(texts):
        yield from pressexport.articles(database, texts, unit)
    else:
        yield from _one(document, unit, identity or unit.name)


def _one(document: Document, unit: Unit, identity: str) -> Iterator[Record]:
    about, dates = document.about, DateReader()
    paragraphs = [each for each in document.paragraphs if each.text.strip()]
    title, rest = _title(paragraphs, about.get("title", ""))
    texts = [each.text for each in rest]
    date = printed_date(title, "\n".join(texts[:8]), unit.name) or dates(about.get("date"))
    values = {
        "id": identity,
        "title": title,
        "body": "\n\n".join(texts),
        "date": date,
        "author": about.get("author", ""),
        "keywords": tuple(filter(None, re.split(r"\s*[,;]\s*", about.get("keywords", "")))),
        "source": about.get("source", ""),
        "extra": {name: about[name] for name in ("pages", "page", "language", "changed") if about.get(name)},
    }
    yield from finished(values, unit, None, dates.unread)


def _title(paragraphs: list[Paragraph], named: str) -> tuple[str, list[Paragraph]]:
    """The headline, and the paragraphs without it: as marked, else as the file is called, else a short first line."""
    first = next((place for place, each in enumerate(paragraphs[:8]) if each.level == 1), None)
    named = "" if NAMED_BY_PROGRAM.search(named) else " ".join(named.split())
    if first is not None and len(paragraphs) > 1:
        return paragraphs[first].text, paragraphs[:first] + paragraphs[first + 1 :]
    if named:
        same = bool(paragraphs) and " ".join(paragraphs[0].text.split()) == named
        return named, paragraphs[1:] if same else paragraphs
    top = paragraphs[0].text if paragraphs else ""
    is_title = len(paragraphs) > 1 and len(top) <= TITLE_LIMIT and not top.endswith((".", ",", ";"))
    return (top, paragraphs[1:]) if is_title else ("", paragraphs)


class Package:
    """The files in a .docx, .odt or .epub; what all of them unpack to is bounded."""

    def __init__(self, data: bytes) -> None:
        """ReadError where the bytes are no such package."""
        self._left = max(RATIO_COUNTS_FROM, MAX_RATIO * len(data))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = frozenset(self._zip.namelist())
        except (
            zipfile.BadZipFile,
            ValueError,
            OSError,
            RuntimeError,
            NotImplementedError,
            IndexError,
        ) as error:
            raise ReadError(f"damaged document: {shortened(str(error))}") from None

    def read(self, name: str) -> bytes:
        """The bytes of a file, b'' where there is none; ReadError where they cannot be had."""
        if name not in self.names:
            return b""
        limit = min(WHOLE_LIMIT, self._left)
        try:
            with self._zip.open(name) as member:
                data = member.read(limit + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise ReadError(f"damaged document: {shortened(name)}: {shortened(str(error))}") from None
        self._left -= len(data)
        if len(data) > limit:
            raise ReadError(BOMB)
        return data


def named(data: bytes, names: Container[str]) -> list[Element]:
    """The elements with these local names; none where the XML cannot be read, for a text needs no metadata."""
    if not data:
        return []
    try:
        root, _ = safexml.parse(data)
    except ReadError:
        return []
    return [each for each in root.iter() if local(each) in names]
