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
from searcher.search.evaluate import Evaluator, Matches
from searcher.search.kernels import Array, best
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
        if files.deleted is not None and len(found.docs):
            live = ~files.deleted[found.docs]
            found = Matches(found.docs[live], None if found.scores is None else found.scores[live])
        yield files, found


def count(snapshot: Snapshot, query: Query) -> int:
    return sum(len(found.docs) for _, found in live_matches(snapshot, query))


def top(
    snapshot: Snapshot, query: Query, wanted: int, sort: Sort
) -> tuple[int, list[tuple[SegmentFiles, int, float]]]:
    """(number of matches, the first `wanted` as segment, document, score). Equal ones are ordered by id."""
    total = 0
    parts: list[list[tuple[float, str, SegmentFiles, int, float]]] = []
    for files, found in live_matches(snapshot, query):
        total += len(found.docs)
        keys = _KEYS[sort](files, found)
        rows = best(keys, wanted, files.columns.doc_ids[found.docs])
        scores = np.zeros(len(rows)) if found.scores is None else found.scores[rows]
        parts.append(
            [
                (-key, files.id(doc) if len(snapshot.segments) > 1 else "", files, doc, score)
                for key, doc, score in zip(
                    keys[rows].tolist(), found.docs[rows].tolist(), scores.tolist(), strict=True
                )
            ]
        )
    if len(parts) == 1:
        return total, [entry[2:] for entry in parts[0]]
    merged = sorted((entry for part in parts for entry in part), key=lambda entry: entry[:2])
    return total, [entry[2:] for entry in merged[:wanted]]


def _relevance(files: SegmentFiles, found: Matches) -> Array:
    return np.zeros(len(found.docs), np.float32) if found.scores is None else found.scores


def _newest(files: SegmentFiles, found: Matches) -> Array:
    return files.columns.doc_starts[found.docs]


def _oldest(files: SegmentFiles, found: Matches) -> Array:
    starts = files.columns.doc_starts[found.docs]
    # Undated articles have a negative start and come last, as they do in the other direction.
    return np.where(starts < 0, np.iinfo(np.int64).min + 1, -starts)


_KEYS: dict[str, Callable[[SegmentFiles, Matches], Array]] = {
    "relevance": _relevance,
    "newest": _newest,
    "oldest": _oldest,
}
