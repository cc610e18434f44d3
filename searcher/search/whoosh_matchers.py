"""Whoosh matchers that are slow and obviously right, so that plain Whoosh answers our queries correctly.

Those of Whoosh 2.7.4 have bugs. Its shortcut to the best ten passes down the score that a document has to beat: through
a boost it loses some of the best or never ends, through a Not it miscounts. Its DisjunctionMax takes the score of a
part that is at another document. The matchers here make no promise about scores, so Whoosh visits every document.

>>> from whoosh.matching import ListMatcher
>>> both = AllOf([ListMatcher([1, 3, 5]), ListMatcher([3, 4, 5])])
>>> list(both.all_ids())
[3, 5]
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from whoosh.matching import Matcher, NullMatcher, ReadTooFar
from whoosh.query import Span

Spans = set[tuple[int, int]]
"""Occurrences in one document: (first, last position), both included."""


class Plain(Matcher):
    """A matcher that makes no promise about later scores."""

    def supports_block_quality(self) -> bool:
        return False

    def max_quality(self) -> float:
        return math.inf

    def block_quality(self) -> float:
        return math.inf

    def skip_to_quality(self, minquality: float) -> int:
        return 0

    def replace(self, minquality: float = 0) -> Any:
        return self if self.is_active() else NullMatcher()

    def supports(self, astype: str) -> bool:
        return False

    def value(self) -> bytes:
        return b""

    def weight(self) -> float:
        return float(self.score())

    def all_ids(self) -> Iterator[int]:
        while self.is_active():
            yield self.id()
            self.next()

    def require_active(self) -> None:
        if not self.is_active():
            raise ReadTooFar


class Documents(Plain):
    """The given document numbers, each with the same score."""

    def __init__(self, documents: Iterable[int], score: float) -> None:
        self._documents = sorted(documents)
        self._score = score
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._documents)

    def id(self) -> int:
        return self._documents[self._at]

    def next(self) -> None:
        self.require_active()
        self._at += 1

    def skip_to(self, id: int) -> None:
        self.require_active()
        self._at = bisect_left(self._documents, id, self._at)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> Documents:
        twin = Documents(self._documents, self._score)
        twin._at = self._at
        return twin

    def score(self) -> float:
        return self._score

    def spans(self) -> list[Span]:
        return []


class Boosted(Plain):
    """A matcher with its scores multiplied."""

    def __init__(self, child: Matcher, boost: float) -> None:
        self.child = child
        self.boost = boost

    def is_active(self) -> bool:
        return bool(self.child.is_active())

    def id(self) -> int:
        return int(self.child.id())

    def next(self) -> None:
        self.child.next()

    def skip_to(self, id: int) -> None:
        self.child.skip_to(id)

    def reset(self) -> None:
        self.child.reset()

    def copy(self) -> Boosted:
        return Boosted(self.child.copy(), self.boost)

    def children(self) -> list[Matcher]:
        return [self.child]

    def depth(self) -> int:
        return 1 + int(self.child.depth())

    def score(self) -> float:
        return float(self.child.score()) * self.boost

    def spans(self) -> list[Span]:
        return list(self.child.spans())


class _Compound(Plain):
    """Several matchers walked side by side."""

    def __init__(self, parts: Sequence[Matcher]) -> None:
        self.parts = list(parts)

    def reset(self) -> None:
        for part in self.parts:
            part.reset()

    def children(self) -> list[Matcher]:
        return self.parts

    def depth(self) -> int:
        return 1 + max(int(part.depth()) for part in self.parts)

    def spans(self) -> list[Span]:
        """The spans of every part that is at the current document."""
        found = {(span.start, span.end) for part in self.here() for span in part.spans()}
        return [Span(*span) for span in sorted(found)]

    def here(self) -> list[Matcher]:
        raise NotImplementedError


class AllOf(_Compound):
    """The documents of all parts; scores are added, in the order of the parts."""

    def __init__(self, parts: Sequence[Matcher]) -> None:
        super().__init__(parts)
        self._align()

    def is_active(self) -> bool:
        return all(part.is_active() for part in self.parts)

    def id(self) -> int:
        return int(self.parts[0].id())

    def here(self) -> list[Matcher]:
        return self.parts

    def next(self) -> None:
        self.require_active()
        self.parts[0].next()
        self._align()

    def skip_to(self, id: int) -> None:
        self.require_active()
        self.parts[0].skip_to(id)
        self._align()

    def reset(self) -> None:
        super().reset()
        self._align()

    def copy(self) -> AllOf:
        return AllOf([part.copy() for part in self.parts])

    def score(self) -> float:
        return sum(float(part.score()) for part in self.parts)

    def accepts(self) -> bool:
        """Whether the document that all parts are at matches; called once per document."""
        return True

    def _align(self) -> None:
        while self.is_active():
            furthest = max(part.id() for part in self.parts)
            behind = [part for part in self.parts if part.id() < furthest]
            for part in behind:
                part.skip_to(furthest)
            if behind:
                continue
            if self.accepts():
                return
            self.parts[0].next()


class Arranged(AllOf):
    """The documents of all parts where `arrange` finds a valid arrangement of their spans."""

    def __init__(self, parts: Sequence[Matcher], arrange: Callable[[list[Spans]], Spans]) -> None:
        self._arrange = arrange
        self._found: Spans = set()
        super().__init__(parts)

    def accepts(self) -> bool:
        spans = [{(span.start, span.end) for span in part.spans()} for part in self.parts]
        self._found = self._arrange(spans)
        return bool(self._found)

    def spans(self) -> list[Span]:
        return [Span(*span) for span in sorted(self._found)]

    def copy(self) -> Arranged:
        return Arranged([part.copy() for part in self.parts], self._arrange)


class Ranked(AllOf):
    """The documents of the first part, scored by the others, which match wherever it does."""

    def spans(self) -> list[Span]:
        return list(self.parts[0].spans())

    def score(self) -> float:
        return sum(float(part.score()) for part in self.parts[1:])

    def copy(self) -> Ranked:
        return Ranked([part.copy() for part in self.parts])


class AnyOf(_Compound):
    """The documents of any part; `combine` makes one score of the scores of the parts there."""

    def __init__(self, parts: Sequence[Matcher], combine: Callable[[Iterable[float]], float]) -> None:
        super().__init__(parts)
        self._combine = combine

    def is_active(self) -> bool:
        return any(part.is_active() for part in self.parts)

    def id(self) -> int:
        return min(int(part.id()) for part in self.parts if part.is_active())

    def here(self) -> list[Matcher]:
        document = self.id()
        return [part for part in self.parts if part.is_active() and part.id() == document]

    def next(self) -> None:
        self.require_active()
        for part in self.here():
            part.next()

    def skip_to(self, id: int) -> None:
        self.require_active()
        for part in self.parts:
            if part.is_active() and part.id() < id:
                part.skip_to(id)

    def copy(self) -> AnyOf:
        return AnyOf([part.copy() for part in self.parts], self._combine)

    def score(self) -> float:
        return self._combine(float(part.score()) for part in self.here())


def consecutive(spans: list[Spans]) -> Spans:
    """The spans of a phrase: word 1, 2, 3 ... at consecutive positions."""
    starts = [{first for first, _ in each} for each in spans]
    length = len(spans)
    return {
        (first, first + length - 1)
        for first in starts[0]
        if all(first + offset in starts[offset] for offset in range(1, length))
    }
