"""The operators: one class for each kind of node. Importing this package registers all of them.

To add an operator, write a class of node in `searcher.query`, an `Operator` with `@answers(...)` in a module of this
package, import that module here, and add a translation to `searcher.search.whoosh_tree`.
`tests/search/test_operators.py` names every table that does not know the new class.
"""

from searcher.search.evaluate import Evaluator
from searcher.search.operators import columns, foreign, near, partial, sets, words

__all__ = ["Evaluator", "columns", "foreign", "near", "partial", "sets", "words"]
