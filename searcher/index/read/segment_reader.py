"""SegmentFiles: the open columns of one segment; every read checks their checksums."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from searcher.article import Article
from searcher.errors import ArchiveDamaged, Cure, VersionMismatch
from searcher.index.format import stored_blocks
from searcher.index.format.columns import FACET_COLUMNS, NAMES, Array, Strings
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.invariants import ANY, misfits, ranges
from searcher.index.format.manifest import FILE, Manifest
from searcher.index.read.checked_columns import CheckedColumn, CheckedColumns, CheckedTexts
from searcher.index.read.letter_signatures import signatures


class SegmentFiles:
    """The columns of one segment, memory-mapped and read-only.

    Mapped files stay readable after a writer removed them, so an opened segment never loses its data.
    """

    def __init__(self, directory: Path, segment: SegmentEntry) -> None:
        """Open all columns; nothing of their content is read. ArchiveDamaged, VersionMismatch, FileNotFoundError."""
        self.segment = segment
        self.docs = segment.docs
        self.directory = directory
        manifest = Manifest.read(directory, segment)
        manifest.check_versions(directory)
        self.term_ranges, self.form_ranges = manifest.terms, manifest.forms
        columns = open_columns(directory, segment, manifest)
        self.columns = CheckedColumns(columns)
        self._terms = CheckedTexts(columns["term_bytes"], columns["term_ends"])
        self._forms = CheckedTexts(columns["form_bytes"], columns["form_ends"])
        self.located: dict[tuple[str, bytes], Any] = {}
        """Terms looked for lately, kept by `postings.locate`."""

    @property
    def terms(self) -> Strings:
        """All terms, field after field."""
        return self._terms.whole

    @property
    def forms(self) -> Strings:
        """All printed forms, field after field."""
        return self._forms.whole

    @property
    def occurrences(self) -> int:
        """How many tokens the segment holds."""
        return self.columns.count("occurrence_positions")

    @cached_property
    def deleted(self) -> Array | None:
        """Booleans per document, True = deleted; None where nothing is."""
        return self.segment.deleted_mask()

    @cached_property
    def form_signatures(self) -> tuple[Array, Array]:
        """Lengths and letters of every printed form, for near misses."""
        return signatures(self.forms)

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
        """The id of a document."""
        term = self._terms[self.term_ranges["id"][0] + int(self.columns.doc_ids[doc])]
        return term.decode("utf-8", "surrogatepass")

    def find_id(self, article_id: str) -> int:
        """The document with this id that is not deleted; -1 where there is none."""
        term = self.find_term(article_id.encode("utf-8", "surrogatepass"), "id")
        if term < 0:
            return -1
        bounds = self.columns.part("term_postings", term, term + 2).tolist()
        for doc in self.columns.part("posting_docs", *bounds).tolist():
            if self.deleted is None or not self.deleted[doc]:
                return int(doc)
        return -1

    def find_term(self, text: bytes, field: str) -> int:
        """The row of a term; -1 where the field does not have it."""
        return self._terms.find(text, *self.term_ranges[field])

    def find_form(self, text: bytes, field: str) -> int:
        """The row of a printed form; -1 where the field does not have it."""
        return self._forms.find(text, *self.form_ranges[field])

    def facet(self, name: str) -> Strings:
        """The sorted distinct values of a facet."""
        columns = FACET_COLUMNS[name]
        return Strings(getattr(self.columns, columns.bytes), getattr(self.columns, columns.ends))

    def stored_values(self, doc: int) -> dict[str, Any]:
        """The plain values of an article, as `Article.from_dict` reads them."""
        block = int(np.searchsorted(self.columns.block_docs, doc, side="right")) - 1
        line = self.columns.lines(block)[doc - int(self.columns.block_docs[block])]
        values: dict[str, Any] = self._parsed(line, stored_blocks.values)
        return values

    def article(self, doc: int) -> Article:
        """The article of a document."""
        article: Article = self._parsed(self.stored_values(doc), Article.from_dict)
        return article

    def parsed(self, line: bytes) -> Article:
        """The article of a stored line."""
        article: Article = self._parsed(self._parsed(line, stored_blocks.values), Article.from_dict)
        return article

    def _parsed(self, source: Any, parse: Callable[[Any], Any]) -> Any:
        """What an index of our making always holds; one of unknown origin may hold anything."""
        try:
            return parse(source)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self.columns.damaged("block_bytes") from error


def open_columns(directory: Path, segment: SegmentEntry, manifest: Manifest) -> dict[str, CheckedColumn]:
    """All columns, opened; ArchiveDamaged where they do not fit together."""
    sums = manifest.open_checks(directory, segment)
    values = ranges(manifest)
    # Plain strings: an archive opens a few hundred of these files.
    path = f"{directory}{os.sep}{segment.name}"
    opened = {
        name: CheckedColumn(
            f"{path}.{name}.npy", manifest.columns[name], partial(sums, name), values.get(name, ANY)
        )
        for name in NAMES
    }
    problem = next(misfits(opened, manifest), None)
    if problem:
        raise ArchiveDamaged(problem, place=f"{path}.{FILE}", cure=Cure.VERIFY)
    return opened


def open_column(directory: Path, segment: SegmentEntry, manifest: Manifest, name: str) -> CheckedColumn:
    """One column, opened; VersionMismatch where the manifest is of another format, and lists none."""
    if not manifest.columns:
        raise VersionMismatch(f"has format version {manifest.versions['format']}", place=directory)
    sums = partial(manifest.open_checks(directory, segment), name)
    path = str(directory / segment.file(f"{name}.npy"))
    return CheckedColumn(path, manifest.columns[name], sums, ranges(manifest).get(name, ANY))
