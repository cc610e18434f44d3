"""The same articles give the same answers: our evaluation, Whoosh's matchers over our codec, Whoosh over its own codec,
and a plain matcher over lists of tokens; over random archives, deletions, segments and trees.

CI asks 2,400 questions of 120 archives, half of them in a second way. `SEARCHER_ARCHIVES=5000 pytest tests/test_differential.py` asks 100,000, and
looks for the smallest example where one fails, which takes minutes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from searcher.archive import Archive
from searcher.index.read import letter_signatures
from searcher.search import phrases, term_expansion, term_scoring
from searcher.search.whoosh_searcher import whoosh_searcher
from tests import oracle

QUESTIONS = 20
"""Trees asked of each archive: making one costs more than asking it."""

ARCHIVES = int(os.environ.get("SEARCHER_ARCHIVES", "60"))
PHASES = [Phase.generate, Phase.shrink] if "SEARCHER_ARCHIVES" in os.environ else [Phase.generate]


@pytest.fixture(
    autouse=True,
    scope="module",
    params=[
        {},
        {
            (term_scoring, "FREQUENT"): 0,
            (phrases, "KEYED"): 0,
            (phrases, "AT_ONCE"): 2,
            (term_expansion, "AT_ONCE"): 2,
            (term_expansion, "MANY"): 0,
            (term_expansion, "COMPARED_AT_ONCE"): 2,
            (letter_signatures, "AT_ONCE"): 2,
        },
    ],
    ids=["as shipped, with sieves", "turned round"],
)
def unflushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Once as shipped, but for sieves before any search; once as if no term were frequent enough for a table, every word too frequent for keys of its own,
    and memory so short that everything is done in pieces of two and given back at once."""
    with pytest.MonkeyPatch.context() as patch, oracle.without_waiting_for_the_disk():
        for (module, name), value in request.param.items():
            patch.setattr(module, name, value)
        yield


def ask(archive: Archive, tree: Any) -> dict[str, float]:
    """Id -> score, by our evaluation; held against itself on the way."""
    results = archive.search(tree, limit=100)
    found = {hit.id: hit.score for hit in results}
    assert results.total == len(results) == len(found) == archive.count(tree)
    ordered = sorted(found, key=lambda article_id: (-found[article_id], article_id))
    assert [hit.id for hit in results] == ordered
    assert [hit.id for hit in archive.search(tree, limit=2, offset=1)] == ordered[1:3]
    return found


@settings(max_examples=ARCHIVES, phases=PHASES)
@given(history=oracle.histories(), trees=st.lists(oracle.trees, min_size=QUESTIONS, max_size=QUESTIONS))
def test_four_engines_agree(history: oracle.History, trees: list[Any]) -> None:
    living = history.alive()
    plain = {article_id: oracle.plain_article(article) for article_id, article in living.items()}
    with tempfile.TemporaryDirectory() as folder, Archive.create(Path(folder) / "index") as archive:
        history.play(archive)
        assert len(archive) == len(living)
        ours_by_whoosh = whoosh_searcher(oracle.snapshot_of(archive))
        stock = oracle.stock_index(living.values()).searcher(weighting=oracle.LucenesIdf())
        with whoosh.index.open_dir(archive.place).searcher(weighting=oracle.LucenesIdf()) as opened:
            for tree in trees:
                found = ask(archive, tree)
                assert set(found) == oracle.plain_ids(tree, plain), tree
                scored = oracle.whoosh_scores(tree, ours_by_whoosh)
                assert found == pytest.approx(scored, rel=1e-4, abs=1e-6), tree
                assert set(oracle.whoosh_scores(tree, stock)) == set(found), tree
                if not opened.reader().has_deletions():
                    assert oracle.whoosh_scores(tree, opened) == pytest.approx(scored), tree
