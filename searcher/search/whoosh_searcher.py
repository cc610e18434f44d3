"""Whoosh's own searcher over a snapshot: for query classes the evaluator does not know, and as oracle of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whoosh.filedb.filestore import FileStorage
from whoosh.reading import EmptyReader, MultiReader
from whoosh.scoring import BM25FScorer, WeightingModel
from whoosh.searching import Searcher

from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.read.whoosh_codec import segment_reader
from searcher.index.schema import article_schema

if TYPE_CHECKING:
    from searcher.search.snapshot import Snapshot


class LiveBM25F(WeightingModel):
    """Whoosh's BM25F with the statistics of living articles; its equal where no article is deleted."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def supports_block_quality(self) -> bool:
        return False

    def idf(self, searcher: Any, fieldname: str, text: bytes) -> float:
        from searcher.search.snapshot import idf

        return idf(self.snapshot.articles, self.snapshot.frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: float = 1) -> BM25FScorer:
        from searcher.search.snapshot import K1, B

        key = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        scorer = BM25FScorer.__new__(BM25FScorer)
        scorer.idf = self.idf(searcher, fieldname, key)
        scorer.avgfl = self.snapshot.average_length(fieldname)
        scorer.B, scorer.K1, scorer.qf = B, K1, qf
        scorer.setup(searcher, fieldname, key)
        return scorer


def whoosh_searcher(snapshot: Snapshot) -> Searcher:
    """A Whoosh searcher over all segments of the snapshot; opens no file again."""
    storage = FileStorage(str(snapshot.directory))
    schema = article_schema()
    readers = [segment_reader(storage, schema, files) for files in snapshot.segments]
    reader = EmptyReader(schema) if not readers else readers[0]
    if len(readers) > 1:
        reader = MultiReader(readers)
    return Searcher(reader, weighting=LiveBM25F(snapshot))


def segment_searcher(searcher: Searcher, snapshot: Snapshot, files: SegmentFiles) -> Searcher:
    """The sub-searcher of `searcher` for one segment; its parent gives the statistics."""
    if len(snapshot.segments) == 1:
        return searcher
    return searcher.subsearchers[snapshot.segments.index(files)][0]
