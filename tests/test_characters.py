"""One table of signs: what the analysis unifies, the query language and the dates unify too."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher import characters, german
from searcher.characters import APOSTROPHES, CLOSING, CP1252, DASHES, INVISIBLE, LONELY, QUOTES
from searcher.dates import Period
from searcher.errors import QuerySyntaxError
from searcher.query.parse import parse
from searcher.query.scan import scan
from tests.checkout import ROOT

TODAY = date(2023, 3, 31)


def tree(query: str) -> Any:
    return parse(query, analyze=german.analyze, stop_words=german.STOP_WORDS, today=TODAY).tree


@pytest.mark.parametrize("opening", CLOSING)
def test_every_pair_of_quotes_is_a_phrase(opening: str) -> None:
    for closing in CLOSING[opening]:
        assert tree(f"{opening}ohne Vorbedingungen{closing}") == tree('"ohne Vorbedingungen"')
        assert tree(f"titel:{opening}ohne Vorbedingungen{closing}") == tree('titel:"ohne Vorbedingungen"')


def test_the_apostrophe_within_single_quotes_closes_nothing() -> None:
    assert [token.text for token in scan("‚Das war’s nicht‘ Kreml")] == ["Das war’s nicht", "Kreml"]


@pytest.mark.parametrize("mark", LONELY)
def test_a_mark_printed_alone_opens_nothing(mark: str) -> None:
    assert tree(f"Politik {mark} Ausland") == tree("Politik Ausland")
    assert tree(f"Politik{mark} Ausland") == tree("Politik Ausland")


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_before_a_word_is_told(dash: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        tree(f"Waffenruhe {dash}Kreml")
    assert caught.value.position == 11 and "-Kreml" in caught.value.suggestion


@pytest.mark.parametrize("sign", [*DASHES])
def test_every_dash_joins_a_word_a_pattern_and_a_date(sign: str) -> None:
    assert tree(f"Corona{sign}Krise") == tree("Corona-Krise")
    assert tree(f"Corona{sign}Kris*") == tree("Corona-Kris*")
    assert Period.parse(f"2023{sign}03{sign}31") == Period.day(2023, 3, 31)


@pytest.mark.parametrize("sign", [*APOSTROPHES])
def test_every_apostrophe_is_one(sign: str) -> None:
    assert tree(f"Lukaschenko{sign}s") == tree("Lukaschenko's")
    assert tree(f"O{sign}Nei*") == tree("O'Nei*")


@pytest.mark.parametrize("sign", [*INVISIBLE])
def test_invisible_marks_are_not_seen(sign: str) -> None:
    assert tree(f"Waf{sign}fenruhe") == tree("Waffenruhe")
    assert tree(f"Waf{sign}fen*") == tree("Waffen*")
    assert Period.parse(f"{sign}2023-03-31{sign}") == Period.day(2023, 3, 31)


def test_signs_of_cp1252_are_the_signs_that_they_are() -> None:
    assert tree("\x84ohne Vorbedingungen\x93") == tree("„ohne Vorbedingungen“")
    assert len(CP1252) == 26
    for code, sign in CP1252.items():
        assert len(sign) == 1 and sign.encode("cp1252") == bytes([code])
    with pytest.raises(QuerySyntaxError, match=r"U\+0081"):
        tree("Kreml\x81")


@given(st.text(alphabet=[*DASHES, *APOSTROPHES, *QUOTES, *INVISIBLE, "a", "B", "ü", "1"], max_size=12))
def test_every_sign_has_one_ascii_twin(text: str) -> None:
    plain = text.translate(characters.PLAIN)
    assert len(plain) == len(text)
    assert not set(plain) & {*DASHES, *APOSTROPHES.replace("'", ""), *QUOTES}


def test_no_table_is_pasted_elsewhere() -> None:
    """No constant but those of `characters` holds three signs of one table side by side."""
    tables = (DASHES, QUOTES, APOSTROPHES, INVISIBLE)
    found = []
    for path in sorted((ROOT / "searcher").rglob("*.py")):
        if path.name in ("characters.py", "repairs.py"):  # mojibake is a table of its own
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                runs = (node.value[at : at + 3] for at in range(len(node.value) - 2))
                if any(set(run) <= set(table) and len(set(run)) == 3 for run in runs for table in tables):
                    found.append(f"{Path(path).relative_to(ROOT)}:{node.lineno}: {node.value!r}")
    assert found == []
