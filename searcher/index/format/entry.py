"""SegmentEntry: one segment as the table of contents lists it."""

from __future__ import annotations

import secrets
import zlib
from dataclasses import dataclass, field

import numpy as np

from searcher.errors import ArchiveDamaged
from searcher.index.format.columns import Array
from searcher.index.format.names import NAME


def random_id() -> str:
    """Sixteen hexadecimal digits; the name of a new segment is never that of an old one."""
    return secrets.token_hex(8)


@dataclass
class SegmentEntry:
    """A segment: its size, its id, which documents are deleted, and the checksum of its manifest.

    `docs` counts all documents, deleted ones included. `deleted` is a zlib-packed bitmap, most significant bit first,
    1 = deleted; empty where nothing is deleted. `seal` is the CRC-32 of the manifest, which seals all columns.
    """

    docs: int
    id: str = field(default_factory=random_id)
    deleted: bytes = b""
    seal: int = 0

    @property
    def name(self) -> str:
        """What the names of the segment's files begin with."""
        return f"{NAME}_{self.id}"

    @property
    def live(self) -> int:
        """The number of documents that are not deleted."""
        return self.docs - self.deleted_count()

    def file(self, name: str) -> str:
        """The name of one of the segment's files."""
        return f"{NAME}_{self.id}.{name}"

    def deleted_mask(self) -> Array | None:
        """Booleans per document, True = deleted; None where nothing is. ArchiveDamaged for a bitmap of another size."""
        if not self.deleted:
            return None
        size = (self.docs + 7) // 8
        try:
            packed = zlib.decompressobj().decompress(self.deleted, size + 1)
        except zlib.error as error:
            raise ArchiveDamaged(f"the deletions of {self.name} cannot be read ({error})") from error
        if len(packed) != size:
            raise ArchiveDamaged(f"the deletions of {self.name} are not those of {self.docs} articles")
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=self.docs).astype(bool)

    def deleted_count(self) -> int:
        """The number of deleted documents."""
        mask = self.deleted_mask()
        return 0 if mask is None else int(np.count_nonzero(mask))

    def delete(self, docs: Array) -> None:
        """Mark these document numbers as deleted."""
        mask = self.deleted_mask()
        mask = np.zeros(self.docs, bool) if mask is None else mask
        mask[docs] = True
        self.deleted = zlib.compress(np.packbits(mask).tobytes()) if mask.any() else b""
