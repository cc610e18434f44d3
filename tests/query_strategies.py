"""Random queries for tests: texts that look like queries, and trees as the parser makes them."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from searcher.query import And, During, Every, Near, Not, Or, Query, parse
from tests.plain_analysis import analyze

WORDS = ("krieg", "kriege", "frieden", "EU-Rat", "Rat", "der", "Bürger*innen", "3,5", "waffenruhe", "müller")
"""Few, so that random articles of the same words are often found."""

FIELDS = ("", "titel:", "text:", "teaser:", "quelle:", "ressort:", "schlagwort:")

PIECES = (
    *WORDS, *FIELDS, "UND", "ODER", "NICHT", "AND", "OR", "NOT", "ADJ", "NEAR/3", "ADJ/", "(", ")", '"', "„", "“", "»", "«",
    "-", "–", "^2", "^0", "~", "~2", "*", "?", "[", "]", "datum:", "datum:2023", "2023-03..", "id:", "url:", "x1", "foo:",
    ":", "Autor:innen", "autor:", ",", "'", "!", "&&", "..", "\u00a0", "\u00ad", "alles:", "http://x.de/", "＊", "¨", "ﬁ", "ẞ", "\t",
)  # fmt: skip

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*PIECES, " ", " "]), max_size=16).map("".join),
    st.text(max_size=30),
    st.text(min_size=1, max_size=5).map(lambda word: f"{word}*"),
    st.text(alphabet='ab*?^~:"„“»«() -–UNDORicht/\\[]…\u0301\u00ad', max_size=30),
)
"""Query texts, most of them broken somewhere."""


@cache
def _leaf(text: str) -> Query:
    return parse(text, analyze=analyze).tree


def _fielded(written: st.SearchStrategy[str], fields: tuple[str, ...] = FIELDS) -> st.SearchStrategy[Query]:
    return st.builds(lambda field, text: _leaf(field + text), st.sampled_from(fields), written)


_boosts = st.sampled_from(["", "", "^2", "^0.5"])
_words = st.builds(
    str.__add__, st.sampled_from([*WORDS, "UND", "ADJ", "titel"]).map(lambda word: f"alles:{word}"), _boosts
)
_quotes = st.builds(
    lambda words, boost: '"' + " ".join(words) + '"' + boost,
    st.lists(st.sampled_from([*WORDS, "UND", "titel:"]), min_size=1, max_size=3),
    _boosts,
)
_patterns = st.sampled_from(["krieg*", "*e", "k?ieg", "m?ller", "mue*", "*rat", "?rieg*", "eu-*", "*i*e*"])
_near_words = st.one_of(st.sampled_from(WORDS), _quotes)


@st.composite
def nears(draw: st.DrawFn) -> Near:
    field = draw(st.sampled_from(FIELDS))
    sides = [_leaf(field + draw(_near_words)) for _ in range(draw(st.integers(2, 4)))]
    while len(sides) > 1:
        at = draw(st.integers(0, len(sides) - 2))
        near = Near(
            sides[at],
            sides[at + 1],
            draw(st.integers(0, 4)),
            draw(st.booleans()),
            draw(st.sampled_from([1.0, 2.0])),
        )
        sides[at : at + 2] = [near]
    return sides[0]


def during() -> st.SearchStrategy[During]:
    # Minutes from 2021 to 2024, so that articles of these years meet them.
    bound = st.one_of(
        st.none(),
        st.integers(1_062_417_600, 1_064_521_440),
        st.sampled_from(range(1_062_417_600, 1_064_521_440, 1440)),
    )
    ranges = st.tuples(bound, bound).map(lambda pair: pair if None in pair else tuple(sorted(pair)))
    return ranges.filter(lambda pair: None in pair or pair[0] < pair[1]).map(lambda pair: During(*pair))


text_leaves = st.one_of(
    _words.map(_leaf),
    _fielded(st.sampled_from(WORDS)),
    _fielded(_quotes),
    _fielded(_patterns),
    _fielded(st.sampled_from(["krieg~", "kreig~", "ratt~2", "müler~"])),
    nears(),
)
leaves = st.one_of(
    text_leaves,
    during(),
    st.sampled_from([Every(), Every("title"), Every("keyword")]),
    st.sampled_from(["id:1", "id:3", 'id:"5 x"', "url:http*", "url:https://x.de/2", "id:*"]).map(_leaf),
    _quotes.map(_leaf),
)


def trees() -> st.SearchStrategy[Query]:
    """Trees of every class, as `parse` makes them: And and Or have two branches or more."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(And),
            st.lists(inner, min_size=2, max_size=4).map(Or),
            inner.map(Not),
        ),
        max_leaves=7,
    )
