"""The fields of the query language: one table from the names people type to the fields of the index.

>>> lookup("titel").schema, lookup("Title").schema
('title', 'title')
>>> lookup("titl") is None, nearest("titl")
(True, 'titel')
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["text", "raw", "date"]
"""text: analysed words; raw: one untouched term; date: a period over the columns start and end."""

PRINTED = "_printed"
"""Suffix of the index field that holds the printed forms of a text field, at the same positions."""


class QueryField(NamedTuple):
    """A field: the name that `str(tree)` prints, the index field, its kind, and its aliases."""

    name: str
    schema: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()


DEFAULT = QueryField("alles", "all", aliases=("all",))
"""Title, kicker, teaser and body together: the field of a word without a field name."""

FIELDS = (
    DEFAULT,
    QueryField("titel", "title", aliases=("title",)),
    QueryField("dachzeile", "kicker", aliases=("kicker",)),
    QueryField("teaser", "teaser", aliases=("vorspann",)),
    QueryField("text", "body", aliases=("body",)),
    QueryField("quelle", "source", aliases=("source",)),
    QueryField("ressort", "section", aliases=("section",)),
    QueryField("autor", "author", aliases=("author",)),
    QueryField("schlagwort", "keyword", aliases=("keyword",)),
    QueryField("url", "url", "raw"),
    QueryField("id", "id", "raw"),
    QueryField("datum", "date", "date", aliases=("date",)),
)

OPERATORS: dict[str, Literal["AND", "OR", "NOT", "NEAR"]] = {
    "UND": "AND",
    "AND": "AND",
    "ODER": "OR",
    "OR": "OR",
    "NICHT": "NOT",
    "NOT": "NOT",
}
"""Operators, in capitals only; the scanner reads ADJ and NEAR separately."""

RESERVED = re.compile(rf"(?:{'|'.join(OPERATORS)}|(?:ADJ|NEAR)(?:/.*|\d+)?|&&|\|\|)", re.DOTALL)
"""Reserved words: operators when alone, ordinary words after a field name (`titel:UND`)."""

_BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
_BY_SCHEMA = {field.schema: field for field in FIELDS}


def lookup(name: str) -> QueryField | None:
    """The field with this name or alias, in any case; None if there is none."""
    return _BY_NAME.get(name.lower())


def nearest(name: str, *, likeness: float = 0.6) -> str | None:
    """The field name most similar to `name`; None if its similarity (0 to 1) is below `likeness`."""
    # Only an error message needs it.
    from difflib import SequenceMatcher

    def like(known: str) -> float:
        return SequenceMatcher(None, name.lower(), known).ratio()

    # Of two equally similar names max takes the first, the German one.
    close = max(_BY_NAME, key=like)
    return close if like(close) >= likeness else None


def is_raw(schema: str) -> bool:
    """Whether the index field holds untouched terms."""
    field = _BY_SCHEMA.get(schema)
    return field is not None and field.kind == "raw"


def prefix(schema: str) -> str:
    """The text before an operand that names its field: 'titel:'; empty for the default field."""
    if schema == DEFAULT.schema:
        return ""
    field = _BY_SCHEMA.get(schema)
    return f"{field.name if field else schema}:"


def word_prefix(schema: str, word: str) -> str:
    """`prefix` for an unquoted word: one that reads as an operator always gets a field name."""
    if schema == DEFAULT.schema and RESERVED.fullmatch(word):
        return f"{DEFAULT.name}:"
    return prefix(schema)
