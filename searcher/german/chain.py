"""The chain: from a chunk of text to its tokens, every step in order with its reason beside it.

>>> [(token.stem, token.printed, token.step, token.width) for token in analyze_chunk("„Corona-Impfungen“,")]
[('corona', 'corona', 1, 1), ('coronaimpf', 'corona-impfungen', 0, 2), ('impfung', 'impfungen', 1, 1)]
>>> stem("selenskyjs") == stem("selenskyj"), stem("sicherheit") == stem("sich")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from searcher.german.endings import FALSE_ENDINGS, IRREGULAR, without_genitive
from searcher.german.normalise import LATIN, OUTER, normalise
from searcher.german.spelling import modern
from searcher.german.stem import function_word, join_parts, plain_letters, single_letters, snowball
from searcher.german.tokenise import pieces

ANALYSIS_VERSION = 1
"""Goes up with every change that gives any chunk other tokens: an index of another version is refused."""

LONGEST = 4096
"""A longer chunk (a table without spaces, an image in letters) is analysed in pieces of at most so many characters."""


class Token(NamedTuple):
    """One word at one place of a chunk.

    It stands `step` positions after the token before it (0: at the same position), covers `width` positions (a joined
    compound covers those of its parts) and the characters `start` to `end` of the chunk. The first token steps 1.
    """

    stem: str
    printed: str
    step: int
    start: int
    end: int
    width: int


class Rule(NamedTuple):
    """One step of the way from a printed form to its stem."""

    name: str
    apply: Callable[[str], str]
    reason: str


RULES = (
    Rule("parts", join_parts, "Corona-Pandemie is Coronapandemie, U.S.A. is USA, 1.000.000 is 1000000"),
    Rule("letters", plain_letters, "Straße is Strasse and Erdoğan Erdogan: the tables below are written so"),
    Rule("triple", single_letters, "Schifffahrt is Schiffahrt: after ß, for Flußschiff is Flussschiff"),
    Rule("function word", function_word, "else Sicherheit has the stem of sich, and Seite that of seit"),
    Rule("spelling", modern, "rauh is rau, Photo is Foto: before the endings, which know modern words"),
    Rule("irregular", IRREGULAR.change, "Viren is Virus: before the -s of Virus is judged"),
    Rule("genitive", without_genitive, "Selenskyjs is Selenskyj: Snowball leaves this -s"),
    Rule("false ending", FALSE_ENDINGS.change, "Problem is Probleme: Snowball cuts -em, but here -e"),
    Rule("snowball", snowball, "inflection and common derivations; umlauts, also written ae oe ue"),
)
"""Every rule that makes a stem, in order."""

_APPLY = tuple(rule.apply for rule in RULES)
_APPLY_TO_LETTERS = _APPLY[2:]  # parts and foreign letters: most words have none


def stem(printed: str) -> str:
    """The stem of a printed form, and of nothing else: `token.stem == stem(token.printed)`, always."""
    for apply in _APPLY_TO_LETTERS if printed.isascii() and printed.isalpha() else _APPLY:
        printed = apply(printed)
    return printed


_plain = re.compile(f"[{LATIN}]*").fullmatch
_make = tuple.__new__  # a third of the time of Token(...), and there are millions


def analyze_chunk(chunk: str) -> tuple[Token, ...]:
    """The tokens of one piece of text between white space, in order. Pure, and never fails, whatever the chunk."""
    word = chunk.strip(OUTER)
    # The short way for nine chunks in ten: letters and digits with nothing but punctuation around them.
    if (
        word.isalnum()
        and (word.isascii() or _plain(word))
        and 1 < len(word) <= LONGEST
        and word.find("In", 3) < 0
    ):
        printed = word.lower()
        start = chunk.index(word)
        return (_make(Token, (stem(printed), printed, 1, start, start + len(word), 1)),)
    if not word:
        return ()
    spans = [(0, len(chunk))] if len(chunk) <= LONGEST else _cut(chunk)
    return tuple(token for begin, end in spans for token in _tokens(chunk[begin:end], begin))


def _tokens(chunk: str, offset: int) -> Iterator[Token]:
    here: set[str] = set()
    for piece in pieces(chunk):
        start, end = offset + piece.start, offset + piece.end
        own = stem(piece.printed)
        if piece.step:
            here.clear()
        # No stem stands twice at one place: Snowball takes the -ende of Lockdown-Ende for an ending.
        if own not in here:
            here.add(own)
            yield _make(Token, (own, piece.printed, piece.step, start, end, piece.width))
        if piece.base:
            masculine = stem(piece.base)
            if masculine not in here:
                here.add(masculine)
                yield Token(masculine, piece.base, 0, start, end, 1)


def _cut(chunk: str) -> Iterator[tuple[int, int]]:
    """Spans of at most `LONGEST` characters, cut where no word is cut if there is such a place."""
    begin = 0
    while begin < len(chunk):
        end = begin + LONGEST
        if end < len(chunk):
            cut = max(chunk.rfind(mark, begin, end) for mark in ",;/|")
            end = cut + 1 if cut >= begin else end
        yield begin, min(end, len(chunk))
        begin = end


class Step(NamedTuple):
    """What one step of the chain made of a chunk: one word for each token, from the second step on."""

    name: str
    result: tuple[str, ...]
    reason: str


def trace(chunk: str) -> list[Step]:
    """Every step of the chain over one chunk, for people to see why a word is found.

    >>> [step.result for step in trace("Delphine.") if step.name in ("tokenise", "spelling", "snowball")]
    [('delphine',), ('delfine',), ('delfin',)]
    """
    words = tuple(token.printed for token in analyze_chunk(chunk))
    text = normalise(chunk).text if len(chunk) <= LONGEST else chunk
    steps = [
        Step("normalise", (text,), "letters composed, nothing invisible, plain quotes and dashes"),
        Step("tokenise", words, "in lower case; compounds also joined, gender forms also masculine"),
    ]
    for rule in RULES:
        words = tuple(map(rule.apply, words))
        steps.append(Step(rule.name, words, rule.reason))
    return steps
