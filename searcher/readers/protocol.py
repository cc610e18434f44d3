"""The interface of a format: its row in the table, and the functions of its module. Other packages implement it too.

>>> Format("jats", (".jats",), "reader_package.jats", lambda head: b"<article" in head).is_text
True
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Protocol, cast, runtime_checkable

from searcher.readers.base.compression import WHOLE_LIMIT
from searcher.readers.base.records import Record, Unit
from searcher.report import Rejection


class Reader(Protocol):
    """What the module of a format must have."""

    def read(self, unit: Unit) -> Iterator[Record]:
        """The articles, rejections and repairs of a unit, in the order of the file.

        Without `cut` the unit is a whole file, unpacked, in `unit.data`. What is wrong with one record is a
        `unit.reject(reason, line)` in its place. ReadError means that nothing more can be read of this unit.
        """
        ...


@runtime_checkable
class Cutter(Protocol):
    """What the module of a format has too where its files are larger than one piece of work."""

    def cut(self, stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
        """Pieces of the unpacked `stream`, made with `file.with_data`; they travel to other processes."""
        ...


@dataclass(frozen=True)
class Format:
    """One row: what it is called, how its files end, how their first bytes look, what must be installed.

    `module` is the full name of a module that is a `Reader`. `sniff` gets at most 64 kB. `extra` names the extra of
    searcher that brings the parser. A format that `is_text` is not tried on binary files. `limit` bounds, in bytes,
    files that are read whole.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    sniff: Callable[[bytes], bool]
    extra: str = ""
    is_text: bool = True
    limit: int = WHOLE_LIMIT

    def load(self) -> Reader:
        """The module; ReadError naming the cure where the parser it needs is not installed."""
        return cast(Reader, importlib.import_module(self.module))
