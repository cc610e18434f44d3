"""The query language with the German analysis: the table of the design, from the query's side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.errors import QuerySyntaxError
from searcher.german import STOP_WORDS, analyze, fold
from searcher.query import Fuzzy, Pattern, Term, Word, parse
from searcher.query.leaves import _printed_pattern
from tests.plain_matcher import matches, plain
from tests.query_strategies import texts


def read(text: str):
    return parse(text, analyze=analyze, stop_words=STOP_WORDS)


@pytest.mark.parametrize(
    ("printed", "found_by", "not_by"),
    [
        ("Lukaschenkos", ["Lukaschenko", "Lukaschenka~2", "Lukaschenk*"], ['"Lukaschenko"']),
        ("Müller", ["Mueller", "Müller", "M?ller", "muel*", "Müler~"], ["Muller*", '"Mueller"']),
        ("Mueller", ["Müller", "M?ller", "müll*"], ['"Müller"']),
        ("Straße", ["Strasse", "STRASSE", "strass*", "Stra?e"], ['"Strasse"']),
        ("daß", ["dass"], ['"dass"']),
        ("Bürger*innen", ["Bürgerinnen", "Bürger", "Bürger*innen", "Bürger:innen", "Bürger(innen)", "BÜRGER*INNEN", "Bürger*"], ["innen"]),
        ("EU-Kommission", ["EU-Kommission", '"EU Kommission"', "Kommission", "EU ADJ Kommission", "EU-Komm*", "EU-Kommision~"], ["EUR"]),
        ("EU Kommission", ["EU-Kommission", '"EU-Kommission"'], ["Kommission ADJ EU"]),
        ("Kommission der EU", ["EU Kommission", "EU NEAR/1 Kommission"], ["EU-Kommission"]),
        ("Coronapandemie", ["Corona-Pandemie", "*pandemie", "corona-p*"], ['"Corona-Pandemie"']),
        ("Corona-Pandemie", ["Coronapandemie", '"Corona Pandemie"'], []),
        ("3,5 Prozent", ["3,5", "3,*", '"3,5 Prozent"'], ["3", "5"]),
        ("G-20 am 31.03.2023 um 13:46", ["G20", "G-20", "31.03.2023", "13:46"], []),
        ("z.B. die U.S.A.", ["z.B.", "USA", '"z.B. die"'], []),
        ("Waffen\u00adruhe im »Blatt«", ["Waffenruhe", "Waffen\u00adruhe", "waffenr*", '"Waffenruhe im Blatt"', "„im Blatt“"], []),
        ("fördern", ["fördern", '"fördern"'], ['"fordern"']),
        ("Krieg gegen die Ukraine", ['"Krieg gegen die Ukraine"', "der Krieg", "Krieg ADJ/2 Ukraine"], ['"Krieg für die Ukraine"']),
        ("tagesschau.de", ["tagesschau.de", '"tagesschau.de"', "tagesschau"], []),
    ],
)  # fmt: skip
def test_what_is_printed_is_found(printed: str, found_by: list[str], not_by: list[str]) -> None:
    article = plain(analyze, body=f"Hier steht {printed} so.")
    assert [text for text in found_by if not matches(read(text).tree, article)] == []
    assert [text for text in not_by if matches(read(text).tree, article)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Bürger*innen",
        "Bürger:innen",
        "Lehrer:in",
        "Lehrer*in",
        "Bürger(innen)",
        "jede:r",
        "BÜRGER*INNEN",
        "Bürger*innenrat",
    ],
)
def test_gender_forms_are_words_to_both_sides(text: str) -> None:
    tree = read(text).tree
    assert isinstance(tree, Word)
    assert all(isinstance(form, Term) for form in tree.forms)


def test_stop_words_are_left_out_and_told() -> None:
    parsed = read("Krieg in der Ukraine oder nicht")
    assert str(parsed.tree) == "(Krieg AND Ukraine)"
    assert parsed.ignored == ("in", "der", "oder", "nicht")


def test_a_near_miss_is_one_printed_word() -> None:
    assert read("EU-Kommision~").tree == Fuzzy("all", "eu-kommision", 1)
    assert read("Müler,~2").tree == Fuzzy("all", "müler", 2)


@settings(max_examples=300)
@given(texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = read(text)
    except QuerySyntaxError:
        return
    again = read(str(parsed.tree))
    assert (again.tree, str(again.tree), again.ignored) == (parsed.tree, str(parsed.tree), ())


@settings(max_examples=300)
@given(
    st.text(
        alphabet="abesuÄÖÜäöüßẞéÉﬁＡｂ\u0308\u0301\u00ad\u200bŁİſ'’-‑®™\u034f\ufe0f", min_size=1, max_size=8
    )
)
def test_patterns_are_folded_like_the_index(word: str) -> None:
    for token in analyze(word):
        if token.printed == fold(word):
            assert Pattern("all", _printed_pattern(f"{word}*")).matches(token.printed)
            assert Pattern("all", _printed_pattern(f"*{word}")).matches(token.printed)


@pytest.mark.parametrize("word", ["iPhone®Hersteller", "Google™Dienste", "Tex\u034ftil\ufe0fware"])
def test_unseen_marks_in_a_pattern_are_unseen(word: str) -> None:
    (token,) = analyze(word)
    assert Pattern("all", _printed_pattern(f"{word[:-3]}*")).matches(token.printed)
