"""Loss: the articles that a rebuild could not save, by id if a column has it, and the files to index again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searcher.errors import ArchiveDamaged, VersionMismatch
from searcher.index.format.columns import Array
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.manifest import Manifest
from searcher.index.read.segment_reader import open_column
from searcher.ingest.ledger import Ledger
from searcher.ingest.settle import LiveIds
from searcher.report import Rejection

NAMED = 3
"""Ids named in one line."""

UNREADABLE = (ArchiveDamaged, VersionMismatch, FileNotFoundError, IndexError, ValueError)


@dataclass(frozen=True)
class Lost:
    """Digests of the ids of lost articles, and those of the ids that are known; not `certain` where columns are lost
    that tell what was there: then `keys` may hold articles that were deleted."""

    keys: Array
    ids: dict[int, str]
    certain: bool

    def rejections(self, directory: Path) -> list[Rejection]:
        """A line for each file to index again, and one for what came from no file."""
        ledger = Ledger(directory)
        rows = ledger.rows.where(np.isin(ledger.rows.keys, self.keys))
        by_file: dict[int, list[int]] = {}
        for key, file in zip(rows.keys.tolist(), rows.files.tolist(), strict=True):
            by_file.setdefault(file, []).append(key)
        paths = {file: path for file, path in ledger.paths() if file in by_file}
        placed = {key for file in paths for key in by_file[file]}
        told = [
            Rejection(path, None, f"{self._named(by_file[file])}: index the file again")
            for file, path in sorted(paths.items(), key=lambda each: each[1])
        ]
        rest = [key for key in self.keys.tolist() if key not in placed]
        if rest:
            told.append(
                Rejection(str(directory), None, f"{self._named(rest)}, from no file that is known: add again")
            )
        return told

    def _named(self, keys: Sequence[int]) -> str:
        count = len(set(keys))
        names = sorted({self.ids[key] for key in keys if key in self.ids})
        what = "1 article" if count == 1 else f"{count:,} articles"
        if names:
            what += f" ({', '.join(names[:NAMED])}{', ...' if count > min(len(names), NAMED) else ''})"
        return f"{what} lost" if self.certain else f"{what} lost, or deleted before"


def find(directory: Path, segments: Sequence[SegmentEntry], saved: LiveIds, *, sealed: bool) -> Lost:
    """What these segments held that is not among the `saved`; where they cannot tell, what the ledger knows of."""
    keys: list[Array] = []
    ids: dict[int, str] = {}
    certain = True
    for segment in segments:
        try:
            manifest = Manifest.read(directory, segment, sealed=sealed)
            there = open_column(directory, segment, manifest, "doc_keys").whole()
        except UNREADABLE:
            certain = False
            continue
        mask = segment.deleted_mask() if sealed else None
        gone = saved.find(there) < 0
        docs = np.flatnonzero(gone if mask is None else gone & ~mask)
        keys.append(there[docs].astype(np.uint64))
        if len(docs):
            with suppress(*UNREADABLE):
                ids |= zip(there[docs].tolist(), _ids(directory, segment, manifest, docs), strict=True)
    if not certain:
        entered = Ledger(directory).rows.keys
        keys.append(entered[saved.find(entered) < 0])
    return Lost(np.unique(np.concatenate([np.zeros(0, np.uint64), *keys])), ids, certain)


def _ids(directory: Path, segment: SegmentEntry, manifest: Manifest, docs: Array) -> list[str]:
    numbers, ends, blob = (
        open_column(directory, segment, manifest, name).whole()
        for name in ("doc_ids", "term_ends", "term_bytes")
    )
    terms = manifest.terms["id"][0] + numbers[docs].astype(np.int64)
    spans = zip(ends[terms].tolist(), ends[terms + 1].tolist(), strict=True)
    return [blob[begin:end].tobytes().decode("utf-8", "replace") for begin, end in spans]
