"""A Whoosh index in memory, on Whoosh's own codec, that holds plain analysed articles for tests of the query trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, FieldType, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.formats import Positions
from whoosh.index import Index

from tests.plain_matcher import METADATA, ZONES, PlainArticle

TEXTS = ("all", *ZONES, *METADATA)


class Analysed(FieldType):
    """Postings straight from tokens: the value is a list of (text, position)."""

    def __init__(self) -> None:
        self.format = Positions()
        self.analyzer = self.vector = self.column_type = None
        self.scorable = self.indexed = True
        self.stored = self.unique = False

    def index(
        self, value: Iterable[tuple[str, int]], **kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        positions: dict[str, set[int]] = defaultdict(set)
        for text, position in value:
            positions[text].add(position)
        for text in sorted(positions):
            found = sorted(positions[text])
            yield text.encode(), len(found), float(len(found)), self.format.encode(found)


def schema() -> Schema:
    fields: dict[str, Any] = {name: Analysed() for name in TEXTS} | {
        f"{name}_printed": Analysed() for name in TEXTS
    }
    fields |= {"id": ID(), "url": ID(), "number": ID(stored=True)}
    fields |= {name: COLUMN(NumericColumn("q", default=-1)) for name in ("start", "end")}
    return Schema(**fields)


def index(
    articles: Sequence[PlainArticle], segment: int = 1000, deleted: Iterable[int] = (), block: int = 128
) -> Index:
    """The articles under their numbers, `segment` of them in each segment; then some deleted."""
    # Whoosh writes even this one through a folder of the system's, named after the index: two runs must not share it.
    made = RamStorage().create_index(schema(), indexname=f"plain{uuid4().hex}")
    for first in range(0, len(articles), segment):
        writer = made.writer(codec=W3Codec(blocklimit=block))
        for number in range(first, min(first + segment, len(articles))):
            writer.add_document(number=str(number), **_values(articles[number]))
        writer.commit(merge=False)
    numbers = [str(number) for number in deleted]
    if numbers:
        writer = made.writer(codec=W3Codec(blocklimit=block))
        for number in numbers:
            writer.delete_by_term("number", number)
        writer.commit(merge=False)
    return made


def _values(article: PlainArticle) -> dict[str, Any]:
    values: dict[str, Any] = dict(article.raw, start=article.start, end=article.end)
    for name, tokens in article.texts.items():
        values[name] = [(token.stem, token.position) for token in tokens]
        values[f"{name}_printed"] = [(token.printed, token.position) for token in tokens]
    return values
