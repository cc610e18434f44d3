"""How a CSV file is written: delimiter, quotes, header. Candidates are tried on its first rows.

>>> recognise('Titel;Text\\n"Ruhe; endlich";Der Text.\\n')
Dialect(columns=('Titel', 'Text'), delimiter=';', quote='"', skipped=1)
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from searcher.readers.base.headings import RANK, fold_name, missing, plan_for

CELL_LIMIT = 8 << 20
ROWS_LOOKED_AT = 60
DELIMITERS = (";", "\t", "|", ",")
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?[\r\n]*$')
"""Excel's own note of the delimiter, a line before the header."""
SINGLE_QUOTED = re.compile(r"(?:^|[;,|\t])'[^'\r\n]*'(?=[;,|\t\r\n]|$)", re.MULTILINE)
DOUBLE_QUOTED = re.compile(r'(?:^|[;,|\t])"|"(?=[;,|\t\r\n]|$)', re.MULTILINE)
TEXTS = frozenset({"title", "kicker", "teaser", "body"})
NO_HEADER = "the first row names no title or text column (it reads: {}): put the names of the columns into a first row"


@dataclass(frozen=True)
class Dialect:
    """The names in the header, what separates and quotes cells, and how many lines stand before the first
    row.
    """

    columns: tuple[str, ...]
    delimiter: str
    quote: str
    skipped: int = 1

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The rows of these lines (each with its end)."""
        csv.field_size_limit(CELL_LIMIT)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote)


def recognise(head: str, mapping: Mapping[str, str] | None = None) -> Dialect:
    """The dialect that makes the best table of the beginning of a file: known names, then rows of one
    length.
    """
    lines = head.splitlines(keepends=True)
    noted = SEPARATOR_LINE.match(lines[0]) if lines else None
    lines = lines[1:] if noted else lines
    quote = "'" if SINGLE_QUOTED.search(head) and not DOUBLE_QUOTED.search(head) else '"'
    # A quote or a line end separates nothing, and csv refuses it.
    delimiters = noted[1] if noted and noted[1] not in "\"'\r" else DELIMITERS
    tried = [_try(lines, each, quote, mapping or {}) for each in delimiters]
    _, dialect = max(tried, key=lambda pair: pair[0])
    return Dialect(dialect.columns, dialect.delimiter, quote, dialect.skipped + bool(noted))


def problem(dialect: Dialect, mapping: Mapping[str, str]) -> str:
    """What keeps the header from being used; '' where it can be."""
    if absent := missing(dialect.columns, mapping):
        return absent
    if not TEXTS & plan_for(dialect.columns, mapping).fields.keys():
        first = " ".join(dialect.delimiter.join(dialect.columns).split())
        return NO_HEADER.format(first if len(first) < 120 else first[:120] + "…")
    return ""


def _try(
    lines: list[str], delimiter: str, quote: str, mapping: Mapping[str, str]
) -> tuple[tuple[float, ...], Dialect]:
    """(known names, share of rows as long as the header, length), and the dialect."""
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    csv.field_size_limit(CELL_LIMIT)
    header: list[str] = next(reader, [])
    skipped = reader.line_num
    lengths = Counter(len(row) for row in islice(reader, ROWS_LOOKED_AT) if row)
    known = sum(fold_name(each) in RANK or each in mapping.values() for each in header)
    even = lengths[len(header)] / max(sum(lengths.values()), 1)
    return (known, even, len(header)), Dialect(named(header), delimiter, quote, skipped)


def named(header: Sequence[str]) -> tuple[str, ...]:
    """Column names made unique: empty and repeated ones get a number."""
    names: dict[str, None] = {}
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        while name in names:
            name = f"{name} {place}"
        names[name] = None
    return tuple(names)
