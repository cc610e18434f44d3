"""The best matches of a query over all segments, in order, with an exact count."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from searcher.index.read.segment_reader import SegmentFiles
from searcher.query import Query
from searcher.request import Sort
from searcher.results import Ranked
from searcher.search.doc_sets import HEAD, Listed, Matches
from searcher.search.kernels import Array, best
from searcher.search.operators import Evaluator
from searcher.search.snapshot import Snapshot


@dataclass(slots=True)
class Best(Sequence[Ranked]):
    """The first matches in the requested order: parallel lists of segments, documents, scores, sort keys.

    Rows are made on access; the key of a row is (segment, document).
    """

    files: list[SegmentFiles]
    docs: list[int]
    scores: list[float]
    keys: list[float]

    def __len__(self) -> int:
        return len(self.docs)

    @overload
    def __getitem__(self, index: int) -> Ranked: ...
    @overload
    def __getitem__(self, index: slice) -> list[Ranked]: ...
    def __getitem__(self, index: int | slice) -> Ranked | list[Ranked]:
        if isinstance(index, int):
            return Ranked(self.scores[index], (self.files[index], self.docs[index]))
        places = zip(self.files[index], self.docs[index], strict=True)
        return list(map(Ranked, self.scores[index], places))


def live_matches(snapshot: Snapshot, query: Query) -> Iterator[tuple[SegmentFiles, Matches]]:
    """The matches of every segment without deleted articles."""
    return ((files, _live(snapshot, files, query)) for files in snapshot.segments)


def _live(snapshot: Snapshot, files: SegmentFiles, query: Query) -> Matches:
    found = Evaluator(snapshot, files).match(query)
    # Cached matches never contain deleted articles.
    if files.deleted is not None and found.head is None:
        return found.without(files.deleted)
    return found


def count(snapshot: Snapshot, query: Query) -> int:
    """The number of matches without deleted articles."""
    return sum(len(found) for _, found in live_matches(snapshot, query))


def top(snapshot: Snapshot, query: Query, wanted: int, sort: Sort) -> tuple[int, Best]:
    """(number of matches, the first `wanted` of them); ties are ordered by id."""
    total = 0
    parts = []
    for files in snapshot.segments:
        found = _live(snapshot, files, query)
        matching = len(found)
        if matching:
            total += matching
            parts.append(_best(files, found, min(wanted, matching), sort))
    return total, parts[0] if len(parts) == 1 else _merged(parts, wanted)


def _merged(parts: list[Best], wanted: int) -> Best:
    """The largest keys of all segments; ties by id, which is read only for ties."""
    files, docs, scores, keys = [], [], [], []
    for part in parts:
        files += part.files
        docs += part.docs
        scores += part.scores
        keys += part.keys
    rows = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
    if len(set(keys)) < len(keys):
        counts = Counter(keys)
        if len(rows) > wanted > 0:
            bound = keys[rows[wanted - 1]]
            rows = [row for row in rows if keys[row] >= bound]
        rows.sort(key=lambda row: (-keys[row], files[row].id(docs[row]) if counts[keys[row]] > 1 else ""))
    rows = rows[:wanted]
    return Best(
        [files[row] for row in rows],
        [docs[row] for row in rows],
        [scores[row] for row in rows],
        [keys[row] for row in rows],
    )


def _best(files: SegmentFiles, found: Matches, wanted: int, sort: Sort) -> Best:
    """The first `wanted` matches and their sort keys; there must be at least that many."""
    if sort == "relevance" and found.scores is not None:
        docs, scores = _highest(files, found, wanted)
        return Best([files] * wanted, docs, scores, scores)
    chosen = _first(files, found, wanted, "id" if sort == "relevance" else sort)
    scored = found.at(chosen, files.docs)[1]
    scores = [0.0] * wanted if scored is None else scored.tolist()
    keys: list[float] = scores
    if sort != "relevance":
        starts = files.columns.doc_starts[chosen].tolist()
        keys = starts if sort == "newest" else [-start if start >= 0 else -math.inf for start in starts]
    return Best([files] * wanted, chosen.tolist(), scores, keys)


def _highest(files: SegmentFiles, found: Matches, wanted: int) -> tuple[list[int], list[float]]:
    """(documents, scores) of the highest scores."""
    head = found.head
    if head is None or wanted > HEAD:
        return _sorted_out(files, found, wanted)
    if head.found is None:
        head.found = _sorted_out(files, found, min(HEAD, len(found)))
    docs, scores = head.found
    return docs[:wanted], scores[:wanted]


def _sorted_out(files: SegmentFiles, found: Matches, wanted: int) -> tuple[list[int], list[float]]:
    scores, ids = found.scores, files.columns.doc_ids
    if scores is None:
        raise TypeError("these matches have no scores")
    if isinstance(found, Listed):
        rows = best(scores, wanted, ids[found.docs])
        return found.docs[rows].tolist(), scores[rows].tolist()
    docs = best(scores, wanted, ids)
    if not found.mask[docs].all():
        # Some matches score 0 and cannot be told from documents that do not match.
        return _sorted_out(files, found.listed(), wanted)
    return docs.tolist(), scores[docs].tolist()


def _first(files: SegmentFiles, found: Matches, wanted: int, order: str) -> Array:
    """The first `wanted` matches in one of the segment's orders."""
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
