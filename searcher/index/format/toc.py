"""The table of contents: Whoosh's own file followed by one line of ours; renaming it is the commit.

Whoosh pickles schema and segments into `_MAIN_<generation>.toc` and reads no further than that pickle. After it
follow the same facts about the segments as a line of JSON, and the CRC-32 of the whole. We read only that line
and never unpickle, so an index of unknown origin cannot run code.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from searcher.errors import ArchiveDamaged, ArchiveNotFound, Cure, VersionMismatch
from searcher.index.format import disk, door
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.names import FORMAT_VERSION, NAME, REBUILT

HIGHEST = (1 << 31) - 1
"""The last generation that Whoosh's file can hold."""

LARGEST = 1 << 28
"""Bytes; a table of ten thousand segments has three million."""

_TOC = re.compile(rf"_({NAME}|{REBUILT})_(0|[1-9][0-9]*)\.toc")
_TEMPORARY = re.compile(rf"_({NAME}|{REBUILT})_[0-9]+\.toc\.new")
_FILE = re.compile(rf"{NAME}_([0-9a-z]+)\.[a-z_]+\.(npy|json)")
_SEGID = re.compile(r"[0-9a-z]{1,64}")
_INDEX = re.compile(r"[0-9a-z]{0,64}")
_TAIL = re.compile(rb"[0-9a-f]{8}\n")
_VANISHING = 5.0
"""Seconds of trying to read a table that writers keep replacing."""


@dataclass(frozen=True)
class Table:
    """One generation of an index: the segments that make up the archive.

    `index` is the id that an index gets when it is made and keeps: the ledger carries it too. "" in an index made
    before there were ids. `stamp` identifies the file the table was read from, (inode, time of change in ns), for
    another file may get the same name; (0, 0) for a table that was not read.
    """

    segments: tuple[SegmentEntry, ...] = ()
    generation: int = 0
    index: str = ""
    stamp: tuple[int, int] = (0, 0)

    @classmethod
    def fresh(cls) -> Table:
        """The first generation of a new index."""
        return cls(index=secrets.token_hex(16))

    def following(self, segments: Iterable[SegmentEntry]) -> Table:
        """The next generation of the same index, of these segments."""
        return replace(self, segments=tuple(segments), generation=self.generation + 1, stamp=(0, 0))


def path_of(directory: Path, generation: int, name: str = NAME) -> Path:
    """The table of contents of a generation, as Whoosh names it."""
    return directory / f"_{name}_{generation}.toc"


def exists(directory: Path) -> bool:
    """Whether there is an index in the folder, or what is left of one."""
    return bool(_generations(directory, NAME)) or segments_there(directory)


def segments_there(directory: Path) -> bool:
    """Whether there are files of segments in the folder."""
    try:
        return any(map(_FILE.fullmatch, door.names(directory)))
    except (FileNotFoundError, NotADirectoryError):
        return False


def generations(directory: Path, name: str = NAME) -> list[int]:
    """Generations present, ascending. ArchiveNotFound without a directory or a table in it."""
    found = _generations(directory, name)
    if not found and segments_there(directory):
        raise ArchiveDamaged("the table of contents is missing", place=directory, cure=Cure.REBUILD)
    if not found:
        raise not_found(directory)
    return found


def not_found(directory: Path) -> ArchiveNotFound:
    """The error for a folder without an index, or for no folder at all."""
    return ArchiveNotFound("there is no index", place=directory, cure=Cure.INDEX)


def _generations(directory: Path, name: str) -> list[int]:
    for _ in range(20):
        try:
            names = door.names(directory)
        except (FileNotFoundError, NotADirectoryError):
            return []
        matches = [match for each in names if (match := _TOC.fullmatch(each))]
        found = sorted(int(match[2]) for match in matches if match[1] == name)
        # A folder of many files is listed in parts: a commit in between may hide both its tables.
        if found or name != NAME or not any(map(_FILE.fullmatch, names)):
            return found
        time.sleep(0.01)
    return []


def present(directory: Path) -> list[int]:
    """Generations of which there is a table of contents, whole or not; numbers that no generation has left out."""
    return [each for each in _generations(directory, NAME) if each <= HIGHEST]


def set_aside(directory: Path) -> list[tuple[Path, Path]]:
    """Rename what has the name of a table of contents and is none: its old paths and its new ones.

    A number that no generation has would be the newest one for ever, a folder or a pipe is nothing to read.
    """
    wrong = [
        directory / name
        for name in door.names(directory)
        if (match := _TOC.fullmatch(name))
        if int(match[2]) > HIGHEST or not door.is_file(directory / name)
    ]
    return [(path, disk.set_aside(path)) for path in wrong]


def read(directory: Path, name: str = NAME) -> Table:
    """The newest generation. A generation that a writer replaces meanwhile is read again."""
    deadline = time.monotonic() + _VANISHING
    while time.monotonic() < deadline:
        generation = generations(directory, name)[-1]
        path = path_of(directory, generation, name)
        if generation > HIGHEST:
            raise ArchiveDamaged("no table of contents has this number", place=path, cure=Cure.REBUILD)
        try:
            content, status = door.read(path, LARGEST)
        except FileNotFoundError:
            continue
        return replace(_parse(path, content, generation), stamp=_stamp(status))
    raise ArchiveDamaged(
        "the table of contents keeps vanishing; is something deleting files there?", place=directory
    )


