"""CSV as Excel, databases and scrapers write it, cut between rows so that several processes can read one
file.

Rows may span lines, line ends may be mixed, and a quote that is never closed costs its own row, not the file.

>>> unit = Unit("a.csv", "a.csv", data=b"7;Waffenruhe\\n", line=2, details=(("id", "Titel"), ";", '"', 1))
>>> [article.title for article in read(unit)]
['Waffenruhe']
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from io import BufferedIOBase
from itertools import islice

from searcher.errors import Cure, ReadError
from searcher.readers.base.compression import peek
from searcher.readers.base.dialect import CELL_LIMIT, Dialect, problem, recognise
from searcher.readers.base.encoding import CONTROLS, as_utf8, decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import plan_for
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import articles
from searcher.report import Rejection, Repair

BLOCK = 1 << 20
HEAD = 1 << 18
NEVER_CLOSED = "a quote is opened here and never closed"
ROW_LIMIT = 2 * CELL_LIMIT
TOO_LONG = (
    f"a cell of more than {CELL_LIMIT >> 20} MB or a row of more than {ROW_LIMIT >> 20} begins here, or a quote that "
    'is never closed: close it, or write "" for a quote within a cell'
)
AGAIN = 1 << 28
"""Byte budget for parsing malformed rows again; bounds hostile input that would otherwise take quadratic time."""
LOOKED_AT = 20
ROWS_NEEDED = 3
"""After many lines that are no rows, reading resumes at ROWS_NEEDED rows within LOOKED_AT lines."""


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Blocks of about a megabyte of whole rows."""
    stream = as_utf8(stream)
    dialect = recognise(_head(stream), file.options.mapping)
    if wrong := problem(dialect, file.options.mapping):
        yield file.reject(ReadError(wrong, cure=Cure.MAP_COLUMNS), 1)
        return
    details = astuple(dialect)
    block: list[bytes] = []
    line, size = 1, 0
    damage: list[ReadError] = []
    for row, left_out, wrong in _raw_rows(_Lines(_lines(stream, damage)), dialect):
        if block and (wrong or size >= BLOCK):
            yield file.with_data(b"".join(block), line - len(block), details)
            block, size = [], 0
        if wrong:
            more = f"; left out up to line {line + left_out - 1}" if left_out > 1 else ""
            yield file.reject(wrong + more, line)
        elif line > dialect.skipped:
            block += row
            size += sum(map(len, row))
        line += left_out or len(row)
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
        record = dict(zip(columns, row, strict=False))
        yield from guarded(articles(record, plan, unit, number), unit, number)


def _head(stream: BufferedIOBase) -> str:
    head = peek(stream, HEAD)
    whole = head if len(head) < HEAD else head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    return decode(whole)[0]


def _lines(stream: BufferedIOBase, damage: list[ReadError]) -> Iterator[bytes]:
    r"""Lines with their ends, which may be \n, \r\n and \r in one file; of endless ones the beginning.

    Damage ends them as the end of the file does; it is left in `damage`, after the last whole line.
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
        if len(waiting) > ROW_LIMIT:
            # Of a line too long for a row the beginning will do; its last byte may be half of a line end.
            waiting = waiting[:ROW_LIMIT] + waiting[-1:]
        yield from lines
    yield from waiting.splitlines(keepends=True)


class _Lines:
    """Lines of which some may be put back."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._back: list[bytes] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> bytes:
        return self._back.pop() if self._back else next(self._lines)

    def put_back(self, lines: Sequence[bytes]) -> None:
        self._back.extend(reversed(lines))


def _raw_rows(lines: _Lines, dialect: Dialect) -> Iterator[tuple[list[bytes], int, str]]:
    """(the lines of a row, unparsed; how many lines were left out before it; why they can be none).

    After a malformed row its lines are parsed again one by one: usually only the first is broken.
    """
    again = AGAIN
    while True:
        taken: list[bytes] = []
        rows = dialect.rows(_tapped(lines, taken))
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
                else:
                    yield list(taken), 0, ""
                    taken.clear()
        again -= sum(map(len, taken))
        left_out = 1 if again > 0 else len(taken)
        lines.put_back(taken[left_out:])
        if wrong is TOO_LONG or len(taken) > LOOKED_AT:
            left_out += _pass_over(lines, dialect)
        yield [], left_out, wrong


def _tapped(lines: _Lines, taken: list[bytes]) -> Iterator[str]:
    """The lines as text, collected in `taken` on the way; the caller clears it after each row."""
    size = 0
    for line in lines:
        size = size + len(line) if taken else len(line)
        taken.append(line)
        if size > ROW_LIMIT:
            raise csv.Error(TOO_LONG)
        # Delimiters and quotes are the same bytes in every encoding that comes here.
        yield line.decode("latin-1")


def _pass_over(lines: _Lines, dialect: Dialect) -> int:
    """Go to where rows like the header stand again; how many lines were passed over."""
    window: deque[bytes] = deque()
    size = passed = 0
    while True:
        while len(window) < LOOKED_AT and size < BLOCK and (line := next(lines, b"")):
            window.append(line)
            size += len(line)
        if not window or _are_rows(window, dialect):
            lines.put_back(window)
            return passed
        size -= len(window.popleft())
        passed += 1


def _are_rows(lines: deque[bytes], dialect: Dialect) -> bool:
    """Whether these lines begin with rows of as many cells as the header has, quoted by the book."""
    # Most lines of a text are told by a glance.
    most = lines[0].count(dialect.delimiter.encode()) + 1
    if most < len(dialect.columns) and dialect.quote.encode() not in lines[0]:
        return False
    text = (line.decode("latin-1") for line in lines)
    reader = csv.reader(text, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    read = 0
    with suppress(csv.Error):
        for row in islice(reader, ROWS_NEEDED):
            if len(row) != len(dialect.columns):
                return False
            read += 1
    return read > 0


def _is_closed(row: list[bytes], dialect: Dialect) -> bool:
    """Whether a row of several lines is quoted by the book: else it may have swallowed its neighbours."""
    text = (line.decode("latin-1") for line in row)
    try:
        for _ in csv.reader(text, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True):
            pass
    except csv.Error:
        return False
    return True
