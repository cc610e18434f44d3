"""What every backend has to answer: the suites of tests/suites, and the plain matcher where they name no articles."""

from __future__ import annotations

import json
import pickle
from itertools import pairwise
from typing import Any

import pytest

import searcher
from searcher import Archive, SearcherError, german, serialise
from searcher.query import Query, parse
from tests.conformance.conftest import TODAY, article, suite
from tests.conformance.plain_scores import Scores
from tests.oracle import plain_article
from tests.plain_matcher import matches

SUITE = suite("archive.toml")
FILTERS = ("since", "until", "source", "section")
SEEDS = suite("seeds.toml")["case"]
PRINTED = suite("german.toml")["design"]
LANGUAGE = [case["query"] for case in suite("query.toml")["case"] if "tree" in case]
ARTICLES = {each["id"]: article(each) for each in SUITE["article"]}


def filters(case: dict[str, Any]) -> Any:
    return {name: case[name] for name in FILTERS if name in case}


def tree_of(query: str) -> Query:
    """The tree that an archive asks for this text."""
    return parse(
        query,
        analyze=german.analyze,
        stop_words=german.STOP_WORDS,
        alternatives=german.alternatives,
        today=TODAY,
    ).tree


def named(case: dict[str, Any]) -> str:
    return " ".join(str(case[name]) for name in ("query", "by", "sort", *FILTERS, "limit") if name in case)


@pytest.mark.parametrize("case", SUITE["case"], ids=named)
def test_what_is_found(corpus: Archive, case: dict[str, Any]) -> None:
    results = corpus.search(case["query"], sort=case.get("sort", "relevance"), match="all", **filters(case))
    found = [hit.id for hit in results]
    assert (found if "sort" in case else sorted(found)) == case["found"]
    assert results.total == len(results) == corpus.count(case["query"], **filters(case)) == len(found)
    assert [hit.article for hit in results] == [ARTICLES[each] for each in found]


@pytest.mark.parametrize("case", SUITE["case"], ids=named)
def test_every_page_is_a_part_of_the_whole(corpus: Archive, case: dict[str, Any]) -> None:
    given = {"sort": case.get("sort", "relevance"), **filters(case)}
    whole = corpus.search(case["query"], limit=100, match="all", **given)
    for offset, limit in ((0, 1), (0, 3), (1, 2), (2, 100), (len(whole), 5), (500, 5), (0, 0)):
        page = corpus.search(case["query"], limit=limit, offset=offset, match="all", **given)
        assert page.total == whole.total
        assert [hit.id for hit in page] == [hit.id for hit in whole[offset : offset + limit]]
        assert [hit.rank for hit in page] == list(range(offset + 1, offset + 1 + len(page)))


@pytest.mark.parametrize("case", SUITE["ranked"], ids=named)
def test_scores_and_their_order(corpus: Archive, case: dict[str, Any]) -> None:
    tree = tree_of(case["query"])
    scores = Scores(map(plain_article, ARTICLES.values()))
    expected = {each.id: scores.of(tree, plain_article(each)) for each in ARTICLES.values()}
    hits = corpus.search(case["query"], limit=100, match="all")
    assert {hit.id for hit in hits} == {
        each.id for each in ARTICLES.values() if matches(tree, plain_article(each))
    }
    assert {hit.id: hit.score for hit in hits} == pytest.approx(
        {hit.id: expected[hit.id] for hit in hits}, rel=1e-5
    )
    for first, second in pairwise(hits):
        assert (-first.score, first.id) < (-second.score, second.id)


@pytest.mark.parametrize("case", SUITE["facet"], ids=named)
def test_counts(corpus: Archive, case: dict[str, Any]) -> None:
    counts = corpus.counts(case["query"], case["by"], **filters(case))
    assert counts == case["counts"]
    assert list(counts) == sorted(counts)
    assert sum(counts.values()) == corpus.count(case["query"], **filters(case))


@pytest.mark.parametrize("case", SUITE["explained"], ids=named)
def test_explanations(corpus: Archive, case: dict[str, Any]) -> None:
    explained = corpus.explain(case["query"])
    assert explained.query == case["query"]
    assert list(explained.ignored) == case.get("ignored", [])
    leaves = [[leaf.text, leaf.field, list(leaf.became), leaf.articles] for leaf in explained.leaves]
    assert leaves == case["leaves"]
    assert corpus.count(explained.tree) == corpus.count(case["query"])


