"""The chain: the steps from a chunk of text to its tokens, in order, each with its reason.

>>> [(token.stem, token.printed, token.step, token.width) for token in analyze_chunk("„Corona-Impfungen“,")]
[('corona', 'corona', 1, 1), ('coronaimpf', 'corona-impfungen', 0, 2), ('impfung', 'impfungen', 1, 1)]
>>> stem("selenskyjs") == stem("selenskyj"), stem("sicherheit") == stem("sich")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from searcher.german.endings import ABBREVIATED, APART, FALSE_ENDINGS, IRREGULAR, without_genitive
from searcher.german.normalise import normalise
from searcher.german.spelling import RESPELLED_ENDS, RESPELLED_STARTS, is_respelled_inside, modern
from searcher.german.stem import (
    FUNCTION_STEMS,
    function_word,
    has_triple,
    join_parts,
    plain_letters,
    sharp,
    single_letters,
    snowball,
)
from searcher.german.tokenise import LONGEST, pieces, plain_word

ANALYSIS_VERSION = 2
"""Increases with every change of the tokens of any chunk; an index of another version is refused."""


class Token(NamedTuple):
    """One word of a chunk.

    Its position is `step` after that of the previous token (0: the same position); the first token has step 1. It
    covers `width` positions (a joined compound: those of its parts) and the characters `start` to `end` of the chunk.
    """

    stem: str
    printed: str
    step: int
    start: int
    end: int
    width: int


class Rule(NamedTuple):
    """One step from a printed form to its stem."""

    name: str
    apply: Callable[[str], str]
    reason: str


RULES = (
    Rule("parts", join_parts, "Corona-Pandemie is Coronapandemie, U.S.A. is USA, 1.000.000 is 1000000"),
    Rule("sharp s", sharp, "Buße is no Bus, and Maße are no Masse: before ß is ss"),
    Rule("letters", plain_letters, "Straße is Strasse and Erdoğan Erdogan: the tables below are written so"),
    Rule("triple", single_letters, "Schifffahrt is Schiffahrt: after ß, for Flußschiff is Flussschiff"),
    Rule("function word", function_word, "else Sicherheit has the stem of sich, and Seite that of seit"),
    Rule("spelling", modern, "rauh is rau, Photo is Foto: before the endings, which know modern words"),
    Rule("abbreviation", ABBREVIATED.change, "Mio. is Million, % is Prozent, Dr. is Doktor"),
    Rule("apart", APART.change, "Fischer is no Fisch and Reis no Reise: no rule below may cut them"),
    Rule("irregular", IRREGULAR.change, "Viren is Virus: before the -s of Virus is judged"),
    Rule("genitive", without_genitive, "Selenskyjs is Selenskyj: Snowball leaves this -s"),
    Rule("false ending", FALSE_ENDINGS.change, "Problem is Probleme: Snowball cuts -em, but here -e"),
    Rule("snowball", snowball, "inflection and common derivations; umlauts, also written ae oe ue"),
)
"""The rules that make a stem, in order."""

_APPLY = tuple(rule.apply for rule in RULES[1:])
_ENDINGS = (
    RESPELLED_ENDS.endings | ABBREVIATED.endings | APART.endings | IRREGULAR.endings | FALSE_ENDINGS.endings
)
_letters = re.compile("[a-z0-9äöü.,:]*").fullmatch


def _only_inflected(word: str) -> bool:
    """Whether no rule between the first and the last can change this word; much faster than running them."""
    return (
        word[-4:] not in _ENDINGS
        and word[:4] not in RESPELLED_STARTS
        and word not in FUNCTION_STEMS
        and not is_respelled_inside(word)
        and ((word.isascii() and word.isalnum()) or _letters(word) is not None)
        and (word[-1:] != "s" or without_genitive(word) == word)
        and not has_triple(word)
    )


def stem(printed: str) -> str:
    """The stem of a printed form. It depends on nothing else: `token.stem == stem(token.printed)`."""
    word = printed if printed.isalpha() else join_parts(printed)
    if _only_inflected(word):
        return snowball(word)
    for apply in _APPLY:
        word = apply(word)
    return word


_make = tuple.__new__  # a third of the time of Token(...), and there are millions


def analyze_chunk(chunk: str, stem: Callable[[str], str] = stem) -> tuple[Token, ...]:
    """The tokens of a chunk, a text without white space, in order. Pure; accepts any text.

    `stem` may be a cached version of the same function.
    """
    if printed := plain_word(chunk):
        start = chunk.lower().index(printed)
        return (_make(Token, (stem(printed), printed, 1, start, start + len(printed), 1)),)
    if len(chunk) <= LONGEST:
        return tuple(_tokens(chunk, 0, stem))
    return tuple(token for begin, end in _cut(chunk) for token in _tokens(chunk[begin:end], begin, stem))


def _tokens(chunk: str, offset: int, stem: Callable[[str], str]) -> list[Token]:
    found: list[Token] = []
    here: set[str] = set()
    for printed, step, start, end, width, base in pieces(chunk):
        own = stem(printed)
        # No stem twice at one position: Snowball cuts -ende from Lockdown-Ende as if it were an ending.
        if step or own not in here:
            here = {own} if step else here | {own}
            found.append(_make(Token, (own, printed, step, offset + start, offset + end, width)))
        if base:
            masculine = stem(base)
            if masculine not in here:
                here = here | {masculine}
                found.append(Token(masculine, base, 0, offset + start, offset + end, 1))
    return found


def _cut(chunk: str) -> Iterator[tuple[int, int]]:
    """Spans of at most `LONGEST` characters, cut between words where possible."""
    begin = 0
    while begin < len(chunk):
        end = begin + LONGEST
        if end < len(chunk):
            cut = max(chunk.rfind(mark, begin, end) for mark in ",;/|")
            end = cut + 1 if cut >= begin else end
        yield begin, min(end, len(chunk))
        begin = end


class Step(NamedTuple):
    """The result of one step of the chain over a chunk: from the second step on, one word per token."""

    name: str
    result: tuple[str, ...]
    reason: str


def trace(chunk: str) -> list[Step]:
    """Every step of the chain over one chunk; shows why a word is found.

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
