"""Sorting byte strings by whole arrays, held against Python's own sort."""

from __future__ import annotations

import doctest

from hypothesis import example, given
from hypothesis import strategies as st

from searcher.index.format.columns import Strings
from searcher.index.write import byte_sort as module
from searcher.index.write.byte_sort import order

# Few letters make long common beginnings; zero bytes are what keys are filled up with.
texts = st.lists(st.one_of(st.binary(max_size=12), st.text("ab\0", max_size=40).map(str.encode)), max_size=40)


@given(texts)
@example([b"a" * 7, b"a" * 8, b"a" * 14, b"a" * 7 + b"\0", b"\xff" * 9, b""])
def test_the_order_is_that_of_sorted(found: list[bytes]) -> None:
    strings = Strings.of(found)
    assert [found[i] for i in order(strings).tolist()] == sorted(found)
    backwards = [each[::-1] for each in found]
    assert [backwards[i] for i in order(strings, backwards=True).tolist()] == sorted(backwards)


def test_the_example_runs() -> None:
    assert doctest.testmod(module).failed == 0
