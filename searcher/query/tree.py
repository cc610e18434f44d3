"""The classes a parsed query is made of: Whoosh queries that print as the query language reads them.

Leaves know three things: how to match in plain Whoosh (`matcher`), where they stand in an analysed text
(`spans`, for highlighting), and how they are written (`str`). Two trees are equal when they ask the same:
`"EU Kommission"` and `"EU-Kommission"` are. Nothing changes a tree once it is made.

And, Or, Not and Every are Whoosh's, with matchers of our own below them (see `matchers`): the scores of And
and Or are sums, Not adds nothing, Every counts 1.

>>> krieg, frieden = (Word("all", word, Term("all", word.lower())) for word in ("Krieg", "Frieden"))
>>> str(Or([And([krieg, Not(frieden)]), Near(krieg, frieden, 3, ordered=True)]))
'((Krieg AND NOT Frieden) OR (Krieg ADJ/3 Frieden))'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from whoosh import query
from whoosh.query import Query, Term

from searcher.characters import CLOSING
from searcher.query import spans
from searcher.query.fields import PRINTED, prefix, word_prefix
from searcher.query.matchers import AllOf, AnyOf, Arranged, Boosted, Documents, Ranked, Spans, consecutive
from searcher.query.spans import Places, Token

NEAR_GAP = 5
"""What NEAR alone means."""


def _weighted(matcher: Any, boost: float) -> Any:
    return matcher if boost == 1.0 else Boosted(matcher, boost)


class And(query.And):
    """Every branch; scores are added."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return _weighted(AllOf([branch.matcher(searcher, context) for branch in self.subqueries]), self.boost)

    def normalize(self) -> And:
        return self


class Or(query.Or):
    """At least one branch; the scores of those that match are added."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        matcher = AnyOf([branch.matcher(searcher, context) for branch in self.subqueries], sum)
        return _weighted(matcher, self.boost)

    def normalize(self) -> Or:
        return self


class Not(query.Not):
    """Every document that the query within does not match; scores nothing."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        excluded = set(self.query.matcher(searcher, searcher.boolean_context()).all_ids())
        return Documents(
            (number for number in searcher.reader().all_doc_ids() if number not in excluded), 0.0
        )

    def normalize(self) -> Not:
        return self


class Every(query.Every):
    """Every document, or every document that has anything in one field; scores 1."""

    def __str__(self) -> str:
        return prefix(self.fieldname or "all") + "*"

    __unicode__ = __str__


class Forms(query.DisjunctionMax):
    """Several ways to write one word; scores like the best of those that stand there."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return _weighted(
            AnyOf([form.matcher(searcher, context) for form in self.subqueries], max), self.boost
        )

    def normalize(self) -> Forms:
        return self


class Consecutive(query.Phrase):
    """Words of one index field at consecutive positions; scores the sum of its words."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        words = [Term(self.fieldname, word).matcher(searcher, context) for word in self.words]
        matcher = Arranged(words, consecutive)
        return _weighted(matcher, self.boost)


class Leaf(Query):
    """What all our leaves share. `fieldname` is the field searched, 'all' for the text as a whole."""

    fieldname: str
    text: str
    boost: float = 1.0

    def _key(self) -> tuple[Any, ...]:
        """What makes two leaves of one class the same."""
        raise NotImplementedError

    def _prefix(self) -> str:
        return prefix(self.fieldname)

    def _written(self) -> str:
        """The leaf as typed behind the field's name, without boost."""
        raise NotImplementedError

    def places(self, tokens: Sequence[Token]) -> Places:
        """Where the leaf stands among the tokens of one analysed text."""
        return {}

    def spans(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """The character spans to highlight in one text: a phrase whole, the sides of an ADJ apart."""
        return spans.characters(self.places(tokens))

    def field(self) -> str:
        """The index field the leaf looks in, as Whoosh asks for it."""
        return self.fieldname

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaf) and type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __str__(self) -> str:
        boost = "" if self.boost == 1.0 else f"^{self.boost:g}"
        return self._prefix() + self._written() + boost

    __unicode__ = __str__


class Expanded(Leaf):
    """A leaf that stands for a query of plain Whoosh classes, its `query`."""

    query: Query

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[Query]:
        return iter([self.query])

    def has_terms(self) -> bool:
        return bool(self.query.has_terms())

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        yield from self.query.iter_all_terms(phrases=phrases)

    def requires(self) -> set[Query]:
        return {self}

    def apply(self, fn: Callable[[Query], Query]) -> Expanded:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__, query=fn(self.query))
        return twin

    def estimate_size(self, ixreader: Any) -> int:
        return int(self.query.estimate_size(ixreader))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        matcher = self.query.matcher(searcher, context)
        return _weighted(matcher, self.boost)


class Word(Expanded):
    """One unquoted word, found in any inflection.

    `query` is what the analysis made of it: a Term over stems, or Forms of Terms and Consecutive where the
    word can be printed in several ways ('EU-Kommission': joined, or as two words).
    """

    def __init__(self, fieldname: str, text: str, query: Query, boost: float = 1.0) -> None:
        self.fieldname = fieldname
        self.text = text
        self.query = query
        self.boost = boost

    @property
    def forms(self) -> tuple[Query, ...]:
        """The Terms and Consecutives, any of which will do."""
        return tuple(self.query.subqueries) if isinstance(self.query, Forms) else (self.query,)

    def places(self, tokens: Sequence[Token]) -> Places:
        stems = {form.text for form in self.forms if isinstance(form, Term)}
        found = [spans.single(tokens, lambda token: token.stem in stems)]
        for form in self.forms:
            if isinstance(form, Consecutive):
                found.append(spans.phrase(tokens, form.words, spans.stem_of))
        return spans.merge(found)

    def _key(self) -> tuple[Any, ...]:
        return self.fieldname, self.query, self.boost

    def _prefix(self) -> str:
        return word_prefix(self.fieldname, self.text)

    def _written(self) -> str:
        return self.text


