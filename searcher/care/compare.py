"""Comparing a segment with the articles stored in it: the same terms, positions, lengths and dates?

Every token becomes a number that depends on its stem, printed form and position; the numbers of an article are added
up, once from the postings and once from the articles, analysed anew. Where the sums differ, the article is compared
token by token, the way `schema.document` analyses it for Whoosh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

import numpy as np

from searcher.article import Article
from searcher.care.reanalysis import Reanalysis, Sums
from searcher.index.document import ANALYSED, RAW, document, minutes
from searcher.index.format import packed_frequencies
from searcher.index.format.columns import FACET_COLUMNS, Array, spread
from searcher.index.format.digests import at, digest, posted
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write.segment_builder import encode, fingerprint
from searcher.query.fields import PRINTED
from searcher.report import Damage

RANGE = 1_000_000
"""Occurrences added up at a time."""

TERMS = 10_000
"""Terms whose postings are added up at a time."""

BATCH = 500
"""Articles analysed at a time, at least."""

Token = tuple[bytes, bytes, int]
"""Stem, printed form, position."""


def differences(files: SegmentFiles, most: int) -> Iterator[Damage]:
    """What the columns say otherwise than the stored articles; at most `most`."""
    return islice(_differences(files), most)


def _differences(files: SegmentFiles) -> Iterator[Damage]:
    files.columns.check()
    yield from _lexicon(files)
    indexed = [_indexed(files, name) for name in ANALYSED]
    raw = {name: _raw(files, name) for name in RAW}
    reanalysis = Reanalysis()
    for first, lines in _batches(files):
        articles = [files.parsed(line) for line in lines]
        for doc, (line, article) in enumerate(zip(lines, articles, strict=True), first):
            yield from _metadata(files, (doc, line), article)
            for name in RAW:
                if raw[name].get(doc, b"") != encode(getattr(article, name)):
                    yield _damage(files, "term_postings", f"has another {name} than the article", article)
        sums = reanalysis.of(articles)
        yield from _tables(files, first, sums, articles)
        for number, name in enumerate(ANALYSED):
            tokens, postings = (each[first : first + len(lines)] for each in indexed[number])
            differing = (tokens != sums.tokens[number]) | (postings != sums.postings[number])
            for row in np.flatnonzero(differing).tolist():
                yield _named(files, name, first + row, articles[row], document(articles[row]))


def _batches(files: SegmentFiles) -> Iterator[tuple[int, list[bytes]]]:
    """(first document, stored lines) of some blocks at a time."""
    bounds = files.columns.block_docs.tolist()
    first, lines = 0, list[bytes]()
    for block, end in enumerate(bounds[1:]):
        lines += files.columns.lines(block)
        if end - first >= BATCH or end == bounds[-1]:
            yield first, lines
            first, lines = end, []


def _damage(files: SegmentFiles, column: str, reason: str, article: Article | None = None) -> Damage:
    path = files.directory / files.segment.file(f"{column}.npy")
    return Damage(str(path), reason, column, article.id if article else "")


def _indexed(files: SegmentFiles, name: str) -> tuple[Array, Array]:
    """The sums of one field for every document: over the tokens, and over the postings with counts and weights."""
    low, high = files.term_ranges[name]
    first, last = files.form_ranges[name]
    columns = files.columns
    terms = [files.terms[row] for row in range(low, high)]
    of_form = columns.form_terms[first:last].astype(np.int64) - low
    forms: Array = np.fromiter(
        (digest(terms[term] + b"\0" + files.forms[row]) for row, term in enumerate(of_form.tolist(), first)),
        np.uint64,
        last - first,
    )
    tokens, postings = np.zeros(files.docs, np.uint64), np.zeros(files.docs, np.uint64)
    for docs, rows, positions in occurrences(files, name):
        np.add.at(tokens, docs, at(forms[rows - first], positions))
    stems: Array = np.fromiter(map(digest, terms), np.uint64, len(terms))
    bounds = columns.term_postings[low : high + 1].astype(np.int64)
    for term in range(0, high - low, TERMS):
        part = slice(term, min(term + TERMS, high - low))
        begin, end = int(bounds[part.start]), int(bounds[part.stop])
        owners = np.repeat(stems[part], np.diff(bounds[part.start : part.stop + 1]))
        counts, weights = (
            packed_frequencies.counts(columns, begin, end),
            packed_frequencies.weights(columns, begin, end),
        )
        np.add.at(postings, columns.posting_docs[begin:end], posted(owners, counts, weights))
    return tokens, postings


def _tables(files: SegmentFiles, first: int, sums: Sums, articles: list[Article]) -> Iterator[Damage]:
    """Lengths and zones that are not those of the articles."""
    for column, wanted in (("doc_lengths", sums.lengths), ("doc_zones", sums.zones)):
        found = getattr(files.columns, column)[:, first : first + len(articles)]
        for row in np.flatnonzero((found != wanted).any(axis=0)).tolist():
            says = f"says {found[:, row].tolist()!r} instead of {wanted[:, row].tolist()!r}"
            yield _damage(files, column, says, articles[row])


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
        docs = np.repeat(columns.posting_docs[first:last], packed_frequencies.counts(columns, first, last))
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


def _metadata(files: SegmentFiles, stored: tuple[int, bytes], article: Article) -> Iterator[Damage]:
    columns = files.columns
    doc, line = stored
    start, end = minutes(article)
    expected = {
        "doc_ids": (files.id(doc), article.id),
        "doc_keys": (int(columns.doc_keys[doc]), digest(encode(article.id))),
        "doc_fingerprints": (int(columns.doc_fingerprints[doc]), fingerprint(line)),
        "doc_starts": (int(columns.doc_starts[doc]), start),
        "doc_ends": (int(columns.doc_ends[doc]), end),
    }
    for facet, (numbers, *_) in FACET_COLUMNS.items():
        found = files.facet(facet)[int(getattr(columns, numbers)[doc])]
        expected[numbers] = found, encode(getattr(article, facet))
    for column, (found, wanted) in expected.items():
        if found != wanted:
            yield _damage(files, column, f"says {found!r} instead of {wanted!r}", article)


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
