"""SegmentFiles: the columns of one segment, opened, and read only together with their checksums."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from searcher.article import Article
from searcher.errors import ArchiveDamaged, Cure
from searcher.index.format import packed_frequencies, stored_blocks
from searcher.index.format.columns import FACET_COLUMNS, NAMES, Array, Columns, Strings
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.invariants import check_sizes
from searcher.index.format.manifest import Column, Manifest
from searcher.index.format.npy_file import HEAD, npy_head
from searcher.index.read.checksums import Guard, GuardedColumns
from searcher.index.read.letter_signatures import signatures

MAPPED_FROM = 1 << 16
"""Bytes from which a column is mapped: every mapping holds a file descriptor, and small columns are many."""


class SegmentFiles:
    """The columns of one segment, memory-mapped and read-only.

    Mapped files stay readable after a writer removed them, so an opened segment never loses its data.
    """

    def __init__(self, directory: Path, segment: SegmentEntry) -> None:
        self.segment = segment
        self.docs = segment.docs
        self.directory = directory
        manifest = Manifest.read(directory, segment)
        manifest.check_versions(directory)
        self.term_ranges, self.form_ranges = manifest.terms, manifest.forms
        opened = {name: open_column(directory, segment, name, manifest) for name in NAMES}
        check_sizes(Columns(**opened), manifest, str(directory / segment.file("manifest.json")))
        checks = manifest.open_checks(directory, segment)
        self._opened = opened
        self.guard = Guard(opened, manifest.places(), checks, partial(_path, directory, segment))
        self.columns: Columns = GuardedColumns(opened, self.guard)
        self.terms = Strings(self.columns.term_bytes, self.columns.term_ends)
        self.forms = Strings(self.columns.form_bytes, self.columns.form_ends)
        self.located: dict[tuple[str, bytes], Any] = {}
        """Terms looked for lately, kept by `postings.locate`."""

    @cached_property
    def deleted(self) -> Array | None:
        return self.segment.deleted_mask()

    @cached_property
    def form_signatures(self) -> tuple[Array, Array]:
        """Lengths and letters of every printed form, for near misses."""
        self.guard.whole("form_bytes", "form_ends")
        return signatures(self.forms)

    def release(self) -> None:
        """Let the system take back the memory of what has been read; it is read again where it is needed again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for values in self._opened.values():
                content = _content(values)
                if isinstance(content, mmap.mmap):
                    content.madvise(mmap.MADV_DONTNEED)

    @cached_property
    def orders(self) -> dict[str, Array]:
        """Documents by id, newest first and oldest first; equal dates by id, undated articles last."""
        starts, ids = self.columns.doc_starts, self.columns.doc_ids
        return {
            "id": np.argsort(ids, kind="stable"),
            "newest": np.lexsort((ids, -starts)),
            "oldest": np.lexsort((ids, np.where(starts < 0, np.iinfo(np.int64).max, starts))),
        }

    @cached_property
    def places(self) -> dict[str, Array]:
        """The place of each document in each of the `orders`."""
        return {name: np.argsort(order, kind="stable") for name, order in self.orders.items()}

    def id(self, doc: int) -> str:
        row = self.term_ranges["id"][0] + int(self.columns.doc_ids[doc])
        self.guard.check("term_ends", row, row + 2)
        self.guard.check("term_bytes", *self.columns.term_ends[row : row + 2].tolist())
        term: bytes = self.terms[row]
        return term.decode("utf-8", "surrogatepass")

    def find_id(self, article_id: str) -> int:
        """The document with this id that is not deleted; -1 where there is none."""
        term = self.find_term(article_id.encode("utf-8", "surrogatepass"), "id")
        if term < 0:
            return -1
        self.guard.check("term_postings", term, term + 2)
        begin, end = self.columns.term_postings[term : term + 2].tolist()
        self.guard.check("posting_docs", begin, end)
        for doc in self.columns.posting_docs[begin:end].tolist():
            if self.deleted is None or not self.deleted[doc]:
                return int(doc)
        return -1

    def find_term(self, text: bytes, field: str) -> int:
        """The row of a term; -1 where the field does not have it."""
        return self.guard.find("term", self.terms, text, *self.term_ranges[field])

    def find_form(self, text: bytes, field: str) -> int:
        """The row of a printed form; -1 where the field does not have it."""
        return self.guard.find("form", self.forms, text, *self.form_ranges[field])

    def facet(self, name: str) -> Strings:
        """The sorted distinct values of a facet."""
        columns = FACET_COLUMNS[name]
        return Strings(getattr(self.columns, columns.bytes), getattr(self.columns, columns.ends))

    def stored_lines(self, block: int) -> list[bytes]:
        begin, end = self.columns.block_ends[block : block + 2].tolist()
        try:
            return stored_blocks.lines(self.columns.block_bytes[begin:end].tobytes())
        except ValueError as error:
            raise self.guard.damaged("block_bytes") from error

    def stored_values(self, doc: int) -> dict[str, Any]:
        """The plain values of an article, as `Article.from_dict` reads them."""
        block = int(np.searchsorted(self.columns.block_docs, doc, side="right")) - 1
        lines = self.stored_lines(block)
        row = doc - int(self.columns.block_docs[block])
        if row >= len(lines):
            raise self.guard.damaged("block_docs")
        values: dict[str, Any] = self._parsed(lines[row], stored_blocks.values)
        return values

    def article(self, doc: int) -> Article:
        article: Article = self._parsed(self.stored_values(doc), Article.from_dict)
        return article

    def parsed(self, line: bytes) -> Article:
        article: Article = self._parsed(self._parsed(line, stored_blocks.values), Article.from_dict)
        return article

    def _parsed(self, source: Any, parse: Callable[[Any], Any]) -> Any:
        """What an index of our making always holds; one of unknown origin may hold anything."""
        try:
            return parse(source)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self.guard.damaged("block_bytes") from error

    def counts(self, low: int, high: int) -> Array:
        """Occurrences of the postings low <= p < high, int64."""
        return packed_frequencies.counts(self.columns, low, high)


def _path(directory: Path, segment: SegmentEntry, column: str) -> str:
    return str(directory / segment.file(f"{column}.npy"))


def open_column(directory: Path, segment: SegmentEntry, name: str, manifest: Manifest) -> Array:
    """The column, read-only; its size and the head of its file must be those of the manifest."""
    column = manifest.columns[name]
    # Plain strings and system calls: an archive opens a few hundred of these files.
    path = f"{directory}{os.sep}{segment.file(name)}.npy"
    content = open_npy(path, column)
    values: Array = np.frombuffer(content, column.dtype, column.count, HEAD).reshape(column.shape)
    return values


def _content(values: Array) -> Any:
    """What the array was made from."""
    content: Any = values
    while isinstance(content, np.ndarray) and content.base is not None:
        content = content.base
    return content.obj if isinstance(content, memoryview) else content


def open_npy(path: str, column: Column) -> Any:
    """The bytes of a file that holds this column, and nothing else; mapped where they are many."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(descriptor).st_size
        if found != column.bytes:
            raise ArchiveDamaged(f"has {found} bytes instead of {column.bytes}", place=path, cure=Cure.VERIFY)
        if found < MAPPED_FROM:
            content: Any = os.read(descriptor, found)
        else:
            content = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)
    # The head is compared, not parsed: it can be only one.
    if len(content) != found or content[:HEAD] != npy_head(column.dtype, column.shape):
        raise ArchiveDamaged("has not the head of this column", place=path, cure=Cure.VERIFY)
    return content
