"""The two halves of reading: a file becomes units of work, and a unit becomes articles.

`units` runs in the parent process and reads as little as possible: a small file is one unit, unopened; the format of a
large file cuts it into blocks. `read` runs in a worker process.

>>> unit = Unit("a.jsonl", "a.jsonl", format="jsonl", data=b'{"titel": "Waffenruhe", "text": "Sie kommt."}')
>>> [article.title for article in read(unit)]
['Waffenruhe']
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from io import BufferedIOBase
from pathlib import Path

from searcher.errors import ReadError
from searcher.readers.base import walk
from searcher.readers.base.compression import PACKED_SUFFIXES, Filled, peek, read_whole, unpacked
from searcher.readers.base.encoding import is_binary
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import check_mapping
from searcher.readers.base.records import STANDARD_INPUT, Found, ReadOptions, Record, Unit
from searcher.readers.base.walk import top
from searcher.readers.formats import by_content, by_name, refused
from searcher.readers.protocol import Cutter, Format
from searcher.report import Rejection

SMALL = 1 << 20
SMALL_PACKED = 1 << 17
"""Files up to this size are one unit; packed ones grow when they are opened."""
HEAD = 1 << 16
NO_RECORDS = "no records in this file"


def check(options: ReadOptions) -> None:
    """UsageError where `options` name a format or a field that does not exist."""
    check_mapping(options.mapping)
    if options.format:
        by_name(options.format)


def find(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found | Rejection]:
    """Every file at or below `paths`, as `walk.find`; a Rejection too for what no format reads by its name."""
    for each in walk.find(paths):
        reason = refused(each.name) if isinstance(each, Found) else ""
        yield Rejection(str(each), None, reason) if reason else each


def units(file: Found | Path | str, options: ReadOptions | None = None) -> Iterator[Unit | Rejection]:
    """The pieces of work in a file; UsageError where `options` name a format or field that does not exist."""
    options = options or ReadOptions()
    check(options)
    if not isinstance(file, Found):
        file = _found(Path(file))
    whole = Unit(str(file), file.name, options, options.format or "", folder=file.folder, size=file.size)
    if 0 < file.size <= (SMALL_PACKED if file.name.lower().endswith(PACKED_SUFFIXES) else SMALL):
        yield whole
    else:
        yield from guarded(_cut(whole), whole)


def _found(path: Path) -> Found:
    """The file at `path`; nothing is said here where it is missing or empty, but when it is opened."""
    if str(path) == STANDARD_INPUT:
        return Found(path, STANDARD_INPUT)
    with suppress(OSError, ValueError):
        return Found(path, top(path.parent) + path.name, size=path.stat().st_size)
    return Found(path, top(path.parent) + path.name)


def read(unit: Unit) -> Iterator[Record]:
    """What a unit holds, in order; damage ends in a Rejection, never in an exception."""
    for piece in _opened_pieces(unit):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield from _records(piece)


def read_formats(unit: Unit) -> Iterator[tuple[str, Record]]:
    """As `read`, each record with the name of the format it was read as; '' where that did not come to light."""
    for piece in _opened_pieces(unit):
        if isinstance(piece, Rejection):
            yield "", piece
        else:
            for record in _records(piece):
                yield piece.format, record


def read_path(path: Found | Path | str, options: ReadOptions | None = None) -> Iterator[Record]:
    """The articles of one file, in this process."""
    for unit in units(path, options):
        if isinstance(unit, Rejection):
            yield unit
        else:
            yield from read(unit)


def sniff(path: Path | str) -> str:
    """The name of the format of a file; ReadError where it has none of ours."""
    with closing(_opened(str(path))) as stream:
        return _recognised(unpacked(stream), Unit(str(path), Path(path).name)).name


def _opened_pieces(unit: Unit) -> Iterator[Unit | Rejection]:
    """The unit itself where it is a block of a file; else the file's, which is opened here."""
    if unit.format and (unit.data is not None or unit.details):
        yield unit
        return
    yield from guarded(_cut(unit), unit)


def _records(unit: Unit) -> Iterator[Record]:
    """The records of a unit; a fault that its format has not met itself costs what is left of the unit."""
    yield from guarded(_loaded(unit), unit, unit.line if unit.details else None)


def _loaded(unit: Unit) -> Iterator[Record]:
    yield from by_name(unit.format).load().read(unit)


def pieces(packed: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """The pieces of a stream, each with its format; the stream may be packed, `file` says what it is called."""
    stream = unpacked(packed)
    form = _recognised(stream, file)
    file = replace(file, format=form.name)
    module = form.load()
    if isinstance(module, Cutter):
        empty = True
        for piece in module.cut(stream, file):
            empty = False
            yield piece
        if empty:
            yield file.reject(NO_RECORDS)
    else:
        yield file.with_data(read_whole(stream, form.limit))


def _cut(file: Unit) -> Iterator[Unit | Rejection]:
    """The pieces of a file that is opened here."""
    with closing(_opened(file.path)) as opened:
        yield from pieces(opened, file)


def _recognised(stream: BufferedIOBase, file: Unit) -> Format:
    if file.format:
        return by_name(file.format)
    head = peek(stream, HEAD)
    if not head:
        raise ReadError("empty file")
    form = by_content(head, file.name)
    if form.is_text and is_binary(head[:4096]):
        raise ReadError("binary file: no text, and no archive we know")
    return form


def _opened(path: str) -> BufferedIOBase:
    if path == STANDARD_INPUT:
        return io.BufferedReader(Filled(sys.stdin.buffer.read), 1 << 20)
    # A pipe put in the place of a file would block for ever; files do not mind.
    return os.fdopen(
        os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
    )
