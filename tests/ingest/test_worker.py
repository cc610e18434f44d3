"""Articles are analysed so many at a time, and so many bytes: memory is bounded by long articles too."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher import Archive, Article
from searcher.index.write.segment_builder import Record, SegmentBuilder
from searcher.ingest import worker


def test_copies_of_a_long_article_are_analysed_in_bounded_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies are written a second time, linked to the first."""
    monkeypatch.setattr(worker, "BATCH_BYTES", 10_000)
    weights: list[int] = []
    plain = SegmentBuilder.add

    def weighed(self: SegmentBuilder, records: list[Record]) -> None:
        weights.append(sum(len(each.line) for each in records))
        plain(self, records)

    monkeypatch.setattr(SegmentBuilder, "add", weighed)
    body = "Der Stadtrat hat die Sanierung beschlossen. " * 100
    with Archive.create(tmp_path / "index") as archive:
        archive.add(Article(id=str(number), title="Rathaus", body=body) for number in range(20))
        assert len(archive) == 20
    assert max(weights) < 15_000 and len(weights) > 10
