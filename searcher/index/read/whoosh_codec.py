"""The Whoosh codec: everything Whoosh's own searcher needs to read our columns. Writing goes through `Writer`.

>>> import whoosh.index
>>> with whoosh.index.open_dir("index").searcher() as searcher:          # doctest: +SKIP
...     searcher.search(whoosh.query.Term("all", "waffenruh"))
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.columns import ColumnReader
from whoosh.matching import NullMatcher
from whoosh.matching.mcore import Matcher, ReadTooFar
from whoosh.reading import SegmentReader, TermInfo, TermNotFound

from searcher.index.format.columns import Array
from searcher.index.read.postings import Postings, field_lengths, fields, lexicon, postings
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.segment import ArticleSegment


class ArticleCodec(Codec):
    """Reads segments of `.npy` columns."""

    def __init__(self, opened: SegmentFiles | None = None) -> None:
        self._opened = opened

    def _files(self, storage: Any, segment: ArticleSegment) -> SegmentFiles:
        if self._opened is None:
            self._opened = SegmentFiles(Path(storage.folder), segment.entry)
        return self._opened

    def terms_reader(self, storage: Any, segment: ArticleSegment) -> ArticleTerms:
        return ArticleTerms(self._files(storage, segment))

    def per_document_reader(self, storage: Any, segment: ArticleSegment) -> ArticleDocs:
        return ArticleDocs(self._files(storage, segment))

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("Whoosh's writer cannot write articles: use searcher.Archive.add")

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = _refuse


def segment_reader(storage: Any, schema: Any, files: SegmentFiles) -> SegmentReader:
    """Whoosh's reader of a segment that is open already."""
    return SegmentReader(storage, schema, ArticleSegment(files.segment), codec=ArticleCodec(files))


