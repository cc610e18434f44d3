"""One digitised page as an article, in ALTO or PAGE-XML, where no METS file tells its articles apart."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from functools import lru_cache

from searcher.errors import ReadError
from searcher.readers import alto, containers, pagexml
from searcher.readers.base import row_to_article, safexml
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.walk import passed_over
from searcher.readers.ocr import Block, confidence
from searcher.readers.plaintext import printed_date
from searcher.report import Repair

METS_NAMES = ("mets", "_mets", "-mets")
FOLDERS_ABOVE = 2


def read(unit: Unit) -> Iterator[Record]:
    """The page as an article; where a METS file tells the articles apart, that is what is read."""
    if mets := _mets_in_archive(unit) or _mets_of(os.path.dirname(unit.path) or "."):
        yield unit.skip(f"a page that is read through {mets}")
        return
    yield from one_page(unit)


def one_page(unit: Unit) -> Iterator[Record]:
    """The article that a page is where nothing tells its articles apart."""
    found, how = page(unit.data or b"")
    repairs = [how, *[row_to_article.DIVIDED] * any(each.joins for each in found)]
    for reason in filter(None, repairs):
        yield Repair(unit.path, None, reason, unit.name)
    values = {
        "id": unit.name,
        "body": "\n\n".join(each.text for each in found),
        "date": printed_date("", "", unit.name),
        "extra": confidence(found),
    }
    yield from finished(values, unit)


def page(data: bytes) -> tuple[list[Block], str]:
    """The blocks of a page with text in them, and how its bytes had to be read; of any format that we know."""
    root, how = safexml.parse(data)
    for module in (alto, pagexml):
        if safexml.local(root) == module.ROOT:
            return [each for each in module.blocks(root) if each.text], how
    raise ReadError("neither ALTO nor PAGE-XML")


def _mets_in_archive(unit: Unit) -> str:
    """The METS file of the same archive that the page belongs to; '' where there is none, or no archive."""
    archive, inside, name = unit.path.rpartition(containers.SEPARATOR)
    if not inside:
        return ""
    folder = posixpath.dirname(name)
    found = _mets_in(archive, containers.stamp(archive))
    mets = found.get(folder) or found.get(posixpath.dirname(folder))
    return archive + inside + mets if mets else ""


@lru_cache(maxsize=64)
def _mets_in(archive: str, changed: tuple[int, int]) -> dict[str, str]:
    """A METS file of each folder that has one; `changed` is the stamp of the archive."""
    return {posixpath.dirname(name): name for name in containers.names(archive) if _is_mets(name)}


def _is_mets(name: str) -> bool:
    stem, dot, suffix = name.lower().rpartition(".")
    return bool(dot) and suffix == "xml" and stem.endswith(METS_NAMES) and not passed_over(name)


def _mets_of(folder: str) -> str:
    """The METS file in this folder or above it that the pages here belong to; '' where there is none."""
    if containers.SEPARATOR in folder:
        return ""
    for _ in range(FOLDERS_ABOVE):
        try:
            if name := _mets_name(folder, os.stat(folder).st_mtime_ns):
                return os.path.join(folder, name)
        except OSError:
            return ""
        folder = os.path.dirname(os.path.abspath(folder))
    return ""


@lru_cache(maxsize=256)
def _mets_name(folder: str, changed: int) -> str:
    """The first METS file in this folder as it was `changed`: in a watched folder it may come after its pages."""
    return next((name for name in sorted(os.listdir(folder)) if _is_mets(name)), "")
