"""The Whoosh schema: which fields an article has in the index, and how Whoosh itself would fill them.

Text fields hold stems; beside each stands a `…_printed` field with the printed forms at the same positions, so that
exact wording and wildcards are plain Whoosh queries. `all` holds the four zones of an article in one position
space: a title word counts `ZONE_WEIGHTS["title"]` times, which makes Whoosh's BM25F over `all` the simple form of
Robertson, Zaragoza & Taylor (CIKM 2004): weights enter the frequency before it saturates.

The class paths in this module are pickled into every index: they must never move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from whoosh.columns import NumericColumn
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.formats import Existence, Positions

from searcher.article import ZONES, Article
from searcher.german import analyze
from searcher.query.fields import PRINTED

ZONE_WEIGHTS = {"title": 4, "kicker": 2, "teaser": 2, "body": 1}
"""How many times one word counts in `all`, by the zone it is printed in."""

ZONE_GAP = 100
"""Positions left free between two zones in `all`; more than ADJ or NEAR may span (99 words between)."""

METADATA = ("source", "section", "author", "keyword")
"""Analysed fields outside the text: found only when named."""

ANALYSED = ("all", *METADATA)
"""The fields that hold postings of their own; the zones are ranges of positions within `all`."""

RAW = ("id", "url")
"""Fields of one untouched term."""


UNDATED = (-1, -2)
"""(start, end) in minutes of an article without a date: overlaps no range."""

FORMAT_VERSION = 1


class Analysed(FieldType):
    """Whoosh field of analysed text: stems, or printed forms at the same positions.

    The value is a list of `(text, position, weight)`, as `document` makes it: the analysis has happened before, so
    there is no Whoosh analyzer, and Whoosh's own query parser cannot be pointed at these fields.
    """

    def __init__(self) -> None:
        self.format = Positions()
        self.analyzer = None
        self.scorable = True
        self.stored = False
        self.unique = False
        self.indexed = True
        self.vector = None
        self.column_type = None

    def index(
        self, value: list[tuple[str, int, int]], **kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """One `(term, frequency, weight, encoded positions)` per distinct term, sorted by term."""
        positions: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, int] = defaultdict(int)
        for text, position, weight in value:
            positions[text].append(position)
            weights[text] += weight
        for text in sorted(positions):
            found = sorted(positions[text])
            yield text.encode(), len(found), float(weights[text]), self.format.encode(found)


class Untouched(ID):
    """Whoosh field of one exact term: an id or a URL."""

    def __init__(self) -> None:
        super().__init__()
        self.analyzer = None
        self.format = Existence()

    def index(self, value: str, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        yield value.encode("utf-8", "surrogatepass"), 1, 1.0, b""


class Minutes(FieldType):
    """Whoosh column of int64 minutes since 0001-01-01, German wall time; not indexed as terms."""

    def __init__(self) -> None:
        self.format = None
        self.analyzer = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.indexed = False
        self.vector = None
        self.column_type = NumericColumn("q", default=UNDATED[1])

    def to_column_value(self, value: int) -> int:
        return value

    def from_column_value(self, value: int) -> int:
        return value


def article_schema() -> Schema:
    """The schema of every archive."""
    schema = Schema()
    for name in ("all", *ZONES, *METADATA):
        schema.add(name, Analysed())
        schema.add(name + PRINTED, Analysed())
    for name in RAW:
        schema.add(name, Untouched())
    for name in ("start", "end"):
        schema.add(name, Minutes())
    schema.add("article", STORED())
    return schema


def minutes(article: Article) -> tuple[int, int]:
    """(start, end) of the article's date in minutes since 0001-01-01, end exclusive; `UNDATED` without a date."""
    if article.date is None:
        return UNDATED
    return _minute(article.date.start), _minute(article.date.end)


def _minute(moment: datetime) -> int:
    # Rounded up, so that datetime.max, the end of the year 9999, becomes the first minute after it.
    return -(-(moment - datetime.min) // timedelta(minutes=1))


def metadata(article: Article) -> dict[str, tuple[str, ...]]:
    """The values of the analysed metadata fields; several keywords lie `ZONE_GAP` positions apart."""
    return {
        "source": (article.source,),
        "section": (article.section,),
        "author": (article.author,),
        "keyword": article.keywords,
    }


def document(article: Article) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document`: what its own codec would index for this article.

    The bulk writer does the same with whole arrays; the tests hold the two equal.
    """
    values: dict[str, Any] = {"id": article.id, "article": article.as_dict()}
    if article.url:
        values["url"] = article.url
    values["start"], values["end"] = minutes(article)
    texts = {zone: (getattr(article, zone),) for zone in ZONES} | metadata(article)
    everything: tuple[list[Any], list[Any]] = ([], [])
    base = 0
    for name, parts in texts.items():
        stems, forms, length = _tokens(parts)
        values[name], values[name + PRINTED] = stems, forms
        if name in ZONES:
            weight = ZONE_WEIGHTS[name]
            for whole, part in zip(everything, (stems, forms), strict=True):
                whole.extend((text, base + position, weight) for text, position, _ in part)
            base += length + ZONE_GAP
    values["all"], values["all" + PRINTED] = everything
    return values


def _tokens(parts: tuple[str, ...]) -> tuple[list[Any], list[Any], int]:
    stems, forms, base, end = [], [], 0, 0
    for part in parts:
        end = base
        for token in analyze(part):
            stems.append((token.stem, base + token.position, 1))
            forms.append((token.printed, base + token.position, 1))
            end = base + token.position + 1
        base = end + ZONE_GAP
    return stems, forms, end