@pytest.mark.parametrize("case", SUITE["refused"], ids=named)
def test_what_is_refused(corpus: Archive, case: dict[str, Any]) -> None:
    given = {name: case[name] for name in ("limit", "sort", *FILTERS) if name in case}
    with pytest.raises(SearcherError, match=case["reason"]) as refused:
        corpus.search(case["query"], **given)
    assert type(refused.value) is getattr(searcher, case["error"])
    if not given:
        for ask in (corpus.count, corpus.counts, corpus.explain):
            with pytest.raises(type(refused.value)) as again:
                ask(case["query"])
            assert str(again.value) == str(refused.value)


def test_what_is_no_query_is_refused(corpus: Archive) -> None:
    for ask in (corpus.search, corpus.count, corpus.counts):
        with pytest.raises(searcher.UsageError, match=r"query"):
            ask(None)  # type: ignore[arg-type]
    with pytest.raises(searcher.UsageError, match="cannot count by 'author'"):
        corpus.counts("*", by="author")  # type: ignore[arg-type]


@pytest.mark.parametrize("case", SEEDS, ids=named)
def test_what_is_found_in_the_seeds(seeds: Archive, case: dict[str, Any]) -> None:
    results = seeds.search(case["query"], limit=100, match="all")
    newspapers = (hit.id.split("/") for hit in results)
    assert sorted(f"{newspaper} {file[:10]}" for newspaper, file in newspapers) == sorted(case["found"])
    assert results.total == len(case["found"])


@pytest.mark.parametrize("number", range(len(PRINTED)), ids=lambda number: PRINTED[number]["printed"])
def test_what_german_finds(printed: Archive, number: int) -> None:
    case = PRINTED[number]
    for name, expected in (("found_by", True), ("missed_by", False)):
        for query in case[name]:
            # Several words are meant one behind the other.
            asked = query if query.startswith('"') else " ADJ ".join(query.split())
            # By the analysis alone, without the other forms of words that a query looks for.
            tree = parse(asked, analyze=german.analyze, stop_words=german.STOP_WORDS).tree
            assert (
                str(number) in {hit.id for hit in printed.search(tree, limit=100, match="all")}
            ) is expected, query


@pytest.mark.parametrize("query", LANGUAGE)
def test_the_whole_query_language(corpus: Archive, query: str) -> None:
    """Queries made for the parser: they find what the plain matcher finds, or what cannot be read is told."""
    try:
        tree = tree_of(query)
    except SearcherError as error:
        with pytest.raises(type(error)):
            corpus.count(query)
        return
    expected = {each.id for each in ARTICLES.values() if matches(tree, plain_article(each))}
    results = corpus.search(query, limit=100, match="all")
    assert {hit.id for hit in results} == expected
    assert results.total == corpus.count(query) == corpus.count(tree) == len(expected)


def test_articles_are_given_back_as_they_were(corpus: Archive) -> None:
    assert {each.id: each for each in corpus} == ARTICLES
    assert len(corpus) == len(ARTICLES)
    for each in ARTICLES.values():
        assert corpus.get(each.id) == each
    for missing in ("", "A", "nirgends", "zu löschen"):
        assert corpus.get(missing) is None


def test_snippets(corpus: Archive) -> None:
    [hit] = corpus.search('"ohne Vorbedingungen"')
    assert hit.snippet.marked("[", "]").startswith("Eine Waffenruhe [ohne Vorbedingungen] lehnt")


def test_stats(corpus: Archive) -> None:
    stats = corpus.stats()
    stems = {token.stem for each in ARTICLES.values() for token in plain_article(each).texts["all"]}
    assert (stats.articles, stats.terms) == (len(ARTICLES), len(stems))
    assert stats.facets["source"] == {"": 2, "Abendbote": 1, "Elbkurier": 2, "dpa": 1, "dpa Berlin": 1}
    assert stats.facets["section"] == {"": 3, "Politik": 2, "Vermischtes": 2}
    assert [str(each) for each in stats.period or ()] == ["2022-12-31", "2024-12-31"]
    assert (stats.analysis_version, stats.stemmer_version) == (
        german.ANALYSIS_VERSION,
        german.STEMMER_VERSION,
    )
    assert corpus.verify() == corpus.verify(deep=True) == []


