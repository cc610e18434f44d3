"""Inversion: the tokens of one field, in the order of the text, to sorted terms, postings and occurrences.

Every token becomes one 64-bit key (term, document, position, number of the printed form); one sort of the keys puts
all columns in their order, and the columns are cut out of the sorted keys by shifts and comparisons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from searcher.index.columns import Array
from searcher.index.vocabulary import Vocabulary

MOST = 255
"""Counts and weights are kept in one byte; larger counts are repeated in `long_counts`."""


@dataclass
class Tokens:
    """The tokens of one field in one segment, in any order, as parallel arrays."""

    forms: Array  # number of the printed form in the vocabulary
    docs: Array
    positions: Array
    zones: Array  # 0 title, 1 kicker, 2 teaser, 3 body; 0 for metadata


@dataclass
class Inverted:
    """The columns of one field, or of a range of its terms, as `Columns` describes them; numbers begin at 0."""

    terms: list[bytes]
    forms: list[bytes]
    term_postings: Array
    term_occurrences: Array
    term_forms: Array
    form_terms: Array
    form_numbers: Array
    form_zones: Array
    posting_docs: Array
    posting_counts: Array
    posting_weights: Array
    long_postings: Array
    long_counts: Array
    occurrence_positions: Array
    occurrence_forms: Array

    @classmethod
    def raw(cls, values: Iterable[tuple[bytes, int]]) -> Inverted:
        """The columns of a field of untouched terms, from (term, document) pairs; no positions, no forms."""
        pairs = sorted(values)
        terms = sorted({term for term, _ in pairs})
        counts = Counter(term for term, _ in pairs)
        none = np.zeros(0, np.int64)
        return cls(
            terms=terms,
            forms=[],
            term_postings=np.cumsum([0] + [counts[term] for term in terms]),
            term_occurrences=np.zeros(len(terms) + 1, np.int64),
            term_forms=np.zeros(len(terms), np.int64),
            form_terms=none,
            form_numbers=none,
            form_zones=none,
            posting_docs=np.array([doc for _, doc in pairs], np.int64),
            posting_counts=np.zeros(len(pairs), np.uint8),
            posting_weights=np.ones(len(pairs), np.uint8),
            long_postings=none,
            long_counts=none,
            occurrence_positions=none,
            occurrence_forms=none,
        )


class _Lexicon:
    """Sorted terms and printed forms of the forms that occur, and where each form stands among them."""

    def __init__(self, used: Array, vocabulary: Vocabulary) -> None:
        printed, stems, stem_of = vocabulary.printed, vocabulary.stems, vocabulary.form_stems
        numbers = used.tolist()
        texts = [printed[i].encode() for i in numbers]
        by_text = sorted(range(len(texts)), key=texts.__getitem__)
        self.forms = [texts[i] for i in by_text]
        used = used[by_text]
        stem_numbers = np.array(stem_of, np.int32)[used]
        distinct, of_form = np.unique(stem_numbers, return_inverse=True)
        stem_texts = [stems[i].encode() for i in distinct.tolist()]
        by_stem = sorted(range(len(stem_texts)), key=stem_texts.__getitem__)
        self.terms = [stem_texts[i] for i in by_stem]
        rank = np.empty(len(by_stem), np.int64)
        rank[by_stem] = np.arange(len(by_stem))
        self.form_terms: Array = rank[of_form]
        order = np.argsort(self.form_terms, kind="stable")
        self.term_forms: Array = np.bincount(self.form_terms, minlength=len(self.terms))
        first = np.cumsum(self.term_forms) - self.term_forms
        self.form_numbers: Array = np.empty(len(order), np.int64)
        self.form_numbers[order] = np.arange(len(order)) - first[self.form_terms[order]]
        self.first_form = first
        self.rows_by_term = order
        # Rows of this lexicon by the vocabulary's number of the form.
        self.row_of: Array = np.zeros(len(printed), np.int64)
        self.row_of[used] = np.arange(len(used))


def bits(count: int) -> int:
    """How many bits hold the numbers below `count`."""
    return max(count - 1, 1).bit_length()


def invert(tokens: Tokens, vocabulary: Vocabulary, zone_weights: tuple[int, ...]) -> Inverted:
    """Sort the tokens of one field and cut the columns.

    Two tokens of one stem at the same position of the same document count once (the smaller form number stays);
    the analysis makes none.
    """
    used = np.flatnonzero(np.bincount(tokens.forms, minlength=len(vocabulary.printed)))
    lexicon = _Lexicon(used, vocabulary)
    form_zones = _zones_of_forms(tokens, lexicon)
    doc_bits = bits(int(tokens.docs.max(initial=0)) + 1)
    position_bits = bits(int(tokens.positions.max(initial=0)) + 1)
    number_bits = bits(int(lexicon.term_forms.max(initial=0)) + 1)
    if bits(len(lexicon.terms) + 1) + doc_bits + position_bits + number_bits > 64:
        raise OverflowError("more tokens than one segment holds")
    row = lexicon.row_of[tokens.forms]
    keys = lexicon.form_terms[row].astype(np.uint64)
    for values, width in (
        (tokens.docs, doc_bits),
        (tokens.positions, position_bits),
        (lexicon.form_numbers[row], number_bits),
    ):
        keys <<= np.uint64(width)
        keys |= values.astype(np.uint64)
    del row
    # What a posting weighs beyond its count comes from the zones before the body: few tokens, found again by key.
    heavier = (
        np.flatnonzero(tokens.zones < len(zone_weights) - 1)
        if len(zone_weights) > 1
        else np.zeros(0, np.int64)
    )
    heavy_keys = keys[heavier] >> np.uint64(number_bits + position_bits)
    heavy_weights = np.array(zone_weights)[tokens.zones[heavier]] - 1
    keys.sort()
    numbers = (keys & np.uint64((1 << number_bits) - 1)).astype(np.uint16)
    keys >>= np.uint64(number_bits)
    if len(keys):
        fresh = np.concatenate(([True], keys[1:] != keys[:-1]))
        if not fresh.all():
            keys, numbers = keys[fresh], numbers[fresh]
    positions = (keys & np.uint64((1 << position_bits) - 1)).astype(np.uint32)
    keys >>= np.uint64(position_bits)
    first = (
        np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        if len(keys)
        else np.zeros(0, np.int64)
    )
    postings = keys[first]
    counts = np.diff(first, append=len(keys))
    weights = counts.copy()
    np.add.at(weights, np.searchsorted(postings, heavy_keys), heavy_weights)
    posting_terms = (postings >> np.uint64(doc_bits)).astype(np.int64)
    term_postings = np.searchsorted(posting_terms, np.arange(len(lexicon.terms) + 1))
    long = np.flatnonzero(counts >= MOST)
    return Inverted(
        terms=lexicon.terms,
        forms=lexicon.forms,
        term_postings=term_postings,
        term_occurrences=np.append(first, len(keys))[term_postings],
        term_forms=lexicon.term_forms,
        form_terms=lexicon.form_terms,
        form_numbers=lexicon.form_numbers,
        form_zones=form_zones,
        posting_docs=(postings & np.uint64((1 << doc_bits) - 1)).astype(np.uint32),
        posting_counts=np.minimum(counts, MOST).astype(np.uint8),
        posting_weights=np.minimum(weights, MOST).astype(np.uint8),
        long_postings=long,
        long_counts=counts[long],
        occurrence_positions=positions,
        occurrence_forms=numbers,
    )


def _zones_of_forms(tokens: Tokens, lexicon: _Lexicon) -> Array:
    zones = np.zeros(len(lexicon.forms), np.uint8)
    for zone in range(int(tokens.zones.max(initial=0)) + 1):
        rows = lexicon.row_of[tokens.forms[tokens.zones == zone]]
        zones[rows] |= np.uint8(1 << zone)
    return zones
