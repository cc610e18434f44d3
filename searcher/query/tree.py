"""The node classes of a parsed query: plain data that prints as text of the query language.

A tree knows no index and no engine. Its nodes are frozen: they can be compared, hashed, pickled and shared. Two trees
are equal if they find the same: `"EU Kommission"` equals `"EU-Kommission"`. Each engine registers how it answers a
class (`searcher.search.operators`, `searcher.search.whoosh_tree`).

Scores: And and Or add the scores of their branches, Forms takes the best, Not and During add nothing, Every counts 1.

>>> krieg, frieden = (Word("all", word, Term("all", word.lower())) for word in ("Krieg", "Frieden"))
>>> str(Or([And([krieg, Not(frieden)]), Near(krieg, frieden, 3, ordered=True)]))
'((Krieg AND NOT Frieden) OR (Krieg ADJ/3 Frieden))'
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from searcher.characters import CLOSING
from searcher.errors import UsageError
from searcher.query import spans
from searcher.query.fields import PRINTED, prefix, word_prefix
from searcher.query.spans import Places, Token

NEAR_GAP = 5
"""The gap of a NEAR without a number."""


class Query(ABC):
    """A node of a query tree; the tree is its root. `str` writes it in the query language."""

    boost: float = 1.0
    """Factor of its scores."""

    def children(self) -> tuple[Query, ...]:
        """The nodes directly below, in order."""
        return ()

    @abstractmethod
    def __str__(self) -> str: ...


def weighted(written: str, boost: float) -> str:
    """The text of a node, followed by `^boost` unless that is 1."""
    return written if boost == 1.0 else f"{written}^{boost:g}"


def _node(given: object) -> Query:
    """`given`, if it is a node; UsageError otherwise."""
    if isinstance(given, Query):
        return given
    raise UsageError(f"a query tree is made of the classes of searcher.query, not of {type(given).__name__}")


# --- sets -------------------------------------------------------------------------------------------------------


class Several(Query):
    """Base class of nodes with any number of branches. Any sequence of nodes becomes a tuple; UsageError for others."""

    branches: Sequence[Query]
    joint = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", tuple(map(_node, self.branches)))

    def children(self) -> tuple[Query, ...]:
        """The branches, in order."""
        return tuple(self.branches)

    def __str__(self) -> str:
        return weighted("(" + self.joint.join(map(str, self.branches)) + ")", self.boost)


@dataclass(frozen=True)
class And(Several):
    """Every branch; scores are added."""

    branches: Sequence[Query]
    boost: float = 1.0
    joint = " AND "


@dataclass(frozen=True)
class Or(Several):
    """At least one branch; the scores of those that match are added."""

    branches: Sequence[Query]
    boost: float = 1.0
    joint = " OR "


@dataclass(frozen=True)
class Forms(Several):
    """At least one branch, ways to write one word; scores like the best of those that match."""

    branches: Sequence[Query]
    boost: float = 1.0
    joint = " OR "


@dataclass(frozen=True)
class Not(Query):
    """Every document that the node within does not match; scores nothing."""

    query: Query

    def __post_init__(self) -> None:
        _node(self.query)

    def children(self) -> tuple[Query, ...]:
        """The excluded node."""
        return (self.query,)

    def __str__(self) -> str:
        return f"NOT {self.query}"


@dataclass(frozen=True)
class Every(Query):
    """Every document, or every document that has anything in one field; scores 1."""

    fieldname: str | None = None
    boost: float = 1.0

    def __str__(self) -> str:
        return weighted(prefix(self.fieldname or "all") + "*", self.boost)


@dataclass(frozen=True)
class Foreign(Query):
    """A query object of another library. An engine that knows its class runs it; others refuse it."""

    query: Any

    def __str__(self) -> str:
        return str(self.query)


# --- postings ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term(Query):
    """One term of an index field: a stem, or a printed form in a `…_printed` field; scored by BM25F."""

    fieldname: str
    text: str
    boost: float = 1.0

    def __str__(self) -> str:
        return weighted(prefix(self.fieldname) + self.text, self.boost)


@dataclass(frozen=True)
class Consecutive(Query):
    """Terms of one index field at consecutive positions: a phrase; scores the sum of its terms."""

    fieldname: str
    words: Sequence[str]
    boost: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))

    def __str__(self) -> str:
        return weighted(prefix(self.fieldname) + '"' + " ".join(self.words) + '"', self.boost)


# --- leaves: each is written as one operand ------------------------------------------------------------------------


class TreeLeaf(Query):
    """Base class of the leaves. `fieldname` is the field searched, 'all' for the whole text; `text` is as typed."""

    fieldname: str

    @property
    def index_field(self) -> str:
        """The index field whose terms the leaf looks up."""
        return self.fieldname

    @abstractmethod
    def places(self, tokens: Sequence[Token]) -> Places:
        """The positions of the leaf among the tokens of one analysed text."""

    def spans(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """The character spans to highlight in one text: a phrase whole, the sides of an ADJ apart."""
        return spans.characters(self.places(tokens))

    def _prefix(self) -> str:
        return prefix(self.fieldname)

    @abstractmethod
    def _written(self) -> str:
        """The leaf as typed after the field name, without boost."""

    def __str__(self) -> str:
        return weighted(self._prefix() + self._written(), self.boost)


@dataclass(frozen=True)
class Word(TreeLeaf):
    """One unquoted word, found in any inflection.

    `query` is the result of the analysis: a Term over stems, or Forms of Terms and Consecutives if the word has
    several spellings ('EU-Kommission': joined, or two words).
    """

    fieldname: str
    text: str = field(compare=False)
    query: Query
    boost: float = 1.0

    def __post_init__(self) -> None:
        _node(self.query)

    @property
    def forms(self) -> tuple[Query, ...]:
        """The Terms and Consecutives, any of which is enough."""
        return self.query.children() if isinstance(self.query, Forms) else (self.query,)

    def children(self) -> tuple[Query, ...]:
        """`query`: the Term or Forms that the analysis made."""
        return (self.query,)

    def places(self, tokens: Sequence[Token]) -> Places:
        """The positions of all forms of the word."""
        stems = {form.text for form in self.forms if isinstance(form, Term)}
        found = [spans.single(tokens, lambda token: token.stem in stems)]
        for form in self.forms:
            if isinstance(form, Consecutive):
                found.append(spans.phrase(tokens, form.words, spans.stem_of))
        return spans.merge(found)

    def _prefix(self) -> str:
        return word_prefix(self.fieldname, self.text)

    def _written(self) -> str:
        return self.text


@dataclass(frozen=True)
class Exact(TreeLeaf):
    """A quoted wording: consecutive printed forms. Stop words count.

    `stems` are the stems of the words. A match scores as much as for the same words unquoted; without stems it scores
    0, which is right for a filter.
    """

    fieldname: str
    words: Sequence[str]
    text: str = field(default="", compare=False)
    boost: float = 1.0
    stems: Iterable[str] = field(default=(), compare=False)
    query: Term | Consecutive = field(init=False, compare=False, repr=False)
    """What is looked up in the printed forms."""
    scored: tuple[Term, ...] = field(init=False, compare=False, repr=False)
    """The stems that are scored."""

    def __post_init__(self) -> None:
        words, stems, index_field = tuple(self.words), tuple(self.stems), self.index_field
        looked_up = Term(index_field, words[0]) if len(words) == 1 else Consecutive(index_field, words)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "text", self.text or " ".join(words))
        object.__setattr__(self, "stems", stems)
        object.__setattr__(self, "query", looked_up)
        object.__setattr__(self, "scored", tuple(Term(self.fieldname, stem) for stem in stems))

    @property
    def index_field(self) -> str:
        """The field of the printed forms."""
        return self.fieldname + PRINTED

    def children(self) -> tuple[Query, ...]:
        """`query`: what is looked up in the printed forms."""
        return (self.query,)

    def places(self, tokens: Sequence[Token]) -> Places:
        """Every run of tokens with this wording, as one span each."""
        return spans.phrase(tokens, self.words, spans.printed_of)

    def _written(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True)
class Raw(TreeLeaf):
    """An id or URL, untouched; scores 1."""

    fieldname: str
    text: str

    def places(self, tokens: Sequence[Token]) -> Places:
        """No positions: an id or URL is nothing to highlight."""
        return {}

    def _written(self) -> str:
        if not (_QUOTED & set(self.text)) and not any(character.isspace() for character in self.text):
            return self.text
        opening, closing = ('"', '"') if '"' not in self.text else ("»", "«")
        return opening + self.text + closing


_QUOTED = frozenset("()[]*").union(CLOSING)


@dataclass(frozen=True)
class Near(TreeLeaf):
    """Two operands close to each other in one field: ADJ in their order, NEAR in any.

    Each operand has spans in a document: first and last position, both included. A Term takes one position, a phrase
    as many as it has words; a Word has the spans of all its forms. The spans of `left ADJ/gap right` are
    (a.first, b.last) for each a of left and b of right with 0 <= b.first - a.last - 1 <= gap: b begins after the end
    of a, with at most `gap` positions between. NEAR adds those with the sides exchanged. A document matches when it
    has a span; its score is that of left plus that of right, times boost. Operands are Word, Exact or Near, all of
    one field.
    """

    left: TreeLeaf
    right: TreeLeaf
    gap: int
    ordered: bool
    boost: float = 1.0

    @property
    def fieldname(self) -> str:  # type: ignore[override]
        """The field of both operands."""
        return self.left.fieldname

    def children(self) -> tuple[Query, ...]:
        """Both operands, left first."""
        return (self.left, self.right)

    def operands(self) -> Iterator[TreeLeaf]:
        """The Words and Exacts in it, at any depth, in order."""
        for side in (self.left, self.right):
            if isinstance(side, Near):
                yield from side.operands()
            else:
                yield side

    def places(self, tokens: Sequence[Token]) -> Places:
        """The spans that the docstring of the class defines, each with the characters of both sides."""
        return spans.near(self.left.places(tokens), self.right.places(tokens), self.gap, self.ordered)

    def _prefix(self) -> str:
        # The operands carry the field's name.
        return ""

    def _written(self) -> str:
        operator = "ADJ" if self.ordered else "NEAR"
        number = f"/{self.gap}" if self.gap or not self.ordered else ""
        return f"({self.left} {operator}{number} {self.right})"


def leaves(tree: Query, positive: bool = True) -> Iterator[tuple[TreeLeaf, bool]]:
    """The leaves of a tree in order, each with True if the query asks for it, False if it excludes it.

    A Near is one leaf; `Near.operands` gives the leaves in it. Every, Foreign and bare Terms are left out.
    """
    if isinstance(tree, TreeLeaf):
        yield tree, positive
    else:
        below = not positive if isinstance(tree, Not) else positive
        for child in tree.children():
            yield from leaves(child, below)
