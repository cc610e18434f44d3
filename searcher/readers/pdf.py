"""PDF with a text layer: press reviews, pages of ePapers, reports of agencies. The extra `pdf` brings pypdf.

One article per file, or the articles of an export of a press database. The title is the largest text, or the title in
the metadata. Pages without text are reported.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from searcher.errors import ReadError
from searcher.readers import pressexport
from searcher.readers.base import extras
from searcher.readers.base.guard import MESSAGE
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.documents import Document, Paragraph, articles
from searcher.readers.layout import Fragment, Line, lines_of, paragraphs

PAGES = 2_000
CONTENT_LIMIT = 8 << 20
"""Bytes of the drawing of one page that are read: text takes kilobytes, maps take megabytes."""
RUNNING = 3
"""Pages on which a line must repeat at one height to count as part of the paper, not of an article."""
EDGE = 3
"""Lines at the top and at the bottom of a page that may belong to the paper."""
DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?")
LARGER = 1.2
"""How much larger than the text a headline is printed."""


def read(unit: Unit) -> Iterator[Record]:
    """The article of a file, or those of an export; pages without text, or too large, each have their line."""
    reader = _opened(unit.data or b"")
    pages: list[list[Line]] = []
    for number, page in enumerate(reader.pages, 1):
        if number > PAGES:
            yield unit.reject(f"more than {PAGES:,} pages: the rest is not read", number)
            break
        try:
            fragments = list(_fragments(page))
        except ReadError as error:
            yield unit.reject(error, number)
            continue
        pages.append(lines_of(fragments))
        if not fragments:
            yield unit.skip("a page without a text layer: its text needs recognition first", number)
    if not any(pages):
        yield unit.reject("no text layer in this PDF: texts in pictures need recognition first")
        return
    lines = _without_running(pages)
    texts = [line.text for line in lines]
    if database := pressexport.recognised(texts):
        yield from pressexport.articles(database, texts, unit, "\n")
        return
    about = _about(reader) | {"pages": str(len(pages))}
    yield from articles(Document(_headed(lines), about), unit)


def _opened(data: bytes) -> Any:
    pypdf = extras.load("pypdf", "pdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with extras.failing("the PDF cannot be opened"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("encrypted: save it without its password first")
        len(reader.pages)
    return reader


def _fragments(page: Any) -> Iterator[Fragment]:
    """The texts on a page in the order they are drawn."""
    found: list[Fragment] = []

    def visit(text: str, matrix: list[float], at: list[float], font: Any, size: float) -> None:
        text = without_controls(text)[0].replace("\n", "")
        if text.strip():
            x = at[4] * matrix[0] + at[5] * matrix[2] + matrix[4]
            y = at[4] * matrix[1] + at[5] * matrix[3] + matrix[5]
            scale = math.hypot(at[2] * matrix[0] + at[3] * matrix[2], at[2] * matrix[1] + at[3] * matrix[3])
            if all(map(math.isfinite, (x, y, scale * size))):
                found.append(Fragment(x, y, abs(size * scale) or 1.0, text))

    try:
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > CONTENT_LIMIT:
            raise ReadError(f"a page of more than {CONTENT_LIMIT >> 20} MB: not read")
        page.extract_text(visitor_text=visit)
    except ReadError:
        raise
    except Exception as error:
        # What is drawn before the fault is read; a parser of others has errors of any kind.
        if not found:
            told = " ".join(str(error).split())[:MESSAGE]
            raise ReadError(f"the page cannot be read: {type(error).__name__}: {told}") from None
    yield from found


def _without_running(pages: list[list[Line]]) -> list[Line]:
    """The lines of all pages without those that recur at one height on many pages: running titles, page numbers."""

    def kind(line: Line) -> tuple[int, str]:
        return round(line.y), re.sub(r"\d+", "0", line.text)

    def edges(page: list[Line]) -> set[tuple[int, str]]:
        by_height = sorted(page, key=lambda line: line.y)
        return {kind(line) for line in (*by_height[:EDGE], *by_height[-EDGE:])}

    seen = Counter(each for page in pages for each in edges(page))
    return [line for page in pages for line in page if seen[kind(line)] < RUNNING]


def _headed(lines: list[Line]) -> list[Paragraph]:
    """Paragraphs; the largest of the first ones is the headline."""
    found = paragraphs(lines)
    sizes = Counter[float]()
    for text, size in found:
        sizes[round(size, 1)] += len(text)
    usual = sizes.most_common(1)[0][0] if sizes else 0
    largest = max((size for _, size in found[:12]), default=0)
    place = next((place for place, (_, size) in enumerate(found[:12]) if size == largest), -1)
    return [
        Paragraph(text, int(number == place and size > LARGER * usual))
        for number, (text, size) in enumerate(found)
    ]


def _about(reader: Any) -> dict[str, str]:
    """What the file says of itself."""
    try:
        told = {name: str(value) for name, value in (reader.metadata or {}).items()}
    except Exception:
        # The description of a file may be damaged where its pages are not.
        return {}
    found = DATE.match(told.get("/CreationDate", ""))
    date = "-".join(part for part in found.groups()[:3] if part) if found else ""
    named = {name: told.get(f"/{name.capitalize()}", "").strip() for name in ("title", "author", "keywords")}
    return {name: without_controls(value)[0] for name, value in {**named, "date": date}.items() if value}
