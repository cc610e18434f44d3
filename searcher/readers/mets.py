"""METS with ALTO or PAGE-XML: an issue of a digitised newspaper; its articles are joined from blocks of its pages.

The logical structure gives the articles; without one, each page is an article. Page files are read only from below the
folder of the METS file.
"""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError, ReadError
from searcher.readers import containers, ocr
from searcher.readers.base import safexml
from searcher.readers.base.compression import read_whole, unpacked
from searcher.readers.base.date_values import period
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants, find_all
from searcher.readers.digitised_page import page
from searcher.readers.ocr import Block

ARTICLES = frozenset(
    {"article", "artikel", "newsarticle", "advertisement", "anzeige", "obituary", "illustration"}
)
HEADINGS = frozenset({"heading", "title", "headline", "ueberschrift", "überschrift"})
TEXT_USES = ("fulltext", "alto", "ocr", "page")


@dataclass
class Issue:
    """The pages of an issue by file identifier, read when they are first asked for."""

    path: str
    files: dict[str, str]
    pages: dict[str, list[Block]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    _packed: dict[str, bytes] | None = None

    def page(self, identity: str) -> list[Block]:
        """The blocks of a page; none, and a problem noted, where it cannot be read."""
        if identity not in self.pages:
            try:
                self.pages[identity] = page(self._content(self.files[identity]))[0]
            except (ReadError, OSError) as error:
                self.pages[identity] = []
                self.problems[self.files[identity]] = getattr(error, "strerror", None) or str(error)
        return self.pages[identity]

    def _content(self, href: str) -> bytes:
        if containers.SEPARATOR not in self.path:
            return _file(Path(self.path).parent, href)
        archive, _, name = self.path.rpartition(containers.SEPARATOR)
        if self._packed is None:
            wanted = {_member(name, each) for each in self.files.values()}
            self._packed = containers.contents(archive, wanted)
        member = _member(name, href)
        folder = posixpath.dirname(name)
        if (
            not member.startswith(folder + "/" if folder else "")
            or member.startswith(("../", "/"))
            or "://" in href
        ):
            raise ReadError("lies outside of the folder of the METS file")
        if member not in self._packed:
            raise ReadError("no such file")
        return read_whole(unpacked(io.BytesIO(self._packed[member])))


def read(unit: Unit) -> Iterator[Record]:
    """The articles of an issue, or its pages; each article, page and file without text has its line."""
    root, _ = safexml.parse(unit.data or b"")
    files = {
        each.get("ID") or "": _href(each) for group in _groups(root) for each in descendants(group, "file")
    }
    issue = Issue(unit.path, {identity: href for identity, href in files.items() if href})
    common = {"date": _date(root), "source": _source(root)}
    divisions = [each for each in _logical(root) if (each.get("TYPE") or "").lower() in ARTICLES]
    for number, division in enumerate(divisions, 1):
        identity = f"{unit.name}#{division.get('ID') or number}"
        yield from guarded(_division(division, issue, {"id": identity, **common}, unit), unit)
    for identity, href in () if divisions else issue.files.items():
        values = {"id": f"{unit.name}#{identity}", **common}
        yield from guarded(_page(identity, href, issue, values, unit), unit)
    for href, problem in issue.problems.items():
        yield unit.reject(f"page {href}: {problem}")
    if not issue.files:
        yield unit.reject("no pages with text in this METS file")


def _division(division: Element, issue: Issue, common: dict[str, Any], unit: Unit) -> Iterator[Record]:
    values = _article(division, issue)
    if values["body"] or values["title"]:
        yield from finished(common | values, unit)
    elif not issue.problems:
        yield unit.skip(f"an article without text: {division.get('ID') or 'without a name'}")


def _page(identity: str, href: str, issue: Issue, common: dict[str, Any], unit: Unit) -> Iterator[Record]:
    blocks = issue.page(identity)
    if blocks:
        body = "\n\n".join(block.text for block in blocks)
        yield from finished({**common, "body": body, "extra": {"page": href, **ocr.confidence(blocks)}}, unit)
    elif href not in issue.problems:
        yield unit.skip(f"page {href}: no text")


def _article(division: Element, issue: Issue) -> dict[str, Any]:
    """Title and paragraphs of a division: headings are those parts that call themselves so."""
    title: list[str] = []
    blocks: list[Block] = []
    for part in descendants(division, "div"):
        found = [block for area in _areas(part) for block in _blocks(area, issue)]
        blocks += found
        if (part.get("TYPE") or "").lower() in HEADINGS:
            title += [block.text for block in found]
            blocks = blocks[: len(blocks) - len(found)]
    named = division.get("LABEL") or " ".join(title)
    return {
        "title": named,
        "body": "\n\n".join(block.text for block in blocks),
        "extra": ocr.confidence(blocks),
    }


def _areas(division: Element) -> Iterator[Element]:
    """The places on pages that belong to a division itself, not to those inside it."""
    for pointer in find_all(division, "fptr"):
        areas = list(descendants(pointer, "area"))
        yield from areas or [pointer]


def _blocks(area: Element, issue: Issue) -> list[Block]:
    """The blocks a place names: one by its identifier, or a whole page."""
    identity, begin = area.get("FILEID") or "", area.get("BEGIN") or ""
    if identity not in issue.files:
        return []
    return [block for block in issue.page(identity) if not begin or block.id == begin]


def _groups(root: Element) -> list[Element]:
    """The groups of files that hold text; all of them where none says so."""
    groups = list(descendants(root, "fileGrp"))
    named = [
        each for each in groups if (each.get("USE") or each.get("ID") or "").lower().startswith(TEXT_USES)
    ]
    return named or groups


def _href(file: Element) -> str:
    """The address of a file, where it is a page of text below the METS file."""
    for place in descendants(file, "FLocat"):
        address = next((value for key, value in place.items() if key.rpartition("}")[2] == "href"), "")
        if address.lower().endswith((".xml", ".xml.gz", ".alto")):
            return address.removeprefix("file://").removeprefix("./")
    return ""


def _logical(root: Element) -> Iterator[Element]:
    for structure in descendants(root, "structMap"):
        if (structure.get("TYPE") or "").lower().startswith("logical"):
            yield from descendants(structure, "div")


def _member(mets: str, href: str) -> str:
    """The name of a page in an archive."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(mets), href))


def _file(folder: Path, href: str) -> bytes:
    path = folder / href
    inside = os.path.commonpath([folder.resolve(), path.resolve()]) == str(folder.resolve())
    if os.path.isabs(href) or "://" in href or not inside:
        raise ReadError("lies outside of the folder of the METS file")
    if not path.is_file():
        raise ReadError("no such file")
    with path.open("rb") as opened:
        return read_whole(unpacked(opened))


def _date(root: Element) -> Period | None:
    """The day of the issue, from its MODS description."""
    for element in descendants(root, "dateIssued", "dateCreated"):
        try:
            if found := period(safexml.text(element)):
                return found
        except DateError:
            continue
    return None


def _source(root: Element) -> str:
    """The newspaper, from the MODS description."""
    return next((text for each in descendants(root, "titleInfo") if (text := safexml.text(each))), "")
