"""Verifying: is everything in the folder as it was written, and does it fit together?

Nothing is trusted before it is checked: first the table of contents, then manifests, then every piece of every column,
then how the columns fit, and last, on demand, whether they say what the stored articles say (`deep`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from searcher.errors import ArchiveDamaged, ArchiveError, Cure, VersionMismatch
from searcher.index.format import packed_frequencies, toc
from searcher.index.format.columns import NAMES, Array, Columns
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.invariants import problems
from searcher.index.format.manifest import CHECKS, FILE, Manifest
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.format.npy_file import CHECKED, HEAD
from searcher.index.read.segment_reader import SegmentFiles, open_column
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
    except ArchiveDamaged:
        return [Damage(str(path), "is not as it was written")]
    if deep or manifest.versions["format"] != FORMAT_VERSION:
        manifest.check_versions(directory)
    found = list(_columns(directory, segment, manifest))
    if found:
        return found[:MOST]
    columns = {name: open_column(directory, segment, name, manifest) for name in NAMES}
    found = [
        Damage(str(directory / segment.file(f"{name}.npy")), reason, name)
        for name, reason in problems(Columns(**columns), manifest)
    ]
    if deep and not found:
        from searcher.care.compare import differences

        found = list(differences(SegmentFiles(directory, segment), MOST))
    return found[:MOST]


def _columns(directory: Path, segment: SegmentEntry, manifest: Manifest) -> Iterator[Damage]:
    """The first damaged piece of each column."""
    try:
        checks = manifest.open_checks(directory, segment)()
    except FileNotFoundError:
        yield Damage(str(directory / segment.file(f"{CHECKS}.npy")), "is missing")
        return
    except ArchiveDamaged:
        yield Damage(str(directory / segment.file(f"{CHECKS}.npy")), "is not as it was written")
        return
    for name in NAMES:
        path = str(directory / segment.file(f"{name}.npy"))
        try:
            values = open_column(directory, segment, name, manifest)
        except FileNotFoundError:
            yield Damage(path, "is missing", name)
            continue
        except ArchiveDamaged as error:
            yield Damage(path, error.reason, name)
            continue
        begin, end = manifest.places()[name]
        piece = damaged_piece(values, checks[begin:end])
        if piece >= 0:
            first, last = piece * CHECKED, min((piece + 1) * CHECKED, values.nbytes)
            reason = f"is not as it was written, between bytes {HEAD + first:,} and {HEAD + last:,}"
            item = first // values.dtype.itemsize
            yield Damage(path, reason, name, _article(directory, segment, manifest, name, item))


def damaged_piece(values: Array, checks: Array) -> int:
    """The first piece whose checksum is another than when it was written; -1 where all are the same."""
    content = values.reshape(-1).view(np.uint8).data
    for number, check in enumerate(checks.tolist()):
        if zlib.crc32(content[number * CHECKED : (number + 1) * CHECKED]) != check:
            return number
    return -1


def sound_column(directory: Path, segment: SegmentEntry, manifest: Manifest, name: str) -> Array:
    """The column, every piece of it checked; ArchiveDamaged where one is not as it was written."""
    if name not in manifest.columns:
        raise VersionMismatch(f"format version {manifest.versions['format']}", place=directory)
    values = open_column(directory, segment, name, manifest)
    begin, end = manifest.places()[name]
    if damaged_piece(values, manifest.open_checks(directory, segment)()[begin:end]) >= 0:
        raise ArchiveDamaged(
            "not as it was written", place=directory / segment.file(f"{name}.npy"), cure=Cure.REBUILD
        )
    return values


def _article(directory: Path, segment: SegmentEntry, manifest: Manifest, name: str, item: int) -> str:
    """The id of the article that item `item` of a column belongs to, as far as other columns can still tell."""

    def column(other: str) -> Array:
        return sound_column(directory, segment, manifest, other)

    with suppress(ArchiveError, OSError, IndexError, ValueError):
        if name.startswith("doc_"):
            doc = item % max(segment.docs, 1)
        elif name.startswith("posting_"):
            doc = int(column("posting_docs")[item])
        elif name == "block_bytes":
            block = int(np.searchsorted(column("block_ends"), item, side="right")) - 1
            doc = int(column("block_docs")[block])
        elif name.startswith("occurrence_"):
            parts = {other: column(other) for other in ("posting_docs", "posting_frequencies")}
            doc = _doc_of_occurrence(directory, segment, manifest, parts, item)
        else:
            return ""
        ends, blob = column("term_ends"), column("term_bytes")
        term = manifest.terms["id"][0] + int(column("doc_ids")[doc])
        return blob[int(ends[term]) : int(ends[term + 1])].tobytes().decode("utf-8", "replace")
    return ""


def _doc_of_occurrence(
    directory: Path, segment: SegmentEntry, manifest: Manifest, parts: dict[str, Array], item: int
) -> int:
    columns = Columns(**({name: open_column(directory, segment, name, manifest) for name in NAMES} | parts))
    counts = packed_frequencies.counts(columns, 0, len(columns.posting_docs))
    return int(columns.posting_docs[int(np.searchsorted(np.cumsum(counts), item, side="right"))])
