"""ArticleSegment: a segment as Whoosh wants it in a table of contents.

The class path is pickled into every index: it must never move. Only the table of contents makes such segments, when it
is written, and only the codec reads them; all other modules use `SegmentEntry`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from whoosh.codec.base import Segment

from searcher.index.format.entry import SegmentEntry
from searcher.index.format.names import NAME


class ArticleSegment(Segment):
    """Whoosh's interface to a `SegmentEntry`."""

    def __init__(self, entry: SegmentEntry) -> None:
        # Not Whoosh's own: it would draw a random name.
        self.indexname = NAME
        self.segid = entry.id
        self.compound = False
        self.docs = entry.docs
        self.deleted = entry.deleted
        self.seal = entry.seal

    @property
    def entry(self) -> SegmentEntry:
        """The segment as the house knows it."""
        return SegmentEntry(self.docs, self.segid, self.deleted, self.seal)

    def codec(self) -> Any:
        from searcher.index.read.whoosh_codec import ArticleCodec

        return ArticleCodec()

    def doc_count_all(self) -> int:
        return self.docs

    def deleted_count(self) -> int:
        return self.entry.deleted_count()

    def deleted_docs(self) -> set[int]:
        mask = self.entry.deleted_mask()
        return set() if mask is None else set(np.flatnonzero(mask).tolist())

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if not delete:
            raise ValueError("a deletion cannot be taken back: index the article again")
        entry = self.entry
        entry.delete(np.array([docnum]))
        self.deleted = entry.deleted

    def is_deleted(self, docnum: int) -> bool:
        mask = self.entry.deleted_mask()
        return mask is not None and bool(mask[docnum])

    def should_assemble(self) -> bool:
        return False
