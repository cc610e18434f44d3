"""`--report FILE`: one JSON line for every record that was rejected, skipped, repaired or withdrawn, written at once.

>>> import pathlib, tempfile
>>> from searcher.report import Rejection
>>> path = pathlib.Path(tempfile.mkdtemp()) / "bericht.jsonl"
>>> with Account(path, []) as account:
...     account.note(Rejection("news.jsonl", 17, "no text"))
>>> path.read_text()
'{"kind": "rejected", "path": "news.jsonl", "line": 17, "reason": "no text"}\\n'
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.errors import Cure, StorageError, UsageError

if TYPE_CHECKING:
    from searcher.report import Note


class Account:
    """Writes notes to a file; the constructor raises UsageError if the file cannot be written."""

    def __init__(self, path: Path | None, read: Iterable[Path]) -> None:
        """`read` lists the files and folders to be indexed; without a `path` nothing is written."""
        self._path = path
        self._file = None
        if path is not None:
            _refuse_inside(path, read)
            try:
                # Unbuffered: an interrupted run keeps every line, and a full disk is reported at once.
                self._file = open(path, "wb", buffering=0)  # noqa: SIM115
            except OSError as error:
                raise UsageError(
                    f"the report '{path}' cannot be written: {(error.strerror or str(error)).lower()}"
                ) from error

    def note(self, note: Note) -> None:
        """Write one line for this note; StorageError if the disk refuses."""
        if self._file is None:
            return
        line = {"kind": note.kind, "path": note.path, "line": note.line, "reason": note.reason}
        line |= {"id": getattr(note, "id", ""), "detail": getattr(note, "detail", "")}
        line["cure"] = getattr(note, "cure", Cure.NONE).value
        try:
            # ASCII: file names may contain characters that no encoding has.
            self._file.write(
                json.dumps({key: value for key, value in line.items() if value}).encode() + b"\n"
            )
        except OSError as error:
            raise StorageError(
                f"{error.strerror or error}; the run was stopped there", place=self._path or ""
            ) from error

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._file.close()


def _refuse_inside(path: Path, read: Iterable[Path]) -> None:
    """Raise UsageError for a report among the files to be indexed: the run would read it."""
    if path.name.startswith("."):
        return
    place = os.path.realpath(path)
    for each in read:
        folder = os.path.realpath(each)
        if place == folder or (os.path.isdir(folder) and os.path.commonpath([place, folder]) == folder):
            raise UsageError(
                f"the report '{path}' would be read as part of '{each}': name a file outside of it, or one that "
                "begins with a dot"
            )
