"""The operator of ADJ and NEAR."""

from __future__ import annotations

from searcher.query import Near
from searcher.search.doc_sets import Listed, Matches
from searcher.search.evaluate import Evaluator, Limit, Whole, added, answers


@answers(Near)
class NearOperator(Whole):
    """Documents that match both sides, narrowed to those where the positions fit."""

    limit = Limit.NEAR_PLACES

    def match(self, evaluator: Evaluator, node: Near) -> Matches:
        """The documents where both sides match close enough; scores are added."""
        left, right = evaluator.match(node.left).listed(), evaluator.match(node.right)
        both = left.docs[right.at(left.docs, evaluator.size)[0]]
        docs = evaluator.neighbours.docs(node, both)
        if not len(docs):
            return evaluator.nothing
        total = added([side.at(docs, evaluator.size)[1] for side in (left, right)])
        return Listed(docs, total).boosted(node.boost)

    def cost(self, evaluator: Evaluator, node: Near) -> int:
        """The cost of the cheaper side."""
        return min(evaluator.cost(node.left), evaluator.cost(node.right))
