"""Snippets: exactly the printed words that match are marked, a phrase is one span, and long texts are cut around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import Article
from searcher.german import STOP_WORDS, analyze
from searcher.query import Every, parse
from searcher.results import Snippet
from searcher.snippets import GAP, LENGTH, PASSAGES, _densest, _passages, snippet


def shown(query: str, **texts: str) -> Snippet:
    return snippet(Article(id="1", **texts), parse(query, analyze=analyze, stop_words=STOP_WORDS).tree)


def marked(query: str, **texts: str) -> str:
    return shown(query, **texts).marked("[", "]")


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        ("Waffenruhen", "Die Waffenruhe hielt.", "Die [Waffenruhe] hielt."),
        ("Lukaschenko", "Lukaschenkos Wort, Lukaschenko.", "[Lukaschenkos] Wort, [Lukaschenko]."),
        ("die", "Die Lage, die wir kennen.", "[Die] Lage, [die] wir kennen."),
        # As printed, never the stem or the folded form; punctuation stays outside.
        ("Müller", "„Mueller“, MÜLLER, Müllers.", "„[Mueller]“, [MÜLLER], [Müllers]."),
        ("Strasse", "Eine Stra\u00dfe.", "Eine [Straße]."),
        ("über", "Sie sprach u\u0308ber alles.", "Sie sprach [u\u0308ber] alles."),
        ("Waffenruhe", "Eine Waffen\u00adruhe kam.", "Eine [Waffen\u00adruhe] kam."),
        # One span for a quoted wording, but only where it stands so.
        (
            '"ohne Vorbedingungen"',
            "Nur ohne Vorbedingungen, nicht ohne.",
            "Nur [ohne Vorbedingungen], nicht ohne.",
        ),
        ('"fördern"', "fordern und fördern", "fordern und [fördern]"),
        # The two sides of an ADJ are two, and only where they stand near.
        ("Rat ADJ/1 tagt", "Der Rat der tagt, tagt heute; Rat.", "Der [Rat] der [tagt], tagt heute; Rat."),
        # Part of a compound, or the whole.
        ("Kommission", "Die EU-Kommission.", "Die EU-[Kommission]."),
        (
            "EU-Kommission",
            "Die EU-Kommission, die EU Kommission.",
            "Die [EU-Kommission], die [EU Kommission].",
        ),
        ("Bürger", "Alle Bürger*innen.", "Alle [Bürger*innen]."),
        ("waffen*", "Waffenruhe und Waffen.", "[Waffenruhe] und [Waffen]."),
        ("Waffenrue~", "Waffenruhe heute.", "[Waffenruhe] heute."),
        # What is not asked for is not marked.
        ("Rat -tagt", "Der Rat tagt.", "Der [Rat] tagt."),
        ("Rat NICHT (tagt heute)", "Der Rat tagt.", "Der [Rat] tagt."),
        ("titel:Rat", "Der Rat tagt.", "Der Rat tagt."),
        ("datum:2023", "Der Rat tagt.", "Der Rat tagt."),
        ("*", "Der Rat tagt.", "Der Rat tagt."),
        ("text:Rat ODER Nirgends", "Der Rat tagt.", "Der [Rat] tagt."),
        ("Rat", "", ""),
        ("3,5", "Um 3,5 Prozent, nicht 3 oder 5.", "Um [3,5] Prozent, nicht 3 oder 5."),
    ],
)
def test_marks(query: str, body: str, expected: str) -> None:
    assert marked(query, body=body) == expected


def test_overlapping_matches_are_one_mark() -> None:
    assert (
        marked('"der Rat" ODER "Rat tagt"', body="Heute tagt der Rat tagt morgen.")
        == "Heute tagt [der Rat tagt] morgen."
    )


def test_without_a_match_in_the_text_its_beginning_is_shown() -> None:
    assert marked("Kreml", title="Kreml", body="Der Rat tagt.\n\nUnd so weiter.") == "Der Rat tagt."
    assert marked("Kreml", title="Kreml", teaser="Kurz.", body="Lang.") == "Kurz."
    assert marked("Kreml", title="Kreml") == ""
    assert shown("Kreml", title="Kreml", body="ohne Ende " * 100).text.endswith(" …")


def test_the_teaser_is_shown_too() -> None:
    assert marked("Rat", teaser="Der Rat tagt.", body="Viel Text.") == "Der [Rat] tagt."
    assert marked("teaser:Rat", teaser="Der Rat tagt.", body="Ein Rat.") == "Der [Rat] tagt."


def test_a_second_passage_for_other_words() -> None:
    body = "Die Waffenruhe hielt.\n\nDazwischen nichts.\n\nDer Kreml schwieg.\n\nDie Waffenruhe hielt wieder."
    assert marked("Waffenruhe Kreml", body=body) == f"Die [Waffenruhe] hielt.{GAP}Der [Kreml] schwieg."
    assert marked("Kreml Waffenruhe", body=body) == f"Die [Waffenruhe] hielt.{GAP}Der [Kreml] schwieg."
    # One word needs no second passage, and the passage with most of the words is taken.
    assert marked("Waffenruhe", body=body) == "Die [Waffenruhe] hielt."
    both = body + "\n\nKreml und Waffenruhe."
    assert marked("Waffenruhe Kreml", body=both) == "[Kreml] und [Waffenruhe]."


def test_a_long_paragraph_is_cut_at_blanks_around_the_words() -> None:
    body = "vorher " * 200 + "die Waffenruhe hielt " + "nachher " * 200
    found = shown("Waffenruhe", body=body)
    assert found.text.startswith("… vorher ")
    assert found.text.endswith(" nachher …")
    assert "[Waffenruhe]" in found.marked("[", "]")
    assert len(found.text) <= LENGTH + 4


def test_a_long_quotation_is_shown_whole() -> None:
    words = " ".join(f"wort{number}" for number in range(60))
    found = shown(f'"{words}"', body=f"davor {words} danach")
    assert [found.text[start:end] for start, end in found.marks] == [words]


def test_line_breaks_become_blanks() -> None:
    assert marked("Rat", body="Der\nRat tagt.\n\nHeute.") == "Der [Rat] tagt."


WORDS = (
    "Waffenruhe",
    "Waffenruhen,",
    "der",
    "EU-Kommission",
    "Müller",
    "Mueller",
    "\n\n",
    "„Kreml“",
    "und",
    "ohne",
)


@given(
    body=st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join),
    teaser=st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    asked=st.lists(st.sampled_from(["Waffenruhe", "Müller", "Kommission", "Kreml"]), min_size=1, max_size=3),
)
def test_marks_of_any_text(body: str, teaser: str, asked: list[str]) -> None:
    found = shown(" ODER ".join(asked), body=body, teaser=teaser)
    stems = {token.stem for word in asked for token in analyze(word)}
    assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
    assert list(found.marks) == sorted(found.marks)
    assert all(one[1] <= other[0] for one, other in zip(found.marks, found.marks[1:], strict=False))
    for start, end in found.marks:
        assert {token.stem for token in analyze(found.text[start:end])} & stems
    # Every word of the passage that matches is marked, not only those that had it chosen.
    for token in analyze(found.text):
        if token.stem in stems:
            assert any(start <= token.start and token.end <= end for start, end in found.marks), found
    assert bool(found.marks) == any(token.stem in stems for text in (body, teaser) for token in analyze(text))
    assert len(found.text) <= LENGTH + PASSAGES * 4
    # Nothing is invented: without marks and ellipses the text stands in the article.
    for piece in found.text.split("…"):
        assert piece.strip() in " ".join((teaser + "\n" + body).replace("\n", " ").split("\n"))


class Place(int):
    """A place in a text that counts how often places are looked at."""

    looks = 0

    def __lt__(self, other: int) -> bool:
        Place.looks += 1
        return int(self) < other

    def __le__(self, other: int) -> bool:
        Place.looks += 1
        return int(self) <= other

    def __ge__(self, other: int) -> bool:
        Place.looks += 1
        return int(self) >= other

    def __add__(self, other: int) -> int:
        Place.looks += 1
        return int(self) + other

    def __sub__(self, other: int) -> int:
        Place.looks += 1
        return int(self) - other


class Counted(Every):
    """A leaf that is every word of a text."""

    def spans(self, tokens: Sequence[Any]) -> list[tuple[int, int]]:
        return [(Place(token.start), Place(token.end)) for token in tokens]


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_the_work_grows_with_the_text_not_with_its_square(between: str) -> None:
    words = 2000
    Place.looks = 0
    article = Article(id="1", body=between.join(["und"] * words))
    assert list(_passages(article, "body", [Counted("all")]))
    assert Place.looks < 50 * words


SPANS = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300), st.integers(0, 3)), min_size=1)


@given(SPANS.map(lambda spans: sorted((start, start + length, leaf) for start, length, leaf in spans)))
def test_the_densest_stretch_is_the_one_that_trying_all_finds(spans: list[tuple[int, int, int]]) -> None:
    tried = [
        [span for span in spans[number:] if span[1] - first[0] <= LENGTH] or [first]
        for number, first in enumerate(spans)
    ]
    best = max(tried, key=lambda window: (len({leaf for _, _, leaf in window}), len(window)))
    assert list(_densest("", 0, 0, 1000, spans).spans) == best