def test_answers_travel(corpus: Archive) -> None:
    for answer in (
        corpus.search("Waffenruhe"), corpus.search("Waffenruhe")[0], corpus.explain("Waff*"), corpus.stats(), corpus.counts("*"),
    ):  # fmt: skip
        assert pickle.loads(pickle.dumps(answer)) == answer
    with pytest.raises(searcher.UsageError, match="cannot be pickled"):
        pickle.dumps(corpus)


def test_json_is_the_same_whatever_keeps_the_archive(corpus: Archive) -> None:
    shown = json.loads(json.dumps(serialise.results(corpus.search("Kreml", sort="oldest"))))
    took, scores = shown.pop("took"), [hit.pop("score") for hit in shown["hits"]]
    assert took >= 0
    assert all(score > 0 for score in scores)
    assert shown == {
        "schema": 1,
        "query": "Kreml",
        "total": 2,
        "more": None,
        "notices": [],
        "hits": [
            {
                "rank": 1,
                "article": ARTICLES["b"].as_dict(),
                "snippet": {
                    "text": "Keine Waffenruhe. Lukaschenkos Sprecher fordert Gespräche.",
                    "marks": [],
                },
            },
            {
                "rank": 2,
                "article": ARTICLES["a"].as_dict(),
                "snippet": {
                    "text": "Eine Waffenruhe ohne Vorbedingungen lehnt der Kreml ab.",
                    "marks": [[46, 51]],
                },
            },
        ],
    }


# --- which of the words must occur -----------------------------------------------------------------------------


def pages(archive: Archive, query: str, **given: Any) -> list[list[str]]:
    """The ids of pages of two hits, as far as there are any."""
    found = []
    while page := [hit.id for hit in archive.search(query, limit=2, offset=2 * len(found), **given)]:
        found.append(page)
    return found


@pytest.mark.parametrize(
    "query", ["Kreml Lukaschenko Waffenruhe", "Waffenruhe Moskau -Kreml", "Kreml Klimbim quelle:dpa"]
)
@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_all_words_first_then_any(corpus: Archive, query: str, sort: Any) -> None:
    first = corpus.search(query, limit=100, sort=sort, match="all")
    any_of = corpus.search(query, limit=100, sort=sort, match="any")
    both = corpus.search(query, limit=100, sort=sort)
    assert (first.more, any_of.more) == (None, None)
    assert both.total == first.total == corpus.count(query)
    assert both.more == any_of.total - first.total
    ids = [hit.id for hit in both]
    behind = [hit.id for hit in any_of if hit.id not in {found.id for found in first}]
    assert ids == [hit.id for hit in first] + behind
    assert [each for page in pages(corpus, query, sort=sort) for each in page] == ids
    assert [hit.rank for hit in both] == list(range(1, len(ids) + 1))


@pytest.mark.parametrize(
    "query", ["Kreml UND Klimbim", "Kreml NICHT Waffenruhe", "Kreml", "Kreml NEAR/3 Klimbim"]
)
def test_operators_and_single_words_are_never_loosened(corpus: Archive, query: str) -> None:
    assert corpus.search(query) == corpus.search(query, match="all") == corpus.search(query, match="any")
    assert corpus.search(query).more is None


def test_enough_with_all_words_ask_for_no_others(corpus: Archive) -> None:
    total = corpus.count("Waffenruhe Kreml")
    assert total and corpus.search("Waffenruhe Kreml", limit=total).more is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("Waffenruhe und der Kreml", [("left out", ("und", "der"))]),
        ("Waffenruhe nicht Kreml", [("small operator", ("nicht",))]),
        ("Waffenruhe oder Klimbim", [("small operator", ("oder",))]),
        (
            "Der Kreml lehnt die „Waffenruhe in Moskau ab",
            [("left out", ("Der", "die", "in", "ab")), ("print", ("„Waffenruhe",))],
        ),
        ("Kreml Waffenruhe", []),
    ],
)
def test_what_was_left_out_of_a_query_is_told(corpus: Archive, query: str, told: list[Any]) -> None:
    assert [(notice.kind, notice.words) for notice in corpus.search(query).notices] == told
