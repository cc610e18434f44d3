"""The segment writer: one segment to disk, field after field; large columns are streamed, small ones held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from searcher.index.format import disk, manifest
from searcher.index.format.columns import Array, Strings, narrow
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.manifest import Column, Ranges, Written
from searcher.index.format.npy_file import HEAD, Checksums, npy_head
from searcher.index.write.byte_sort import order
from searcher.index.write.invert import Inverted

STREAMED = ("posting_docs", "posting_frequencies", "occurrence_positions", "occurrence_forms")
_SHIFTED = {
    "term_postings": "postings",
    "term_occurrences": "occurrences",
    "long_postings": "postings",
}


class ColumnFile:
    """A one-dimensional `.npy` file that grows; the head gets its length when it is closed."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.path = path
        self._file = disk.NewFile(path)
        self._file.append(b"\0" * HEAD)
        self._sums = Checksums()
        self._count = 0

    def append(self, values: Array) -> None:
        """Write these values at the end, converted to the type of the column."""
        content = np.ascontiguousarray(values, self.dtype).data.cast("B")
        self._file.append(content)
        self._sums.add(content)
        self._count += len(values)

    def close(self, shape: tuple[int, ...] | None = None) -> Written:
        """What the manifest says of the column; the file still has to be flushed."""
        column = Column(self.dtype, (self._count,) if shape is None else shape)
        self._file.write_head(npy_head(column.dtype, column.shape))
        self._file.close()
        return Written(column, self._sums.finish())


class Assembler:
    """`top` gives the largest value of each streamed column that is wider than a byte."""

    def __init__(self, directory: Path, segment: SegmentEntry, top: Mapping[str, int]) -> None:
        self._directory = directory
        self._segment = segment
        self._streams = {name: self._open(name, np.min_scalar_type(top.get(name, 255))) for name in STREAMED}
        self._kept: dict[str, list[Array]] = {}
        self._at = {"postings": 0, "occurrences": 0}
        self._terms: list[bytes] = []
        self._forms: list[bytes] = []
        self._term_ranges: Ranges = {}
        self._form_ranges: Ranges = {}

    def _open(self, column: str, dtype: np.dtype[Any]) -> ColumnFile:
        return ColumnFile(self._directory / self._segment.file(column + ".npy"), dtype)

    def _keep(self, column: str, values: Array) -> None:
        self._kept.setdefault(column, []).append(values)

    def field(self, name: str, parts: Iterable[Inverted]) -> None:
        """The columns of a field; of several parts, each holds terms that sort after those of the part before."""
        first_term, first_form = len(self._terms), len(self._forms)
        forms: list[bytes] = []
        form_columns: dict[str, list[Array]] = {"form_terms": [], "form_numbers": [], "form_zones": []}
        for part in parts:
            for column, at in _SHIFTED.items():
                values = getattr(part, column)
                self._keep(column, (values if column == "long_postings" else values[:-1]) + self._at[at])
            self._keep("term_forms", part.term_forms)
            self._keep("long_counts", part.long_counts)
            self._keep("long_weights", part.long_weights)
            form_columns["form_terms"].append(part.form_terms + len(self._terms))
            form_columns["form_numbers"].append(part.form_numbers)
            form_columns["form_zones"].append(part.form_zones)
            for column in STREAMED:
                self._streams[column].append(getattr(part, column))
            self._at["postings"] += len(part.posting_docs)
            self._at["occurrences"] += len(part.occurrence_positions)
            self._terms += part.terms
            forms += part.forms
        texts = Strings.of(forms)
        # The forms of one part are sorted already.
        by_text = order(texts) if len(form_columns["form_terms"]) > 1 else np.arange(len(forms))
        self._forms += [forms[i] for i in by_text.tolist()]
        for column, chunks in form_columns.items():
            self._keep(column, (np.concatenate(chunks) if chunks else np.zeros(0, np.int64))[by_text])
        rank = np.empty(len(forms), np.int64)
        rank[by_text] = np.arange(first_form, first_form + len(forms))
        self._keep("form_suffixes", rank[order(texts, backwards=True)])
        self._term_ranges[name] = (first_term, len(self._terms))
        self._form_ranges[name] = (first_form, len(self._forms))

    def stream(self, column: str) -> ColumnFile:
        """A column of bytes that the caller fills before `finish`."""
        opened = self._streams[column] = self._open(column, np.dtype(np.uint8))
        return opened

    def finish(self, doc_columns: Mapping[str, Array]) -> None:
        """Write the kept columns, those of the documents, and last the manifest."""
        self._keep("term_postings", np.array([self._at["postings"]]))
        self._keep("term_occurrences", np.array([self._at["occurrences"]]))
        columns = {name: narrow(np.concatenate(chunks)) for name, chunks in self._kept.items()}
        for kind, texts in (("term", self._terms), ("form", self._forms)):
            strings = Strings.of(texts)
            columns[f"{kind}_bytes"], columns[f"{kind}_ends"] = strings.blob, strings.offsets
        written = {name: stream.close() for name, stream in self._streams.items()}
        for name, values in {**columns, **doc_columns}.items():
            file = self._open(name, values.dtype)
            file.append(values.reshape(-1))
            written[name] = file.close(values.shape)
        disk.flush_soon(self._directory, [self._segment.file(name + ".npy") for name in written])
        manifest.write(self._directory, self._segment, self._term_ranges, self._form_ranges, written)
