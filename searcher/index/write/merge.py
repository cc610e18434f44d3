"""Merging: several segments become one, without new analysis and without deleted articles.

The occurrences of a range of terms are contiguous in every segment. Range by range they are turned back into tokens
and inverted like new ones, so a merged segment equals one built from the articles, and memory is bounded but for what
is known of every article and every word: about 1.4 kB an article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from searcher.article import FACETS, ZONES
from searcher.index.document import ANALYSED, RAW, ZONE_WEIGHTS
from searcher.index.format import packed_frequencies
from searcher.index.format.columns import FACET_COLUMNS, Array, narrow
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.stored_blocks import Blocks
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write.invert import Inverted, Tokens, invert
from searcher.index.write.segment_builder import numbered
from searcher.index.write.segment_writer import Assembler
from searcher.index.write.vocabulary import Vocabulary

FACTOR = 8
"""A tier holds fewer segments than this; segments of one tier differ in size by less than this factor."""

RANGE = 6_000_000
"""Occurrences inverted at a time."""


def due(segments: Sequence[SegmentEntry]) -> list[SegmentEntry]:
    """Segments to merge next: a full tier, or one that is mostly deleted; none when all is well."""
    tiers: dict[int, list[SegmentEntry]] = {}
    for segment in segments:
        live = segment.live
        if live * 2 < segment.docs:
            return [segment]
        tier = 0
        while live >= FACTOR:
            live //= FACTOR
            tier += 1
        tiers.setdefault(tier, []).append(segment)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= FACTOR:
            return tiers[tier]
    return []


class _Source:
    """One segment on its way into another: which documents live, and their new numbers."""

    def __init__(self, files: SegmentFiles, first: int) -> None:
        self.files = files
        # What is damaged must not be copied, and get a fresh checksum.
        files.columns.check()
        files.columns.release()
        # As of now: a writer may have deleted articles since it opened the segment.
        deleted = files.segment.deleted_mask()
        self.live: Array = np.ones(files.docs, bool) if deleted is None else ~deleted
        self.docs: Array = (np.cumsum(self.live) + (first - 1)).astype(np.uint32)
        self.count = int(np.count_nonzero(self.live))
        columns = files.columns
        self.form_of_term: Array = np.lexsort((columns.form_numbers, columns.form_terms)).astype(np.uint32)
        self.first_form: Array = np.cumsum(columns.term_forms, dtype=np.uint32) - columns.term_forms
        # Filled by `_unite`: number of each printed form in the merged vocabulary.
        self.numbers: Array = np.zeros(len(columns.form_terms), np.int32)

    def tokens(self, low: int, high: int, analysed: bool) -> Tokens:
        """The tokens of the terms low <= t < high, with new document numbers."""
        columns = self.files.columns
        first, last = int(columns.term_postings[low]), int(columns.term_postings[high])
        counts = packed_frequencies.counts(columns, first, last)
        docs = np.repeat(columns.posting_docs[first:last], counts)
        begin, end = int(columns.term_occurrences[low]), int(columns.term_occurrences[high])
        positions = columns.occurrence_positions[begin:end]
        per_term: Array = np.diff(columns.term_occurrences[low : high + 1].astype(np.int64))
        rows = np.repeat(self.first_form[low:high], per_term) + columns.occurrence_forms[begin:end]
        forms = self.numbers[self.form_of_term[rows]]
        keep = self.live[docs]
        if not keep.all():
            forms, docs, positions = forms[keep], docs[keep], positions[keep]
        early, zones = np.zeros(0, np.int64), np.zeros(0, np.uint8)
        if analysed:
            early = np.flatnonzero(positions < columns.doc_zones[-1][docs])
            for starts in columns.doc_zones[:-1]:
                zones = (positions[early] >= starts[docs[early]]) + (zones if len(zones) else np.uint8(0))
        return Tokens(forms, self.docs[docs], positions, early, np.asarray(zones, np.uint8))


def write(directory: Path, segments: Sequence[SegmentFiles]) -> SegmentEntry | None:
    """Write the merged segment; None when no article is left."""
    sources, first = [], 0
    for files in segments:
        sources.append(_Source(files, first))
        first += sources[-1].count
    if not first:
        return None
    segment = SegmentEntry(first)
    vocabulary = _unite(sources)
    forms_of_stem = np.bincount(np.array(vocabulary.form_stems, np.int64), minlength=1)
    top = {
        "posting_docs": first - 1,
        "occurrence_positions": max(
            int(np.iinfo(s.files.columns.occurrence_positions.dtype).max) for s in sources
        ),
        "occurrence_forms": int(forms_of_stem.max()),
    }
    assembler = Assembler(directory, segment, top)
    for name in ANALYSED:
        assembler.field(name, _analysed(name, sources, vocabulary))
    for name in RAW:
        assembler.field(name, [_raw(name, sources)])
    stream = assembler.stream("block_bytes")
    blocks = Blocks(lambda frame: stream.append(np.frombuffer(frame, np.uint8)))
    for source in sources:
        _copy_blocks(source, blocks)
        source.files.columns.release()
    assembler.finish({**_doc_columns(sources), **blocks.columns()})
    return segment


def _unite(sources: Sequence[_Source]) -> Vocabulary:
    """One vocabulary for the forms of all segments and fields."""
    vocabulary = Vocabulary()
    for source in sources:
        terms = [term.decode("utf-8", "surrogatepass") for term in source.files.terms]
        form_terms = source.files.columns.form_terms.tolist()
        source.numbers = np.fromiter(
            (
                vocabulary.form(form.decode("utf-8", "surrogatepass"), terms[term])
                for form, term in zip(source.files.forms, form_terms, strict=True)
            ),
            np.int32,
            len(form_terms),
        )
        source.files.columns.release()
    return vocabulary


def _analysed(name: str, sources: Sequence[_Source], vocabulary: Vocabulary) -> Iterator[Inverted]:
    weights = tuple(ZONE_WEIGHTS[zone] for zone in ZONES) if name == "all" else (1,)
    for ranges in _ranges(name, sources):
        pieces = [source.tokens(*span, name == "all") for source, span in zip(sources, ranges, strict=True)]
        yield invert(pieces, vocabulary, weights)
        for source in sources:
            source.files.columns.release()


def _ranges(name: str, sources: Sequence[_Source]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of terms, per source, that belong together; about `RANGE` occurrences in all."""
    spans = [source.files.term_ranges[name] for source in sources]
    at = [low for low, _ in spans]
    while any(low < high for low, (_, high) in zip(at, spans, strict=True)):
        ends = []
        for source, low, (_, high) in zip(sources, at, spans, strict=True):
            offsets = source.files.columns.term_occurrences
            wanted = int(offsets[low]) + RANGE // len(sources)
            ends.append(min(high, int(np.searchsorted(offsets[low : high + 1], wanted, side="right")) + low))
        # The range ends at the smallest last term, so that no source runs ahead of another.
        bounds = [
            source.files.terms[end]
            for source, end, (_, high) in zip(sources, ends, spans, strict=True)
            if end < high
        ]
        if bounds:
            bound = min(bounds)
            ends = [
                s.files.terms.lower(bound, low, high)
                for s, low, (_, high) in zip(sources, at, spans, strict=True)
            ]
            if ends == at:
                ends = [
                    end + (end < high and source.files.terms[end] == bound)
                    for source, end, (_, high) in zip(sources, ends, spans, strict=True)
                ]
        yield list(zip(at, ends, strict=True))
        at = ends


