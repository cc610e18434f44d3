"""Text that is pasted: headlines and questions, which hold signs that are syntax elsewhere.

A query is read strictly first. Where that fails and the query has no syntax that somebody must have meant, it is read
as print: split at blanks, as the articles are, and every piece is a word.

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
"""Words from which a text is prose. Below that a stray quote or bracket is a slip that its writer wants to mend."""

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
    """Where each piece between blanks begins, and the piece."""
    return ((found.start(), found[0]) for found in re.finditer(r"\S+", text))


def is_prose(text: str) -> bool:
    """Whether the text has enough words to be print rather than a slip."""
    words = (piece for _, piece in pieces(text) if _WORD.search(piece) and piece not in OPERATORS)
    return sum(1 for _ in words) >= SHORTEST


def is_shouted(text: str) -> bool:
    """Whether prose is in capitals throughout, so that UND in it is no operator: 'SPANIEN UND FRANKREICH IM STREIT'.

    A query that begins with a bracket or a quote is meant as one, capitals or not.
    """
    return (
        text.isupper()
        and text.lstrip()[0].isalnum()
        and not _SYNTAX.search(text)
        and not _EXCLUDED.search(text)
        and is_prose(text)
    )


def has_syntax(text: str, *, dashes: bool = True) -> bool:
    """Whether somebody who wrote this meant an operator, a field, a wildcard, a weight or an excluded word.

    Without `dashes`, `-Wort` is no sign of it.
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
