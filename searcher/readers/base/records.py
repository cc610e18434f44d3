"""Input and output of a reader: plain records that travel between processes.

A `Unit` is a piece of work: a whole file, or a block of one. Reading it gives, for every record, either an
`Article`, or a `Rejection` with the reason. A `Repair` precedes an article whose text was repaired; a
`Withdrawal` names an article that its publisher has withdrawn.

The notes are those of `searcher.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from searcher.article import Article
from searcher.errors import ReadError
from searcher.report import Rejection, Repair, Skipped, Withdrawal

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about the files at hand.

    `mapping` gives a column name for an article field (`{"title": "Ueberschrift"}`), `format` the name of a
    format where sniffing is not wanted, `source` the source of articles that name none themselves.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Found:
    """A file, and its `name`: the path below the place the user pointed at, the same on every run and
    machine.

    `folder` is the folder directly above the file where it lies in a sub-folder of that place, else ''. `size`
    in bytes and `changed`, nanoseconds since 1970, are those it was found with; 0 for standard input.
    """

    path: Path
    name: str
    folder: str = ""
    size: int = 0
    changed: int = 0

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Unit:
    """A piece of work for one call of `read`.

    `path` is shown to people, `name` identifies. Without `data` the file at `path` is meant, all of it;
    with `data` those bytes (plain, not compressed), which begin at `line`. `format` is '' until the
    contents were looked at. `details` belongs to the format: the header of a table, the number of a row group.
    `size` is that of the whole file, in bytes.
    """

    path: str
    name: str
    options: ReadOptions = ReadOptions()
    format: str = ""
    data: bytes | None = None
    line: int = 1
    folder: str = ""
    details: tuple[Any, ...] = ()
    size: int = 0

    @property
    def source(self) -> str:
        """The source of articles that name none themselves."""
        return self.options.source or self.folder

    def with_data(self, data: bytes, line: int = 1, details: tuple[Any, ...] = ()) -> Unit:
        """The same file, but only these bytes of it."""
        return replace(self, data=data, line=line, details=details)

    def skip(self, reason: str, line: int | None = None) -> Skipped:
        """A record of this file that is no article and no fault either."""
        return Skipped(self.path, line, reason)

    def reject(self, reason: str | ReadError, line: int | None = None) -> Rejection:
        """A rejection that points at this file; an error brings its cure."""
        if isinstance(reason, ReadError):
            return Rejection(self.path, line, str(reason), reason.cure, reason.detail)
        return Rejection(self.path, line, reason)


def version_number(text: str) -> int:
    """A publisher's version as a number that can be compared; 0 for any other text.

    >>> version_number("12"), version_number("1.2"), version_number("")
    (12, 0, 0)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


Record = Article | Rejection | Repair | Withdrawal
