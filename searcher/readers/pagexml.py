"""PAGE-XML, the text of a digitised page as Transkribus, OCR-D and eScriptorium write it, in its reading order.

>>> from searcher.readers.base import safexml
>>> xml = b"<PcGts><Page><TextRegion id='r'><TextLine><TextEquiv conf='0.9'><Unicode>Waffenruhe</Unicode></TextEquiv>"
>>> [each.text for each in blocks(safexml.parse(xml + b"</TextLine></TextRegion></Page></PcGts>")[0])]
['Waffenruhe']
"""

from __future__ import annotations

from searcher.readers.base.safexml import Element, descendants, find_all
from searcher.readers.ocr import Block, block, share

ROOT = "PcGts"
NO_TEXT_TYPES = frozenset({"page-number", "header", "footer", "signature-mark", "catch-word"})
"""Regions around the text of a page."""


def blocks(root: Element) -> list[Block]:
    """The regions of a page in reading order, those it does not name last; some have no text."""
    regions = {
        each.get("id") or str(place): each for place, each in enumerate(descendants(root, "TextRegion"))
    }
    order = [each for name in _order(root) if (each := regions.pop(name, None)) is not None]
    found = [*order, *regions.values()]
    return [_block(each) for each in found if each.get("type") not in NO_TEXT_TYPES]


def _order(root: Element) -> list[str]:
    """The regions as the reading order names them."""
    for order in descendants(root, "ReadingOrder"):
        return [each.get("regionRef") or "" for each in order.iter() if each.get("regionRef")]
    return []


def _block(region: Element) -> Block:
    lines = list(find_all(region, "TextLine"))
    texts = [_text(each) for each in lines or [region]]
    parts = [line for text, _ in texts for line in text.split("\n")]
    return block(region.get("id") or "", parts, [each for _, found in texts for each in found])


def _text(element: Element) -> tuple[str, list[float]]:
    """The text of a line or region and how sure it is: the first reading of several, else that of its words."""
    readings = sorted(find_all(element, "TextEquiv"), key=_index)
    if readings:
        text = next((each.text or "" for each in find_all(readings[0], "Unicode")), "")
        return text, share(readings[0].get("conf"))
    words = [_text(each) for each in find_all(element, "Word")]
    return " ".join(text for text, _ in words), [each for _, found in words for each in found]


def _index(reading: Element) -> int:
    index = reading.get("index") or "0"
    return int(index) if index.isdecimal() and len(index) < 9 else 0
