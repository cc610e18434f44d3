"""Explanation of a query: the terms of each word, and the number of articles of each part."""

from __future__ import annotations

from searcher.backend import Backend
from searcher.query import Near, ParsedQuery, leaves
from searcher.results import Explanation, Leaf


def explain(backend: Backend, parsed: ParsedQuery) -> Explanation:
    """The explanation of a parsed query; the operands of ADJ and NEAR are parts too."""
    parts = []
    for leaf, _ in leaves(parsed.tree):
        inner = list(leaf.operands()) if isinstance(leaf, Near) else [leaf]
        parts += inner if inner == [leaf] else [leaf, *inner]
    described = tuple(
        Leaf(str(part), part.index_field, tuple(backend.expand(part)), backend.count(part)) for part in parts
    )
    return Explanation(parsed.text, str(parsed.tree), parsed.ignored, described)
