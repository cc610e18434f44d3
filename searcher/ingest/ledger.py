"""The ledger: the files that every article came from, digests of the texts, and the withdrawals of publishers.

Only writers read it. Rows are only added: an article stays as long as one of its files. Rows are written before their
commit, so a row may name an article that never got in; the index decides, and writers look up only articles that are in
it. An index without a ledger is complete, but its articles are never pruned and their duplicates not found.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format import disk, door, toc
from searcher.index.format.columns import Array, Strings
from searcher.report import Damage

NO_FILE = 0
"""In place of a file: the article came from a program or from standard input."""

_NAME = re.compile(r"LEDGER_([0-9]{1,9})_([0-9]{1,9})")
_COLUMNS: dict[str, np.dtype[Any]] = {
    name: np.dtype("<u8")
    for name in ("keys", "prints", "texts", "files", "known", "stamps", "path_ends", "withdrawn", "versions")
}
_COLUMNS["path_bytes"] = np.dtype(np.uint8)
LARGEST = 1 << 32
"""Bytes of a part; that of a million files has about 200 million."""

_TAIL = 9
"""Bytes of the last line, the CRC-32 of all before it."""


@dataclass(frozen=True)
class Rows:
    """Parallel arrays of uint64: digest of the id, fingerprint, digest of the text (0: too short), digest of the file.

    In the order of the input: the first row of a text is the article that had it first.
    """

    keys: Array
    prints: Array
    texts: Array
    files: Array

    @property
    def mixed(self) -> Array:
        """One number a row, to tell whether two are the same."""
        with np.errstate(over="ignore"):
            mixed: Array = self.keys * np.uint64(3) + self.prints * np.uint64(5) + self.files * np.uint64(7)
        return mixed

    def where(self, mask: Array) -> Rows:
        """The rows where the mask is True."""
        return Rows(self.keys[mask], self.prints[mask], self.texts[mask], self.files[mask])


NO_ROWS = Rows(*(np.zeros(0, np.uint64) for _ in range(4)))
NOTHING: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Seen:
    """Files: the digests of their paths and of their states when they were read whole, else 0 (uint64), and the paths.

    The paths are absolute, as the system has them.
    """

    files: Array
    stamps: Array
    paths: Sequence[bytes] = ()

    def take(self, places: Array) -> Seen:
        """The files at these indices."""
        return Seen(self.files[places], self.stamps[places], [self.paths[place] for place in places.tolist()])


NOTHING_SEEN = Seen(np.zeros(0, np.uint64), np.zeros(0, np.uint64))


class Stamps:
    """The latest stamp of each file, by the digest of its path: sixteen bytes a file, for there may be millions."""

    def __init__(self, files: Array, stamps: Array) -> None:
        """If a file is listed twice, the later stamp counts."""
        self.files, last = np.unique(files[::-1], return_index=True)
        self.stamps = stamps[::-1][last]
        # Python reads single items from a memoryview several times faster than from an array.
        self._view: memoryview = self.files.data

    @classmethod
    def none(cls) -> Stamps:
        """The stamps of no file."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self.files)

    def get(self, file: int) -> int | None:
        """The stamp of one file."""
        place = bisect_left(self._view, file)
        return int(self.stamps[place]) if place < len(self) and self._view[place] == file else None

    def updated(self, files: Array, stamps: Array) -> Stamps:
        """These stamps and further ones; the further ones win."""
        return Stamps(np.append(self.files, files), np.append(self.stamps, stamps))

    def of(self, files: Array) -> tuple[Array, Array]:
        """Which of these files are known, and the stamps of those."""
        known: Array = np.isin(files, self.files)
        return known, self.stamps[np.searchsorted(self.files, files[known])]


@dataclass(frozen=True)
class _Part:
    """One file of the ledger: the rows of the additions numbered `first` to `last`.

    `index` is the id of the index it belongs to, `generation` that of the index when it was written.
    """

    first: int
    last: int
    columns: Mapping[str, Array]
    index: str
    generation: int

    def __len__(self) -> int:
        return sum(len(self.columns[name]) for name in ("keys", "known", "withdrawn"))


