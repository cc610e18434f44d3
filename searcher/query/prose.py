"""Pasted text: headlines and questions, whose signs would be syntax in a query.

A query is parsed strictly first. If that fails and the query has no deliberate syntax, it is read as plain text: split
at blanks like an article, each piece a word.

>>> has_syntax("Kreml ODER Moskau"), has_syntax("POL-F: 090227 - 0250 Bahnhofsgebiet: Razzien")
(True, False)
>>> is_prose("Zerbricht die Koalition aus Grünen, CDU und SPD ?"), is_prose('"ohne Vorbedingungen')
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searcher.characters import CLOSING
from searcher.query.fields import OPERATORS, RESERVED, lookup

_QUOTED = "".join(CLOSING)

SHORTEST = 3
"""Minimum number of words of prose. In a shorter query a stray quote or bracket is an error to report."""

_WORD = re.compile(r"[^\W_]{2,}")
_FIELD = re.compile(r"[(-]*([^\W\d_][\w-]*):(?=[^\s/])")
_EXCLUDED = re.compile(rf"(?<!\S)-[{_QUOTED}(]?\w")
_SYNTAX = re.compile(
    rf"""
      \w \* (?! \w ) | (?<! \w ) \* \w              # Waffen*, *ruhe
    | [^\W\d_] \? [^\W\d_]                          # M?ller
    | (?<= [\w{_QUOTED})] ) [\^~] \d                    # Kreml^3, Kreml~2
    | (?<= \w ) ~ (?! \S )
    """,
    re.VERBOSE,
)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The pieces between blanks, each with the offset where it begins."""
    return ((found.start(), found[0]) for found in re.finditer(r"\S+", text))


def is_prose(text: str) -> bool:
    """Whether the text has enough words to be pasted text rather than a typing error."""
    words = (piece for _, piece in pieces(text) if _WORD.search(piece) and piece not in OPERATORS)
    return sum(1 for _ in words) >= SHORTEST


def is_shouted(text: str) -> bool:
    """Whether the text is prose in capitals, where UND is no operator: 'SPANIEN UND FRANKREICH IM STREIT'.

    A text that begins with a bracket or a quote is a query, even in capitals.
    """
    return (
        text.isupper()
        and text.lstrip()[0].isalnum()
        and not _SYNTAX.search(text)
        and not _EXCLUDED.search(text)
        and is_prose(text)
    )


def has_syntax(text: str, *, dashes: bool = True) -> bool:
    """Whether the text has a deliberate operator, field, wildcard, weight or excluded word.

    Without `dashes`, `-Wort` does not count.
    """
    if is_shouted(text):
        return False
    if any(piece[0].isalpha() and RESERVED.fullmatch(piece) for _, piece in pieces(text)):
        return True
    if any(
        lookup(name[1])
        for name in _FIELD.finditer(text)
        if name.start() == 0 or text[name.start() - 1].isspace()
    ):
        return True
    return _SYNTAX.search(text) is not None or (dashes and _EXCLUDED.search(text) is not None)
