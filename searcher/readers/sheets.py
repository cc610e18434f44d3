"""Tables of spreadsheets and databases: XLSX, ODS and SQLite, read like CSV: columns are recognised, or mapped.

A sheet or table is read if its header names a text column; the others are reported.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

from searcher.errors import Cure, ReadError
from searcher.readers.base import safexml
from searcher.readers.base.dialect import TEXTS, named
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import missing, plan_for
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import clean_values
from searcher.readers.base.row_to_article import articles, shortened
from searcher.readers.base.safexml import Element, descendants, find_all
from searcher.readers.documents import Package

Rows = Iterator[Sequence[Any]]
COLUMNS = 2_000
SERIAL = range(10_000, 80_000)
"""Days since the end of 1899, as spreadsheets count: 1927 to 2119."""
EPOCH = date(1899, 12, 30)
CELL = re.compile(r"([A-Z]{1,3})\d+")
STEPS = 200_000_000
"""Steps of SQLite's machine for one table, which end a database that was made to run for ever."""


def read(unit: Unit) -> Iterator[Record]:
    """The articles of all sheets."""
    data = unit.data or b""
    if data.startswith(b"SQLite format 3\0"):
        yield from _sqlite(data, unit)
        return
    package = Package(data)
    sheets = _ods(package) if "content.xml" in package.names else _xlsx(package)
    read_any = False
    for name, rows in sheets:
        read_any = True
        yield from guarded(table(name, rows, unit), unit)
    if not read_any:
        yield unit.reject("no sheet in this file")


def table(name: str, rows: Rows, unit: Unit) -> Iterator[Record]:
    """The articles of one table; the line of a message is the row."""
    filled = (row for row in rows if any(cell not in (None, "") for cell in row))
    header = next(filled, ())
    columns = named([str(cell) for cell in header[:COLUMNS]])
    mapping = unit.options.mapping
    plan = plan_for(columns, mapping)
    if not TEXTS & plan.fields.keys():
        shown = shortened(", ".join(columns)) or "it is empty"
        told = missing(columns, mapping) or f"no column for a title or a text: {shown}"
        yield unit.reject(ReadError(f"table '{name}': {told}", cure=Cure.MAP_COLUMNS))
        return
    dated = [plan.fields[each] for each in ("date", "published", "updated") if each in plan.fields]
    for number, row in enumerate(filled, 2):
        record, _ = clean_values(dict(zip(columns, row, strict=False)))
        for column in dated:
            record[column] = _day(record.get(column))
        record.setdefault(
            "id", f"{unit.name}#{name}#{number}"
        ) if "id" not in plan.fields and "url" not in plan.fields else None
        yield from guarded(articles(record, plan, unit, number), unit, number)


def _day(value: Any) -> Any:
    """A day as spreadsheets count it; anything else as it is."""
    try:
        serial = float(value) if isinstance(value, (str, int, float)) else 0
    except ValueError:
        return value
    return str(EPOCH + timedelta(days=int(serial))) if serial and int(serial) in SERIAL else value


def _xlsx(package: Package) -> Iterator[tuple[str, Rows]]:
    shared: list[str] = []
    if strings := package.read("xl/sharedStrings.xml"):
        root, _ = safexml.parse(strings)
        shared = ["".join(t.text or "" for t in descendants(each, "t")) for each in find_all(root, "si")]
    names = sorted(each for each in package.names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", each))
    for name in names:
        root, _ = safexml.parse(package.read(name))
        yield name.rpartition("/")[2].removesuffix(".xml"), _xlsx_rows(root, shared)


def _xlsx_rows(root: Element, shared: list[str]) -> Rows:
    for row in descendants(root, "row"):
        cells: list[str] = []
        for cell in find_all(row, "c"):
            place = _place(cell.get("r") or "", len(cells))
            cells += [""] * (min(place, COLUMNS) - len(cells))
            cells.append(_xlsx_value(cell, shared))
        yield cells


def _place(reference: str, otherwise: int) -> int:
    """The number of a column: 0 for A1."""
    found = CELL.fullmatch(reference)
    if not found:
        return otherwise
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _xlsx_value(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(each.text or "" for each in descendants(cell, "t"))
    value = next((each.text or "" for each in find_all(cell, "v")), "")
    if kind == "s":
        return (
            shared[int(value)] if value.isdecimal() and len(value) < 10 and int(value) < len(shared) else ""
        )
    return value


def _ods(package: Package) -> Iterator[tuple[str, Rows]]:
    root, _ = safexml.parse(package.read("content.xml"))
    for number, sheet in enumerate(descendants(root, "table"), 1):
        name = next((value for key, value in sheet.items() if key.rpartition("}")[2] == "name"), "")
        yield name or str(number), map(_ods_row, descendants(sheet, "table-row"))


def _ods_row(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in find_all(row, "table-cell"):
        told = {key.rpartition("}")[2]: value for key, value in cell.items()}
        text = told.get("date-value") or "\n\n".join(safexml.text(each) for each in find_all(cell, "p"))
        repeated = told.get("number-columns-repeated", "1")
        times = int(repeated) if repeated.isdecimal() and len(repeated) < 8 else 1
        cells += [text] * min(times, COLUMNS - len(cells))
    return cells


def _sqlite(data: bytes, unit: Unit) -> Iterator[Record]:
    """The tables of a database, which is held in memory; none of its own code may run."""
    left = [STEPS // 1000]

    def step() -> bool:
        left[0] -= 1
        return left[0] < 0

    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(data)
        base.execute("PRAGMA trusted_schema = OFF")
        base.set_progress_handler(step, 1000)
        base.text_factory = lambda raw: raw.decode("utf-8", "replace")
        found = base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        names = [str(name) for (name,) in islice(found, COLUMNS)]
        for name in names:
            quoted = name.replace('"', '""')
            cursor = base.execute(f'SELECT * FROM "{quoted}"')
            header = [each[0] for each in cursor.description or ()]
            yield from table(name, chain([header], map(_texts, cursor)), unit)
        if not names:
            yield unit.reject("no table in this database")
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise ReadError(f"damaged SQLite: {shortened(str(error))}") from None
    finally:
        base.close()


def _texts(row: Sequence[Any]) -> list[Any]:
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in row]
