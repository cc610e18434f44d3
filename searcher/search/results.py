"""Results: the best matches of a query over all segments, with an exact count and articles read only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from whoosh.query import Query

from searcher.article import Article
from searcher.index.segment import SegmentFiles
from searcher.search.evaluate import Evaluator
from searcher.search.kernels import Array, best
from searcher.search.matches import Listed, Matches, Tabled
from searcher.search.snapshot import Snapshot
from searcher.search.snippet import Snippet, snippet

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


class Hit:
    """One article found: `rank` counts from 1, `score` is BM25F's. Article and snippet are read on first use."""

    def __init__(self, rank: int, score: float, files: SegmentFiles, doc: int, query: Query) -> None:
        self.rank = rank
        self.score = score
        self._files = files
        self._doc = doc
        self._query = query

    @property
    def id(self) -> str:
        return self._files.id(self._doc)

    @cached_property
    def article(self) -> Article:
        return self._files.article(self._doc)

    @cached_property
    def snippet(self) -> Snippet:
        return snippet(self.article, self._query)

    def __repr__(self) -> str:
        return f"<Hit {self.rank}: {self.id}>"


@dataclass(frozen=True)
class Results(Sequence[Hit]):
    """`total` articles match, exactly; `hits` are those asked for; `took` is in seconds."""

    total: int
    hits: tuple[Hit, ...]
    query: str
    took: float

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __getitem__(self, index: Any) -> Any:
        return self.hits[index]


def live_matches(snapshot: Snapshot, query: Query) -> Iterator[tuple[SegmentFiles, Matches]]:
    """The matches of every segment without deleted articles."""
    for files in snapshot.segments:
        found = Evaluator(snapshot, files).match(query)
        yield files, found if files.deleted is None else found.without(files.deleted)


def count(snapshot: Snapshot, query: Query) -> int:
    return sum(len(found) for _, found in live_matches(snapshot, query))


Best = tuple[SegmentFiles, int, float]
"""Segment, document, score."""


def top(snapshot: Snapshot, query: Query, wanted: int, sort: Sort) -> tuple[int, list[Best]]:
    """(number of matches, the first `wanted` of them). Equal ones are ordered by id."""
    total = 0
    parts: list[list[tuple[float, Best]]] = []
    for files, found in live_matches(snapshot, query):
        matching = len(found)
        total += matching
        parts.append(_best(files, found, min(wanted, matching), sort))
    if len(parts) == 1:
        return total, [each for _, each in parts[0]]
    merged = sorted(
        (entry for part in parts for entry in part),
        key=lambda entry: (-entry[0], entry[1][0].id(entry[1][1])),
    )
    return total, [each for _, each in merged[:wanted]]


def _best(files: SegmentFiles, found: Matches, wanted: int, sort: Sort) -> list[tuple[float, Best]]:
    """(sort key, match), the largest key first."""
    ranks = files.columns.doc_ids
    if isinstance(found, Tabled):
        keys = _tabled_keys(files, found, sort)
        docs = best(keys, wanted, ranks)
        if not found.mask[docs].all():
            # Matches that score nothing, lost among documents that do not match.
            return _best(files, found.listed(), wanted, sort)
        chosen = keys[docs]
    else:
        keys = _KEYS[sort](files, found.docs, found.scores)
        rows = best(keys, wanted, ranks[found.docs])
        docs, chosen = found.docs[rows], keys[rows]
        found = Listed(docs, None if found.scores is None else found.scores[rows])
    scores = found.scores if isinstance(found, Listed) or found.scores is None else found.scores[docs]
    numbers = [0.0] * len(docs) if scores is None else scores.tolist()
    return [
        (key, (files, doc, score))
        for key, doc, score in zip(chosen.tolist(), docs.tolist(), numbers, strict=True)
    ]


def _tabled_keys(files: SegmentFiles, found: Tabled, sort: Sort) -> Array:
    if sort == "relevance":
        return found.mask.view(np.uint8) if found.scores is None else found.scores
    keys = _KEYS[sort](files, slice(None), None)
    return np.where(found.mask, keys, np.iinfo(np.int64).min)


def _relevance(files: SegmentFiles, docs: Any, scores: Array | None) -> Array:
    return np.zeros(len(docs), np.float32) if scores is None else scores


def _newest(files: SegmentFiles, docs: Any, scores: Array | None) -> Array:
    starts: Array = files.columns.doc_starts[docs]
    return starts


def _oldest(files: SegmentFiles, docs: Any, scores: Array | None) -> Array:
    starts = files.columns.doc_starts[docs]
    # Undated articles have a negative start and come last, as they do in the other direction.
    return np.where(starts < 0, np.iinfo(np.int64).min + 1, -starts)


_KEYS: dict[str, Callable[[SegmentFiles, Any, Array | None], Array]] = {
    "relevance": _relevance,
    "newest": _newest,
    "oldest": _oldest,
}
