"""The fields a query can name: one table, from the names people write to the fields of the index.

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
    """A field: the name that `str(tree)` prints, the index field, its kind, its other names."""

    name: str
    schema: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()


DEFAULT = QueryField("alles", "all", aliases=("all",))
"""Title, kicker, teaser and body together; what a word without a field's name is searched in."""

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
"""What stands between and before operands, in capitals only; ADJ and NEAR are read apart."""

RESERVED = re.compile(rf"(?:{'|'.join(OPERATORS)}|(?:ADJ|NEAR)(?:/.*|\d+)?|&&|\|\|)", re.DOTALL)
"""What is no word where it stands alone, but one behind a field's name: `titel:UND`."""

_BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
_BY_SCHEMA = {field.schema: field for field in FIELDS}


def lookup(name: str) -> QueryField | None:
    """The field that people mean by `name`, in capitals or not."""
    return _BY_NAME.get(name.lower())


def nearest(name: str, *, likeness: float = 0.6) -> str | None:
    """The field name most like `name`, from `likeness` (0 to 1) upwards."""
    # Only a query that is refused needs it.
    from difflib import SequenceMatcher

    def like(known: str) -> float:
        return SequenceMatcher(None, name.lower(), known).ratio()

    # Of two names equally like it the first, which is the German one.
    close = max(_BY_NAME, key=like)
    return close if like(close) >= likeness else None


def is_raw(schema: str) -> bool:
    """Whether the index field holds untouched terms."""
    field = _BY_SCHEMA.get(schema)
    return field is not None and field.kind == "raw"


def prefix(schema: str) -> str:
    """What is written before an operand to search it in that field: 'titel:', nothing for the default."""
    if schema == DEFAULT.schema:
        return ""
    field = _BY_SCHEMA.get(schema)
    return f"{field.name if field else schema}:"


def word_prefix(schema: str, word: str) -> str:
    """`prefix` for an unquoted word, which needs a name where it would be read as an operator."""
    if schema == DEFAULT.schema and RESERVED.fullmatch(word):
        return f"{DEFAULT.name}:"
    return prefix(schema)
