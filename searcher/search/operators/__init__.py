"""How every class of the query tree is answered: importing this package registers all operators.

To add an operator: a class of node in `searcher.query`, an `Operator` with `@answers(...)` in a module of this
package, which is imported here, and a translation in `searcher.search.whoosh_tree`. `tests/search/test_operators.py`
names every table that does not know the new class.
"""

from searcher.search.evaluate import Evaluator
from searcher.search.operators import columns, foreign, near, partial, sets, words

__all__ = ["Evaluator", "columns", "foreign", "near", "partial", "sets", "words"]
