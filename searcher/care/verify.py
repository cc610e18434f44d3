"""Verification: is every file as it was written, and do the files agree?

Nothing is trusted before it is checked: the table of contents, then manifests, then every piece of every column, then
the relations between columns, and last, on demand, the columns against the stored articles (`deep`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np

from searcher.errors import ArchiveDamaged, ArchiveError
from searcher.index.format import packed_frequencies, toc
from searcher.index.format.columns import NAMES, Array
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.invariants import contradictions
from searcher.index.format.manifest import CHECKS, FILE, Manifest
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.format.npy_file import CHECKED, HEAD
from searcher.index.read.checked_columns import CheckedColumns
from searcher.index.read.segment_reader import SegmentFiles, open_column, open_columns
from searcher.ingest import ledger
from searcher.report import Damage

MOST = 100
"""Damages named per segment."""


def verify(directory: Path, *, deep: bool) -> list[Damage]:
    """What is damaged in the index; VersionMismatch where this program cannot tell."""
    while True:
        try:
            current = toc.read(directory)
        except ArchiveDamaged as error:
            return [Damage(str(directory), error.reason)]
        found = [damage for segment in current.segments for damage in _segment(directory, segment, deep)]
        found += ledger.damages(directory)
        # A writer may have removed what it replaced, while this was looking at it.
        if not found or toc.present(directory)[-1:] == [current.generation]:
            return found


def _segment(directory: Path, segment: SegmentEntry, deep: bool) -> list[Damage]:
    try:
        return _damages(directory, segment, deep)
    except FileNotFoundError as error:
        # Any file may go at any time: a writer may just be removing the segment.
        return [Damage(str(error.filename), "is missing")]


def _damages(directory: Path, segment: SegmentEntry, deep: bool) -> list[Damage]:
    path = directory / segment.file(FILE)
    try:
        manifest = Manifest.read(directory, segment)
    except ArchiveDamaged as error:
        return [_told(path, error)]
    if deep or manifest.versions["format"] != FORMAT_VERSION:
        manifest.check_versions(directory)
    found = list(islice(_columns(directory, segment, manifest), MOST))
    if found:
        return found
    try:
        columns = CheckedColumns(open_columns(directory, segment, manifest))
    except ArchiveDamaged as error:
        return [_told(path, error)]
    found = [
        Damage(str(directory / segment.file(f"{name}.npy")), reason, name)
        for name, reason in contradictions(columns)
    ]
    if deep and not found:
        from searcher.care.compare import differences

        try:
            found = list(differences(SegmentFiles(directory, segment), MOST))
        except ArchiveDamaged as error:
            found = [_told(directory / segment.file("block_bytes.npy"), error, "block_bytes")]
    return found[:MOST]


def _columns(directory: Path, segment: SegmentEntry, manifest: Manifest) -> Iterator[Damage]:
    """The first damage of each column: of its file, of its checksums, or of its values."""
    checks = directory / segment.file(f"{CHECKS}.npy")
    try:
        manifest.open_checks(directory, segment)(NAMES[0])
    except FileNotFoundError:
        yield Damage(str(checks), "is missing")
        return
    except ArchiveDamaged as error:
        yield _told(checks, error)
        return
    for name in NAMES:
        path = directory / segment.file(f"{name}.npy")
        try:
            column = open_column(directory, segment, manifest, name)
            piece = column.damaged_piece()
            if piece < 0:
                column.whole()
                continue
        except FileNotFoundError:
            yield Damage(str(path), "is missing", name)
            continue
        except ArchiveDamaged as error:
            yield _told(path, error, name)
            continue
        first, last = piece * CHECKED, min((piece + 1) * CHECKED, column.described.bytes - HEAD)
        reason = f"is not as it was written, between bytes {HEAD + first:,} and {HEAD + last:,}"
        item = first // column.described.dtype.itemsize
        yield Damage(str(path), reason, name, _article(directory, segment, manifest, name, item))


def _told(path: Path, error: ArchiveDamaged, column: str = "") -> Damage:
    """An error about a file as a damage of it; `path` where the error names no place."""
    return Damage(error.place or str(path), error.reason, column)


def _article(directory: Path, segment: SegmentEntry, manifest: Manifest, name: str, item: int) -> str:
    """The id of the article that item `item` of a column belongs to, as far as other columns can still tell."""

    def column(other: str) -> Array:
        return open_column(directory, segment, manifest, other).whole()

    with suppress(ArchiveError, OSError, IndexError, ValueError):
        if name.startswith("doc_"):
            doc = item % max(segment.docs, 1)
        elif name.startswith("posting_"):
            doc = int(column("posting_docs")[item])
        elif name == "block_bytes":
            block = int(np.searchsorted(column("block_ends"), item, side="right")) - 1
            doc = int(column("block_docs")[block])
        elif name.startswith("occurrence_"):
            columns = CheckedColumns(open_columns(directory, segment, manifest))
            counts = packed_frequencies.counts(columns, 0, columns.count("posting_docs"))
            doc = int(columns.posting_docs[int(np.searchsorted(np.cumsum(counts), item, side="right"))])
        else:
            return ""
        ends, blob = column("term_ends"), column("term_bytes")
        term = manifest.terms["id"][0] + int(column("doc_ids")[doc])
        return blob[int(ends[term]) : int(ends[term + 1])].tobytes().decode("utf-8", "replace")
    return ""
