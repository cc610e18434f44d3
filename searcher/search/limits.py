"""Cost limits: estimates the work of a query, and refuses it before evaluation where it would take too long.

Wildcards and fuzzy words are compared with the words of the index; phrases and NEARs are searched among all
occurrences of their words. Each of the two has one limit for the whole query. The operator of a class of node names
the limit that the node counts towards.
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
"""Maximum number of comparisons for the wildcards and fuzzy words of one query: a few seconds."""

MOST_PLACES = 100_000_000
"""Maximum number of occurrences searched for the phrases and NEARs of one query: a few seconds."""

TIMES = 4
"""The limit of occurrences is max(MOST_PLACES, TIMES * all occurrences in the index)."""

FREE = 32
"""Number of words in phrases and NEARs up to which no limit is checked: even frequent words are fast then."""

NEAR = 4
"""Cost of an occurrence in a NEAR, relative to one in a phrase."""


# Looking up the member of an enumeration takes as long as the rest of the loop.
_BRANCHES, _NOTHING = Limit.BRANCHES, Limit.NOTHING


def check_cost(snapshot: Snapshot, query: Query) -> None:
    """Raise UsageError if the query would take too long."""
    lexical, ordered = _parts(query)
    left = MOST_COMPARED
    for leaf in lexical:
        left -= sum(comparisons(files, leaf) for files in snapshot.segments)
        if left < 0:
            raise UsageError(
                f"the {len(lexical):,} wildcards and fuzzy words of this query would be compared with more than "
                f"{MOST_COMPARED:,} words",
                "write more letters before the first *, or fewer of them",
            )
    if ordered:
        _check_places(snapshot, ordered)


def _parts(query: Query) -> tuple[set[Lexical], list[tuple[Query, Limit]]]:
    """The wildcards and fuzzy words of a tree, and its phrases and NEARs. A plain loop: every search runs it."""
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
    """Raise UsageError if these phrases and NEARs would search too many occurrences."""
    words = [list(_words(node)) for node, _ in ordered]
    if sum(map(len, words)) <= FREE:
        return
    places = {word: _places(snapshot, word) for word in {each for of_node in words for each in of_node}}
    # The occurrences of a word are read once; each phrase looks up those of its rarest word among those of the others.
    price = sum(places.values())
    for (_, limit), of_node in zip(ordered, words, strict=True):
        counts = [places[word] for word in of_node]
        price += NEAR * sum(counts) if limit is Limit.NEAR_PLACES else min(counts) * (len(counts) - 1)
    total = sum(files.occurrences for files in snapshot.segments)
    if price > max(MOST_PLACES, TIMES * total):
        raise UsageError(
            f"this query has too many phrases, hyphenated words or NEARs ({len(ordered):,}); they would search "
            f"{price:,} occurrences of their words",
            "write fewer of them, or rarer words",
        )


def _words(node: Query) -> Iterator[tuple[str, bytes]]:
    """(field, text) of every word of a phrase or Near, with repetitions."""
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
