"""The paragraphs of a piece of markup: HTML in a feed or a mail, XHTML and NITF in a news item, tags left in a text.

All of it counts as text; `webpage` reads whole pages and separates the article from its surroundings.

>>> blocks("<h2>Ruhe</h2><p>Erster <b>Absatz</b>.<br>Zweiter.</p>")
['Ruhe', 'Erster Absatz.', 'Zweiter.']
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

BREAKING = (
    "address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hl1 hl2 hr html li main nav ol p pre q section table tbody tfoot thead title "
    "tr ul block abstract media lede"
)
"""Elements that begin and end a paragraph."""
_BREAKING = frozenset(BREAKING.split())
CELLS = frozenset({"td", "th"})
SILENT = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "iframe", "object", "title", "media"}
)
"""Elements whose text is not read."""
TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|em|strong|b|i|a|span|blockquote)(?:\s[^<>]*)?/?>", re.IGNORECASE
)


def blocks(markup: str, without: frozenset[str] = frozenset()) -> list[str]:
    """The texts between block elements, blanks made single; `without` names classes whose elements are left out."""
    parser = _Parser(without)
    parser.feed(markup)
    parser.close()
    parser.end_block()
    return parser.blocks


def is_markup(text: str) -> bool:
    """Whether a text has HTML tags left in it."""
    return "<" in text and bool(TAG.search(text))


class _Parser(HTMLParser):
    def __init__(self, without: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._without = without
        self._parts: list[str] = []
        self._silent: list[str] = []

    def end_block(self) -> None:
        text = " ".join("".join(self._parts).split())
        self._parts.clear()
        if text:
            self.blocks.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rpartition(":")[2]
        classes = next((value for name, value in attrs if name == "class" and value), "")
        if self._silent:
            # Only elements of the same name count, because others may lack their end.
            self._silent += [tag] if tag == self._silent[0] else []
        elif tag in SILENT or not self._without.isdisjoint(classes.split()):
            self._silent.append(tag)
        self._separate(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._separate(tag.rpartition(":")[2])

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if self._silent and tag == self._silent[0]:
            self._silent.pop()
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(data)

    def _separate(self, tag: str) -> None:
        if tag in _BREAKING:
            self.end_block()
        elif tag in CELLS:
            self._parts.append(" ")
