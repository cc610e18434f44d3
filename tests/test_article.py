"""Article: one record that becomes plain values and comes back the same."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import ZONES, Article
from searcher.dates import Period

periods = st.none() | st.datetimes().map(Period.from_datetime) | st.integers(1, 9999).map(Period.year)
articles = st.builds(
    Article,
    **dict.fromkeys(("id", *ZONES, "source", "section", "author", "url"), st.text(max_size=5)),
    date=periods,
    published=periods,
    keywords=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    extra=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)
BARE = Article(source="Blatt", date=Period.day(2023, 3, 31), title="Titel", body="Text.")


@given(articles)
def test_plain_values_come_back_as_the_same_article(article: Article) -> None:
    values = article.as_dict()
    assert Article.from_dict(values) == article
    assert Article.from_dict(json.loads(json.dumps(values))) == article


def test_plain_values_leave_out_what_is_empty_and_print_dates_as_precise_as_they_are() -> None:
    article = Article(
        id="1", title="Titel", date=Period.month(2023, 3), keywords=("Kreml", "Kiew"), extra={"ort": "Kiew"}
    )
    assert article.as_dict() == {
        "id": "1",
        "title": "Titel",
        "date": "2023-03",
        "keywords": ["Kreml", "Kiew"],
        "extra": {"ort": "Kiew"},
    }


def test_plain_values_are_a_copy() -> None:
    article = Article(id="1", extra={"ort": "Kiew"})
    article.as_dict()["extra"]["ort"] = "Minsk"
    assert article.extra == {"ort": "Kiew"}


def test_zones_are_fields_in_printed_order() -> None:
    names = [each.name for each in fields(Article)]
    assert sorted(ZONES, key=names.index) == list(ZONES)


def test_the_id_is_given_else_the_url_else_a_digest() -> None:
    assert Article(id="a", url="https://blatt.example/1").id == "a"
    assert Article(url="https://blatt.example/1", title="Titel").id == "https://blatt.example/1"
    assert len(Article(title="Titel").id) == 16


def test_the_digest_never_changes_for_it_names_articles_in_old_indexes() -> None:
    assert BARE.id == "bd8f1df8fa123915"


@pytest.mark.parametrize(
    "change",
    [
        {"source": "Bote"},
        {"date": Period.month(2023, 3)},
        {"date": None},
        {"title": "Titel 2"},
        {"kicker": "Dachzeile"},
        {"teaser": "Vorspann"},
        {"body": "Text!"},
        {"title": "Text.", "body": "Titel"},
    ],
    ids=str,
)
def test_the_digest_tells_articles_apart(change: dict[str, Any]) -> None:
    assert replace(BARE, id="", **change).id != BARE.id


@pytest.mark.parametrize(
    "change", [{"section": "Inland"}, {"author": "A"}, {"keywords": ("x",)}, {"extra": {"a": "b"}}], ids=str
)
def test_the_digest_is_of_source_date_and_texts_alone(change: dict[str, Any]) -> None:
    assert replace(BARE, id="", **change).id == BARE.id


def test_a_lone_surrogate_does_not_keep_an_article_from_its_digest() -> None:
    assert Article(body="\ud800").id != Article(body="\ud801").id


def test_an_article_cannot_be_changed_and_can_be_in_a_set() -> None:
    with pytest.raises(FrozenInstanceError):
        BARE.title = "Anders"  # type: ignore[misc]
    assert len({BARE, replace(BARE), replace(BARE, id="other")}) == 2


def test_keywords_given_as_a_list_are_a_tuple() -> None:
    assert Article(keywords=["Kreml"]).keywords == ("Kreml",)  # type: ignore[arg-type]
