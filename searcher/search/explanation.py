"""How a query is read: what became of every word, and how many articles each part has."""

from __future__ import annotations

from typing import Any

from searcher.query import Near, leaves
from searcher.results import Explanation, Leaf
from searcher.search import top
from searcher.search.evaluate import operator_of
from searcher.search.limits import check_cost
from searcher.search.snapshot import Snapshot


def explain(snapshot: Snapshot, parsed: Any) -> Explanation:
    """The explanation of a parsed query."""
    check_cost(snapshot, parsed.tree)
    parts = []
    for leaf, _ in leaves(parsed.tree):
        inner = list(leaf.operands()) if isinstance(leaf, Near) else [leaf]
        parts += inner if inner == [leaf] else [leaf, *inner]
    described = tuple(
        Leaf(
            str(part),
            part.index_field,
            tuple(operator_of(part).became(snapshot, part)),
            top.count(snapshot, part),
        )
        for part in parts
    )
    return Explanation(parsed.text, str(parsed.tree), parsed.ignored, described)
