"""Inversion: the tokens of one field, in text order, become sorted terms, postings and occurrences.

Every token becomes one 64-bit key (term, document, position, number of the printed form); one sort of the keys puts
all columns in their order, and the columns are cut out of the sorted keys by shifts and comparisons. Where 64 bits are
too few, as for a book among very many short articles, two keys are sorted instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from searcher.index.format.columns import Array, Strings
from searcher.index.format.packed_frequencies import pack
from searcher.index.write.byte_sort import order
from searcher.index.write.vocabulary import Vocabulary

KEY_BITS = 64
"""Of a key; tests make it smaller."""


@dataclass
class Tokens:
    """The tokens of one field in one segment, in any order, as parallel arrays.

    `early` are the indices of those that stand before the body, `early_zones` their zones: 0 title, 1 kicker,
    2 teaser. All others stand in the last zone there is.
    """

    forms: Array  # number of the printed form in the vocabulary
    docs: Array
    positions: Array
    early: Array
    early_zones: Array


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
    posting_frequencies: Array
    long_postings: Array
    long_counts: Array
    long_weights: Array
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
            posting_frequencies=pack(np.zeros(len(pairs), np.int64), np.ones(len(pairs), np.int64))[0],
            long_postings=none,
            long_counts=none,
            long_weights=none,
            occurrence_positions=none,
            occurrence_forms=none,
        )


class _Lexicon:
    """Sorted terms and printed forms of the forms that occur, and the index of each form among them."""

    def __init__(self, used: Array, vocabulary: Vocabulary) -> None:
        texts = _encoded(vocabulary.printed, used)
        by_text = order(Strings.of(texts))
        self.forms = [texts[i] for i in by_text.tolist()]
        used = used[by_text]
        stem_numbers = np.array(vocabulary.form_stems, np.int32)[used]
        distinct, of_form = np.unique(stem_numbers, return_inverse=True)
        stems = _encoded(vocabulary.stems, distinct)
        by_stem = order(Strings.of(stems))
        self.terms = [stems[i] for i in by_stem.tolist()]
        rank = np.empty(len(by_stem), np.int64)
        rank[by_stem] = np.arange(len(by_stem))
        self.form_terms: Array = rank[of_form]
        by_term = np.argsort(self.form_terms, kind="stable")
        self.term_forms: Array = np.bincount(self.form_terms, minlength=len(self.terms))
        first = np.cumsum(self.term_forms) - self.term_forms
        self.form_numbers: Array = np.empty(len(by_term), np.int64)
        self.form_numbers[by_term] = np.arange(len(by_term)) - first[self.form_terms[by_term]]
        # The vocabulary's number of each form of this lexicon.
        self.used = used


def _encoded(words: list[str], numbers: Array) -> list[bytes]:
    """The words of these numbers in UTF-8; no word has a line feed in it."""
    return "\n".join(map(words.__getitem__, numbers.tolist())).encode().split(b"\n") if len(numbers) else []


def bits(count: int) -> int:
    """How many bits hold the numbers below `count`."""
    return max(count - 1, 1).bit_length()


def invert(pieces: list[Tokens], vocabulary: Vocabulary, zone_weights: tuple[int, ...]) -> Inverted:
    """Sort the tokens of one field and cut the columns. `zone_weights` has the weight of each zone, the body's last.

    `pieces` is emptied on the way, so that tokens and keys are not in memory together. Two tokens of one form at the
    same position of the same document count once; the analysis makes none.
    """
    zones = _zones_of_forms(pieces, len(vocabulary.printed), len(zone_weights) - 1)
    lexicon = _Lexicon(np.flatnonzero(zones), vocabulary)
    layout = _Layout.of(pieces, lexicon)
    sort = _sorted if layout.term_shift + bits(len(lexicon.terms) + 1) <= KEY_BITS else _sorted_apart
    keys, positions, numbers, early_keys, early_zones = sort(pieces, lexicon, layout)
    first = _starts(keys)
    postings = keys[first[:-1]]
    del keys
    counts = np.diff(first)
    weights = counts * np.int32(zone_weights[-1])
    extra = np.array(zone_weights, np.int32)[early_zones] - np.int32(zone_weights[-1])
    np.add.at(weights, np.searchsorted(postings, early_keys), extra)
    term_postings = layout.term_postings(postings, len(lexicon.terms))
    packed, long = pack(counts, weights)
    return Inverted(
        terms=lexicon.terms,
        forms=lexicon.forms,
        term_postings=term_postings,
        term_occurrences=first[term_postings].astype(np.int64),
        term_forms=lexicon.term_forms,
        form_terms=lexicon.form_terms,
        form_numbers=lexicon.form_numbers,
        form_zones=zones[lexicon.used],
        posting_docs=layout.docs(postings),
        posting_frequencies=packed,
        long_postings=long,
        long_counts=counts[long],
        long_weights=weights[long],
        occurrence_positions=positions,
        occurrence_forms=numbers,
    )


def _starts(keys: Array) -> Array:
    """Where a new key begins among the sorted keys, and their number behind the last; int32, for there are millions."""
    fresh = np.ones(len(keys) + 1, bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:-1])
    return np.flatnonzero(fresh).astype(np.int32)


def _zones_of_forms(pieces: list[Tokens], forms: int, last_zone: int) -> Array:
    """By the vocabulary's number of the form: the bits of the zones where it occurs, 0 if it does not occur."""
    zones = np.zeros(forms, np.uint8)
    for piece in pieces:
        late = np.ones(len(piece.forms), bool)
        late[piece.early] = False
        for zone in range(last_zone):
            zones[piece.forms[piece.early[piece.early_zones == zone]]] |= np.uint8(1 << zone)
        zones[piece.forms[late]] |= np.uint8(1 << last_zone)
    return zones


