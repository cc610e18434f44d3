"""Comparing a segment with the articles stored in it: the same terms, positions, lengths and dates?

Every token becomes a number that depends on its stem, printed form and position; the numbers of an article are added
up, once from the postings and once from the article, analysed anew. Where the sums differ, the article is looked at
token by token. The articles are analysed the way `schema.document` does it for Whoosh, not the way they were indexed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

import numpy as np

from searcher.article import ZONES, Article
from searcher.index import frequencies
from searcher.index.build import digest, encode
from searcher.index.columns import Array, spread
from searcher.index.damage import Damage
from searcher.index.postings import LENGTH_ROWS
from searcher.index.schema import ANALYSED, RAW, document
from searcher.index.segment import SegmentFiles
from searcher.query.fields import PRINTED

RANGE = 1_000_000
"""Occurrences added up at a time."""

Token = tuple[bytes, bytes, int]
"""Stem, printed form, position."""


def differences(files: SegmentFiles, most: int) -> Iterator[Damage]:
    """What the columns say otherwise than the stored articles; at most `most`."""
    return islice(_differences(files), most)


def _differences(files: SegmentFiles) -> Iterator[Damage]:
    files.guard.whole()
    yield from _lexicon(files)
    indexed = {name: _Sums.of(files, name) for name in ANALYSED}
    raw = {name: _raw(files, name) for name in RAW}
    for block, first in enumerate(files.columns.block_docs[:-1].tolist()):
        for doc, line in enumerate(files.stored_lines(block), first):
            article = files.parsed(line)
            values = document(article)
            yield from _metadata(files, (doc, line), article, values)
            for name in RAW:
                if raw[name].get(doc, b"") != encode(values.get(name, "")):
                    yield _damage(files, "term_postings", f"has another {name} than the article", article)
            for name in ANALYSED:
                if indexed[name].differs(doc, values):
                    yield _named(files, name, doc, article, values)


def _damage(files: SegmentFiles, column: str, reason: str, article: Article | None = None) -> Damage:
    path = files.directory / files.segment.file(f"{column}.npy")
    return Damage(str(path), reason, column, article.id if article else "")


def _mixed(numbers: Array) -> Array:
    """uint64 to uint64, every bit depending on every bit: the finalizer of SplitMix64 (Steele, Lea & Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _at(forms: Array, positions: Array) -> Array:
    return _mixed(forms + positions.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


def _posted(stems: Array, counts: Array, weights: Array) -> Array:
    return _mixed(stems + (counts.astype(np.uint64) << np.uint64(32)) + weights.astype(np.uint64))


class _Sums:
    """The sums of one field per document: over the tokens, and over the postings with their counts and weights."""

    def __init__(self, files: SegmentFiles, name: str) -> None:
        low, high = files.term_ranges[name]
        first, last = files.form_ranges[name]
        self.name = name
        self.files = files
        terms = [files.terms[row] for row in range(low, high)]
        self.stems: Array = np.array([digest(term) for term in terms], np.uint64)
        of_form = files.columns.form_terms[first:last].astype(np.int64) - low
        forms = [files.forms[row] for row in range(first, last)]
        self.forms: Array = np.array(
            [digest(terms[term] + b"\0" + form) for term, form in zip(of_form.tolist(), forms, strict=True)],
            np.uint64,
        )
        self.term_row = {term: row for row, term in enumerate(terms)}
        self.form_row = {
            (terms[term], form): row
            for row, (term, form) in enumerate(zip(of_form.tolist(), forms, strict=True))
        }
        self.tokens = np.zeros(files.docs, np.uint64)
        self.postings = np.zeros(files.docs, np.uint64)

    @classmethod
    def of(cls, files: SegmentFiles, name: str) -> _Sums:
        sums = cls(files, name)
        for docs, rows, positions in occurrences(files, name):
            np.add.at(sums.tokens, docs, _at(sums.forms[rows - files.form_ranges[name][0]], positions))
        low, high = files.term_ranges[name]
        columns = files.columns
        bounds = columns.term_postings[low : high + 1].astype(np.int64)
        begin, end = int(bounds[0]), int(bounds[-1])
        owners = np.repeat(np.arange(high - low), np.diff(bounds))
        counts, weights = (
            frequencies.counts(columns, begin, end),
            frequencies.weights(columns, begin, end),
        )
        np.add.at(
            sums.postings, columns.posting_docs[begin:end], _posted(sums.stems[owners], counts, weights)
        )
        return sums

    def differs(self, doc: int, values: dict[str, Any]) -> bool:
        """Whether the analysed article gives other sums."""
        found = values[self.name], values[self.name + PRINTED]
        stems = [stem.encode() for stem, _, _ in found[0]]
        forms = [form.encode() for form, _, _ in found[1]]
        try:
            rows = [self.form_row[pair] for pair in zip(stems, forms, strict=True)]
        except KeyError:
            return True
        positions = np.array([position for _, position, _ in found[0]], np.int64)
        tokens = _at(self.forms[rows], positions) if rows else np.zeros(0, np.uint64)
        counts = Counter(stems)
        weights: Counter[bytes] = Counter()
        for stem, (_, _, weight) in zip(stems, found[0], strict=True):
            weights[stem] += weight
        postings = _posted(
            self.stems[[self.term_row[stem] for stem in counts]] if counts else np.zeros(0, np.uint64),
            np.array(list(counts.values()), np.int64),
            np.array([weights[stem] for stem in counts], np.int64),
        )
        return bool(
            tokens.sum(dtype=np.uint64) != self.tokens[doc]
            or postings.sum(dtype=np.uint64) != self.postings[doc]
        )


def occurrences(files: SegmentFiles, name: str) -> Iterator[tuple[Array, Array, Array]]:
    """(documents, rows of the printed forms, positions) of all occurrences of a field, some terms at a time."""
    columns = files.columns
    by_term = np.lexsort((columns.form_numbers, columns.form_terms))
    first_form = np.cumsum(columns.term_forms, dtype=np.int64) - columns.term_forms
    low, high = files.term_ranges[name]
    offsets = columns.term_occurrences.astype(np.int64)
    while low < high:
        end = int(np.searchsorted(offsets, offsets[low] + RANGE, side="left"))
        end = min(max(end, low + 1), high)
        postings = (int(row) for row in columns.term_postings[[low, end]])
        first, last = postings
        docs = np.repeat(columns.posting_docs[first:last], frequencies.counts(columns, first, last))
        begin, stop = int(offsets[low]), int(offsets[end])
        per_term = np.diff(offsets[low : end + 1])
        numbers = columns.occurrence_forms[begin:stop]
        rows = by_term[np.repeat(first_form[low:end], per_term) + numbers]
        yield docs, rows, columns.occurrence_positions[begin:stop]
        low = end


def _named(files: SegmentFiles, name: str, doc: int, article: Article, values: dict[str, Any]) -> Damage:
    """The first token or posting in which index and article differ."""
    wanted = Counter(
        (stem.encode(), form.encode(), position)
        for (stem, position, _), (form, _, _) in zip(values[name], values[name + PRINTED], strict=True)
    )
    found: Counter[Token] = Counter()
    for docs, rows, positions in occurrences(files, name):
        for row, position in zip(rows[docs == doc].tolist(), positions[docs == doc].tolist(), strict=True):
            found[(files.terms[int(files.columns.form_terms[row])], files.forms[row], position)] += 1
    if wanted == found:
        return _damage(files, "posting_frequencies", f"weighs words of the field {name} otherwise", article)
    missing, extra = wanted - found, found - wanted
    _, form, position = min(missing or extra, key=lambda token: token[2])
    word = form.decode("utf-8", "replace")
    reason = f"{'lacks' if missing else 'has'} '{word}' at position {position} of the field {name}"
    return _damage(files, "occurrence_positions", reason, article)


def _metadata(
    files: SegmentFiles, stored: tuple[int, bytes], article: Article, values: dict[str, Any]
) -> Iterator[Damage]:
    columns = files.columns
    doc, line = stored
    facets = {
        f"doc_{name}s": files.facet(name)[int(getattr(columns, f"doc_{name}s")[doc])]
        for name in ("source", "section")
    }
    lengths = {name: len(values[name]) for name in LENGTH_ROWS}
    expected = {
        "doc_ids": (files.id(doc), article.id),
        "doc_keys": (int(columns.doc_keys[doc]), digest(encode(article.id))),
        "doc_fingerprints": (int(columns.doc_fingerprints[doc]), digest(line)),
        "doc_starts": (int(columns.doc_starts[doc]), values["start"]),
        "doc_ends": (int(columns.doc_ends[doc]), values["end"]),
        "doc_sources": (facets["doc_sources"], encode(article.source)),
        "doc_sections": (facets["doc_sections"], encode(article.section)),
        "doc_lengths": (
            columns.doc_lengths[:, doc].tolist(),
            [lengths[name] for name in sorted(LENGTH_ROWS, key=LENGTH_ROWS.__getitem__)],
        ),
        "doc_zones": (columns.doc_zones[:, doc].tolist(), _zones(values)),
    }
    for column, (found, wanted) in expected.items():
        if found != wanted:
            yield _damage(files, column, f"says {found!r} instead of {wanted!r}", article)


def _zones(values: dict[str, Any]) -> list[int]:
    from searcher.index.schema import ZONE_GAP

    begins, at = [], 0
    for zone in ZONES:
        begins.append(at)
        at += max((position + 1 for _, position, _ in values[zone]), default=0) + ZONE_GAP
    return begins[1:]


def _raw(files: SegmentFiles, name: str) -> dict[int, bytes]:
    """Document -> its term in a field of untouched terms."""
    low, high = files.term_ranges[name]
    bounds = files.columns.term_postings[low : high + 1].astype(np.int64)
    docs = files.columns.posting_docs[spread(bounds[:-1], np.diff(bounds))].tolist()
    owners = np.repeat(np.arange(low, high), np.diff(bounds)).tolist()
    return {doc: files.terms[owner] for doc, owner in zip(docs, owners, strict=True)}


def _lexicon(files: SegmentFiles) -> Iterator[Damage]:
    """Are terms and forms sorted, forwards and backwards?"""
    for texts, ranges, column in (
        (files.terms, files.term_ranges, "term_bytes"),
        (files.forms, files.form_ranges, "form_bytes"),
    ):
        for name, (low, high) in ranges.items():
            rows = [texts[row] for row in range(low, high)]
            if any(left >= right for left, right in pairwise(rows)):
                yield _damage(files, column, f"is not sorted in the field {name}")
    for name, (low, high) in files.form_ranges.items():
        backwards = [files.forms[row][::-1] for row in range(low, high)]
        order = sorted(range(low, high), key=lambda row: backwards[row - low])
        if files.columns.form_suffixes[low:high].tolist() != order:
            yield _damage(files, "form_suffixes", f"is not sorted in the field {name}")
