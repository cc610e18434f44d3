"""Joining words divided at line ends: one function and one table of hyphens for all readers.

The other words of the article decide whether the hyphen belongs to the word. Suspended hyphens (Ein- und Ausreise) and
hyphens of compounds (CDU-Fraktion) stay.

>>> joined_lines(["Die Hand-", "werker und die CDU-", "Fraktion zur Ein-", "und Ausreise"], frozenset())
('Die Handwerker und die CDU-Fraktion zur Ein- und Ausreise', 2)
>>> joined_lines(["Ein kontakt-", "loser E-", "mail"], words_of("E-Mail, Email, e-mail"))[0]
'Ein kontaktloser E-mail'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PLAIN = "-\N{HYPHEN}"
"""Marks that may belong to the word."""
SURE = "\N{SOFT HYPHEN}\N{DOUBLE OBLIQUE HYPHEN}\N{NOT SIGN}"
"""Marks that only divide: ¬ in exports of word processors, ⸗ in Fraktur."""
MARKS = tuple(PLAIN + SURE)
AT_LINE_END = re.compile(rf"[{PLAIN}{SURE}][ \t]*\n")
SUSPENDED = re.compile(r"(?:und|oder|bis|sowie|wie|als|bzw|beziehungsweise|noch|statt)\b")
"""After `Ein-` at a line end these words show that the hyphen belongs there (Ein- und Ausfuhr)."""
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST = re.compile(rf"([^\W\d_]+|\d+)[{PLAIN}{SURE}]$")


def words_of(text: str) -> frozenset[str]:
    """The words of a text that a division is judged by, in small letters, those at line ends left out."""
    return frozenset(each.lower() for each in WORD.findall(AT_LINE_END.sub("\n", text)))


def joined_lines(lines: Sequence[str], words: frozenset[str]) -> tuple[str, int]:
    """The lines of a paragraph as one, and how many words were made whole; `words` are those of the article."""
    parts: list[str] = []
    joins = 0
    for line in filter(None, lines):
        found = _divided(parts[-1]) if parts else None
        between, last = _joint(found, parts[-1], line, words) if found else (" ", "")
        if found:
            joins += between != " "
            parts[-1] = last
        parts += [between] * bool(parts) + [line]
        # A line may be one piece of a word, divided at both ends.
        parts = ["".join(parts)] if _divided(line) and between != " " else parts
    return "".join(parts), joins


def _divided(line: str) -> re.Match[str] | None:
    """The part of a word before the mark at the end of a line."""
    # Nearly no line has one: the search would begin anew at every letter of an article.
    return LAST.search(line, line.rfind(" ") + 1) if line[-1:] in MARKS else None


def _joint(found: re.Match[str], before: str, line: str, words: frozenset[str]) -> tuple[str, str]:
    """(the text between the two lines, the first line without its hyphen if that is dropped)."""
    mark, half = before[-1], found[1]
    whole = WORD.match(line)
    if not whole:
        return (" ", before)
    if mark in SURE:
        return "", before[:-1]
    if SUSPENDED.match(line):
        return " ", before
    rest = whole.group().lower()
    together, apart = half.lower() + rest, f"{half.lower()}-{rest}"
    if together in words and apart not in words:
        return "", before[:-1]
    is_compound = line[0].isupper() or half.isdigit() or (half.isupper() and len(half) > 1)
    return ("", before) if is_compound or apart in words else ("", before[:-1])
