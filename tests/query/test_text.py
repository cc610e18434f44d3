"""Text is text: whatever is pasted is read, and no sign in it takes a word away."""

from __future__ import annotations

import json
import lzma
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.german import STOP_WORDS, analyze
from searcher.query import leaves, parse
from searcher.query.prose import has_syntax
from searcher.query.tree import Word
from tests.checkout import SHARED

WORDS = (
    "Merkel",
    "Corona-Krise",
    "warnt",
    "der",
    "Bürger*innen",
    "3,5",
    "EU",
    "Müllers",
    "Straße",
    "090227",
    "nicht",
    "oder",
)
SIGNS = (
    "-",
    "–",
    "—",
    "?",
    "!",
    "…",
    ":",
    ";",
    "/",
    "§",
    "%",
    "#",
    "&",
    "+",
    "|",
    ",",
    "...",
    "|",
    "»",
    "“",
    "(",
    ")",
    '"',
    "'",
)
PRINT = (
    "„Model C“-Schulen", "Corona-„Pandemie“", "(Handels-)Beschränkungen", "Kolleg(inne)n", "a)", "1.", "Ukraine:", "warnt?",
    "Wirklich?!", "CDU/CSU", "POL-F:", "'Lage'", "12\"", "Vogel (Olpe),", "„Wir schaffen das“",
)  # fmt: skip


def headlines(most: int) -> list[str]:
    """The first headlines with a word in them."""
    with lzma.open(SHARED / "headlines.jsonl.xz", "rt", encoding="utf-8") as lines:
        titles = (json.loads(line)["title"] for line in lines)
        return list(islice((title for title in titles if any(map(str.isalpha, title))), most))


@given(
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=4),
    st.lists(st.sampled_from([*SIGNS, *PRINT]), max_size=5),
    st.randoms(use_true_random=False),
)
def test_no_sign_in_a_text_refuses_it_or_takes_a_word(words: list[str], signs: list[str], random) -> None:
    pieces = [*words, *signs]
    random.shuffle(pieces)
    text = " ".join(pieces)
    parsed = parse(text, analyze=analyze, stop_words=STOP_WORDS)
    kept = {stem(leaf.text) for leaf, wanted in leaves(parsed.tree) if wanted} | set(
        map(stem, parsed.ignored)
    )
    quoted = " ".join(leaf.text for leaf, _ in leaves(parsed.tree) if not isinstance(leaf, Word))
    for word in words:
        assert stem(word) in kept or word in quoted
    assert parse(str(parsed.tree), analyze=analyze).tree == parsed.tree


def stem(word: str) -> tuple[str, ...]:
    return tuple(token.stem for token in analyze(word))


@pytest.mark.skipif(not SHARED.exists(), reason="needs the headlines of ../shared/data")
def test_real_headlines_are_read() -> None:
    for title in headlines(5_000):
        parse(title, analyze=analyze, stop_words=STOP_WORDS)


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("Merkel warnt - und appelliert", False),
        ("Wer gewinnt? Die Wahl: 5 Fragen", False),
        ("Merkel -Spahn", True),
        ("Merkel ODER Spahn", True),
        ("titel:Merkel", True),
        ("Merk*", True),
        ("M?ller", True),
        ("Merkel~", True),
        ("Merkel^2", True),
        ("WAHL IN FRANKREICH UND SPANIEN", False),
    ],
)
def test_what_counts_as_syntax(text: str, syntax: bool) -> None:
    assert has_syntax(text) is syntax
