"""Results: the best matches of a query over all segments, with an exact count and articles read only when asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

    __slots__ = ("_article", "_doc", "_files", "_query", "_snippet", "rank", "score")

    def __init__(self, rank: int, score: float, files: SegmentFiles, doc: int, query: Query) -> None:
        self.rank = rank
        self.score = score
        self._files = files
        self._doc = doc
        self._query = query
        self._article: Article | None = None
        self._snippet: Snippet | None = None

    @property
    def id(self) -> str:
        return self._files.id(self._doc)

    @property
    def article(self) -> Article:
        if self._article is None:
            self._article = self._files.article(self._doc)
        return self._article

    @property
    def snippet(self) -> Snippet:
        if self._snippet is None:
            self._snippet = snippet(self.article, self._query)
        return self._snippet

    def __repr__(self) -> str:
        return f"<Hit {self.rank}: {self.id}>"


@dataclass(frozen=True)
class Results(Sequence[Hit]):
    """`total` articles match, exactly; `hits` are those asked for; `query` is as given; `took` is in seconds."""

    total: int
    hits: tuple[Hit, ...]
    query: str | Query
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
    entries: list[tuple[float, Best]] = []
    for files, found in live_matches(snapshot, query):
        matching = len(found)
        total += matching
        entries += _best(files, found, min(wanted, matching), sort)
    if len(snapshot.segments) > 1:
        entries = _merged(entries)
    return total, [each for _, each in entries[:wanted]]


def _merged(entries: list[tuple[float, Best]]) -> list[tuple[float, Best]]:
    """Sorted by key, the largest first; equal keys by id, which is read only where keys are equal."""
    counts = Counter(key for key, _ in entries)
    return sorted(
        entries, key=lambda entry: (-entry[0], entry[1][0].id(entry[1][1]) if counts[entry[0]] > 1 else "")
    )


def _best(files: SegmentFiles, found: Matches, wanted: int, sort: Sort) -> list[tuple[float, Best]]:
    """(sort key, match), the largest key first."""
    if sort != "relevance":
        docs = _first(files, found, wanted, sort)
        keys = files.columns.doc_starts[docs].astype(np.float64)
        if sort == "oldest":
            keys = np.where(keys < 0, -np.inf, -keys)
    elif found.scores is None:
        docs = _first(files, found, wanted, "id")
        keys = np.zeros(len(docs))
    elif isinstance(found, Tabled):
        docs = best(found.scores, wanted, files.columns.doc_ids)
        if not found.mask[docs].all():
            # Matches that score nothing, lost among documents that do not match.
            return _best(files, found.listed(), wanted, sort)
        keys = found.scores[docs]
    else:
        rows = best(found.scores, wanted, files.columns.doc_ids[found.docs])
        docs, keys = found.docs[rows], found.scores[rows]
    scores = keys if sort == "relevance" and found.scores is not None else found.at(docs, files.docs)[1]
    numbers = [0.0] * len(docs) if scores is None else scores.tolist()
    return [
        (key, (files, doc, score))
        for key, doc, score in zip(keys.tolist(), docs.tolist(), numbers, strict=True)
    ]


def _first(files: SegmentFiles, found: Matches, wanted: int, order: str) -> Array:
    """The `wanted` matches that come first in one of the segment's orders."""
    if isinstance(found, Listed):
        places = files.places[order][found.docs]
        if len(places) > wanted:
            rows = np.argpartition(places, wanted)[:wanted]
            return found.docs[rows[np.argsort(places[rows])]]
        return found.docs[np.argsort(places)]
    documents = files.orders[order]
    looked_at = 64 * wanted
    while True:
        hits = np.flatnonzero(found.mask[documents[:looked_at]])[:wanted]
        if len(hits) == wanted or looked_at >= len(documents):
            chosen: Array = documents[hits]
            return chosen
        looked_at *= 8
