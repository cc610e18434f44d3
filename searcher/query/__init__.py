"""The query language: from text to a tree of plain data that prints as it is read.

    parsed = parse('Waffenruhe UND "ohne Vorbedingungen"', analyze=analyze, stop_words=STOP_WORDS)
    parsed.tree     # a Query; str() of it is a query that parses to the same tree
    parsed.ignored  # stop words and punctuation that do not count, as typed

Nothing here knows an index, an engine or the German analysis: `analyze` is passed in, and each engine says how it
answers the classes of the tree. What cannot be read raises QuerySyntaxError, and nothing else.
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
    Leaf,
    Near,
    Not,
    Or,
    Query,
    Raw,
    Term,
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
    "Leaf",
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
    "Word",
    "leaves",
    "parse",
    "within",
    "wording",
]
