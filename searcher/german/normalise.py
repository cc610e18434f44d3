"""Unicode: the many ways of writing one word become one, without losing where it stood.

A chunk of plain Latin text only has its typographic quotes, dashes and apostrophes replaced by their ASCII twins,
one character for one, so that positions stay. Everything else (ligatures, full-width digits, decomposed umlauts,
soft hyphens, other scripts) takes the slow road: composed cluster by cluster, each character remembering its span.

>>> text = normalise("u\\u0308ber\\u00adﬁnanziert")
>>> text.text, text.span(0, 1), text.span(4, 6)
('überfinanziert', (0, 2), (6, 7))
"""

from __future__ import annotations

import re
from typing import NamedTuple
from unicodedata import category, is_normalized, normalize

from searcher.characters import APOSTROPHES, DASHES, INVISIBLE, PLAIN, QUOTES, UNSEEN

LATIN = "0-9A-Za-zÀ-ÖØ-öø-įıĴ-ľŁ-ňŊ-ž"
"""Inside a character class: digits and the Latin letters that are composed and lower-case to one letter."""

OUTER = "!\"#&'()*+,-./:;<=>?@[\\]^_`{|}~" + APOSTROPHES + QUOTES + DASHES + INVISIBLE + "…·•°¥©®™¿¡†"
"""What may surround a word without belonging to it. The signs % § € $ £ are read, and so words of their own."""

_CANONICAL = PLAIN | {ord("…"): " ", ord("⁄"): "/"}
_PLAIN = re.compile(f"[{LATIN}!-~{re.escape(APOSTROPHES + QUOTES + DASHES)}…·•§°€£¥¿¡†]*")

_UNSEEN = frozenset(UNSEEN)
_MARKS = ("Mn", "Mc")


class Normalised(NamedTuple):
    """A composed text beside the chunk it came from.

    `shape` is as long as `text`, with every combining mark replaced by a letter: what patterns are matched against,
    because Python's patterns do not count the vowel signs of Hindi or Arabic as part of a word.
    """

    text: str
    shape: str
    origins: list[tuple[int, int]] | None

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The span in the chunk of `text[begin:end]`, which is not empty."""
        if self.origins is None:
            return begin, end
        return self.origins[begin][0], self.origins[end - 1][1]


def normalise(chunk: str) -> Normalised:
    """Compose (NFKC), drop what cannot be seen, and unify quotes, dashes and apostrophes."""
    if _PLAIN.fullmatch(chunk):
        text = chunk if chunk.isascii() and "`" not in chunk else chunk.translate(_CANONICAL)
        return Normalised(text, text, None)
    text, origins = _compose(chunk)
    return Normalised(text, text if text.isascii() else _shape(text), origins)


def lower(text: str) -> str:
    """Lower case as it is printed: ß stays, and the letters stay composed (`İ` alone comes out as two)."""
    text = text.lower()
    return text if text.isascii() else normalize("NFKC", text)


def fold(text: str) -> str:
    """The letters of any text as the index prints them, whatever else stands between.

    >>> fold("MU\\u0308LLER*")
    'müller*'
    """
    return lower(normalise(text).text)


def _compose(chunk: str) -> tuple[str, list[tuple[int, int]]]:
    seen = [(i, c) for i, c in enumerate(chunk) if c not in _UNSEEN and category(c) != "Cf"]
    texts: list[str] = []
    origins: list[tuple[int, int]] = []
    at = 0
    while at < len(seen):
        stop = at + 1
        while stop < len(seen) and _continues(seen[stop][1]):
            stop += 1
        composed = _compatible("".join([c for _, c in seen[at:stop]]))
        texts.append(composed)
        origins += [(seen[at][0], seen[stop - 1][0] + 1)] * len(composed)
        at = stop
    text = "".join(texts)
    if not is_normalized("NFKC", text):
        # A script whose letters join across clusters: right letters with a coarse span are better than wrong ones.
        text = _compatible("".join([c for _, c in seen]))
        origins = [(0, len(chunk))] * len(text)
    return text, origins


def _compatible(text: str) -> str:
    # First the apostrophes: NFKC would make a space and an accent of "´".
    return normalize("NFKC", text.translate(_CANONICAL)).translate(_CANONICAL)


def _continues(c: str) -> bool:
    """Whether this character may melt into the one before it: marks, Hangul vowels and finals, kana voicing."""
    return category(c)[0] == "M" or "\u1160" <= c <= "\u11ff" or "\uff9e" <= c <= "\uffdc"


def _shape(text: str) -> str:
    shape: list[str] = []
    inside = False
    for c in text:
        mark = category(c) in _MARKS
        inside = c.isalnum() or (inside and mark)
        shape.append(("a" if inside else " ") if mark else c)
    return "".join(shape)