class Ledger:
    """All parts of the ledger; only the holder of the write lock may open it.

    ArchiveDamaged if a part is damaged, belongs to another index, or to a later generation than the index: then files
    that it lists may never have got in. If the table of contents is lost, any ledger is accepted; `tie` then ties it to
    the index again. Without `writes`, changes stay in this object and never reach the disk.
    """

    def __init__(self, directory: Path, *, writes: bool = True) -> None:
        self.directory = directory
        self._writes = writes
        self._parts = [_read(path) for path in parts(directory)]
        # Checked after the parts: meanwhile a writer may have moved on, never back.
        self._index = _check_tie(directory, self._parts)
        if [part.first for part in self._parts] != [0, *(part.last + 1 for part in self._parts)][
            : len(self._parts)
        ]:
            raise ArchiveDamaged("a part of the ledger is missing", place=directory, cure=Cure.REBUILD)

    def clean(self) -> None:
        """Remove what a loss of power left: a part being written, and those that another part holds as well."""
        current = {_path(self.directory, part).name for part in self._parts}
        for name in door.names(self.directory):
            if _NAME.fullmatch(name.removesuffix(".new")) and name not in current:
                disk.discard(self.directory / name)

    @cached_property
    def rows(self) -> Rows:
        """The rows of all parts, in the order of their additions."""
        return Rows(*(self._column(name) for name in ("keys", "prints", "texts", "files")))

    @cached_property
    def stamps(self) -> Stamps:
        """The latest stamp of every file that was read whole."""
        return Stamps(self._column("known"), self._column("stamps"))

    @cached_property
    def withdrawn(self) -> dict[int, int]:
        """The digest of each id that was taken back, and the highest version in which it was."""
        return dict(
            sorted(zip(self._column("withdrawn").tolist(), self._column("versions").tolist(), strict=True))
        )

    def paths(self) -> Iterator[tuple[int, str]]:
        """The digest of each file's path, and the path; some stand there more than once."""
        for part in self._parts:
            names = Strings(part.columns["path_bytes"], part.columns["path_ends"])
            for file, path in zip(part.columns["known"], names, strict=True):
                yield int(file), os.fsdecode(path)

    def add(
        self, rows: Rows = NO_ROWS, seen: Seen = NOTHING_SEEN, withdrawn: Mapping[int, int] = NOTHING
    ) -> None:
        """Append what is not there yet; on the disk when this returns."""
        rows = rows.where(~np.isin(rows.mixed, self.rows.mixed))
        higher = {key: version for key, version in withdrawn.items() if version > self.withdrawn.get(key, 0)}
        fresh = seen.take(self._fresh(seen))
        if not len(rows.keys) and not len(fresh.files) and not higher:
            return
        count = self._parts[-1].last + 1 if self._parts else 0
        part = _part(count, rows, fresh, higher)
        kept = list(self._parts)
        # As with segments: each row is copied a logarithmic number of times.
        while kept and len(kept[-1]) < 2 * len(part):
            part = _joined(kept.pop(), part)
        self._replace(kept, part)

    def _fresh(self, seen: Seen) -> Array:
        """Places of the files that are not known, or not in this state."""
        known, stamps = self.stamps.of(seen.files)
        fresh = ~known
        fresh[known] = seen.stamps[known] != stamps
        return np.flatnonzero(fresh)

    def forget(self, gone: Array) -> None:
        """Drop all rows of these files."""
        self._replace([], reduce(_joined, [_without(part, gone) for part in self._parts]))

    def doubt(self, index: str) -> None:
        """Count every file as changed, so that it is read again: articles have been lost. The ledger of this index."""
        if self._parts:
            part = reduce(_joined, self._parts)
            none = np.zeros_like(part.columns["stamps"])
            self._index = index
            self._replace([], replace(part, columns={**part.columns, "stamps": none}))

    def _replace(self, kept: list[_Part], part: _Part) -> None:
        part = replace(part, index=self._index, generation=max(toc.present(self.directory), default=0))
        if self._writes:
            _write(self.directory, part)
            for old in self._parts[len(kept) :]:
                if (old.first, old.last) != (part.first, part.last):
                    disk.disk.remove(_path(self.directory, old))
        self._parts = [*kept, part]
        for cached in ("rows", "stamps", "withdrawn"):
            self.__dict__.pop(cached, None)

    def _column(self, name: str) -> Array:
        return np.concatenate([part.columns[name] for part in self._parts] or [np.zeros(0, np.uint64)])


def _check_tie(directory: Path, parts: Sequence[_Part]) -> str:
    """The id of the index; ArchiveDamaged for a part that is not of this index at this generation or before."""
    tie = toc.identity(directory)
    for part in parts:
        path = _path(directory, part)
        if tie and part.index != tie[0]:
            raise ArchiveDamaged("is the ledger of another index", place=path, cure=Cure.REBUILD)
        if tie and part.generation > tie[1]:
            raise ArchiveDamaged(
                f"is the ledger of generation {part.generation}, the index is of {tie[1]}",
                place=path,
                cure=Cure.REBUILD,
            )
    return tie[0] if tie else ""


def damages(directory: Path) -> list[Damage]:
    """What is wrong with the ledger."""
    found = []
    for path in parts(directory):
        try:
            _check_tie(directory, [_read(path)])
        except ArchiveDamaged as error:
            found.append(Damage(str(path), error.reason))
        except FileNotFoundError:
            continue
    return found


def unlocked(directory: Path) -> Ledger:
    """The ledger, read without the write lock: it never writes. Read again where a writer was just replacing parts."""
    while True:
        before = parts(directory)
        try:
            return Ledger(directory, writes=False)
        except (FileNotFoundError, ArchiveDamaged):
            if parts(directory) == before:
                raise


def stamps(directory: Path) -> Stamps:
    """The stamps of all files, asked without the write lock: nothing where a writer is just replacing them."""
    try:
        return Ledger(directory).stamps
    except (FileNotFoundError, ArchiveDamaged):
        # Whoever reads a file too many finds nothing changed in it; a writer will say what is damaged.
        return Stamps.none()


