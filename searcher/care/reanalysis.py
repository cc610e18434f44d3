"""Reanalysis: many articles analysed again, as sums to compare with those of an index.

The texts go through `german.analyze_chunk` as `schema.document` sends them, and through no code of the
indexing path. The tokens of a chunk are kept as numbers; from there on whole batches of articles are arrays.

>>> sums = Reanalysis().of([Article(id="1", title="Kiew", body="Krieg in Kiew")])
>>> sums.lengths[LENGTH_ROWS["all"]].tolist(), sums.zones[:, 0].tolist()
([4], [101, 201, 301])
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from searcher.article import ZONES, Article
from searcher.german import analyze_chunk
from searcher.index.document import ANALYSED, ZONE_GAP, ZONE_WEIGHTS, metadata
from searcher.index.format.columns import Array, spread
from searcher.index.format.digests import at, digest, posted
from searcher.index.read.postings import LENGTH_ROWS
from searcher.index.write.segment_builder import encode

MOST_CHUNKS = 1 << 20
"""Chunks that are remembered: about 300 MB."""

_GROUPS = len(ANALYSED)


@dataclass(frozen=True)
class Sums:
    """Of a batch of articles, one column each: sums over the tokens and the postings of every field in `ANALYSED`,
    the rows of `doc_lengths`, and those of `doc_zones`."""

    tokens: Array
    postings: Array
    lengths: Array
    zones: Array


@dataclass(frozen=True)
class _Parts:
    """Texts in a row: their articles, fields, rows of `doc_lengths`, and weights. Texts of one field of one article
    stand together and share a space of positions."""

    docs: Array
    fields: Array
    rows: Array
    weights: Array

    @classmethod
    def of(cls, parts: Sequence[tuple[int, int, int, int]]) -> _Parts:
        return cls(*np.array(parts, np.int64).reshape(-1, 4).T)

    @property
    def groups(self) -> Array:
        """A number for each article and field, ascending."""
        groups: Array = self.docs * _GROUPS + self.fields
        return groups


class Reanalysis:
    """Analyses articles in batches; what it has learnt of their chunks serves the next batch."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        # Each begins with something that nothing refers to, for an empty one cannot be looked at as an array.
        self._tokens = array("q", [1])
        self._steps, self._stems = array("q", [0]), array("q", [0])
        self._forms = array("Q", [0])
        self._stem_numbers = {"": 0}
        self._stem_digests = array("Q", [digest(b"")])

    def of(self, articles: Sequence[Article]) -> Sums:
        """The sums of these articles."""
        if len(self._numbers) > MOST_CHUNKS:
            self._forget()
        parts, texts = _parts(articles)
        chunks = [self._chunks(text) for text in texts]
        sizes = np.fromiter(map(len, chunks), np.int64, len(chunks))
        numbers = np.fromiter((number for each in chunks for number in each), np.int64, int(sizes.sum()))
        return self._sums(len(articles), parts, sizes, numbers)

    def _chunks(self, text: str) -> list[int]:
        known = self._numbers
        return [known[chunk] if chunk in known else self._learnt(chunk) for chunk in text.split()]

    def _learnt(self, chunk: str) -> int:
        for token in analyze_chunk(chunk):
            stem = self._stem_numbers.setdefault(token.stem, len(self._stem_numbers))
            if stem == len(self._stem_digests):
                self._stem_digests.append(digest(encode(token.stem)))
            self._stems.append(stem)
            self._steps.append(token.step)
            self._forms.append(digest(encode(token.stem) + b"\0" + encode(token.printed)))
        self._tokens.append(len(self._steps))
        return self._numbers.setdefault(chunk, len(self._numbers))

    def _sums(self, docs: int, parts: _Parts, sizes: Array, numbers: Array) -> Sums:
        """`sizes` are the numbers of chunks of every text, `numbers` those chunks."""
        begins = np.frombuffer(self._tokens, np.int64)[numbers]
        tokens = np.frombuffer(self._tokens, np.int64)[numbers + 1] - begins
        rows = spread(begins, tokens)
        part = np.repeat(np.repeat(np.arange(len(sizes)), sizes), tokens)
        counts = np.bincount(part, minlength=len(sizes))
        ends = np.cumsum(counts)
        # Every token steps on from the one before; positions begin anew with every text.
        walked = np.concatenate(([0], np.cumsum(np.frombuffer(self._steps, np.int64)[rows])))
        extents = walked[ends] - walked[ends - counts]
        bases = _bases(extents, parts.groups)
        positions = walked[1:] - 1 - walked[ends - counts][part] + bases[part]
        groups = parts.groups[part]
        lengths = np.zeros((len(LENGTH_ROWS), docs), np.int64)
        np.add.at(lengths, (parts.rows, parts.docs), counts)
        lengths[LENGTH_ROWS["all"]] = sum(lengths[LENGTH_ROWS[zone]] for zone in ZONES)
        later = [parts.rows == LENGTH_ROWS[zone] for zone in ZONES[1:]]
        return Sums(
            _added(at(np.frombuffer(self._forms, np.uint64)[rows], positions), groups, docs),
            self._postings(np.frombuffer(self._stems, np.int64)[rows], groups, parts.weights[part], docs),
            lengths,
            np.array([bases[zone] for zone in later]),
        )

    def _postings(self, stems: Array, groups: Array, weights: Array, docs: int) -> Array:
        stemmed = len(self._stem_digests) + 1
        postings, owners = np.unique(groups * stemmed + stems, return_inverse=True)
        counts = np.bincount(owners, minlength=len(postings))
        weighed = np.bincount(owners, weights, minlength=len(postings)).astype(np.int64)
        sums = posted(np.frombuffer(self._stem_digests, np.uint64)[postings % stemmed], counts, weighed)
        return _added(sums, postings // stemmed, docs)


def _parts(articles: Sequence[Article]) -> tuple[_Parts, list[str]]:
    parts, texts = [], []
    for doc, article in enumerate(articles):
        for zone in ZONES:
            parts.append((doc, 0, LENGTH_ROWS[zone], ZONE_WEIGHTS[zone]))
            texts.append(getattr(article, zone))
        for field, (name, values) in enumerate(metadata(article).items(), 1):
            parts += [(doc, field, LENGTH_ROWS[name], 1)] * len(values)
            texts += values
    return _Parts.of(parts), texts


def _bases(extents: Array, groups: Array) -> Array:
    """The position at which each text begins: texts of one group lie `ZONE_GAP` apart."""
    before = np.array([0, *accumulate((extents + ZONE_GAP).tolist())], np.int64)[:-1]
    bases: Array = before - before[np.searchsorted(groups, groups)]
    return bases


def _added(values: Array, groups: Array, docs: int) -> Array:
    """The sum of the values of each group, which ascend, as an array of fields by articles; it wraps around."""
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)))
    bounds = np.searchsorted(groups, np.arange(docs * _GROUPS + 1))
    return (sums[bounds[1:]] - sums[bounds[:-1]]).reshape(docs, _GROUPS).T
