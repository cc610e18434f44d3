"""The Whoosh schema: the fields of an article in the index, and how Whoosh itself would fill them.

The class paths in this module are pickled into every index: they must never move. Only what writes a table of contents
or runs Whoosh's own searcher needs it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from whoosh.columns import NumericColumn
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.formats import Existence, Positions

from searcher.article import ZONES
from searcher.index.document import METADATA, RAW, UNDATED
from searcher.query.fields import PRINTED


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