class Exact(Expanded):
    """A quoted wording: printed forms, one behind the other. Stop words count.

    `stems` are those of the words: an article with the wording scores what it would for the words in any form. Without
    them it scores nothing, as a filter should.
    """

    def __init__(
        self,
        fieldname: str,
        words: Iterable[str],
        text: str = "",
        boost: float = 1.0,
        stems: Iterable[str] = (),
    ) -> None:
        self.fieldname = fieldname
        self.words = tuple(words)
        self.text = text or " ".join(self.words)
        self.boost = boost
        index_field = fieldname + PRINTED
        self.scored = tuple(Term(fieldname, stem) for stem in stems)
        one = len(self.words) == 1
        self.query = Term(index_field, self.words[0]) if one else Consecutive(index_field, list(self.words))

    def field(self) -> str:
        return self.fieldname + PRINTED

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        scored = [term.matcher(searcher, context) for term in self.scored]
        return Boosted(Ranked([self.query.matcher(searcher, context), *scored]), self.boost)

    def places(self, tokens: Sequence[Token]) -> Places:
        return spans.phrase(tokens, self.words, spans.printed_of)

    def _key(self) -> tuple[Any, ...]:
        return self.fieldname, self.words, self.boost

    def _written(self) -> str:
        return f'"{self.text}"'


class Raw(Expanded):
    """An id or URL, untouched; scores 1."""

    def __init__(self, fieldname: str, text: str) -> None:
        self.fieldname = fieldname
        self.text = text
        self.query = Term(fieldname, text)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return Documents(self.query.matcher(searcher, context).all_ids(), 1.0)

    def _key(self) -> tuple[Any, ...]:
        return self.fieldname, self.text

    def _written(self) -> str:
        if not (_QUOTED & set(self.text)) and not any(character.isspace() for character in self.text):
            return self.text
        opening, closing = ('"', '"') if '"' not in self.text else ("»", "«")
        return opening + self.text + closing


_QUOTED = frozenset("()[]*").union(CLOSING)


class Near(Leaf):
    """Two operands close to each other in one field: ADJ in their order, NEAR in any.

    Each operand stands at spans of a document: first and last position, both included. A Term takes one
    position, a phrase as many as it has words; a Word stands wherever any of its forms does. The spans of
    `left ADJ/gap right` are (a.first, b.last) for each a of left and b of right with 0 <= b.first - a.last -
    1 <= gap: b begins behind the end of a, with at most `gap` positions between. NEAR adds those with the
    sides exchanged. A document matches when it has a span; its score is that of left plus that of right,
    times boost. Operands are Word, Exact or Near, all of one field.
    """

    def __init__(self, left: Leaf, right: Leaf, gap: int, ordered: bool, boost: float = 1.0) -> None:
        self.left = left
        self.right = right
        self.gap = gap
        self.ordered = ordered
        self.boost = boost
        self.fieldname = left.fieldname

    @property
    def text(self) -> str:  # type: ignore[override]
        return self._written()

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[Query]:
        return iter([self.left, self.right])

    def operands(self) -> Iterator[Leaf]:
        """The Words and Exacts within, in order."""
        for side in (self.left, self.right):
            if isinstance(side, Near):
                yield from side.operands()
            else:
                yield side

    def needs_spans(self) -> bool:
        return True

    def requires(self) -> set[Query]:
        return {self}

    def apply(self, fn: Callable[[Query], Query]) -> Near:
        return Near(fn(self.left), fn(self.right), self.gap, self.ordered, self.boost)

    def estimate_size(self, ixreader: Any) -> int:
        return int(min(side.estimate_size(ixreader) for side in self.children()))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        sides = [side.matcher(searcher, context) for side in self.children()]
        matcher = Arranged(sides, self._arrange)
        return _weighted(matcher, self.boost)

    def _arrange(self, sides: list[Spans]) -> Spans:
        left, right = sides
        found = {(a[0], b[1]) for a, b in spans.pairs(left, right, self.gap)}
        if not self.ordered:
            found |= {(b[0], a[1]) for b, a in spans.pairs(right, left, self.gap)}
        return found

    def places(self, tokens: Sequence[Token]) -> Places:
        return spans.near(self.left.places(tokens), self.right.places(tokens), self.gap, self.ordered)

    def _key(self) -> tuple[Any, ...]:
        return self.left, self.right, self.gap, self.ordered, self.boost

    def _written(self) -> str:
        operator = "ADJ" if self.ordered else "NEAR"
        number = f"/{self.gap}" if self.gap or not self.ordered else ""
        return f"({self.left} {operator}{number} {self.right})"

    def __str__(self) -> str:
        # The operands carry the field's name.
        return self._written() + ("" if self.boost == 1.0 else f"^{self.boost:g}")

    __unicode__ = __str__


def leaves(tree: Query, positive: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """The leaves of our own classes in order, each with whether the query asks for it or excludes it.

    A Near is one leaf; `Near.operands` has what is within. Every and the classes of plain Whoosh are left
    out.
    """
    if isinstance(tree, Leaf):
        yield tree, positive
    elif isinstance(tree, query.Not):
        yield from leaves(tree.query, not positive)
    else:
        for child in tree.children():
            yield from leaves(child, positive)
