"""The figures of `searcher stats` for a snapshot."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from searcher.article import FACETS
from searcher.dates import Period
from searcher.index.format import door
from searcher.index.format.names import NAME
from searcher.query import Every
from searcher.search.facets import counts
from searcher.search.snapshot import Snapshot


def describe(snapshot: Snapshot) -> dict[str, Any]:
    """articles, terms, period, facets, bytes and segments, as `Stats` has them."""
    bounds = []
    for files in snapshot.segments:
        columns = files.columns
        dated = columns.doc_starts >= 0
        if files.deleted is not None:
            dated &= ~files.deleted
        if dated.any():
            bounds.append((int(columns.doc_starts[dated].min()), int(columns.doc_ends[dated].max())))
    return {
        "articles": snapshot.articles,
        "terms": _terms(snapshot),
        "period": _period(bounds),
        "facets": {facet: counts(snapshot, Every(), facet) for facet in FACETS},
        "bytes": _size(snapshot),
        "segments": len(snapshot.segments),
    }


def _terms(snapshot: Snapshot) -> int:
    """The number of distinct terms; within one segment they are distinct already."""
    if len(snapshot.segments) == 1:
        low, high = snapshot.segments[0].term_ranges["all"]
        return high - low
    terms: set[bytes] = set()
    for files in snapshot.segments:
        terms.update(files.terms.part(*files.term_ranges["all"]))
    return len(terms)


def _period(bounds: list[tuple[int, int]]) -> tuple[Period, Period] | None:
    if not bounds:
        return None
    first = datetime.min + timedelta(minutes=int(np.min([start for start, _ in bounds])))
    last = datetime.min + timedelta(minutes=int(np.max([end for _, end in bounds])) - 1)
    return Period.day(first.year, first.month, first.day), Period.day(last.year, last.month, last.day)


def _size(snapshot: Snapshot) -> int:
    live = {files.segment.id for files in snapshot.segments}
    size = 0
    for name in door.names(snapshot.directory):
        if name.startswith((f"_{NAME}_", "LEDGER_")) or (
            name.startswith(f"{NAME}_") and name.split(".")[0][len(NAME) + 1 :] in live
        ):
            # A writer may have removed the file meanwhile.
            with suppress(FileNotFoundError):
                size += door.status(snapshot.directory / name).st_size
    return size
