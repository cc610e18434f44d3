"""Any of the words instead of all: a query without operators, loosened.

>>> from searcher.german import STOP_WORDS, analyze
>>> from searcher.query.parse import parse
>>> str(loosened(parse("Lukaschenko Waffenruhe quelle:dpa -Kreml", analyze=analyze).tree))
'((Lukaschenko OR Waffenruhe) AND quelle:dpa AND NOT Kreml)'
"""

from __future__ import annotations

from collections.abc import Iterator

from searcher.query.patterns import Lexical
from searcher.query.tree import And, Exact, Or, Query, Word

ZONES = ("all", "title", "kicker", "teaser", "body")
"""Fields whose words may be missing. A source, an author or a date is a condition."""


def loosened(tree: Query) -> Query | None:
    """The tree with any of its words in the place of all; None where there are not two to choose from.

    What excludes, and what asks for a date, a source or other metadata, stays as it is.
    """
    branches = list(_branches(tree))
    words = [
        branch
        for branch in branches
        if isinstance(branch, Word | Exact | Lexical) and branch.fieldname in ZONES
    ]
    if len(words) < 2:
        return None
    conditions = [branch for branch in branches if not any(branch is word for word in words)]
    any_word = Or(words)
    return And([any_word, *conditions]) if conditions else any_word


def _branches(tree: Query) -> Iterator[Query]:
    if not isinstance(tree, And):
        yield tree
        return
    for branch in tree.branches:
        yield from _branches(branch)
