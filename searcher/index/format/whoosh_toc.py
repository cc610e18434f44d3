"""Whoosh's part of a table of contents: the head, the pickled schema and the pickled segments, as Whoosh writes them.

The only module that makes an `ArticleSegment`; the class paths in what it returns are part of the format.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from searcher.index.format.entry import SegmentEntry
from searcher.index.format.names import NAME
from searcher.index.schema import article_schema
from searcher.index.segment import ArticleSegment


class _Memory(io.BytesIO):
    """A storage of one file: Whoosh creates it, closes it and renames it; the content stays here."""

    def close(self) -> None:
        pass

    def create_file(self, name: str) -> StructFile:
        return StructFile(self)

    def rename_file(self, old: str, new: str, safe: bool) -> None:
        pass


def whoosh_toc(segments: Sequence[SegmentEntry], generation: int) -> bytes:
    """The bytes that `whoosh.index.open_dir` reads; it stops behind them."""
    memory = _Memory()
    TOC(article_schema(), [ArticleSegment(each) for each in segments], generation).write(memory, NAME)
    return memory.getvalue()
