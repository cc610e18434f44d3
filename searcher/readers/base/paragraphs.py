"""Paragraphs as an Article has them: separated by one blank line, each on one line.

Sources mark paragraphs by blank lines, or by single line ends, or wrap lines at a fixed width, down to that of a
newspaper column; this module recognises which.

>>> paragraphs("Erster Absatz.\\nZweiter Absatz.")
'Erster Absatz.\\n\\nZweiter Absatz.'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from searcher.readers.base.hyphens import AT_LINE_END, joined_lines, words_of

WRAPPED = range(40, 111)
"""Lengths of lines that were wrapped by a program: the last line of a paragraph may be shorter."""
NARROW = range(18, 66)
"""Widths of columns, whose lines vary more."""
CONTINUED = re.compile(r"\n[ \t]+(?=[a-zäöüß])")
SENTENCE_END = tuple('.!?:“”"»«…')
SLACK = 2
"""Characters by which a line may be too short for the next word, and yet be full: letters differ in width."""


def paragraphs(text: str) -> str:
    """`text` with its paragraphs separated by blank lines, line ends and outer blanks normalised."""
    return rejoined(text)[0]


def rejoined(text: str) -> tuple[str, int]:
    """As `paragraphs`, and how many words were divided at line ends and made whole."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in text:
        return text.strip(), 0
    found = text.split("\n")
    lines = [line.strip() for line in found]
    if lines != found:
        lines = [line.strip() for line in CONTINUED.sub(" ", text).split("\n")]
    words = words_of(text) if AT_LINE_END.search(text) else frozenset()
    blocks = (list(group) for filled, group in groupby(lines, bool) if filled)
    whole = [
        joined_lines(paragraph, words) if len(paragraph) > 1 else (paragraph[0], 0)
        for block in blocks
        for paragraph in _split(block)
    ]
    return "\n\n".join(paragraph for paragraph, _ in whole), sum(joins for _, joins in whole)


def joined(parts: Iterable[str]) -> str:
    """Paragraphs that are known to be such, empty ones left out."""
    stripped = (" ".join(part.split()) for part in parts)
    return "\n\n".join(part for part in stripped if part)


def columns(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each paragraph of a column: its last ends a sentence and has room for the word that follows."""
    width = _width(lines)
    paragraph: list[str] = []
    for line, after in pairwise([*lines, ""]):
        paragraph.append(line)
        if not after or (not _is_full(line, after, width) and line.endswith(SENTENCE_END)):
            yield paragraph
            paragraph = []


def _split(lines: list[str]) -> Iterable[list[str]]:
    """One block without blank lines: the lines of a wrapped paragraph or of several, or a paragraph a line."""
    if len(lines) > 1 and len(lines[-1]) < WRAPPED.stop and all(len(line) in WRAPPED for line in lines[:-1]):
        return [lines]
    return columns(lines) if _is_column(lines) else [[line] for line in lines]


def _is_column(lines: list[str]) -> bool:
    """Whether lines were broken because they were full: most have no room for the word that follows."""
    width = _width(lines)
    if len(lines) < 3 or width not in NARROW:
        return False
    full = sum(_is_full(line, after, width) for line, after in pairwise(lines))
    inside = sum(not line.endswith(SENTENCE_END) for line in lines[:-1])
    return full >= 0.8 * (len(lines) - 1) and inside >= 0.6 * (len(lines) - 1)


def _width(lines: Sequence[str]) -> int:
    return max(map(len, lines), default=0)


def _is_full(line: str, after: str, width: int) -> bool:
    return len(line) + 1 + len(after.split(" ", 1)[0]) >= width - SLACK