def identity(directory: Path) -> tuple[str, int] | None:
    """The id and the generation of the index in the folder; None where no table of contents tells them."""
    try:
        current = read(directory)
    except (ArchiveDamaged, ArchiveNotFound, VersionMismatch):
        return None
    return current.index, current.generation


def is_newest(directory: Path, current: Table) -> bool:
    """Whether this table, as `read` gave it, is what `read` would give now: the folder may have been made anew."""
    if generations(directory)[-1] != current.generation:
        return False
    try:
        return _stamp(door.status(path_of(directory, current.generation))) == current.stamp
    except FileNotFoundError:
        return False


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_ino, status.st_mtime_ns


def _parse(path: Path, content: bytes, generation: int) -> Table:
    damaged = partial(ArchiveDamaged, place=path, cure=Cure.REBUILD)
    if not _TAIL.fullmatch(content[-9:]):
        if b"searcher.index.segment" in content:
            raise damaged("the end of the table of contents is missing")
        if segments_there(path.parent):
            raise damaged("the table of contents is not as it was written")
        raise VersionMismatch("is not an index of this program", place=path, cure=Cure.OTHER_INDEX)
    if zlib.crc32(content[:-9]) != int(content[-9:-1], 16):
        raise damaged("the table of contents is not as it was written")
    try:
        values = json.loads(content[content.rfind(b"\n", 0, -10) + 1 : -9])
        if values["format"] != FORMAT_VERSION:
            raise VersionMismatch(
                f"has format version {values['format']}, this program reads version {FORMAT_VERSION}",
                place=path,
                cure=Cure.REINDEX,
            )
        segments = tuple(map(_segment, values["segments"]))
        found, index = values["generation"], values.get("index", "")
        if not _INDEX.fullmatch(index):
            raise ValueError("no id of an index")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(f"the table of contents cannot be read ({error!r})") from error
    if found != generation or len({segment.id for segment in segments}) < len(segments):
        raise damaged(f"is not the table of contents of generation {generation}")
    return Table(segments, generation, index)


def _segment(values: Any) -> SegmentEntry:
    segid, docs, seal = values["id"], values["docs"], values["seal"]
    if type(docs) is not int or type(seal) is not int or not 0 < docs < 1 << 32:
        raise ValueError("docs and seal must be integers in range")
    if not _SEGID.fullmatch(segid):
        raise ValueError("invalid segment id")
    segment = SegmentEntry(docs, segid, base64.b64decode(values["deleted"], validate=True), seal)
    # A wrong size of the deletions would otherwise surface only during a search.
    try:
        segment.deleted_mask()
    except ArchiveDamaged as error:
        raise ValueError(error.reason) from error
    return segment


def write(directory: Path, table: Table, name: str = NAME) -> None:
    """Make this generation current: durable when this returns, unseen before. OSError leaves the one before."""
    from searcher.index.format.whoosh_toc import whoosh_toc

    if table.generation > HIGHEST:
        raise ArchiveDamaged(f"no generation follows {HIGHEST}", place=directory, cure=Cure.REINDEX)

    line = {
        "format": FORMAT_VERSION,
        "generation": table.generation,
        "index": table.index,
        "segments": [
            {
                "id": segment.id,
                "docs": segment.docs,
                "seal": segment.seal,
                "deleted": base64.b64encode(segment.deleted).decode(),
            }
            for segment in table.segments
        ],
    }
    content = whoosh_toc(table.segments, table.generation) + b"\n" + json.dumps(line).encode() + b"\n"
    disk.settle(directory)
    disk.disk.sync_folder(directory)
    path = path_of(directory, table.generation, name)
    temporary = path.with_name(path.name + ".new")
    disk.write(temporary, content + b"%08x\n" % zlib.crc32(content))
    disk.replace(temporary, path)


def clean(directory: Path, table: Table) -> None:
    """Remove what no generation from this one on needs: older tables, segments not in it, unfinished files.

    Only names of an index of ours are touched, and only by the holder of the write lock. What an interrupted rebuild
    has done so far stays.
    """
    live, rebuilt = {segment.id for segment in table.segments}, _rebuilt(directory)
    if rebuilt <= live:
        # A rebuild that had come to its end, and was interrupted before it said so.
        drop_rebuilt(directory)
    newest = max(_generations(directory, REBUILT), default=0)
    for entry in door.names(directory):
        toc, file = _TOC.fullmatch(entry), _FILE.fullmatch(entry)
        if toc:
            dead = int(toc[2]) < (table.generation if toc[1] == NAME else newest)
        else:
            dead = bool(file and file[1] not in live | rebuilt) or bool(_TEMPORARY.fullmatch(entry))
        if dead:
            _remove(directory / entry)


def drop_rebuilt(directory: Path) -> None:
    """Forget an interrupted rebuild; `clean` removes its segments."""
    for generation in _generations(directory, REBUILT):
        _remove(path_of(directory, generation, REBUILT))


def _rebuilt(directory: Path) -> set[str]:
    if not _generations(directory, REBUILT):
        return set()
    try:
        return {segment.id for segment in read(directory, REBUILT).segments}
    except (ArchiveDamaged, ArchiveNotFound, VersionMismatch):
        return set()


def _remove(path: Path) -> None:
    try:
        disk.disk.remove(path)
    except OSError:
        # Windows keeps mapped files until their reader closes; the next writer removes them.
        return
