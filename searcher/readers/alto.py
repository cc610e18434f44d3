"""ALTO, the text of a digitised page: its blocks in reading order, words divided at line ends made whole.

>>> xml = b'<alto><TextBlock ID="b1"><TextLine><String CONTENT="Waf" SUBS_TYPE="HypPart1" SUBS_CONTENT="Waffen"/>'
>>> xml += b'<HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="fen" SUBS_TYPE="HypPart2"/></TextLine>'
>>> xml += b'</TextBlock></alto>'
>>> [block.text for block in page(xml)[0]]
['Waffen']
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from searcher.readers import containers
from searcher.readers.base import safexml
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants, local
from searcher.readers.base.walk import passed_over
from searcher.readers.plaintext import printed_date
from searcher.report import Repair

METS_NAMES = ("mets", "_mets", "-mets")
FOLDERS_ABOVE = 2


class Block(NamedTuple):
    """A block of text: its identifier, its text, and the confidences of its words."""

    id: str
    text: str
    confidences: tuple[float, ...]


def read(unit: Unit) -> Iterator[Record]:
    """The page as an article; where a METS file tells the articles apart, that is what is read."""
    if mets := _mets_in_archive(unit) or _mets_of(os.path.dirname(unit.path) or "."):
        yield unit.skip(f"a page that is read through {mets}")
        return
    blocks, how = page(unit.data or b"")
    if how:
        yield Repair(unit.path, None, how, unit.name)
    values = {
        "id": unit.name,
        "body": "\n\n".join(block.text for block in blocks),
        "date": printed_date("", "", unit.name),
        "extra": confidence(blocks),
    }
    yield from finished(values, unit)


def page(data: bytes) -> tuple[list[Block], str]:
    """The blocks of a page with text in them, and how its bytes had to be read."""
    root, how = safexml.parse(data)
    found = (_block(each) for each in descendants(root, "TextBlock"))
    return [block for block in found if block.text], how


def confidence(blocks: list[Block]) -> dict[str, str]:
    """How sure the recognition was of these words on average, between 0 and 1, as an `extra` of an article."""
    known = [each for block in blocks for each in block.confidences]
    return {"ocr_confidence": f"{sum(known) / len(known):.3f}"} if known else {}


def _block(element: Element) -> Block:
    words: list[str] = []
    confidences: list[float] = []
    divided = whole = False
    for string in descendants(element, "String", "HYP"):
        if local(string) == "HYP":
            divided = not whole
            continue
        content = string.get("SUBS_CONTENT") or "" if string.get("SUBS_TYPE") == "HypPart1" else ""
        if string.get("SUBS_TYPE") == "HypPart2" and whole:
            # The whole word already stands where its first part was.
            pass
        elif divided and words:
            words[-1] += string.get("CONTENT") or ""
        else:
            words.append(content or string.get("CONTENT") or "")
        divided, whole = False, bool(content)
        confidences += _number(string.get("WC"))
    return Block(element.get("ID") or "", " ".join(" ".join(words).split()), tuple(confidences))


def _number(value: str | None) -> list[float]:
    try:
        number = float(value or "")
    except ValueError:
        return []
    return [number] if 0 <= number <= 1 else []


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
