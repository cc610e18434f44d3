"""Our trees as whoosh.query classes, and back.

`to_whoosh` gives a query with slow matchers that are obviously right, so
`whoosh.index.open_dir("index").searcher().search(to_whoosh(tree))` finds the same articles as we do. `from_whoosh`
translates a tree of Whoosh's classes: a class with an equivalent here becomes that; any other becomes Foreign and runs
through its own matcher. A search with our own trees never loads this module.

>>> from searcher.query import And, Not, Term
>>> tree = And([Term("title", "krieg"), Not(Term("all", "frieden"))])
>>> str(to_whoosh(tree))
'(title:krieg AND NOT all:frieden)'
>>> from_whoosh(to_whoosh(tree)) == tree
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from whoosh import query as whoosh
from whoosh.matching import NullMatcher

from searcher.errors import UsageError
from searcher.index.read.postings import view
from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Foreign,
    Forms,
    Fuzzy,
    Near,
    Not,
    Or,
    Pattern,
    Query,
    Raw,
    Term,
    Word,
    spans,
)
from searcher.query.fields import is_raw
from searcher.search.whoosh_matchers import (
    AllOf,
    AnyOf,
    Arranged,
    Boosted,
    Documents,
    Ranked,
    Spans,
    consecutive,
)

# --- sets and phrases: Whoosh's classes with matchers that score right --------------------------------------------


def _weighted(matcher: Any, boost: float) -> Any:
    return matcher if boost == 1.0 else Boosted(matcher, boost)


class _Unchanged:
    """Turns off Whoosh's `normalize`, which drops and merges branches."""

    def normalize(self) -> Any:
        return self


class WhooshAnd(_Unchanged, whoosh.And):
    """And of Whoosh; scores are added."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return _weighted(AllOf([each.matcher(searcher, context) for each in self.subqueries]), self.boost)


class WhooshOr(_Unchanged, whoosh.Or):
    """Or of Whoosh; scores are added."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        parts = [each.matcher(searcher, context) for each in self.subqueries]
        return _weighted(AnyOf(parts, sum), self.boost)


class WhooshForms(_Unchanged, whoosh.DisjunctionMax):
    """DisjunctionMax of Whoosh; the score is the best of the matching branches."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        parts = [each.matcher(searcher, context) for each in self.subqueries]
        return _weighted(AnyOf(parts, max), self.boost)


class WhooshNot(_Unchanged, whoosh.Not):
    """Not of Whoosh; scores 0."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        excluded = set(self.query.matcher(searcher, searcher.boolean_context()).all_ids())
        return Documents((doc for doc in searcher.reader().all_doc_ids() if doc not in excluded), 0.0)


class WhooshEvery(_Unchanged, whoosh.Every):
    """Every of Whoosh, which reads a boost of 0 as 1; this one does not."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return Documents(super().matcher(searcher, context).all_ids(), self.boost)


class WhooshPhrase(whoosh.Phrase):
    """Phrase of Whoosh; scores the sum of its words."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        words = [whoosh.Term(self.fieldname, word).matcher(searcher, context) for word in self.words]
        return _weighted(Arranged(words, consecutive), self.boost)


# --- leaves -----------------------------------------------------------------------------------------------------


class WhooshLeaf(whoosh.Query):
    """Our leaf `node` as a Whoosh query with the subqueries `parts`."""

    def __init__(self, node: Any, parts: tuple[Any, ...] = ()) -> None:
        self.node = node
        self.parts = parts
        self.boost = node.boost

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WhooshLeaf) and bool(self.node == other.node)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.node))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.node}>"

    def __unicode__(self) -> str:
        return str(self.node)

    __str__ = __unicode__

    def field(self) -> str:
        return str(self.node.index_field)

    def is_leaf(self) -> bool:
        return not self.parts

    def children(self) -> Iterator[Any]:
        return iter(self.parts)

    def needs_spans(self) -> bool:
        return isinstance(self.node, Near)

    def has_terms(self) -> bool:
        return any(part.has_terms() for part in self.parts)

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        for part in self.parts:
            yield from part.iter_all_terms(phrases=phrases)

    def requires(self) -> set[Any]:
        return {self}

    def apply(self, fn: Callable[[Any], Any]) -> WhooshLeaf:
        return type(self)(self.node, tuple(map(fn, self.parts)))

    def estimate_size(self, ixreader: Any) -> int:
        return min(
            (int(part.estimate_size(ixreader)) for part in self.parts), default=int(ixreader.doc_count())
        )

    def estimate_min_size(self, ixreader: Any) -> int:
        return 0


class WhooshWord(WhooshLeaf):
    """A Word: matched by its analysis."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return _weighted(self.parts[0].matcher(searcher, context), self.boost)


class WhooshExact(WhooshLeaf):
    """An Exact: found by its printed forms, scored by its stems."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        scored = [whoosh.Term(term.fieldname, term.text) for term in self.node.scored]
        parts = [each.matcher(searcher, context) for each in (self.parts[0], *scored)]
        return Boosted(Ranked(parts), self.boost)


class WhooshRaw(WhooshLeaf):
    """A Raw: one term that scores 1."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return Documents(self.parts[0].matcher(searcher, context).all_ids(), 1.0)


class WhooshNear(WhooshLeaf):
    """A Near: the documents of both sides where their spans fit."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        sides = [side.matcher(searcher, context) for side in self.parts]
        return _weighted(Arranged(sides, self._arrange), self.boost)

    def _arrange(self, sides: list[Spans]) -> Spans:
        left, right = sides
        found = {(a[0], b[1]) for a, b in spans.pairs(left, right, self.node.gap)}
        if not self.node.ordered:
            found |= {(b[0], a[1]) for b, a in spans.pairs(right, left, self.node.gap)}
        return found