def _raw(name: str, sources: Sequence[_Source]) -> Inverted:
    found: list[tuple[bytes, int]] = []
    for source in sources:
        columns = source.files.columns
        low, high = source.files.term_ranges[name]
        offsets = columns.term_postings[low : high + 1].astype(np.int64)
        docs = columns.posting_docs[offsets[0] : offsets[-1]]
        terms = list(source.files.terms.part(low, high))
        owners = np.repeat(np.arange(high - low), np.diff(offsets))
        keep = source.live[docs]
        found += [
            (terms[owner], doc)
            for owner, doc in zip(owners[keep].tolist(), source.docs[docs[keep]].tolist(), strict=True)
        ]
    return Inverted.raw(found)


def _doc_columns(sources: Sequence[_Source]) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for name in ("doc_keys", "doc_fingerprints", "doc_starts", "doc_ends", "doc_lengths", "doc_zones"):
        parts = [getattr(source.files.columns, name)[..., source.live] for source in sources]
        values = np.concatenate(parts, axis=-1)
        columns[name] = narrow(values) if name in ("doc_lengths", "doc_zones") else values
    ids = np.concatenate([_id_terms(source) for source in sources])
    columns["doc_ids"] = narrow(np.unique(ids, return_inverse=True)[1])
    for facet in FACETS:
        names = [value for source in sources for value in _facet_values(source, facet)]
        columns.update(numbered(facet, names))
    return columns


def _id_terms(source: _Source) -> Array:
    low = source.files.term_ranges["id"][0]
    terms = source.files.terms
    ids = [terms[low + number] for number in source.files.columns.doc_ids[source.live].tolist()]
    return np.array(ids, object)


def _facet_values(source: _Source, facet: str) -> list[bytes]:
    names = list(source.files.facet(facet))
    return [
        names[i] for i in getattr(source.files.columns, FACET_COLUMNS[facet].numbers)[source.live].tolist()
    ]


def _copy_blocks(source: _Source, blocks: Blocks) -> None:
    """Whole blocks are copied as they are; only one with a deleted article is packed again."""
    columns = source.files.columns
    first_docs, ends = columns.block_docs.tolist(), columns.block_ends.tolist()
    for block, (first, last) in enumerate(pairwise(first_docs)):
        live = source.live[first:last]
        if live.all():
            blocks.add_frame(columns.block_bytes[ends[block] : ends[block + 1]].tobytes(), last - first)
            continue
        for line, keep in zip(columns.lines(block), live.tolist(), strict=True):
            if keep:
                blocks.add(line)
