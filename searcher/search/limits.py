"""The price of a query: what it would look at, asked of every query before anything is looked at.

Wildcards and near misses are compared with the words of the index; phrases and neighbours are sought among all places
of their words. Both have a bound for the query as a whole, whatever its shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh.query import Not, Query, Term

from searcher.errors import UsageError
from searcher.index.read.postings import locate
from searcher.query import tree
from searcher.query.patterns import Lexical
from searcher.search.snapshot import Snapshot
from searcher.search.term_expansion import comparisons
from searcher.search.term_scoring import encoded

MOST_COMPARED = 4_000_000
"""Words that the wildcards and near misses of one query may be compared with: some seconds."""

MOST_PLACES = 100_000_000
"""Places that the phrases and neighbours of one query may be sought among: some seconds."""

TIMES = 4
"""… or this often the number of all words in the index, where that is more."""

FREE = 32
"""Words of phrases and neighbours that have no price: even the most frequent ones stand in few places each."""

NEAR = 4
"""A place of a neighbour takes as long as so many of a phrase."""


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


def _parts(query: Query) -> tuple[set[Lexical], list[Any]]:
    """The wildcards and near misses of a tree, and its phrases and neighbours. A plain loop: every search asks."""
    lexical, ordered = set(), []
    left = [query]
    while left:
        node = left.pop()
        if isinstance(node, Term):
            continue
        if isinstance(node, Lexical):
            lexical.add(node)
        elif isinstance(node, (tree.Near, tree.Consecutive)):
            ordered.append(node)
        elif isinstance(node, Not):
            left.append(node.query)
        else:
            left.extend(node.children())
    return lexical, ordered


def _check_places(snapshot: Snapshot, ordered: list[Any]) -> None:
    """UsageError where these phrases and neighbours would be sought among too many places."""
    words = [list(_words(node)) for node in ordered]
    if sum(map(len, words)) <= FREE:
        return
    places = {word: _places(snapshot, word) for word in {each for of_node in words for each in of_node}}
    # The places of a word are made once; each phrase seeks those of its rarest word among those of the others.
    price = sum(places.values())
    for node, of_node in zip(ordered, words, strict=True):
        counts = [places[word] for word in of_node]
        is_near = isinstance(node, tree.Near)
        price += NEAR * sum(counts) if is_near else min(counts) * (len(counts) - 1)
    total = sum(len(files.columns.occurrence_positions) for files in snapshot.segments)
    if price > max(MOST_PLACES, TIMES * total):
        raise UsageError(
            f"this query has too many phrases, hyphened words or NEARs ({len(ordered):,}); they would be sought among "
            f"{price:,} places of their words",
            "write fewer of them, or rarer words",
        )


def _words(node: Any) -> Iterator[tuple[str, bytes]]:
    """Field and text of every word of a phrase, or of an operand of a Near, as often as it is written."""
    if isinstance(node, tree.Consecutive):
        yield from ((node.fieldname, encoded(word)) for word in node.words)
    elif isinstance(node, Term):
        yield node.fieldname, encoded(node.text)
    else:
        children: Iterable[Query] = node.operands() if isinstance(node, tree.Near) else node.children()
        for child in children:
            yield from _words(child)


def _places(snapshot: Snapshot, word: tuple[str, bytes]) -> int:
    found = (locate(files, *word) for files in snapshot.segments)
    return sum(each.occurrences for each in found if each)
