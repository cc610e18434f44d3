"""Vocabulary: the printed forms and stems of a process, and the tokens of texts as arrays of their numbers.

News repeats itself: of 30 million chunks in 55,000 articles one million are distinct. Only these are analysed.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from searcher.german import analyze_chunk, plain_word, stem
from searcher.index.format.columns import Array, spread
from searcher.index.write.chunk_table import ChunkTable

LIMIT = 1_000_000
"""Approximate maximum number of chunks: then a builder is full, and the vocabulary is cleared after the write."""


@dataclass(frozen=True)
class TextTokens:
    """The tokens of several texts in a row: form and position of each, and the number of tokens of each text.

    The first token of a text has position 0.
    """

    forms: Array
    positions: Array
    counts: Array


class Vocabulary:
    """`printed[i]` is form i, `form_stems[i]` the number of its stem, `stems[j]` stem j."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all forms, stems and chunks; numbers handed out before become invalid."""
        self.printed: list[str] = []
        self.form_stems: list[int] = []
        self.stems: list[str] = []
        self._forms: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._chunks = ChunkTable()
        # Form and step of each token of the patterns (chunks of several tokens, or none), and where each ends.
        self._flat = array("i")
        self._ends = array("q", [0])

    @property
    def full(self) -> bool:
        """Whether it holds so many chunks that it must be cleared."""
        return len(self._chunks) > LIMIT

    def trim(self) -> None:
        """Forget everything when it is full; numbers handed out before are void then."""
        if self.full:
            self.clear()

    def form(self, printed: str, known_stem: str = "") -> int:
        """The number of a printed form, new or known; `known_stem` spares the search for its stem."""
        number = self._forms.get(printed)
        if number is None:
            number = self._forms[printed] = len(self.printed)
            self.printed.append(printed)
            own = known_stem or stem(printed)
            stem_number = self._stems.setdefault(own, len(self.stems))
            if stem_number == len(self.stems):
                self.stems.append(own)
            self.form_stems.append(stem_number)
        return number

    def _stem(self, printed: str) -> str:
        return self.stems[self.form_stems[self.form(printed)]]

    def _learn(self, chunk: str) -> int:
        """Analyse a new chunk: the number of its form, or -1 - i for the i-th pattern of several (or no) tokens."""
        if printed := plain_word(chunk):
            return self.form(printed)
        tokens = analyze_chunk(chunk, self._stem)
        if len(tokens) == 1 and tokens[0].step == 1:
            return self.form(tokens[0].printed)
        for token in tokens:
            self._flat.append(self.form(token.printed))
            self._flat.append(token.step)
        self._ends.append(len(self._flat) // 2)
        return 1 - len(self._ends)

    def tokens(self, texts: list[bytes]) -> TextTokens:
        """The tokens of UTF-8 texts."""
        chunks, counts = self._chunks.numbers(texts, self._learn)
        owners = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
        of_pattern = np.flatnonzero(chunks < 0)
        if not len(of_pattern):
            begins = np.cumsum(counts) - counts
            positions = np.arange(len(chunks), dtype=np.int32) - np.repeat(begins, counts).astype(np.int32)
            return TextTokens(chunks, positions, counts)
        forms, steps, lengths = self._spread(chunks, of_pattern)
        owners = np.repeat(owners, lengths)
        walked = np.cumsum(steps, dtype=np.int32)
        counts = np.bincount(owners, minlength=len(texts))
        begins = np.cumsum(counts) - counts
        before = np.concatenate((np.zeros(1, np.int32), walked))[begins]
        return TextTokens(forms, walked - np.repeat(before, counts) - 1, counts)

    def _spread(self, chunks: Array, of_pattern: Array) -> tuple[Array, Array, Array]:
        """Replace pattern numbers by the tokens of the patterns: (forms, steps, tokens per chunk)."""
        flat, ends = np.asarray(self._flat).reshape(-1, 2), np.asarray(self._ends)
        patterns = -1 - chunks[of_pattern].astype(np.int64)
        begins = ends[patterns]
        sizes = ends[patterns + 1] - begins
        lengths = np.ones(len(chunks), np.int64)
        lengths[of_pattern] = sizes
        forms = np.repeat(chunks, lengths)
        steps = np.ones(len(forms), np.int32)
        where = np.flatnonzero(forms < 0)
        found = flat[spread(begins, sizes)]
        forms[where] = found[:, 0]
        steps[where] = found[:, 1]
        return forms, steps, lengths
