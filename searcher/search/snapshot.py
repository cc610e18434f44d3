"""Snapshot: the open segments of one generation, and the ranking statistics across all of them.

Statistics count living articles only, so that ranking does not depend on the number of segments or on earlier
deletions.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format import toc as contents
from searcher.index.format.entry import SegmentEntry
from searcher.index.read.postings import field_lengths, locate, postings, view
from searcher.index.read.segment_reader import SegmentFiles
from searcher.search.cache import Cache
from searcher.search.kernels import Array

K1 = 1.2
B = 0.75
"""BM25's parameters, with the values of Robertson & Zaragoza (2009), as in Whoosh."""

_CACHED_TERMS = 10_000


def idf(articles: int, frequency: int) -> float:
    """Lucene's inverse document frequency of a term that stands in `frequency` of `articles`."""
    return math.log(1 + (max(articles, frequency) - frequency + 0.5) / (frequency + 0.5))


class Snapshot:
    """An archive at one generation. Nothing in it changes, so threads may share it."""

    def __init__(self, directory: Path, table: contents.Table, reuse: Snapshot | None = None) -> None:
        self.directory = directory
        self.table = table
        open_before = {} if reuse is None else {each.segment.id: each for each in reuse.segments}
        self.segments: list[SegmentFiles] = [self._open(segment, open_before) for segment in table.segments]
        self.articles = sum(segment.live for segment in table.segments)
        self.kept = Cache()
        self._factors: dict[tuple[str, bytes], float] = {}
        self._frequencies: dict[tuple[str, bytes], int] = {}
        self._averages: dict[str, float] = {}
        self._norms: dict[tuple[str, str], Array] = {}

    def _open(self, segment: SegmentEntry, before: dict[str, SegmentFiles]) -> SegmentFiles:
        known = before.get(segment.id)
        if known is not None and known.segment.deleted == segment.deleted:
            return known
        return SegmentFiles(self.directory, segment)

    def frequency(self, field: str, text: bytes) -> int:
        """In how many living articles the term stands in that field."""
        key = (field, text)
        count = self._frequencies.get(key)
        if count is None:
            if len(self._frequencies) >= _CACHED_TERMS:
                self._frequencies.clear()
            count = self._frequencies[key] = sum(_frequency(files, field, text) for files in self.segments)
        return count

    def factor(self, field: str, text: bytes) -> float:
        """What BM25's fraction is multiplied with: idf * (K1 + 1).

        The idf is Lucene's, ln(1 + (N - n + 0.5) / (n + 0.5)): never negative, and next to nothing for a word that
        stands in every article, which Whoosh's still counts 1.
        """
        key = (field, text)
        factor = self._factors.get(key)
        if factor is None:
            if len(self._factors) >= _CACHED_TERMS:
                self._factors.clear()
            factor = self._factors[key] = idf(self.articles, self.frequency(field, text)) * (K1 + 1)
        return factor

    def average_length(self, field: str) -> float:
        """Mean number of tokens of the field in living articles; 1 where there are none, as in Whoosh."""
        average = self._averages.get(field)
        if average is None:
            total = sum(
                int(_live(files, field_lengths(files, field)).sum(dtype=np.int64)) for files in self.segments
            )
            average = self._averages[field] = (total / self.articles if self.articles else 0) or 1.0
        return average

    def norms(self, files: SegmentFiles, field: str) -> Array:
        """float32 per document: K1 * (1 - B + B * length / average length)."""
        name = field if view(field).zone is not None else view(field).base
        key = (files.segment.id, name)
        norms = self._norms.get(key)
        if norms is None:
            lengths = field_lengths(files, field).astype(np.float64)
            scaled = K1 * ((1 - B) + B * lengths / self.average_length(field))
            norms = self._norms[key] = scaled.astype(np.float32)
        return norms

    def find(self, article_id: str) -> tuple[int, int] | None:
        """(number of the segment, document) of a living article."""
        for number, files in enumerate(self.segments):
            doc = files.find_id(article_id)
            if doc >= 0:
                return number, doc
        return None


def newest(directory: Path, reuse: Snapshot | None) -> Snapshot:
    """The newest generation, opened. A writer may remove files of an older one meanwhile: then the next is taken."""
    while True:
        current = contents.read(directory)
        try:
            return Snapshot(directory, current, reuse)
        except FileNotFoundError as error:
            if contents.is_newest(directory, current):
                raise ArchiveDamaged("is missing", place=error.filename, cure=Cure.REBUILD) from error


def _live(files: SegmentFiles, values: Array) -> Array:
    return values if files.deleted is None else values[~files.deleted]


def _frequency(files: SegmentFiles, field: str, text: bytes) -> int:
    located = locate(files, field, text)
    if located is None:
        return 0
    if located.form is None and view(field).zone is None:
        docs = located.docs
    else:
        found = postings(files, field, text)
        if found is None:
            return 0
        docs = found.docs
    return len(docs) if files.deleted is None else int(np.count_nonzero(~files.deleted[docs]))
