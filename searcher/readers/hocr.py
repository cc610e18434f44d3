"""hOCR, the HTML of text recognition programs: its paragraphs, with words divided at line ends joined.

>>> page = "<div class='ocr_page'><p class='ocr_par'><span class='ocr_line'>"
>>> page += "<span class='ocrx_word' title='x_wconf 96'>Hand-</span></span>"
>>> page += "<span class='ocr_line'><span class='ocrx_word'>werker</span></span></p></div>"
>>> [(each.text, each.confidences) for each in blocks(page)]
[('Handwerker', (0.96,))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from searcher.readers.base.encoding import decode
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import DIVIDED, finished
from searcher.readers.ocr import Block, block, confidence, share
from searcher.readers.plaintext import printed_date
from searcher.report import Repair

CONFIDENCE = re.compile(r"x_w?conf\s+(\d{1,3}(?:\.\d+)?)")
PARAGRAPHS = frozenset({"ocr_par", "ocr_carea", "ocr_page"})
LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_textfloat", "ocr_caption"})


def read(unit: Unit) -> Iterator[Record]:
    """The page, or pages, of a file as an article."""
    text, _ = decode(unit.data or b"")
    found = blocks(without_controls(text)[0])
    if any(each.joins for each in found):
        yield Repair(unit.path, None, DIVIDED, unit.name)
    values = {
        "id": unit.name,
        "body": "\n\n".join(each.text for each in found),
        "date": printed_date("", "", unit.name),
        "extra": confidence(found),
    }
    yield from finished(values, unit)


def blocks(page: str) -> list[Block]:
    """The paragraphs with text in them."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    parser.end()
    return [each for each in parser.found if each.text]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._lines: list[str] = [""]
        self._confidences: list[float] = []
        self._in_page = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        classes = set(named.get("class", "").split())
        if classes & PARAGRAPHS:
            self._in_page = True
            self.end()
        elif classes & LINES:
            self._lines.append("")
        elif "ocrx_word" in classes:
            self._lines[-1] += " "
            if told := CONFIDENCE.search(named.get("title", "")):
                self._confidences += share(told[1], 100)

    def handle_data(self, data: str) -> None:
        if self._in_page:
            self._lines[-1] += data

    def end(self) -> None:
        self.found.append(block("", self._lines, self._confidences))
        self._lines, self._confidences = [""], []
