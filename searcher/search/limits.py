"""Cost limits: estimates the work of a query, and refuses it before evaluation where it would take too long.

Wildcards and near misses are compared with the words of the index; phrases and neighbours are sought among all
occurrences of their words. Each of the two has one limit for the query as a whole, whatever its shape. Which of them a
class of node counts towards is said by its operator.
"""

from __future__ import annotations

from collections.abc import Iterator

from searcher.errors import UsageError
from searcher.index.read.postings import locate
from searcher.query import Consecutive, Lexical, Query, Term
from searcher.search.evaluate import OPERATORS, Limit
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import comparisons
from searcher.search.term_scoring import encoded

MOST_COMPARED = 4_000_000
"""Words that the wildcards and near misses of one query may be compared with: some seconds."""

MOST_PLACES = 100_000_000
"""Occurrences that the phrases and neighbours of one query may be sought among: some seconds."""

TIMES = 4
"""The limit of occurrences is max(MOST_PLACES, TIMES * all occurrences in the index)."""

FREE = 32
"""Words of phrases and neighbours up to which no limit is checked: even the most frequent ones are quick."""

NEAR = 4
"""An occurrence of a neighbour costs as much as this many of a phrase."""


# Looking up the member of an enumeration takes as long as the rest of the loop.
_BRANCHES, _NOTHING = Limit.BRANCHES, Limit.NOTHING


def check_cost(snapshot: Snapshot, query: Query) -> None:
    """UsageError for a query that would take too long."""
    lexical, ordered = _parts(query)
    left = MOST_COMPARED
    for leaf in lexical:
        left -= sum(comparisons(files, leaf) for files in snapshot.segments)
        if left < 0:
            raise UsageError(
                f"the {len(lexical):,} wildcards and near misses of this query would be compared with more than "
                f"{MOST_COMPARED:,} words",
                "write more letters before the first *, or fewer of them",
            )
    if ordered:
        _check_places(snapshot, ordered)


def _parts(query: Query) -> tuple[set[Lexical], list[tuple[Query, Limit]]]:
    """The wildcards and near misses of a tree, and its phrases and neighbours. A plain loop: every search asks."""
    lexical: set[Lexical] = set()
    ordered: list[tuple[Query, Limit]] = []
    left = [query]
    while left:
        node = left.pop()
        limit = OPERATORS[type(node)].limit
        if limit is _BRANCHES:
            left.extend(node.children())
        elif isinstance(node, Lexical):
            lexical.add(node)
        elif limit is not _NOTHING:
            ordered.append((node, limit))
    return lexical, ordered


def _check_places(snapshot: Snapshot, ordered: list[tuple[Query, Limit]]) -> None:
    """UsageError where these phrases and neighbours would be sought among too many occurrences."""
    words = [list(_words(node)) for node, _ in ordered]
    if sum(map(len, words)) <= FREE:
        return
    places = {word: _places(snapshot, word) for word in {each for of_node in words for each in of_node}}
    # The occurrences of a word are read once; each phrase seeks those of its rarest word among those of the others.
    price = sum(places.values())
    for (_, limit), of_node in zip(ordered, words, strict=True):
        counts = [places[word] for word in of_node]
        price += NEAR * sum(counts) if limit is Limit.NEAR_PLACES else min(counts) * (len(counts) - 1)
    total = sum(files.occurrences for files in snapshot.segments)
    if price > max(MOST_PLACES, TIMES * total):
        raise UsageError(
            f"this query has too many phrases, hyphened words or NEARs ({len(ordered):,}); they would be sought among "
            f"{price:,} places of their words",
            "write fewer of them, or rarer words",
        )


def _words(node: Query) -> Iterator[tuple[str, bytes]]:
    """Field and text of every word of a phrase, or of an operand of a Near, as often as it is written."""
    if isinstance(node, Consecutive):
        yield from ((node.fieldname, encoded(word)) for word in node.words)
    elif isinstance(node, Term):
        yield node.fieldname, encoded(node.text)
    else:
        for child in node.children():
            yield from _words(child)


def _places(snapshot: Snapshot, word: tuple[str, bytes]) -> int:
    found = (locate(files, *word) for files in snapshot.segments)
    return sum(each.occurrences for each in found if each)
