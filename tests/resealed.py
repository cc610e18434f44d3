"""An index changed by somebody who knows how: with checksums that fit, so that only its sense can give it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from searcher.index.format import disk, manifest, toc
from searcher.index.format.columns import NAMES
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.manifest import Column, Manifest, Written
from searcher.index.format.npy_file import Checksums, npy_head
from searcher.index.read.segment_reader import SegmentFiles

Change = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


def reseal(folder: Path, **changes: Change) -> None:
    """Change columns of the first segment, and every checksum about them."""
    current = toc.read(folder)
    segment = current.segments[0]
    before = Manifest.read(folder, segment)
    opened = SegmentFiles(folder, segment)
    written = {}
    for name in NAMES:
        values = np.array(getattr(opened.columns, name))
        if name in changes:
            values = np.ascontiguousarray(changes[name](values.copy()))
        column = Column(values.dtype, values.shape)
        content = values.tobytes()
        sums = Checksums()
        sums.add(memoryview(content))
        written[name] = Written(column, sums.finish())
        if name in changes:
            path = folder / segment.file(f"{name}.npy")
            path.unlink()
            disk.write(path, npy_head(column.dtype, column.shape) + content)
    manifest.write(folder, segment, dict(before.terms), dict(before.forms), written)
    recommit(folder, current, [segment, *current.segments[1:]])


def recommit(folder: Path, current: toc.Table, segments: list[SegmentEntry]) -> None:
    """One more generation, of these segments."""
    following = replace(current, segments=tuple(segments), generation=current.generation + 1)
    toc.write(folder, following)
    toc.clean(folder, following)
