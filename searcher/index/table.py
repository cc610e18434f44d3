"""The table of contents: Whoosh's own file, written so that the rename is the commit, read so that nothing runs.

Whoosh pickles the schema and the segments into `_MAIN_<generation>.toc`. Reading admits only the classes that
belong there, so an index of unknown origin cannot execute anything.
"""

from __future__ import annotations

import io
import os
import pickle
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from searcher.errors import ArchiveDamaged, ArchiveNotFound, VersionMismatch
from searcher.index import files
from searcher.index.segment import NAME, ArticleSegment

_TOC = re.compile(rf"^_{NAME}_([0-9]+)\.toc$")
_FILE = re.compile(rf"^{NAME}_([0-9a-z]+)\..+$")
_TEMPORARY = re.compile(rf"^_{NAME}_[0-9]+\.toc\..+$")

_ADMITTED = {
    "searcher.index.schema": {"Analysed", "Untouched", "Minutes"},
    "searcher.index.segment": {"ArticleSegment"},
    "whoosh.fields": {"Schema", "STORED"},
    "whoosh.formats": {"Positions", "Existence"},
    "whoosh.columns": {"NumericColumn"},
    "copyreg": {"_reconstructor"},
    "copy_reg": {"_reconstructor"},
    "builtins": {"object", "set"},
    "__builtin__": {"object", "set"},
    "_codecs": {"encode"},
}


@dataclass(frozen=True)
class Table:
    """One generation: the schema and the segments that make up the archive."""

    schema: Any
    segments: tuple[ArticleSegment, ...]
    generation: int


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name not in _ADMITTED.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into a table of contents")
        return super().find_class(module, name)


def exists(directory: Path) -> bool:
    """Whether there is an index of any kind in the folder."""
    try:
        return bool(generations(directory))
    except ArchiveNotFound:
        return False


def generations(directory: Path) -> list[int]:
    """Generations present, ascending. ArchiveNotFound without a directory or a table in it."""
    try:
        found = sorted(int(match[1]) for name in os.listdir(directory) if (match := _TOC.match(name)))
    except (FileNotFoundError, NotADirectoryError):
        found = []
    if not found:
        raise ArchiveNotFound(
            f"there is no index in {directory}: make one with `searcher --index {directory} index PATH`"
        )
    return found


def read(directory: Path) -> Table:
    """The newest generation. A generation that a writer replaces meanwhile is read again."""
    for _ in range(10):
        generation = generations(directory)[-1]
        path = directory / TOC._filename(NAME, generation)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        return _parse(path, content, generation)
    raise ArchiveDamaged(
        f"{directory}: the table of contents keeps vanishing; is something deleting files there?"
    )


def _parse(path: Path, content: bytes, generation: int) -> Table:
    try:
        stream = FileStorage(str(path.parent)).open_file(path.name)
        with stream:
            schema_bytes = _skip_head(stream)
            found = stream.read_int()
            stream.read_int()
            rest = content[stream.tell() :]
        schema = _Unpickler(io.BytesIO(schema_bytes)).load()
        segments = _Unpickler(io.BytesIO(rest)).load()
    except pickle.UnpicklingError as error:
        raise VersionMismatch(
            f"{path}: not an index of this program ({error}); use another --index, or index the sources again"
        ) from error
    except (
        ValueError,
        IndexError,
        KeyError,
        EOFError,
        AttributeError,
        TypeError,
        struct.error,
        MemoryError,
    ) as error:
        raise ArchiveDamaged(
            f"{path}: the table of contents cannot be read ({error!r}); run `searcher verify`"
        ) from error
    if not all(isinstance(segment, ArticleSegment) for segment in segments):
        raise VersionMismatch(
            f"{path}: an index of another storage; index the sources again into a new --index"
        )
    if found != generation:
        raise ArchiveDamaged(f"{path}: holds generation {found}")
    return Table(schema, tuple(segments), generation)


def _skip_head(stream: Any) -> bytes:
    for _ in range(3):
        stream.read_varint()
    if stream.read_int() != -12345:
        raise ValueError("byte order")
    stream.read_int()
    for _ in range(3):
        stream.read_varint()
    schema: bytes = stream.read_string()
    return schema


class _Flushed(FileStorage):
    """Whoosh's storage, with the rename that makes a table current preceded and followed by a flush."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        path = self._fpath(oldname)
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
        files.replace(Path(path), Path(self._fpath(newname)))


def write(directory: Path, table: Table) -> None:
    """Make this generation current. The segments' files must have reached the disk before."""
    files.flush_directory(directory)
    TOC(table.schema, list(table.segments), table.generation).write(_Flushed(str(directory)), NAME)


def clean(directory: Path, table: Table) -> None:
    """Remove what no generation from this one on needs: older tables, segments not in it, unfinished files.

    Only names of an index of ours are touched, and only by the holder of the write lock.
    """
    live = {segment.segid for segment in table.segments}
    for name in os.listdir(directory):
        toc, file = _TOC.match(name), _FILE.match(name)
        dead = (toc and int(toc[1]) < table.generation) or (
            file and file[1] not in live and not name.endswith("LOCK")
        )
        if dead or _TEMPORARY.match(name):
            try:
                os.remove(directory / name)
            except OSError:
                # Windows keeps mapped files until their reader closes; the next writer removes them.
                continue
