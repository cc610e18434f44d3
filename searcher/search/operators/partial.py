"""Words known only in part: wildcards and near misses, compared with the words of the index."""

from __future__ import annotations

from searcher.query import Fuzzy, Pattern
from searcher.search.doc_sets import Matches, Tabled
from searcher.search.evaluate import Evaluator, Limit, Whole, answers
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import matching_docs, matching_texts

_SHOWN = 20
"""Words that `explain` names of a wildcard."""


@answers(Pattern, Fuzzy)
class LexicalOperator(Whole):
    """All documents that have a term the leaf means; they are kept for the next query."""

    limit = Limit.COMPARISONS

    def match(self, evaluator: Evaluator, node: Pattern | Fuzzy) -> Matches:
        sought = (node.word, node.distance) if isinstance(node, Fuzzy) else node.text
        key = (evaluator.segment, type(node), node.fieldname, sought)
        return Tabled(
            evaluator.snapshot.kept.get(key, matching_docs, evaluator.files, node), None, node.boost
        )

    def became(self, snapshot: Snapshot, node: Pattern | Fuzzy) -> list[str]:
        return matching_texts(snapshot, node, _SHOWN)
