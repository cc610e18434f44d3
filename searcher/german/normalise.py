"""Unicode normalisation: the encodings of one word become one, and every character keeps its span in the source.

In plain Latin text, typographic quotes, dashes and apostrophes become ASCII, one character for one, so that offsets do
not change. Any other text (ligatures, full-width digits, decomposed umlauts, soft hyphens, other scripts) takes the
slow path: it is composed cluster by cluster, and each character records its span.

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
"""For a character class: digits, and the composed Latin letters whose lower case is one letter."""

OUTER = "!\"#&'()*+,-./:;<=>?@[\\]^_`{|}~" + APOSTROPHES + QUOTES + DASHES + INVISIBLE + "…·•°¥©®™¿¡†"
"""Signs around a word that do not belong to it. The signs % § € $ £ are not among them: they are words."""

_CANONICAL = PLAIN | {ord("…"): " ", ord("⁄"): "/"}
_PLAIN = re.compile(f"[{LATIN}!-~{re.escape(APOSTROPHES + QUOTES + DASHES)}…·•§°€£¥¿¡†]*")

_UNSEEN = frozenset(UNSEEN)
_MARKS = ("Mn", "Mc")


class Normalised(NamedTuple):
    """A composed text and its spans in the chunk.

    `shape` has the length of `text`, with a letter for every combining mark in a word. Patterns run on `shape`, because
    Python's `\\w` does not match the vowel signs of Hindi or Arabic. `origins` is None if all offsets are unchanged.
    """

    text: str
    shape: str
    origins: list[tuple[int, int]] | None

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The span of `text[begin:end]` in the chunk; it must not be empty."""
        if self.origins is None:
            return begin, end
        return self.origins[begin][0], self.origins[end - 1][1]


def normalise(chunk: str) -> Normalised:
    """Compose (NFKC), drop invisible characters, and unify quotes, dashes and apostrophes."""
    if _PLAIN.fullmatch(chunk):
        text = chunk if chunk.isascii() and "`" not in chunk else chunk.translate(_CANONICAL)
        return Normalised(text, text, None)
    text, origins = _compose(chunk)
    return Normalised(text, text if text.isascii() else _shape(text), origins)


def lower(text: str) -> str:
    """Lower case, composed; ß stays (only `İ` becomes two characters)."""
    text = text.lower()
    return text if text.isascii() else normalize("NFKC", text)


def fold(text: str) -> str:
    """Any text with its letters as in printed forms: normalised and in lower case. Other characters stay.

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
        # Some scripts compose across clusters. Correct letters with a coarse span are better than wrong letters.
        text = _compatible("".join([c for _, c in seen]))
        origins = [(0, len(chunk))] * len(text)
    return text, origins


def _compatible(text: str) -> str:
    # Apostrophes first: NFKC turns "´" into a space and an accent.
    return normalize("NFKC", text.translate(_CANONICAL)).translate(_CANONICAL)


def _continues(c: str) -> bool:
    """Whether this character may compose with the previous one: marks, Hangul vowels and finals, kana voicing."""
    return category(c)[0] == "M" or "\u1160" <= c <= "\u11ff" or "\uff9e" <= c <= "\uffdc"


def _shape(text: str) -> str:
    shape: list[str] = []
    inside = False
    for c in text:
        mark = category(c) in _MARKS
        inside = c.isalnum() or (inside and mark)
        shape.append(("a" if inside else " ") if mark else c)
    return "".join(shape)
