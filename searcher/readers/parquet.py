"""Parquet: rows with named columns, one unit per row group; the extra `parquet` brings pyarrow.

Columns are recognised and mapped as in CSV and JSON, and so are lists and structs. A few hundred bytes can encode a
thousand million equal values, so texts stay dictionary indices until their row is read, and their total size is
bounded.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from searcher.errors import Cure, ReadError
from searcher.readers.base import extras
from searcher.readers.base.compression import BOMB, MAX_RATIO, RATIO_COUNTS_FROM, read_whole
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import Plan, missing
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import clean_values
from searcher.readers.base.row_to_article import shortened
from searcher.readers.jsonlines import from_object
from searcher.report import Rejection, Repair

ROWS = 500
ROW_LIMIT = 16 << 20
UNHELD = object()
"""In the place of a value that Python cannot hold, as a moment in the year 30,000,000."""
OBJECT = 64
"""Bytes that a value takes beside its text."""
IN_MEMORY_LIMIT = 256 << 20
"""A table inside another archive cannot be read in place."""


def cut(stream: io.BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """A unit for every row group; the numbers of its first row and of the group go along."""
    in_place = isinstance(stream, io.BufferedReader) and stream.seekable()
    data = None if in_place else read_whole(stream, IN_MEMORY_LIMIT)
    table = _opened(stream if data is None else io.BytesIO(data))
    if _weight_told(table.metadata) > _bound(stream.seek(0, io.SEEK_END) if data is None else len(data)):
        yield file.reject(BOMB)
        return
    columns = tuple(table.schema_arrow.names)
    if problem := missing(columns, file.options.mapping):
        yield file.reject(ReadError(problem, cure=Cure.MAP_COLUMNS))
        return
    if data is not None:
        yield file.with_data(data, 1, (None,))
        return
    row = 1
    for group in range(table.num_row_groups):
        yield Unit(file.path, file.name, file.options, file.format, None, row, file.folder, (group,))
        row += table.metadata.row_group(group).num_rows


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a row group; the line of a message is the row."""
    table = _opened(unit.path if unit.data is None else io.BytesIO(unit.data))
    groups = list(range(table.num_row_groups) if unit.details == (None,) else unit.details)
    left = _bound(os.path.getsize(unit.path) if unit.data is None else len(unit.data))
    plans: dict[tuple[str, ...], Plan] = {}
    row = unit.line
    for batch, weight in _guarded(partial(_batches, table, groups)):
        left -= weight
        if left < 0:
            raise ReadError(BOMB)
        if weight > ROW_LIMIT:
            yield unit.reject(f"a row of more than {ROW_LIMIT >> 20} MB", row)
            row += 1
            continue
        names, columns = batch.schema.names, [_values(column) for column in batch.columns]
        for each in zip(*columns, strict=True):
            record = dict(zip(names, each, strict=True))
            yield from guarded(_row(record, row, unit, plans), unit, row)
            row += 1


def _row(
    record: dict[str, Any], row: int, unit: Unit, plans: dict[tuple[str, ...], Plan]
) -> Iterator[Record]:
    for name, value in record.items():
        if value is UNHELD:
            record[name] = None
            yield Repair(unit.path, row, "a value that no calendar has", detail=str(name))
    values, cleaned = clean_values(record)
    if cleaned:
        yield Repair(unit.path, row, "control characters")
    yield from from_object(values, row, unit, plans)


def _batches(table: Any, groups: list[int]) -> Iterator[tuple[Any, int]]:
    """Rows of these groups with their weight, at most `ROW_LIMIT` where that is more than one row."""
    told = [table.metadata.row_group(group) for group in groups]
    mean = sum(each.total_byte_size for each in told) // max(1, sum(each.num_rows for each in told)) + 1
    rows = max(1, min(ROWS, ROW_LIMIT // mean))
    for batch in table.iter_batches(batch_size=rows, row_groups=groups, use_threads=False):
        yield from _halved(batch)


def _halved(batch: Any) -> Iterator[tuple[Any, int]]:
    weight = sum(_weight(column) for column in batch.columns)
    if weight <= ROW_LIMIT or batch.num_rows == 1:
        yield batch, weight
        return
    half = batch.num_rows // 2
    yield from _halved(batch.slice(0, half))
    yield from _halved(batch.slice(half))


def _weight(column: Any) -> int:
    """Bytes of memory that the values of an Arrow array come to, about."""
    arrow, compute = extras.load("pyarrow", "parquet"), extras.load("pyarrow.compute", "parquet")
    if isinstance(column, arrow.StructArray):
        return sum(map(_weight, column.flatten()))
    weight = OBJECT * len(column)
    if isinstance(column, arrow.DictionaryArray):
        lengths = compute.binary_length(column.dictionary)
        return weight + int(compute.sum(lengths.take(column.indices)).as_py() or 0)
    if isinstance(column, arrow.MapArray):
        first, last = column.offsets[0].as_py(), column.offsets[-1].as_py()
        return weight + sum(_weight(each[first:last]) for each in (column.keys, column.items))
    if hasattr(column, "flatten"):
        return weight + _weight(column.flatten())
    return weight + int(column.nbytes)


def _weight_told(metadata: Any) -> int:
    """What the table of contents says of the weight, the repetition of texts apart."""
    weight = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        weight += group.total_byte_size
        weight += OBJECT * sum(group.column(each).num_values for each in range(group.num_columns))
    return weight


def _bound(size: int) -> int:
    return RATIO_COUNTS_FROM + MAX_RATIO * size


def _values(column: Any) -> list[Any]:
    """Bytes as text; what else Arrow knows is known to dates and to `extra`. A value Python cannot hold is `UNHELD`."""
    arrow = extras.load("pyarrow", "parquet")
    plain = column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
    if arrow.types.is_timestamp(plain.type) and plain.type.unit == "ns":
        # Python's moments have microseconds; a cast that must not lose any would refuse the column.
        plain = plain.cast(arrow.timestamp("us", plain.type.tz), safe=False)
    try:
        values = plain.to_pylist()
    except (ArithmeticError, ValueError, arrow.ArrowException):
        values = [_held(each) for each in plain]
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in values]


def _held(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ArithmeticError, ValueError):
        return UNHELD


def _opened(source: Any) -> Any:
    parquet = extras.load("pyarrow.parquet", "parquet")

    def opened() -> Iterator[Any]:
        # Reading ahead is for files far away; its threads hold a file open after it was let go.
        table = parquet.ParquetFile(source, pre_buffer=False)
        columns = [table.schema.column(number) for number in range(len(table.schema))]
        texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
        yield parquet.ParquetFile(source, metadata=table.metadata, read_dictionary=texts, pre_buffer=False)

    return next(_guarded(opened))


def _guarded(make: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """What an iterator of pyarrow gives, with its errors as ours."""
    arrow = extras.load("pyarrow", "parquet")
    try:
        yield from make()
    except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ReadError(f"damaged Parquet: {shortened(str(error))}") from None
