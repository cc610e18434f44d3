"""The query language: text becomes a tree of plain data, and the tree prints as text that parses to it.

    parsed = parse('Waffenruhe UND "ohne Vorbedingungen"', analyze=analyze, stop_words=STOP_WORDS)
    parsed.tree     # a Query; str(tree) parses to an equal tree
    parsed.ignored  # stop words and punctuation left out, as typed

This room knows no index, no engine and no German analysis: the caller passes in `analyze`, and each engine registers
how it answers the classes of the tree. A query that cannot be parsed raises QuerySyntaxError, and nothing else.
"""

from searcher.query.date_range import During
from searcher.query.fields import FIELDS, QueryField
from searcher.query.parse import ParsedQuery, parse
from searcher.query.patterns import Fuzzy, Lexical, Pattern, within
from searcher.query.spans import wording
from searcher.query.tree import (
    And,
    Consecutive,
    Every,
    Exact,
    Foreign,
    Forms,
    Near,
    Not,
    Or,
    Query,
    Raw,
    Term,
    TreeLeaf,
    Word,
    leaves,
)

__all__ = [
    "FIELDS",
    "And",
    "Consecutive",
    "During",
    "Every",
    "Exact",
    "Foreign",
    "Forms",
    "Fuzzy",
    "Lexical",
    "Near",
    "Not",
    "Or",
    "ParsedQuery",
    "Pattern",
    "Query",
    "QueryField",
    "Raw",
    "Term",
    "TreeLeaf",
    "Word",
    "leaves",
    "parse",
    "within",
    "wording",
]
