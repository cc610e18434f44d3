"""Parquet: rows with named columns, a row group a unit; the extra `parquet` brings pyarrow.

Columns are recognised and mapped as those of CSV and JSON; lists and structs come as they do there.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from searcher.errors import ReadError
from searcher.readers import extras
from searcher.readers.columns import Plan, missing
from searcher.readers.jsonlines import from_object
from searcher.readers.record import shortened
from searcher.readers.repairs import clean_values
from searcher.readers.unit import Record, Rejection, Repair, Unit
from searcher.readers.unpack import read_whole

ROWS = 500
IN_MEMORY_LIMIT = 256 << 20
"""A table inside another archive cannot be read in place."""


def cut(stream: io.BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """A unit for every row group; the numbers of its first row and of the group go along."""
    in_place = isinstance(stream, io.BufferedReader) and stream.seekable()
    data = None if in_place else read_whole(stream, IN_MEMORY_LIMIT)
    table = _opened(stream if data is None else io.BytesIO(data))
    columns = tuple(table.schema_arrow.names)
    if problem := missing(columns, file.options.mapping):
        yield file.reject(problem)
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
    groups = None if unit.details == (None,) else list(unit.details)
    plans: dict[tuple[str, ...], Plan] = {}
    batches = _guarded(partial(table.iter_batches, batch_size=ROWS, row_groups=groups, use_threads=False))
    row = unit.line
    for batch in batches:
        for values in batch.to_pylist():
            values, cleaned = clean_values({name: _plain(value) for name, value in values.items()})
            if cleaned:
                yield Repair(unit.path, row, "control characters")
            yield from from_object(values, row, unit, plans)
            row += 1


def _plain(value: Any) -> Any:
    """Bytes as text; what else Arrow knows is known to dates and to `extra`."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _opened(source: Any) -> Any:
    parquet = extras.load("pyarrow.parquet", "parquet")
    # Reading ahead is for files far away; its threads hold a file open after it was let go.
    return next(_guarded(lambda: iter([parquet.ParquetFile(source, pre_buffer=False)])))


def _guarded(make: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """What an iterator of pyarrow gives, with its errors as ours."""
    arrow = extras.load("pyarrow", "parquet")
    try:
        yield from make()
    except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ReadError(f"damaged Parquet: {shortened(str(error))}") from None
