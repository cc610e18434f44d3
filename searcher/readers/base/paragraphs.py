"""Paragraphs as an Article has them: separated by one blank line, each on one line.

Sources mark paragraphs by blank lines, or by single line ends, or wrap lines at a fixed width; this tells
them apart.

>>> paragraphs("Erster Absatz.\\nZweiter Absatz.")
'Erster Absatz.\\n\\nZweiter Absatz.'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

WRAPPED = range(40, 111)
"""Lengths of lines that were wrapped by a program: the last line of a paragraph may be shorter."""
CONTINUED = re.compile(r"\n[ \t]+(?=[a-zäöüß])")
SUSPENDED = re.compile(r"(?:und|oder|bis|sowie|wie|als)\b")
"""After `Ein-` at a line end these words show that the hyphen belongs there (Ein- und Ausfuhr)."""


def paragraphs(text: str) -> str:
    """`text` with its paragraphs separated by blank lines, line ends and outer blanks normalised."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in text:
        return text.strip()
    found = text.split("\n")
    lines = [line.strip() for line in found]
    if lines != found:
        lines = [line.strip() for line in CONTINUED.sub(" ", text).split("\n")]
    if "" not in lines:
        return "\n\n".join(_split(lines))
    blocks = (list(group) for filled, group in groupby(lines, bool) if filled)
    return "\n\n".join(paragraph for block in blocks for paragraph in _split(block))


def joined(parts: Iterable[str]) -> str:
    """Paragraphs that are known to be such, empty ones left out."""
    stripped = (" ".join(part.split()) for part in parts)
    return "\n\n".join(part for part in stripped if part)


def _split(lines: list[str]) -> list[str]:
    """One block without blank lines: a single wrapped paragraph, or a paragraph a line."""
    if len(lines) > 1 and len(lines[-1]) < WRAPPED.stop and all(len(line) in WRAPPED for line in lines[:-1]):
        return [_unwrapped(lines)]
    return lines


def _unwrapped(lines: list[str]) -> str:
    """One paragraph from its lines; a word divided at a line end (hyphen before a small letter) made
    whole.
    """
    text = lines[0]
    for line in lines[1:]:
        divided = text[-1] == "-" and text[-2:-1].isalpha() and line[0].islower()
        text = text[:-1] + line if divided and not SUSPENDED.match(line) else f"{text} {line}"
    return text
