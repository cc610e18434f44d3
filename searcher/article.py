"""Article: the central record. Readers make it, the index stores it, hits show it.

>>> Article(title="Waffenruhe in Sicht", body="Die Gespräche gehen weiter.", url="https://zeitung.example/1").id
'https://zeitung.example/1'
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from searcher.dates import Period
from searcher.frozen import FrozenDict

ZONES = ("title", "kicker", "teaser", "body")
"""The four texts of an article that are analysed and searched, in the order they are printed."""

FACETS = {"source": "Quelle", "section": "Ressort"}
"""Texts of an article with few distinct values, and their German names: each has a column in the index, is counted, and
filters a search.

Adding one here adds columns, counts, statistics, filters and options of the command line; then the index format has
another version, and `searcher.request` names the new filter for type checkers.
"""


@dataclass(frozen=True, kw_only=True)
class Article:
    """One news article, immutable.

    Blank lines separate the paragraphs of `body`; a sub-heading is a short paragraph without final
    punctuation. `date` is the date of this version, else of publication, else None; `published` is the first
    publication if the source has both. `extra` holds all other columns of the source: stored, shown, exported,
    never searched. An empty `id` becomes the URL, else a digest of source, date and texts.
    """

    id: str = ""
    title: str = ""
    kicker: str = ""
    teaser: str = ""
    body: str = ""
    date: Period | None = None
    published: Period | None = None
    source: str = ""
    section: str = ""
    author: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    extra: Mapping[str, str] = FrozenDict()

    def __post_init__(self) -> None:
        object.__setattr__(self, "keywords", tuple(self.keywords))
        object.__setattr__(self, "extra", FrozenDict(self.extra))
        if not self.id:
            object.__setattr__(self, "id", self.url or self._digest())

    def _digest(self) -> str:
        parts = [self.source, str(self.date or "")] + [getattr(self, zone) for zone in ZONES]
        return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, empty fields left out; dates as `str(Period)` prints them; `from_dict` reads it."""
        values = dict(vars(self))
        values.update(date=str(self.date or ""), published=str(self.published or ""))
        values.update(keywords=list(self.keywords), extra=dict(self.extra))
        return {name: value for name, value in values.items() if value}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Article:
        """The article that `as_dict` gave."""
        dates: dict[str, Any] = {
            name: Period.parse(values[name]) for name in ("date", "published") if name in values
        }
        return cls(**(values | dates))