Sorted = tuple[Array, Array, Array, Array, Array]
"""(term and document of each token in their order, its position, the number of its form; term and document of each
token before the body, its zone)."""


def _sorted(pieces: list[Tokens], lexicon: _Lexicon, layout: _Layout) -> Sorted:
    keys, early, zones = _keys(pieces, lexicon, layout)
    keys.sort()
    if (keys[1:] == keys[:-1]).any():
        keys = np.unique(keys)
    numbers = layout.numbers(keys)
    keys >>= np.uint64(layout.number_bits)
    positions = layout.positions(keys)
    keys >>= np.uint64(layout.position_bits)
    return keys, positions, numbers, early, zones


def _sorted_apart(pieces: list[Tokens], lexicon: _Lexicon, layout: _Layout) -> Sorted:
    """The same by two keys: three times as slow, and with two thirds more memory."""
    terms, numbers = _by_form(lexicon.form_terms, lexicon), _by_form(lexicon.form_numbers, lexicon)
    doc_bits, number_bits = np.uint64(layout.doc_bits), np.uint64(layout.number_bits)
    none = np.zeros(0, np.uint64)
    high = np.concatenate([none, *(terms[each.forms] << doc_bits | each.docs for each in pieces)])
    low = np.concatenate(
        [none, *(each.positions.astype(np.uint64) << number_bits | numbers[each.forms] for each in pieces)]
    )
    early = np.concatenate(
        [none, *(terms[each.forms[each.early]] << doc_bits | each.docs[each.early] for each in pieces)]
    )
    zones = np.concatenate([np.zeros(0, np.uint8), *(each.early_zones for each in pieces)])
    pieces.clear()
    sequence = np.lexsort((low, high))
    high, low = high[sequence], low[sequence]
    fresh = np.ones(len(high), bool)
    fresh[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    if not fresh.all():
        high, low = high[fresh], low[fresh]
    return high, layout.positions(low >> number_bits), layout.numbers(low), early, zones


def _by_form(values: Array, lexicon: _Lexicon) -> Array:
    """Of the forms of the lexicon, by their number in the vocabulary."""
    found = np.zeros(int(lexicon.used.max(initial=-1)) + 1, np.uint64)
    found[lexicon.used] = values
    return found


def _keys(pieces: list[Tokens], lexicon: _Lexicon, layout: _Layout) -> tuple[Array, Array, Array]:
    """(keys of all tokens, shifted keys of those before the body, their zones)."""
    parts = lexicon.form_terms.astype(np.uint64) << np.uint64(layout.term_shift)
    parts |= lexicon.form_numbers.astype(np.uint64)
    of_form = _by_form(parts, lexicon)
    keys = np.empty(sum(len(piece.forms) for piece in pieces), np.uint64)
    early, zones = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint8)]
    at = 0
    while pieces:
        piece = pieces.pop()
        here = keys[at : at + len(piece.forms)]
        at += len(here)
        np.take(of_form, piece.forms, out=here)
        here |= piece.docs.astype(np.uint64) << np.uint64(layout.position_bits + layout.number_bits)
        here |= piece.positions.astype(np.uint64) << np.uint64(layout.number_bits)
        early.append(here[piece.early] >> np.uint64(layout.number_bits + layout.position_bits))
        zones.append(piece.early_zones)
    return keys, np.concatenate(early), np.concatenate(zones)


@dataclass(frozen=True)
class _Layout:
    """How a key is divided: from the highest bit down term, document, position, number of the form."""

    doc_bits: int
    position_bits: int
    number_bits: int

    @classmethod
    def of(cls, pieces: list[Tokens], lexicon: _Lexicon) -> _Layout:
        return cls(
            bits(max((int(piece.docs.max(initial=0)) for piece in pieces), default=0) + 1),
            bits(max((int(piece.positions.max(initial=0)) for piece in pieces), default=0) + 1),
            bits(int(lexicon.term_forms.max(initial=0)) + 1),
        )

    @property
    def term_shift(self) -> int:
        return self.doc_bits + self.position_bits + self.number_bits

    def numbers(self, keys: Array) -> Array:
        return _lowest(keys, self.number_bits)

    def positions(self, keys: Array) -> Array:
        return _lowest(keys, self.position_bits)

    def docs(self, postings: Array) -> Array:
        return _lowest(postings, self.doc_bits)

    def term_postings(self, postings: Array, terms: int) -> Array:
        bounds = np.arange(terms + 1, dtype=np.uint64) << np.uint64(self.doc_bits)
        return np.searchsorted(postings, bounds)


def _lowest(keys: Array, width: int) -> Array:
    """The lowest `width` bits, in the smallest type; cut off by the cast, so that no second array of keys is made."""
    values = keys.astype("u1" if width <= 8 else "u2" if width <= 16 else "u4" if width <= 32 else "u8")
    values &= values.dtype.type((1 << width) - 1)
    return values
