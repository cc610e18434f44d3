"""The operator of wildcards and fuzzy words, which are compared with the words of the index."""

from __future__ import annotations

from searcher.query import Fuzzy, Pattern
from searcher.search.doc_sets import Matches, Tabled
from searcher.search.evaluate import Evaluator, Limit, Whole, answers
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import matching_docs, matching_texts

_SHOWN = 20
"""Maximum number of words that `explain` lists for a wildcard."""


@answers(Pattern, Fuzzy)
class LexicalOperator(Whole):
    """All documents with a matching term. The cache keeps them."""

    limit = Limit.COMPARISONS

    def match(self, evaluator: Evaluator, node: Pattern | Fuzzy) -> Matches:
        """All documents with a matching term; each scores the boost. The cache keeps them."""
        sought = (node.word, node.distance) if isinstance(node, Fuzzy) else node.text
        key = (evaluator.segment, type(node), node.fieldname, sought)
        return Tabled(
            evaluator.snapshot.kept.get(key, matching_docs, evaluator.files, node), None, node.boost
        )

    def became(self, snapshot: Snapshot, node: Pattern | Fuzzy) -> list[str]:
        """The first matching terms, sorted; '…' stands for more."""
        return matching_texts(snapshot, node, _SHOWN)