class WhooshLexical(WhooshLeaf, whoosh.MultiTerm):
    """A Pattern or Fuzzy: all terms that it matches."""

    constantscore = True

    def _btexts(self, ixreader: Any) -> Iterator[bytes]:
        field = self.field()
        if field not in ixreader.schema:
            return
        for beginning in self.node.literal_prefixes():
            terms = ixreader.expand_prefix(field, beginning) if beginning else ixreader.lexicon(field)
            for term in terms:
                if self.node.matches(term.decode("utf-8", "surrogatepass")):
                    yield term

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        documents: set[int] = set()
        for term in self._btexts(searcher.reader()):
            documents.update(searcher.postings(self.field(), term).all_ids())
        return Documents(documents, self.boost)


class WhooshDuring(WhooshLeaf):
    """A During: read from the columns, document by document."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        reader = searcher.reader()
        if not all(name in reader.schema and reader.has_column(name) for name in ("start", "end")):
            return NullMatcher()
        starts, ends = reader.column_reader("start"), reader.column_reader("end")
        numbers = reader.all_doc_ids()
        return Documents((doc for doc in numbers if self.node.overlaps(starts[doc], ends[doc])), 0.0)


# --- to Whoosh --------------------------------------------------------------------------------------------------


def to_whoosh(node: Query) -> Any:
    """The tree as a whoosh.query tree."""
    return TO_WHOOSH[type(node)](node)


def _all(nodes: Any) -> list[Any]:
    return [to_whoosh(node) for node in nodes]


TO_WHOOSH: dict[type[Query], Callable[[Any], Any]] = {
    Term: lambda node: whoosh.Term(node.fieldname, node.text, boost=node.boost),
    Consecutive: lambda node: WhooshPhrase(node.fieldname, list(node.words), boost=node.boost),
    And: lambda node: WhooshAnd(_all(node.branches), boost=node.boost),
    Or: lambda node: WhooshOr(_all(node.branches), boost=node.boost),
    Forms: lambda node: WhooshForms(_all(node.branches), boost=node.boost),
    Not: lambda node: WhooshNot(to_whoosh(node.query)),
    Every: lambda node: WhooshEvery(node.fieldname, boost=node.boost),
    Word: lambda node: WhooshWord(node, (to_whoosh(node.query),)),
    Exact: lambda node: WhooshExact(node, (to_whoosh(node.query),)),
    Raw: lambda node: WhooshRaw(node, (whoosh.Term(node.fieldname, node.text),)),
    Near: lambda node: WhooshNear(node, (to_whoosh(node.left), to_whoosh(node.right))),
    Pattern: WhooshLexical,
    Fuzzy: WhooshLexical,
    During: WhooshDuring,
    Foreign: lambda node: node.query,
}
"""Class of node -> its Whoosh query; one row per class."""


# --- from Whoosh ------------------------------------------------------------------------------------------------


def from_whoosh(query: object) -> Query:
    """Our tree of a whoosh.query tree; UsageError for any other type.

    Classes without an equivalent become Foreign. Whoosh's Not scores its boost; of AndMaybe both sides score, of
    Require the first.
    """
    if not isinstance(query, whoosh.Query):
        raise UsageError(f"a query is a text or a query tree, not {type(query).__name__}")
    if isinstance(query, WhooshLeaf):
        node: Query = query.node
        return node
    known = _FROM_WHOOSH.get(type(query))
    return known(query) if known else Foreign(query)


def _ours(queries: Any) -> list[Query]:
    return [from_whoosh(query) for query in queries]


def _term(query: Any) -> Query:
    text = query.text.decode("utf-8", "surrogatepass") if isinstance(query.text, bytes) else query.text
    return Term(query.fieldname, text, query.boost) if isinstance(text, str) else Foreign(query)


def _every(query: Any) -> Query:
    name = query.fieldname
    known = name is None or is_raw(name) or view(name).length_row is not None
    return Every(name, query.boost) if known else Foreign(query)


_FROM_WHOOSH: dict[type, Callable[[Any], Query]] = {
    whoosh.Term: _term,
    whoosh.Every: _every,
    whoosh.And: lambda query: And(_ours(query.subqueries), query.boost),
    whoosh.Or: lambda query: Or(_ours(query.subqueries), query.boost),
    whoosh.Not: lambda query: And([Every(None, query.boost), Not(from_whoosh(query.query))]),
    whoosh.AndNot: lambda query: And([from_whoosh(query.a), Not(from_whoosh(query.b))]),
    whoosh.AndMaybe: lambda query: And([from_whoosh(query.a), Or([Every(None, 0.0), from_whoosh(query.b)])]),
    whoosh.Require: lambda query: And([from_whoosh(query.a), Not(Not(from_whoosh(query.b)))]),
    WhooshEvery: lambda query: Every(query.fieldname, query.boost),
    WhooshAnd: lambda query: And(_ours(query.subqueries), query.boost),
    WhooshOr: lambda query: Or(_ours(query.subqueries), query.boost),
    WhooshForms: lambda query: Forms(_ours(query.subqueries), query.boost),
    WhooshNot: lambda query: Not(from_whoosh(query.query)),
    WhooshPhrase: lambda query: Consecutive(query.fieldname, query.words, query.boost),
}
"""Class of Whoosh -> our equivalent."""
