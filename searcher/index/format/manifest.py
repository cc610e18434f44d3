"""The manifest of a segment: versions, sizes and checksums, in JSON.

The table of contents holds the CRC-32 of the manifest, the manifest that of the column `checks`, and `checks` those of
every 16 KiB of every other column: so every piece is checked when it is read.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from searcher.errors import ArchiveDamaged, Cure, VersionMismatch
from searcher.german import ANALYSIS_VERSION, STEMMER_VERSION
from searcher.index.document import ANALYSED, RAW
from searcher.index.format import disk, door
from searcher.index.format.columns import NAMES, Array
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.format.npy_file import CHECKED, HEAD, npy_head

FILE = "manifest.json"
CHECKS = "checks"
"""The file of the checksums: `.npy` like the columns, but about them."""

LARGEST = 1 << 20
"""Bytes; a manifest has about 5,000."""

VERSIONS = {"format": FORMAT_VERSION, "analysis": ANALYSIS_VERSION, "stemmer": STEMMER_VERSION}
Ranges = dict[str, tuple[int, int]]
_DTYPE = re.compile(r"\|u1|[<>](u[248]|i8)")


@dataclass(frozen=True)
class Column:
    """What the manifest says of one file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Of the whole file."""
        return HEAD + self.count * self.dtype.itemsize

    @property
    def pieces(self) -> int:
        """How many checksums the column has."""
        return -(-(self.bytes - HEAD) // CHECKED)

    def described(self) -> dict[str, Any]:
        """Type and shape as JSON; `of` reads it."""
        return {"dtype": self.dtype.str, "shape": list(self.shape)}

    @classmethod
    def of(cls, described: Any) -> Column:
        """The column that `described` wrote; ValueError for another type or an impossible shape."""
        dtype, shape = described["dtype"], described["shape"]
        if not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
            raise ValueError(f"a column of {dtype!r}")
        if not all(type(length) is int and 0 <= length < 1 << 48 for length in shape) or len(shape) > 2:
            raise ValueError(f"a column of shape {shape!r}")
        return cls(np.dtype(dtype), tuple(shape))


@dataclass(frozen=True)
class Manifest:
    """A manifest as it is read; `terms` and `forms` are the ranges of rows of each field."""

    versions: Mapping[str, Any]
    docs: int
    terms: Ranges
    forms: Ranges
    columns: Mapping[str, Column]
    checks: int

    @classmethod
    def read(cls, directory: Path, segment: SegmentEntry, *, sealed: bool = True) -> Manifest:
        """FileNotFoundError without one, ArchiveDamaged where it is not the one that was written.

        `sealed=False` is for those who have lost the table of contents, and with it the checksum.
        """
        path = directory / segment.file(FILE)
        content = door.read(path, LARGEST)[0]
        if sealed and zlib.crc32(content) != segment.seal:
            raise ArchiveDamaged("the manifest is not as it was written", place=path, cure=Cure.VERIFY)
        try:
            manifest = cls._parse(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise ArchiveDamaged(
                f"the manifest cannot be read ({error})", place=path, cure=Cure.VERIFY
            ) from error
        if sealed and manifest.docs != segment.docs:
            raise ArchiveDamaged(
                f"counts {manifest.docs} articles, the table of contents {segment.docs}",
                place=path,
                cure=Cure.VERIFY,
            )
        return manifest

    @classmethod
    def _parse(cls, values: Any) -> Manifest:
        versions = {name: values[name] for name in VERSIONS}
        if versions["format"] != FORMAT_VERSION:
            return cls(versions, int(values.get("docs", 0)), {}, {}, {}, 0)
        terms, forms = (
            _ranges(values["terms"], (*ANALYSED, *RAW)),
            _ranges(values["forms"], (*ANALYSED, *RAW)),
        )
        columns = {name: Column.of(values["columns"][name]) for name in NAMES}
        docs, checks = values["docs"], values[CHECKS]
        if type(docs) is not int or type(checks) is not int or not 0 <= docs < 1 << 32:
            raise ValueError("invalid article count")
        return cls(versions, docs, terms, forms, columns, checks)

    def check_versions(self, directory: Path) -> None:
        """VersionMismatch unless this program wrote the segment, or one that does the same."""
        for name, expected in VERSIONS.items():
            if self.versions[name] != expected:
                raise VersionMismatch(
                    f"was written by {name} version {self.versions[name]}, this is version {expected}",
                    place=directory,
                    cure=Cure.REBUILD,
                )

    def open_checks(self, directory: Path, segment: SegmentEntry) -> Callable[[str], Array]:
        """A function from a column to its checksums (uint32), which are themselves checked when it is first called."""
        path = directory / segment.file(f"{CHECKS}.npy")
        pieces = sum(column.pieces for column in self.columns.values())
        content = door.read(path, HEAD + 4 * pieces)[0]

        @cache
        def parts() -> dict[str, Array]:
            if zlib.crc32(content) != self.checks or len(content) != HEAD + 4 * pieces:
                raise ArchiveDamaged(
                    "the checksums are not as they were written", place=path, cure=Cure.REBUILD
                )
            sums: Array = np.frombuffer(content, "<u4", offset=HEAD)
            found, at = {}, 0
            for name in NAMES:
                found[name] = sums[at : at + self.columns[name].pieces]
                at += len(found[name])
            return found

        return lambda name: parts()[name]


def _ranges(values: Any, fields: tuple[str, ...]) -> Ranges:
    ranges: Ranges = {}
    for name in fields:
        low, high = values[name]
        if type(low) is not int or type(high) is not int or not 0 <= low <= high:
            raise ValueError(f"the range {low!r} to {high!r}")
        ranges[name] = (low, high)
    return ranges


def write(
    directory: Path, segment: SegmentEntry, terms: Ranges, forms: Ranges, written: Mapping[str, Written]
) -> None:
    """Write checksums and manifest of a segment whose columns are written, and seal it."""
    sums = np.array([crc for name in NAMES for crc in written[name].checks], "<u4")
    checks = npy_head(sums.dtype, sums.shape) + sums.tobytes()
    path = directory / segment.file(f"{CHECKS}.npy")
    disk.write(path, checks)
    values = {
        **VERSIONS,
        "docs": segment.docs,
        "terms": terms,
        "forms": forms,
        "columns": {name: written[name].column.described() for name in NAMES},
        CHECKS: zlib.crc32(checks),
    }
    content = json.dumps(values, indent=1).encode()
    disk.write(directory / segment.file(FILE), content)
    segment.seal = zlib.crc32(content)


@dataclass(frozen=True)
class Written:
    """A column on disk, and the CRC-32 of each of its pieces."""

    column: Column
    checks: list[int]
