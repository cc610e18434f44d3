"""A small analysis with the shapes of the German one, for tests of the query language alone.

Words are cut at blanks and hyphens; a hyphenated word is also there joined; gender forms are there twice; the stem is
the word without a common ending.

>>> [(token.stem, token.position, token.width) for token in analyze("Die EU-Kommissionen")]
[('die', 0, 1), ('eukommission', 1, 2), ('eu', 1, 1), ('kommission', 2, 1)]
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

STOP_WORDS = frozenset(["der", "die", "das", "und", "oder", "in", "ohne"])

_WORD = re.compile(r"\w+(?:[.,:]\d+)*")
_GENDER = re.compile(r"(?<=\w{3})[*:]in(nen)?(?!\w)", re.IGNORECASE)


class PlacedToken(NamedTuple):
    stem: str
    printed: str
    position: int
    width: int
    start: int
    end: int


def stem(printed: str) -> str:
    folded = printed.replace("ß", "ss").translate(str.maketrans("äöü", "aou"))
    shorter = re.sub(r"(?:en|e|s|er|n|innen)$", "", folded)
    return shorter if len(shorter) >= 3 else folded


def analyze(text: str) -> list[PlacedToken]:
    tokens: list[PlacedToken] = []
    position = 0
    for chunk in re.finditer(r"\S+", text):
        readable = _GENDER.sub(lambda mark: "_in" + (mark[1] or ""), chunk[0])
        parts = [(part, *part.span()) for part in _WORD.finditer(readable)]
        base = chunk.start()
        if len(parts) > 1:
            joined = _printed("".join(part[0] for part, _, _ in parts))
            tokens.append(
                PlacedToken(
                    stem(joined), joined, position, len(parts), base + parts[0][1], base + parts[-1][2]
                )
            )
        for part, start, end in parts:
            printed = _printed(part[0])
            for form in dict.fromkeys((printed.replace("_in", "in"), printed.split("_in")[0])):
                tokens.append(PlacedToken(stem(form), form, position, 1, base + start, base + end))
            position += 1
    return tokens


def _printed(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()
