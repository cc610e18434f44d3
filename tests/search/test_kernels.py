"""Each array kernel against its plain twin: the same answer, for every type of column and for empty arrays."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.search import kernels, phrases

TYPES = (np.uint8, np.uint16, np.uint32, np.int64)
SIZE = 200

docs = st.sets(st.integers(0, SIZE - 1)).map(sorted)
# Long and short lists beside each other, so that both ways of intersecting are taken.
few = st.sets(st.integers(0, SIZE - 1), max_size=4).map(sorted)
types = st.sampled_from(TYPES)
floats = st.floats(0, 100, width=32)


def plain_find(found: list[int], wanted: list[int]) -> list[int]:
    return [found.index(doc) if doc in found else -1 for doc in wanted]


@given(found=docs, wanted=st.one_of(docs, few), types=st.tuples(types, types))
def test_find_and_contains(found: list[int], wanted: list[int], types: tuple[Any, Any]) -> None:
    arrays = np.array(found, types[0]), np.array(wanted, types[1])
    expected = plain_find(found, wanted)
    if found:
        mask, rows = kernels.find(*arrays, SIZE)
        assert mask.tolist() == [row >= 0 for row in expected]
        assert rows[mask].tolist() == [row for row in expected if row >= 0]
        assert all(row < len(found) for row in rows.tolist())
    assert kernels.contains(*arrays, SIZE).tolist() == [row >= 0 for row in expected]


def test_both_ways_of_intersecting_are_taken() -> None:
    everything = np.arange(SIZE, dtype=np.uint16)
    for wanted in (everything[:1], everything[: SIZE // kernels.GALLOP + 1]):
        mask, rows = kernels.find(everything, wanted, SIZE)
        assert mask.all()
        assert rows.tolist() == wanted.tolist()


@given(
    keys=st.sets(st.integers(0, 2000)).map(sorted),
    wanted=st.sets(st.integers(0, 2000)).map(sorted),
    scale=st.sampled_from([(np.uint32, 1), (np.uint32, 2**20), (np.uint64, 2**40)]),
)
def test_keys_found(keys: list[int], wanted: list[int], scale: tuple[Any, int]) -> None:
    dtype, factor = scale
    of_word = phrases.Keys(np.array(keys, dtype) * dtype(factor))
    asked = np.array(wanted * (1 + phrases.SIEVED // max(len(wanted), 1)), dtype) * dtype(factor)
    asked.sort()
    expected = [i for i, key in enumerate(asked.tolist()) if key // factor in keys]
    # Without the sieve, then making it, then with it.
    for _ in range(3):
        assert of_word.found(asked).tolist() == expected


@given(
    pairs=st.lists(st.tuples(st.integers(0, 255), st.floats(0.125, 50, width=32))),
    factor=st.floats(0, 50),
    dtype=types,
)
def test_bm25(pairs: list[tuple[int, float]], factor: float, dtype: Any) -> None:
    weights = np.array([weight for weight, _ in pairs], dtype)
    norms = np.array([norm for _, norm in pairs], np.float32)
    scores = kernels.bm25(weights, norms, factor)
    assert scores.dtype == np.float32
    assert norms.tolist() == [norm for _, norm in pairs]
    expected = [factor * weight / (weight + norm) for weight, norm in pairs]
    assert scores.tolist() == pytest.approx(expected, rel=1e-5, abs=1e-30)


@given(found=docs, dtype=types, seed=st.integers(0, 1000))
def test_accumulate(found: list[int], dtype: Any, seed: int) -> None:
    draw = np.random.default_rng(seed)
    start, scores = draw.random(SIZE, np.float32), draw.random(len(found), np.float32)
    total = start.copy()
    kernels.accumulate(total, np.array(found, dtype), scores)
    expected = start.copy()
    for doc, score in zip(found, scores, strict=True):
        expected[doc] += score
    assert total.tolist() == expected.tolist()


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 5))), types)
def test_spread(ranges: list[tuple[int, int]], dtype: Any) -> None:
    begins = np.array([begin for begin, _ in ranges], np.int64)
    lengths = np.array([length for _, length in ranges], dtype)
    spread = kernels.spread(begins, lengths)
    assert spread.dtype == np.int64
    assert spread.tolist() == [begin + i for begin, length in ranges for i in range(length)]


@given(
    lists=st.lists(st.lists(st.integers(0, 250), max_size=40).map(sorted), max_size=6),
    dtype=types,
    draw=st.data(),
)
def test_lower_bounds(lists: list[list[int]], dtype: Any, draw: Any) -> None:
    values = [value for each in lists for value in each]
    ends = np.cumsum([len(each) for each in lists], dtype=np.int64)
    begins = ends - [len(each) for each in lists] if lists else ends
    chosen = draw.draw(st.lists(st.integers(0, len(lists) - 1), max_size=8) if lists else st.just([]))
    wanted = [draw.draw(st.integers(-1, 260)) for _ in chosen]
    found = kernels.lower_bounds(
        np.array(values, dtype), begins[chosen], ends[chosen], np.array(wanted, np.int64)
    )
    expected = [
        bisect_left(values, want, int(begins[i]), int(ends[i]))
        for i, want in zip(chosen, wanted, strict=True)
    ]
    assert found.tolist() == expected


def plain_best(keys: list[float], count: int, ranks: list[int]) -> list[int]:
    return sorted(range(len(keys)), key=lambda i: (-keys[i], ranks[i]))[:count]


@given(
    keys=st.one_of(
        st.lists(floats, max_size=60),
        # Few different keys: most are equal.
        st.lists(st.sampled_from([0.0, 1.0, 1.5]), max_size=400),
    ),
    count=st.integers(0, 30),
    dtype=st.sampled_from([np.float32, np.int64]),
    draw=st.randoms(use_true_random=False),
)
def test_best(keys: list[float], count: int, dtype: Any, draw: Any) -> None:
    ranks = list(range(len(keys)))
    draw.shuffle(ranks)
    array = np.array(keys, dtype)
    best = kernels.best(array, count, np.array(ranks, np.uint16))
    assert best.tolist() == plain_best(array.tolist(), count, ranks)


@pytest.mark.parametrize("distinct", [1, 3, 40, 100_000])
@pytest.mark.parametrize("count", [1, 10, 100])
def test_best_of_many(distinct: int, count: int) -> None:
    """Long enough for the maxima of blocks and for the choice among equal keys at the threshold."""
    draw = np.random.default_rng(distinct + count)
    keys = draw.integers(0, distinct, 30_011).astype(np.float32)
    ranks = draw.permutation(len(keys))
    assert kernels.best(keys, count, ranks).tolist() == plain_best(keys.tolist(), count, ranks.tolist())


def test_best_of_dates_before_all_dates() -> None:
    """The smallest int64 stands for undated articles; its negative would be itself."""
    keys = np.array([5, np.iinfo(np.int64).min + 1, 7, -2], np.int64)
    assert kernels.best(keys, 4, np.arange(4)).tolist() == [2, 0, 3, 1]
