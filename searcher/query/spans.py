"""Positions of a leaf in a text, for ADJ and NEAR, and its character spans, for highlighting.

`Places` maps a stretch of positions (first, last; both included) to the character spans (start, end) of its words: a
whole phrase is one span, the two sides of an ADJ are two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

Stretch = tuple[int, int]
Places = dict[Stretch, set[tuple[int, int]]]


class Token(Protocol):
    """A token of an analysed text, as `analyze` returns it."""

    @property
    def stem(self) -> str:
        """The stem, as indexed."""

    @property
    def printed(self) -> str:
        """The printed form, as indexed: lower-case, composed."""

    @property
    def position(self) -> int:
        """The position of the token; tokens that spell one word differently share it."""

    @property
    def width(self) -> int:
        """The number of positions it covers; more than 1 for a joined compound."""

    @property
    def start(self) -> int:
        """Offset of its first character in the text."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""


Form = Callable[[Token], str]


def stem_of(token: Token) -> str:
    """The stem of a token, as a `Form`."""
    return token.stem


def printed_of(token: Token) -> str:
    """The printed form of a token, as a `Form`."""
    return token.printed


def wording(tokens: Iterable[Token]) -> list[Token]:
    """One token per position, in order: the first of width 1, which is the spelling printed there."""
    words: dict[int, Token] = {}
    for token in tokens:
        if token.width == 1:
            words.setdefault(token.position, token)
    return [words[position] for position in sorted(words)]


def single(tokens: Iterable[Token], wanted: Callable[[Token], bool]) -> Places:
    """The places of each wanted token. Like a posting a token takes one position, even if it joins parts."""
    places: Places = {}
    for token in tokens:
        if wanted(token):
            places.setdefault((token.position, token.position), set()).add((token.start, token.end))
    return places


def phrase(tokens: Sequence[Token], words: Sequence[str], form: Form) -> Places:
    """The places of the words at consecutive positions; `form` picks stem or printed form."""
    wanted = set(words)
    found = {(token.position, form(token)): token for token in tokens if form(token) in wanted}
    places: Places = {}
    for position, text in found:
        if text != words[0]:
            continue
        run = [found.get((position + offset, word)) for offset, word in enumerate(words)]
        whole = [token for token in run if token is not None]
        if len(whole) == len(words):
            span = min(token.start for token in whole), max(token.end for token in whole)
            places[position, position + len(words) - 1] = {span}
    return places


def near(left: Places, right: Places, gap: int, ordered: bool) -> Places:
    """The places of two sides at most `gap` positions apart, with the character spans of both (see `pairs`)."""
    places: Places = {}
    for first, second in pairs(left, right, gap):
        places.setdefault((first[0], second[1]), set()).update(left[first], right[second])
    if not ordered:
        for first, second in pairs(right, left, gap):
            places.setdefault((first[0], second[1]), set()).update(right[first], left[second])
    return places


def pairs(
    before: Iterable[Stretch], behind: Iterable[Stretch], gap: int
) -> Iterator[tuple[Stretch, Stretch]]:
    """Each stretch of `before` with each of `behind` that starts with at most `gap` positions between the two."""
    ahead = sorted(behind)
    starts = [first for first, _ in ahead]
    for stretch in before:
        begin = stretch[1] + 1
        for index in range(bisect_left(starts, begin), bisect_right(starts, begin + gap)):
            yield stretch, ahead[index]


def merge(several: Iterable[Places]) -> Places:
    """The union of several places."""
    merged: Places = {}
    for places in several:
        for stretch, spans in places.items():
            merged.setdefault(stretch, set()).update(spans)
    return merged


def characters(places: Places) -> list[tuple[int, int]]:
    """The distinct character spans, sorted."""
    return sorted({span for spans in places.values() for span in spans})
