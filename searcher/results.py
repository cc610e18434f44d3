"""Results: the answers of an archive, as plain data that can be compared, printed and pickled without an open index.

Articles and snippets of hits are read on first use. Pickling a hit reads both, so that another process needs no index.

>>> hit = Hit(1, 2.5, Article(id="a", title="Waffenruhe"), Snippet("Die Waffenruhe", ((4, 14),)))
>>> Results(1, (hit,), "Waffenruhe")[0].snippet.marked("[", "]")
'Die [Waffenruhe]'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NoReturn, Protocol, overload

from searcher.article import Article
from searcher.dates import Period
from searcher.frozen import FrozenDict

_set = object.__setattr__


@dataclass(frozen=True, slots=True)
class Snippet:
    """`marks` are (start, end) character spans of `text`, to be highlighted in any way."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        return self.text

    def marked(self, before: str, after: str) -> str:
        """The text with every mark put between `before` and `after`."""
        parts, at = [], 0
        for start, end in self.marks:
            parts += [self.text[at:start], before, self.text[start:end], after]
            at = end
        return "".join(parts) + self.text[at:]


class Ranked(NamedTuple):
    """One match: its score, and the key by which its backend finds the article."""

    score: float
    key: Any


class HitSource(Protocol):
    """The source from which a hit reads its article and snippet on first use."""

    def id(self, key: Any) -> str:
        """The id of the article with this key."""

    def article(self, key: Any) -> Article:
        """The article with this key."""

    def snippet(self, article: Article) -> Snippet:
        """The passages of an article that show why it was found."""


class Hit:
    """One article found: `rank` counts from 1, `score` is BM25F's. Article and snippet are read on first use."""

    __slots__ = ("_article", "_key", "_snippet", "_source", "rank", "score")
    rank: int
    score: float
    _article: Article | None
    _snippet: Snippet | None
    _source: HitSource
    _key: Any

    def __init__(self, rank: int, score: float, article: Article, snippet: Snippet) -> None:
        _set(self, "rank", rank)
        _set(self, "score", score)
        _set(self, "_article", article)
        _set(self, "_snippet", snippet)

    @classmethod
    def _lazy(cls, rank: int, ranked: Ranked, source: HitSource) -> Hit:
        """A hit that asks `source` for its article and snippet when they are first used."""
        hit = cls.__new__(cls)
        _set(hit, "rank", rank)
        _set(hit, "score", ranked.score)
        _set(hit, "_article", None)
        _set(hit, "_snippet", None)
        _set(hit, "_source", source)
        _set(hit, "_key", ranked.key)
        return hit

    @property
    def id(self) -> str:
        """The id of the article, without reading the article."""
        return self._source.id(self._key) if self._article is None else self._article.id

    @property
    def article(self) -> Article:
        """The article as it is stored."""
        if self._article is None:
            _set(self, "_article", self._source.article(self._key))
        return self._article  # type: ignore[return-value]

    @property
    def snippet(self) -> Snippet:
        """The passages that show why the article was found."""
        if self._snippet is None:
            _set(self, "_snippet", self._source.snippet(self.article))
        return self._snippet  # type: ignore[return-value]

    def _values(self) -> tuple[int, float, Article, Snippet]:
        return self.rank, self.score, self.article, self.snippet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hit) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((self.rank, self.score, self.id))

    def __repr__(self) -> str:
        return f"<Hit {self.rank}: {self.id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Hit, self._values()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a hit cannot be changed: {name} is as it was found")

    __delattr__ = __setattr__  # type: ignore[assignment]


class Hits(Sequence[Hit]):
    """The hits of one page, made on first access; equal to a tuple of the same hits, and pickled as one."""

    __slots__ = ("_hits", "_offset", "_ranked", "_source")

    def __init__(self, ranked: Sequence[Ranked], offset: int, source: HitSource) -> None:
        """`ranked` are the matches from the first on; the page skips `offset` of them."""
        self._ranked = ranked
        self._offset = offset
        self._source = source
        self._hits: tuple[Hit, ...] | None = None

    def __len__(self) -> int:
        return max(len(self._ranked) - self._offset, 0)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, index: int | slice) -> Hit | tuple[Hit, ...]:
        return self._made()[index]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._made())

    def _made(self) -> tuple[Hit, ...]:
        if self._hits is None:
            rows = enumerate(self._ranked[self._offset :], self._offset + 1)
            self._hits = tuple(Hit._lazy(rank, ranked, self._source) for rank, ranked in rows)
        return self._hits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Hits, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(self._made())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (list(self),)


@dataclass(frozen=True, slots=True)
class Notice:
    """How a query was read where its writer may have meant something else; `words` are pieces of it as typed.

    'left out': words so common that they do not count beside others. 'small operator': words that exclude or offer a
    choice only in capitals. 'print': signs that are syntax elsewhere were read as print, for the query is a text.
    """

    kind: Literal["left out", "small operator", "print"]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit]):
    """The answer to a search, itself a sequence of its hits.

    `total` is the exact number of matches; `hits` is the requested page; `query` is the text as typed, or a tree as
    text. `more` is the number of articles with some but not all words; their hits follow the others. It is None if
    the query was not loosened: it has operators or one word, or there were enough hits. `notices` say how the query
    was read; `took` is in seconds and does not count when results are compared.
    """

    total: int
    hits: Sequence[Hit]
    query: str
    took: float = field(default=0.0, compare=False)
    more: int | None = None
    notices: tuple[Notice, ...] = ()

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self.hits[index]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part of a query as written: its field, the terms it became, and the number of articles with it."""

    text: str
    field: str
    became: tuple[str, ...]
    articles: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query is read: `tree` in the query language, `ignored` words, and every leaf."""

    query: str
    tree: str
    ignored: tuple[str, ...]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """What an archive holds; `period` is from the first to the last date, `bytes` the size on disk.

    `facets` maps 'source' and 'section' to the number of articles of each name; '' stands for articles that name none.
    """

    articles: int
    terms: int
    period: tuple[Period, Period] | None
    facets: Mapping[str, Mapping[str, int]]
    bytes: int
    segments: int
    format_version: int
    analysis_version: int
    stemmer_version: str

    def __post_init__(self) -> None:
        frozen = {facet: FrozenDict(counts) for facet, counts in self.facets.items()}
        _set(self, "facets", FrozenDict(frozen))
