"""Wildcards and near misses: what they match, and that what an engine narrows by is never too narrow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.query import Fuzzy, Pattern, within
from searcher.query.leaves import _printed_pattern
from tests.plain_matcher import distance, wildcards

LETTERS = "aeiouäöüßsbr-"
patterns = st.text(alphabet=LETTERS + "*??", min_size=1, max_size=7).map(_printed_pattern).filter(bool)
terms = st.text(alphabet=LETTERS, max_size=7)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("waffen*", ["waffen", "waffenruhe"], ["waffe", "diewaffen"]),
        ("*ruhe", ["ruhe", "waffenruhe"], ["ruhen"]),
        ("m?ller", ["müller", "mueller", "muller", "möller"], ["mller", "maäller", "muoller"]),
        ("*ruh?", ["ruhe", "unruhe"], ["ruh", "ruhen"]),
        ("müller*", ["müllers", "muellers"], ["muller"]),
        ("mueller", ["müller", "mueller"], ["muller"]),
        ("stra?e", ["straße", "strasse", "strase"], ["strae"]),
        ("straß*", ["strasse", "straße", "strassen"], ["strase"]),
        ("flussschiff", ["flussschiff", "flußschiff", "flusßchiff"], ["flusschiff"]),
        ("da?er", ["dauer", "dater"], ["dueer"]),
        ("da?r", ["dair", "daür"], ["dauer"]),
        ("q?lle", ["qülle"], ["quelle"]),
        ("eu-komm*", ["eu-kommission", "eukommission"], ["eu kommission"]),
        ("w*ff*n*e", ["waffenruhe"], ["waffenruh"]),
        ("*a*", ["a", "bab"], ["b", ""]),
        ("3,*", ["3,5"], ["35"]),
    ],
)
def test_patterns(pattern: str, matching: list[str], other: list[str]) -> None:
    leaf = Pattern("all", pattern)
    assert [text for text in matching if not leaf.matches(text)] == []
    assert [text for text in other if leaf.matches(text)] == []


def test_in_raw_fields_only_the_star_is_special() -> None:
    leaf = Pattern("url", "https://x.de/?a=ü*")
    assert leaf.matches("https://x.de/?a=ü&b")
    assert not leaf.matches("https://x.de/1a=ü")
    assert not leaf.matches("https://x.de/?a=ue")
    assert leaf.literal_prefixes() == ("https://x.de/?a=ü",)
    assert leaf.literal_suffixes() == ("",)
    assert leaf.index_field == "url"


@pytest.mark.parametrize(
    ("pattern", "prefixes", "suffixes"),
    [
        ("waffen*", ("waffen",), ("",)),
        ("*ruhe", ("",), ("ruhe",)),
        ("m?ller", ("m",), ("ller",)),
        ("müll*ße", ("muell", "müll"), ("sse", "ße")),
        ("*", ("",), ("",)),
        ("a", ("a",), ("a",)),
        ("sss*", ("sss", "sß", "ßs"), ("",)),
        ("eu-*", ("eu",), ("",)),
    ],
)
def test_literal_edges(pattern: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> None:
    leaf = Pattern("all", pattern)
    assert (leaf.literal_prefixes(), leaf.literal_suffixes()) == (prefixes, suffixes)


@settings(max_examples=400)
@given(pattern=patterns, term=terms)
def test_a_pattern_matches_as_the_plain_one_does(pattern: str, term: str) -> None:
    leaf = Pattern("all", pattern)
    assert leaf.matches(term) == wildcards(pattern, term)


@settings(max_examples=400)
@given(pattern=patterns, fill=st.lists(terms, min_size=7, max_size=7), swap=st.booleans())
def test_what_matches_has_a_literal_edge(pattern: str, fill: list[str], swap: bool) -> None:
    leaf = Pattern("all", pattern)
    filled = "".join(
        fill[at][: 1 if sign == "?" else None] if sign in "*?" else sign for at, sign in enumerate(pattern)
    )
    if swap:
        filled = (
            filled.replace("ss", "ß")
            .replace("ue", "ü")
            .replace("ae", "ä")
            .replace("oe", "ö")
            .replace("-", "")
        )
    if leaf.matches(filled):
        assert sum(filled.startswith(prefix) for prefix in leaf.literal_prefixes()) == 1
        assert sum(filled.endswith(suffix) for suffix in leaf.literal_suffixes()) == 1
    else:
        assert "?" in pattern or swap


@pytest.mark.parametrize(
    "pattern",
    [
        "*a*a*a*b",
        "*?a*?a*?a*",
        "????????x",
        "*????*????x",
        "*ue?*ue?*ss?*x",
        "*a?" * 50 + "x",
        "?" * 60 + "b",
    ],
)
@pytest.mark.parametrize("term", ["a" * 4_000, "bae" * 1_300, "ue" * 2_000, "ss" * 2_000, "usse" * 1_000])
def test_hostile_terms_end(pattern: str, term: str) -> None:
    # With groups that are not atomic some of these would not come back.
    assert Pattern("all", pattern).matches(term) in (True, False)


@settings(max_examples=500)
@given(left=st.text("abc", max_size=7), right=st.text("abc", max_size=7), most=st.integers(0, 3))
def test_within_is_the_distance(left: str, right: str, most: int) -> None:
    assert within(left, right, most) == (distance(left, right) <= most)
    assert within(right, left, most) == within(left, right, most)


def test_near_misses() -> None:
    leaf = Fuzzy("all", "lukaschenka", 1)
    found = ["lukaschenka", "lukaschenko", "lukaschenk", "lukaschenkaa", "lukashcenka"]
    assert [text for text in found if not leaf.matches(text)] == []
    assert not leaf.matches("lukashenko")
    assert Fuzzy("all", "lukaschenka", 2).matches("lukashenko")


@settings(max_examples=300)
@given(patterns, st.lists(terms, max_size=8))
def test_lines_match_as_single_words_do(pattern: str, words: list[str]) -> None:
    leaf = Pattern("all", pattern)
    lines = "".join(f"\n{word}" for word in words) + "\n"
    assert sorted(set(leaf.matching_lines(lines))) == [
        number for number, word in enumerate(words) if leaf.matches(word)
    ]


@given(st.text("ab*", min_size=1), st.lists(st.text("ab?*.", max_size=5), max_size=8))
def test_lines_of_raw_fields_match_as_single_values_do(pattern: str, values: list[str]) -> None:
    leaf = Pattern("id", pattern)
    lines = "".join(f"\n{value}" for value in values) + "\n"
    assert sorted(set(leaf.matching_lines(lines))) == [
        number for number, value in enumerate(values) if leaf.matches(value)
    ]
