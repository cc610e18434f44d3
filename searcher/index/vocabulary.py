"""Vocabulary: text to arrays of numbers, each chunk of text analysed only once.

News repeats itself: of 30 million chunks in 55,000 articles one million are distinct. A chunk that has been seen is
one dictionary look-up, so the cost of indexing is that of splitting text, not of analysing German.
"""

from __future__ import annotations

from itertools import chain

import numpy as np

from searcher.german import analyze_chunk
from searcher.index.columns import Array, spread

LIMIT = 1_000_000
"""Chunks kept at most; reaching it clears the vocabulary at the next `trim`."""


class _Chunks(dict[str, int]):
    """chunk -> number of its printed form, or -1 - i for the i-th pattern of several (or no) tokens."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = self.vocabulary.learn(chunk)
        return number


class Vocabulary:
    """Numbers for printed forms and stems, and the cache of analysed chunks.

    `printed[i]` is form i, `form_stems[i]` the number of its stem, `stems[j]` stem j.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.printed: list[str] = []
        self.form_stems: list[int] = []
        self.stems: list[str] = []
        self._forms: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._chunks = _Chunks(self)
        self._patterns: dict[tuple[tuple[int, int], ...], int] = {}
        self._pattern_list: list[tuple[tuple[int, int], ...]] = []

    def trim(self) -> None:
        """Forget everything when the bound is reached; numbers handed out before are void then."""
        if len(self._chunks) > LIMIT:
            self.clear()

    def learn(self, chunk: str) -> int:
        """Analyse a new chunk; its number as `_Chunks` keeps it."""
        tokens = analyze_chunk(chunk)
        if len(tokens) == 1 and tokens[0].step == 1:
            return self.form(tokens[0].printed, tokens[0].stem)
        pattern = tuple((self.form(token.printed, token.stem), token.step) for token in tokens)
        number = self._patterns.get(pattern)
        if number is None:
            number = self._patterns[pattern] = len(self._pattern_list)
            self._pattern_list.append(pattern)
        return -1 - number

    def form(self, printed: str, stem: str) -> int:
        """The number of a printed form, new or known."""
        number = self._forms.get(printed)
        if number is None:
            number = self._forms[printed] = len(self.printed)
            self.printed.append(printed)
            stem_number = self._stems.setdefault(stem, len(self.stems))
            if stem_number == len(self.stems):
                self.stems.append(stem)
            self.form_stems.append(stem_number)
        return number

    def numbers(self, texts: list[str]) -> tuple[Array, Array]:
        """(chunk numbers of all texts in a row, number of chunks of each text)."""
        pieces = [text.split() for text in texts]
        counts = np.fromiter(map(len, pieces), np.int64, len(pieces))
        look_up = self._chunks.__getitem__
        found = np.fromiter(map(look_up, chain.from_iterable(pieces)), np.int32, int(counts.sum()))
        return found, counts

    def tokens(self, chunks: Array, counts: Array) -> tuple[Array, Array, Array]:
        """Chunk numbers and their count per text -> (form, position in its text, number of the text) per token.

        A text's first token stands at position 0.
        """
        single = chunks >= 0
        texts = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        if single.all():
            forms, steps = chunks, np.ones(len(chunks), np.int32)
        else:
            forms, steps, lengths = self._spread(chunks, single)
            texts = np.repeat(texts, lengths)
        walked = np.cumsum(steps, dtype=np.int32)
        begins = np.searchsorted(texts, np.arange(len(counts)))
        before = np.concatenate((np.zeros(1, np.int32), walked))[begins]
        return forms, walked - before[texts] - 1, texts

    def _spread(self, chunks: Array, single: Array) -> tuple[Array, Array, Array]:
        """Replace pattern numbers by the tokens of the patterns: (forms, steps, tokens per chunk)."""
        lengths_of = np.fromiter(map(len, self._pattern_list), np.int64, len(self._pattern_list))
        begin_of = np.concatenate(([0], np.cumsum(lengths_of)))
        flat = np.array([pair for pattern in self._pattern_list for pair in pattern], np.int32).reshape(-1, 2)
        patterns = -1 - chunks[~single]
        lengths = np.ones(len(chunks), np.int64)
        lengths[~single] = lengths_of[patterns]
        forms = np.repeat(chunks, lengths)
        steps = np.ones(len(forms), np.int32)
        places = spread(begin_of[patterns], lengths_of[patterns])
        of_pattern = forms < 0
        steps[of_pattern] = flat[places, 1]
        forms[of_pattern] = flat[places, 0]
        return forms, steps, lengths
