"""Counts over columns: how many matches a day, month, year or value of a facet has; exact, at array speed."""

from __future__ import annotations

from collections import Counter

import numpy as np

from searcher.index.format.columns import FACET_COLUMNS
from searcher.index.read.segment_reader import SegmentFiles
from searcher.query import Query
from searcher.search.kernels import Array
from searcher.search.snapshot import Snapshot
from searcher.search.top import live_matches

_LETTERS = {"day": 10, "month": 7, "year": 4}
_MINUTES = {10: 24 * 60, 7: 31 * 24 * 60, 4: 366 * 24 * 60}
_EPOCH = np.datetime64("0001-01-01T00:00", "m")


def counts(snapshot: Snapshot, query: Query, by: str) -> dict[str, int]:
    """Label -> matches, sorted by label. A date less precise than `by` is counted under its known part:
    '2023-03' among days, '2023' among months; articles without a date or value under ''.
    """
    total: Counter[str] = Counter()
    for files, found in live_matches(snapshot, query):
        total.update(
            _dates(files, found.listed().docs, _LETTERS[by])
            if by in _LETTERS
            else _facet(files, found.listed().docs, by)
        )
    return dict(sorted(total.items()))


def _facet(files: SegmentFiles, docs: Array, name: str) -> dict[str, int]:
    numbers = np.bincount(getattr(files.columns, FACET_COLUMNS[name].numbers)[docs])
    values = files.facet(name)
    return {
        values[i].decode("utf-8", "surrogatepass"): int(numbers[i]) for i in np.flatnonzero(numbers).tolist()
    }


def _dates(files: SegmentFiles, docs: Array, letters: int) -> dict[str, int]:
    starts, ends = files.columns.doc_starts[docs], files.columns.doc_ends[docs]
    found: Counter[str] = Counter()
    undated = starts < 0
    if undated.any():
        found[""] = int(np.count_nonzero(undated))
    widths = ends - starts
    for label, bucket in (("D", 10), ("M", 7), ("Y", 4)):
        # The wanted label takes all dates that are precise enough; each coarser one takes dates of just its precision.
        if bucket > letters:
            continue
        above = 0 if bucket == letters else _MINUTES[{7: 10, 4: 7}[bucket]]
        mine = ~undated & (widths <= _MINUTES[bucket]) & (widths > above if above else True)
        days = (_EPOCH + starts[mine].astype("timedelta64[m]")).astype(f"datetime64[{label}]")
        values, numbers = np.unique(days, return_counts=True)
        for value, number in zip(np.datetime_as_string(values), numbers.tolist(), strict=True):
            found[str(value)] += number
    return found
