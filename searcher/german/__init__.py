"""German analysis: text becomes tokens, for the index, for queries and for highlighting.

Every token has its printed form (in lower case), for exact wording, and a stem, which all inflections share. The
analysis reads one chunk between white space at a time, so that callers may cache by chunk.

>>> for token in analyze("Lukaschenkos EU-Besuch"):
...     print(token.position, token.width, token.printed, token.stem)
0 1 lukaschenkos lukaschenko
1 1 eu eu
1 2 eu-besuch eubesuch
2 1 besuch besuch
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searcher.german.chain import (
    ANALYSIS_VERSION,
    RULES,
    Rule,
    Step,
    Token,
    analyze_chunk,
    stem,
    trace,
)
from searcher.german.families import alternatives, related
from searcher.german.memo import Memo
from searcher.german.normalise import fold
from searcher.german.stem import STEMMER_VERSION
from searcher.german.stopwords import STOP_WORDS
from searcher.german.tokenise import LONGEST, plain_word

__all__ = [
    "ANALYSIS_VERSION",
    "LONGEST",
    "RULES",
    "STEMMER_VERSION",
    "STOP_WORDS",
    "PlacedToken",
    "Rule",
    "Step",
    "Token",
    "alternatives",
    "analyze",
    "analyze_chunk",
    "fold",
    "plain_word",
    "related",
    "stem",
    "trace",
]

_CHUNK = re.compile(r"\S+")
_tokens = Memo(analyze_chunk, most=1 << 16)  # 25 MB of news, at most 120 MB


class PlacedToken(NamedTuple):
    """One word in a text. `position` counts words from 0; `start` and `end` are character offsets, `end` excluded."""

    stem: str
    printed: str
    position: int
    width: int
    start: int
    end: int


def analyze(text: str) -> list[PlacedToken]:
    """The tokens of a text, in order of position."""
    placed: list[PlacedToken] = []
    position = -1
    for match in _CHUNK.finditer(text):
        begin = match.start()
        for token in _tokens[match[0]]:
            position += token.step
            placed.append(
                PlacedToken(
                    token.stem, token.printed, position, token.width, begin + token.start, begin + token.end
                )
            )
    return placed