def mend(directory: Path) -> list[Path]:
    """Remove a ledger that cannot be used; the files removed. Articles indexed again are entered again."""
    try:
        Ledger(directory)
    except ArchiveDamaged:
        dropped = parts(directory)
        for path in dropped:
            disk.discard(path)
        return dropped
    return []


def parts(directory: Path) -> list[Path]:
    """The parts in order; one that a later one holds as well, left by a loss of power, is passed over."""
    names = door.names(directory) if directory.is_dir() else ()
    matches = [match for name in names if (match := _NAME.fullmatch(name))]
    found: list[tuple[int, int, Path]] = []
    for first, last, path in sorted(
        (int(match[1]), -int(match[2]), directory / match[0]) for match in matches
    ):
        if not found or -last > found[-1][1]:
            found.append((first, -last, path))
    return [path for _, _, path in found]


def _path(directory: Path, part: _Part) -> Path:
    return directory / f"LEDGER_{part.first}_{part.last}"


def _part(number: int, rows: Rows, seen: Seen, withdrawn: Mapping[int, int]) -> _Part:
    paths = Strings.of(seen.paths)
    columns = {
        "keys": rows.keys,
        "prints": rows.prints,
        "texts": rows.texts,
        "files": rows.files,
        "known": seen.files,
        "stamps": seen.stamps,
        "path_ends": paths.offsets,
        "withdrawn": np.array(list(withdrawn), np.uint64),
        "versions": np.array(list(withdrawn.values()), np.uint64),
        "path_bytes": paths.blob,
    }
    return _Part(number, number, {name: columns[name].astype(kind) for name, kind in _COLUMNS.items()}, "", 0)


def _joined(one: _Part, other: _Part) -> _Part:
    columns = {name: np.concatenate((one.columns[name], other.columns[name])) for name in _COLUMNS}
    ends, more = one.columns["path_ends"], other.columns["path_ends"]
    columns["path_ends"] = np.concatenate((ends, more[1:] + ends[-1]))
    return replace(one, last=other.last, columns=columns)


def _without(part: _Part, gone: Array) -> _Part:
    """The part without what it has of these files."""
    rows, known = ~np.isin(part.columns["files"], gone), ~np.isin(part.columns["known"], gone)
    lengths: Array = np.diff(part.columns["path_ends"].astype(np.int64))
    masks = dict.fromkeys(("keys", "prints", "texts", "files"), rows)
    masks |= {"known": known, "stamps": known, "path_bytes": np.repeat(known, lengths)}
    columns = {**part.columns, **{name: part.columns[name][mask] for name, mask in masks.items()}}
    columns["path_ends"] = np.append(0, np.cumsum(lengths[known])).astype(np.uint64)
    return replace(part, columns=columns)


def _write(directory: Path, part: _Part) -> None:
    lengths = {name: len(values) for name, values in part.columns.items()}
    tie = {"index": part.index, "generation": part.generation}
    head = json.dumps({"ledger": 1, **tie, "lengths": lengths}).encode() + b"\n"
    # Copied once: of millions of files this is hundreds of megabytes.
    content = bytearray().join([head, *(part.columns[name].data for name in _COLUMNS)])
    content += b"%08x\n" % zlib.crc32(content)
    path = _path(directory, part)
    temporary = path.with_name(path.name + ".new")
    disk.write(temporary, content)
    disk.replace(temporary, path)


def _read(path: Path) -> _Part:
    content = door.read(path, LARGEST)[0]
    match = _NAME.fullmatch(path.name)
    try:
        if zlib.crc32(memoryview(content)[:-_TAIL]) != int(content[-_TAIL:-1], 16):
            raise ValueError("not as it was written")
        at = content.index(b"\n") + 1
        head = json.loads(content[:at])
        index, generation = head.get("index", ""), head.get("generation", 0)
        lengths, columns = head["lengths"], {}
        for name, kind in _COLUMNS.items():
            columns[name] = np.frombuffer(content, kind, lengths.get(name, 0), at)
            at += columns[name].nbytes
        if at != len(content) - _TAIL or not _fits(columns) or not match or type(generation) is not int:
            raise ValueError("columns that do not fit together")
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ArchiveDamaged(f"the ledger cannot be read ({error})", place=path, cure=Cure.REBUILD) from error
    return _Part(int(match[1]), int(match[2]), columns, index, generation)


def _fits(columns: Mapping[str, Array]) -> bool:
    rows = {len(columns[name]) for name in ("keys", "prints", "texts", "files")}
    ends = columns["path_ends"].astype(np.int64)
    return (
        len(rows) == 1
        and len(columns["known"]) == len(columns["stamps"]) == len(ends) - 1
        and len(columns["withdrawn"]) == len(columns["versions"])
        and bool(np.all(np.diff(ends) >= 0))
        and (int(ends[0]), int(ends[-1])) == (0, len(columns["path_bytes"]))
    )
