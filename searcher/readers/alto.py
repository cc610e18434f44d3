"""ALTO, the text of a digitised page: its blocks in reading order, with words divided at line ends joined.

>>> from searcher.readers.base import safexml
>>> xml = b'<alto><TextBlock ID="b1"><TextLine><String CONTENT="Waf" SUBS_TYPE="HypPart1" SUBS_CONTENT="Waffen"/>'
>>> xml += b'<HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="fen" SUBS_TYPE="HypPart2"/></TextLine>'
>>> xml += b'</TextBlock></alto>'
>>> [block.text for block in blocks(safexml.parse(xml)[0])]
['Waffen']
"""

from __future__ import annotations

from searcher.readers.base.safexml import Element, descendants, local
from searcher.readers.ocr import Block, block, share

ROOT = "alto"
DIVIDED = "\N{SOFT HYPHEN}"


def blocks(root: Element) -> list[Block]:
    """The blocks of a page in the order of the file; some have no text."""
    return [_block(each) for each in descendants(root, "TextBlock")]


def _block(element: Element) -> Block:
    lines: list[str] = []
    confidences: list[float] = []
    whole = False
    for line in descendants(element, "TextLine"):
        words: list[str] = []
        for string in descendants(line, "String", "HYP"):
            if local(string) == "HYP":
                # The first part already gave the whole word, or the next line brings the rest.
                words = words if whole or not words else [*words[:-1], words[-1].rstrip("-") + DIVIDED]
                continue
            kind, content = string.get("SUBS_TYPE"), string.get("CONTENT") or ""
            if kind == "HypPart2" and whole:
                # So a fresh first part may follow on this line.
                whole = False
            else:
                whole = kind == "HypPart1" and bool(string.get("SUBS_CONTENT"))
                words.append((string.get("SUBS_CONTENT") or "") if whole else content)
            confidences += share(string.get("WC"))
        lines.append(" ".join(words))
    return block(element.get("ID") or "", lines, confidences)
