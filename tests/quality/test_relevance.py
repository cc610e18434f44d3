"""Relevance does not get worse: nDCG@10 and R@100 of every judged set against floors.toml, which only rises."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.checkout import SHARED
from tests.quality.judged import NEED_SHARED, SETS, archive_of, measure

FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_relevance(name: str, tmp_path: Path) -> None:
    if name in NEED_SHARED and not (SHARED / "ir").exists():
        pytest.skip("needs ../shared/data/ir and news.jsonl.xz")
    judged = SETS[name]()
    with archive_of(judged, tmp_path / "index") as archive:
        found = measure(archive, judged)
    print(
        f"\n{name}: nDCG@10 {found.ndcg10:.4f}, R@100 {found.recall100:.4f}, {len(judged.queries)} queries, "
        f"{found.empty} without a hit, {found.refused} refused"
    )
    floor = FLOORS["relevance"][name]
    assert found.ndcg10 >= floor["ndcg10"]
    assert found.recall100 >= floor["recall100"]