class ArticleTerms(TermsReader):
    """Terms and postings of a segment. Frequencies count living articles only."""

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field, text = term
        return field in fields() and postings(self.files, field, text) is not None

    def indexed_field_names(self) -> tuple[str, ...]:
        return fields()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((field, text) for field in sorted(fields()) for text in lexicon(self.files, field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for text in lexicon(self.files, fieldname, prefix):
            yield fieldname, text
        for field in sorted(fields()):
            if field > fieldname:
                yield from ((field, text) for text in lexicon(self.files, field))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: Any) -> ArticleCursor:
        return ArticleCursor(self, fieldname, fieldobj)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        found = postings(self.files, fieldname, text)
        if found is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        deleted = self.files.deleted
        docs, weights = found.docs, found.weights
        if deleted is not None:
            live = ~deleted[docs]
            docs, weights = docs[live], weights[live]
        lengths = field_lengths(self.files, fieldname)[docs]
        return TermInfo(
            weight=float(weights.sum(dtype=np.int64)),
            df=len(docs),
            minlength=int(lengths.min()) if len(lengths) else 0,
            maxlength=int(lengths.max(initial=0)),
            maxweight=float(weights.max(initial=0)),
            minid=int(docs[0]) if len(docs) else None,
            maxid=int(docs[-1]) if len(docs) else 0,
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return self.term_info(fieldname, text).weight() if (fieldname, text) in self else 0.0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency()) if (fieldname, text) in self else 0

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        found = postings(self.files, fieldname, text)
        if found is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        return ArrayMatcher((fieldname, text), found, format_, scorer)


class ArticleCursor(FieldCursor):
    """Steps through the terms of one field in their order."""

    def __init__(self, terms: ArticleTerms, fieldname: str, fieldobj: Any) -> None:
        self._terms = terms
        self._fieldname = fieldname
        self._fieldobj = fieldobj
        self.first()

    def first(self) -> str | None:
        return self.find(b"")

    def find(self, term: bytes | str) -> str | None:
        wanted = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._following = lexicon(self._terms.files, self._fieldname, wanted)
        return self.next()

    def next(self) -> str | None:
        self._bytes = next(self._following, None)
        return self.text()

    def text(self) -> str | None:
        return None if self._bytes is None else self._fieldobj.from_bytes(self._bytes)

    def term_info(self) -> TermInfo | None:
        return None if self._bytes is None else self._terms.term_info(self._fieldname, self._bytes)

    def is_valid(self) -> bool:
        return self._bytes is not None


class ArticleDocs(PerDocumentReader):
    """Lengths, columns, stored articles and deletions of a segment."""

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files

    def doc_count(self) -> int:
        return self.files.segment.live

    def doc_count_all(self) -> int:
        return self.files.docs

    def has_deletions(self) -> bool:
        return self.files.deleted is not None

    def is_deleted(self, docnum: int) -> bool:
        # Whoosh's InverseMatcher asks about the number behind the last one too.
        deleted = self.files.deleted
        return deleted is not None and docnum < len(deleted) and bool(deleted[docnum])

    def deleted_docs(self) -> set[int]:
        return ArticleSegment(self.files.segment).deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def list_columns(self) -> tuple[str, ...]:
        return ("start", "end")

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self.list_columns()

    def column_reader(self, fieldname: str, column: Any) -> ColumnReader:
        columns = self.files.columns
        return ArrayColumn(columns.doc_starts if fieldname == "start" else columns.doc_ends)

    def _live_lengths(self, fieldname: str) -> Array:
        lengths = field_lengths(self.files, fieldname)
        return lengths if self.files.deleted is None else lengths[~self.files.deleted]

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(field_lengths(self.files, fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        return int(self._live_lengths(fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self._live_lengths(fieldname)
        return int(lengths.min()) if len(lengths) else 0

    def max_field_length(self, fieldname: str) -> int:
        return int(self._live_lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The article under `article`, and its id and URL under their own names."""
        values = self.files.stored_values(docnum)
        return {"article": values, **{name: values[name] for name in ("id", "url") if name in values}}


class ArrayColumn(ColumnReader):
    """A numpy array as a Whoosh column."""

    def __init__(self, values: Array) -> None:
        self._values = values

    def __getitem__(self, docnum: int) -> int:
        return int(self._values[docnum])

    def __len__(self) -> int:
        return len(self._values)

    def sort_key(self, docnum: int) -> int:
        return self[docnum]

    def load(self) -> Array:
        return self._values


class ArrayMatcher(Matcher):
    """Whoosh's view of one posting list, with positions read only where asked for."""

    def __init__(
        self, term: tuple[str, bytes], found: Postings, format_: Any, scorer: Any, at: int = 0
    ) -> None:
        self._term = term
        self._found = found
        self._format = format_
        self._scorer = scorer
        self._at = at
        self._ends = np.cumsum(found.counts)

    def is_active(self) -> bool:
        return self._at < len(self._found.docs)

    def reset(self) -> None:
        self._at = 0

    def term(self) -> tuple[str, bytes]:
        return self._term

    def copy(self) -> ArrayMatcher:
        return ArrayMatcher(self._term, self._found, self._format, self._scorer, self._at)

    def replace(self, minquality: float = 0) -> Any:
        return self if self.is_active() else NullMatcher()

    def id(self) -> int:
        return int(self._found.docs[self._at])

    def next(self) -> bool:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return True

    def skip_to(self, id: int) -> bool:
        if not self.is_active():
            raise ReadTooFar
        before = self._at
        self._at += int(np.searchsorted(self._found.docs[self._at :], id))
        return self._at != before

    def weight(self) -> float:
        return float(self._found.weights[self._at])

    def score(self) -> float:
        return float(self._scorer.score(self)) if self._scorer else self.weight()

    def _positions(self) -> list[int]:
        end = int(self._ends[self._at])
        found: list[int] = self._found.positions[end - int(self._found.counts[self._at]) : end].tolist()
        return found

    def value(self) -> bytes:
        encoded: bytes = self._format.encode(self._positions())
        return encoded

    def supports(self, astype: str) -> bool:
        return astype in ("frequency", "weight") or bool(self._format.supports(astype))

    def value_as(self, astype: str) -> Any:
        if astype == "positions":
            return self._positions()
        if astype == "frequency":
            return int(self._found.counts[self._at])
        if astype == "weight":
            return self.weight()
        return self._format.decode_as(astype, self.value())
