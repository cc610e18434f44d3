"""CSV as Excel, databases and scrapers write it, cut between rows so that several processes can read one
file.

Rows may span lines, line ends may be mixed, and a quote that is never closed costs its own row, not the file.

>>> unit = Unit("a.csv", "a.csv", data=b"7;Waffenruhe\\n", line=2, details=(("id", "Titel"), ";", '"', 1))
>>> [article.title for article in read(unit)]
['Waffenruhe']
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple
from io import BufferedIOBase
from itertools import chain

from searcher.errors import ReadError
from searcher.readers.columns import plan_for
from searcher.readers.dialect import CELL_LIMIT, Dialect, problem, recognise
from searcher.readers.encoding import CONTROLS, as_utf8, decode
from searcher.readers.record import articles
from searcher.readers.repairs import without_controls
from searcher.readers.unit import Record, Rejection, Repair, Unit
from searcher.readers.unpack import peek

BLOCK = 1 << 20
HEAD = 1 << 18
NEVER_CLOSED = "a quote is opened here and never closed"
TOO_LONG = f"a cell of more than {CELL_LIMIT >> 20} MB, or a quote that is never closed"


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Blocks of about a megabyte of whole rows."""
    stream = as_utf8(stream)
    dialect = recognise(_head(stream), file.options.mapping)
    if wrong := problem(dialect, file.options.mapping):
        yield file.reject(wrong, 1)
        return
    details = astuple(dialect)
    block: list[bytes] = []
    line, size = 1, 0
    damage: list[ReadError] = []
    for row, wrong in _raw_rows(_lines(stream, damage), dialect):
        if block and (wrong or size >= BLOCK):
            yield file.with_data(b"".join(block), line - len(block), details)
            block, size = [], 0
        if wrong:
            yield file.reject(wrong, line)
        elif line > dialect.skipped:
            block += row
            size += sum(map(len, row))
        line += len(row)
    if block:
        yield file.with_data(b"".join(block), line - len(block), details)
    for error in damage:
        raise error


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a block of rows."""
    dialect = Dialect(*unit.details)
    columns = dialect.columns
    plan = plan_for(columns, unit.options.mapping)
    lines = [decode(line) for line in (unit.data or b"").splitlines(keepends=True)]
    doubtful = len((unit.data or b"").translate(None, CONTROLS)) != len(unit.data or b"")
    reader = csv.reader((text for text, _ in lines), delimiter=dialect.delimiter, quotechar=dialect.quote)
    csv.field_size_limit(CELL_LIMIT)
    before = 0
    for row in reader:
        number, taken, before = unit.line + before, lines[before : reader.line_num], reader.line_num
        if not any(row):
            continue
        if len(row) != len(columns) and (len(row) < len(columns) or any(row[len(columns) :])):
            yield unit.reject(f"{len(row)} cells in a row where the header has {len(columns)}", number)
            continue
        for how in dict.fromkeys(how for _, how in taken if how):
            yield Repair(unit.path, number, how)
        if doubtful and any(without_controls(cell)[1] for cell in row):
            row = [without_controls(cell)[0] for cell in row]
            yield Repair(unit.path, number, "control characters")
        yield from articles(dict(zip(columns, row, strict=False)), plan, unit, number)


def _head(stream: BufferedIOBase) -> str:
    head = peek(stream, HEAD)
    whole = head if len(head) < HEAD else head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    return decode(whole)[0]


def _lines(stream: BufferedIOBase, damage: list[ReadError]) -> Iterator[bytes]:
    r"""Lines with their ends, which may be \n, \r\n and \r in one file; endless ones in pieces.

    Damage ends them as the end of the file does; it is left in `damage`, behind the last whole line.
    """
    waiting = b""
    while True:
        try:
            chunk = stream.read1(BLOCK)
        except ReadError as error:
            damage.append(error)
            return
        if not chunk:
            break
        lines = (waiting + chunk).splitlines(keepends=True)
        # The last line may go on, and a \r may turn out to be the first half of \r\n.
        waiting = lines.pop()
        if len(waiting) > CELL_LIMIT:
            lines.append(waiting)
            waiting = b""
        yield from lines
    yield from waiting.splitlines(keepends=True)


def _raw_rows(lines: Iterator[bytes], dialect: Dialect) -> Iterator[tuple[list[bytes], str]]:
    """The lines of every row, unparsed; with a reason where they cannot be one."""
    while True:
        taken: list[bytes] = []

        def tapped(source: Iterator[bytes] = lines, into: list[bytes] = taken) -> Iterator[str]:
            for line in source:
                into.append(line)
                # Delimiters and quotes are the same bytes in every encoding that comes here.
                yield line.decode("latin-1")

        again: list[bytes] = []
        rows = dialect.rows(tapped())
        wrong = ""
        while not wrong:
            try:
                next(rows)
            except StopIteration:
                return
            except csv.Error:
                wrong = TOO_LONG
            else:
                if len(taken) > 1 and not _is_closed(taken, dialect):
                    wrong = NEVER_CLOSED
            again = taken[1:] if wrong else []
            yield taken[:1] if wrong else list(taken), wrong
            taken.clear()
        lines = chain(again, lines)


def _is_closed(row: list[bytes], dialect: Dialect) -> bool:
    """Whether a row of several lines is quoted by the book: else it may have swallowed its neighbours."""
    text = (line.decode("latin-1") for line in row)
    try:
        for _ in csv.reader(text, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True):
            pass
    except csv.Error:
        return False
    return True
