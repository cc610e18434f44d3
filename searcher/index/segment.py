"""Segments: `ArticleSegment` is the entry in the table of contents, `SegmentFiles` the opened columns.

The class path of `ArticleSegment` is pickled into every index: it must never move.
"""

from __future__ import annotations

import secrets
import zlib
from typing import Any

import numpy as np
from whoosh.codec.base import Segment
from whoosh.index import _DEF_INDEX_NAME

from searcher.errors import ArchiveDamaged
from searcher.index.format.columns import Array

NAME = _DEF_INDEX_NAME
MAPPED_FROM = 1 << 16
"""Bytes from which a column is mapped: every mapping holds a file descriptor, and small columns are many."""


class ArticleSegment(Segment):
    """What the table of contents keeps of a segment: its name, its size and which documents are deleted.

    `seal` is the CRC-32 of the manifest, which holds those of all columns.
    """

    def __init__(self, indexname: str, docs: int) -> None:
        super().__init__(indexname)
        self.docs = docs
        self.deleted = b""
        self.seal = 0

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        # Whoosh draws names from `random`: in a program that seeds it, a new segment would overwrite an old one.
        return secrets.token_hex(size // 2)

    def codec(self) -> Any:
        from searcher.index.read.whoosh_codec import ArticleCodec

        return ArticleCodec()

    def doc_count_all(self) -> int:
        return self.docs

    def deleted_mask(self) -> Array | None:
        """Booleans per document, True = deleted; None where nothing is."""
        if not self.deleted:
            return None
        size = (self.docs + 7) // 8
        try:
            packed = zlib.decompressobj().decompress(self.deleted, size + 1)
        except zlib.error as error:
            raise ArchiveDamaged(f"the deletions of {self.segment_id()} cannot be read ({error})") from error
        if len(packed) != size:
            raise ArchiveDamaged(
                f"the deletions of {self.segment_id()} are not those of {self.docs} articles"
            )
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=self.docs).astype(bool)

    def delete(self, docs: Array) -> None:
        """Mark these documents as deleted."""
        mask = self.deleted_mask()
        mask = np.zeros(self.docs, bool) if mask is None else mask
        mask[docs] = True
        self.deleted = zlib.compress(np.packbits(mask).tobytes()) if mask.any() else b""

    def deleted_count(self) -> int:
        mask = self.deleted_mask()
        return 0 if mask is None else int(np.count_nonzero(mask))

    def deleted_docs(self) -> set[int]:
        mask = self.deleted_mask()
        return set() if mask is None else set(np.flatnonzero(mask).tolist())

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if not delete:
            raise ValueError("a deletion cannot be taken back: index the article again")
        self.delete(np.array([docnum]))

    def is_deleted(self, docnum: int) -> bool:
        mask = self.deleted_mask()
        return mask is not None and bool(mask[docnum])

    def should_assemble(self) -> bool:
        return False

    def file(self, name: str) -> str:
        return f"{self.indexname}_{self.segid}.{name}"
