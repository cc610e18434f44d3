"""Near misses by arrays against the plain distance, word by word."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.index.format.columns import Strings
from searcher.index.read.letter_signatures import signatures
from searcher.query import within
from searcher.search.fuzzy import near, sieved

# Few letters, so that words are near one another; umlauts, a sign of four bytes and half a character among them.
words = st.text("abzäß-\U0001f5de\ud800", max_size=7)


@settings(max_examples=400)
@given(st.lists(words, max_size=12), words, st.integers(1, 2))
def test_near_misses_are_those_of_the_plain_distance(found: list[str], word: str, most: int) -> None:
    texts = Strings.of([each.encode("utf-8", "surrogatepass") for each in found])
    rows = sieved(*signatures(texts), word, most)
    wanted = [row for row, each in enumerate(found) if within(word, each, most)]
    assert set(wanted) <= set(rows.tolist())
    assert near(texts, rows, word, most).tolist() == wanted


def test_a_very_long_word_is_compared_near_its_diagonal_only() -> None:
    long = "a" * 9_000
    texts = Strings.of([f"{long}b".encode(), f"b{long}cc".encode()])
    assert near(texts, sieved(*signatures(texts), long, 2), long, 2).tolist() == [0]
