"""How a query is read: what became of every word, and how many articles each part has."""

from __future__ import annotations

from typing import Any

from searcher.query import During, Lexical, Near, leaves
from searcher.results import Explanation, Leaf
from searcher.search import top
from searcher.search.limits import check_cost
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import matching_texts

_SHOWN = 20
"""Words named of a wildcard."""


def explain(snapshot: Snapshot, parsed: Any) -> Explanation:
    """The explanation of a parsed query."""
    check_cost(snapshot, parsed.tree)
    parts = []
    for leaf, _ in leaves(parsed.tree):
        inner = list(leaf.operands()) if isinstance(leaf, Near) else [leaf]
        parts += inner if inner == [leaf] else [leaf, *inner]
    described = tuple(
        Leaf(str(part), part.field(), tuple(_became(snapshot, part)), top.count(snapshot, part))
        for part in parts
    )
    return Explanation(parsed.text, str(parsed.tree), parsed.ignored, described)


def _became(snapshot: Snapshot, leaf: Any) -> list[str]:
    """What a leaf looks for, as the index has it; of a wildcard the first printed forms."""
    if isinstance(leaf, Lexical):
        return matching_texts(snapshot, leaf, _SHOWN)
    if isinstance(leaf, During):
        return [str(leaf)]
    if isinstance(leaf, Near):
        return []
    forms = getattr(leaf, "forms", None) or (leaf.query,)
    return [" ".join(getattr(form, "words", None) or [form.text]) for form in forms]
