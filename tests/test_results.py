"""Results are plain data: equal by value, unchangeable, and whole in another process when the index is gone."""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, Article, Hit, Results, Snippet, Stats, UsageError
from searcher.frozen import FrozenDict
from searcher.request import Request
from searcher.results import Hits, Ranked

ARTICLES = [
    Article(id="1", title="Waffenruhe in Sicht", body="Der Rat tagt.", source="dpa", extra={"Seite": "3"}),
    Article(id="2", title="Der Kreml schweigt", body="Keine Waffenruhe.", section="Politik"),
    Article(id="3", title="Hochwasser", body="Der Pegel steigt."),
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.create(tmp_path / "index")
    archive.add(ARTICLES)
    return archive


ANSWERS: dict[str, Callable[[Archive], Any]] = {
    "results": lambda archive: archive.search("Waffenruhe"),
    "page": lambda archive: archive.search("*", limit=1),
    "hit": lambda archive: archive.search("Waffenruhe")[0],
    "slice": lambda archive: archive.search("*")[:2],
    "explanation": lambda archive: archive.explain("Waffenruhe der Sicht"),
    "stats": lambda archive: archive.stats(),
    "counts": lambda archive: archive.counts("*", by="source"),
    "article": lambda archive: archive.get("1"),
}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_whole_without_its_index(archive: Archive, ask: Callable[[Archive], Any]) -> None:
    first, again = ask(archive), ask(archive)
    assert first == again
    if not isinstance(first, dict):
        assert hash(first) == hash(again)
    shown = repr(first)
    packed = pickle.dumps(first)
    archive.close()
    shutil.rmtree(Path(archive.place))
    unpacked = pickle.loads(packed)
    assert unpacked == again == copy.deepcopy(again)
    if not isinstance(first, Results):  # `took` differs
        assert repr(unpacked) == shown


def test_answers_of_another_content_differ(archive: Archive) -> None:
    before = {name: ask(archive) for name, ask in ANSWERS.items()}
    shown = [repr(each) for each in before.values()]
    archive.add([Article(id="1", title="Waffenruhe vorbei", body="Eine Waffenruhe.", source="AP")])
    for name, ask in ANSWERS.items():
        assert ask(archive) != before[name], name
    # And what was answered before still says what it said.
    assert [repr(each) for each in before.values()] == shown
    assert before["hit"].article in ARTICLES


def test_pickled_results_carry_their_articles_and_snippets(archive: Archive) -> None:
    results = pickle.loads(pickle.dumps(archive.search("Waffenruhe")))
    archive.close()
    shutil.rmtree(Path(archive.place))
    assert {hit.article for hit in results} == set(ARTICLES[:2])
    assert [hit.id for hit in results] == [hit.article.id for hit in results]
    assert "Keine [Waffenruhe]." in {hit.snippet.marked("[", "]") for hit in results}


def test_nothing_that_is_answered_can_be_changed(archive: Archive) -> None:
    results, stats = archive.search("Waffenruhe"), archive.stats()
    hit = results[0]
    for value, name in (
        (results, "total"), (results, "hits"), (hit, "rank"), (hit, "_article"), (hit, "new"), (hit.snippet, "text"), (hit.article, "title"),
        (archive.explain("a"), "leaves"), (archive.explain("a").leaves[0], "became"), (stats, "articles"),
    ):  # fmt: skip
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, name, 1)
        with pytest.raises((AttributeError, TypeError)):
            delattr(value, name)
    for mapping in (stats.facets, stats.facets["source"], hit.article.extra):
        for change in (
            lambda each: each.update(a=1),
            lambda each: each.clear(),
            lambda each: each.setdefault("a", 1),
        ):
            with pytest.raises(TypeError, match="cannot be changed"):
                change(mapping)
        with pytest.raises(TypeError, match="cannot be changed"):
            mapping["a"] = 1  # type: ignore[index]
        with pytest.raises(TypeError, match="cannot be changed"):
            mapping |= {"a": 1}  # type: ignore[operator]
    with pytest.raises(TypeError):
        results.hits[0] = hit  # type: ignore[index]


def test_a_frozen_dict_is_a_dict_in_all_else() -> None:
    given = {"a": 1, "b": 2}
    frozen = FrozenDict(given)
    given["a"] = 3
    assert frozen == {"a": 1, "b": 2} == dict(frozen) == {**frozen}
    assert frozen | {"c": 3} == {"a": 1, "b": 2, "c": 3}
    assert hash(frozen) == hash(FrozenDict({"b": 2, "a": 1}))
    for copied in (pickle.loads(pickle.dumps(frozen)), copy.copy(frozen), copy.deepcopy(frozen)):
        assert copied == frozen
        assert isinstance(copied, FrozenDict)
    assert repr(frozen) == "FrozenDict({'a': 1, 'b': 2})"


class _Source:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def id(self, key: str) -> str:
        return key

    def article(self, key: str) -> Article:
        self.read.append(key)
        return Article(id=key)

    def snippet(self, article: Article) -> Snippet:
        return Snippet(article.id)


def test_a_page_reads_the_articles_that_are_asked_for_once() -> None:
    source = _Source()
    page = Hits([Ranked(2.0, "a"), Ranked(1.0, "b"), Ranked(0.5, "c")], 1, source)
    assert (len(page), [hit.rank for hit in page], [hit.id for hit in page]) == (2, [2, 3], ["b", "c"])
    assert source.read == []
    assert page[-1].article is page[1].article
    assert page[-1].snippet.text == "c"
    assert source.read == ["c"]
    assert page == tuple(page)
    assert page == Hits([Ranked(0.0, "z"), Ranked(1.0, "b"), Ranked(0.5, "c")], 1, source)
    assert page != tuple(page)[::-1]
    assert len(Hits([], 5, source)) == 0


def test_hits_differ_by_each_of_their_values() -> None:
    article, snippet = Article(id="1"), Snippet("Text", ((0, 4),))
    hit = Hit(1, 2.0, article, snippet)
    assert hit == Hit(1, 2.0, Article(id="1"), Snippet("Text", ((0, 4),)))
    for other in (
        Hit(2, 2.0, article, snippet), Hit(1, 2.5, article, snippet), Hit(1, 2.0, Article(id="2"), snippet), Hit(1, 2.0, article, Snippet("Text")), "Hit",
    ):  # fmt: skip
        assert hit != other


def test_stats_keep_a_copy_of_their_own() -> None:
    sources = {"dpa": 1}
    stats = Stats(1, 1, None, {"source": sources, "section": {}}, 1, 1, 1, 1, "3")
    sources["AP"] = 2
    assert stats.facets["source"] == {"dpa": 1}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"limit": -1}, "must not be negative"),
        ({"offset": -1}, "must not be negative"),
        ({"limit": 1.5}, "must be whole numbers"),
        ({"limit": "5"}, "must be whole numbers"),
        ({"offset": None}, "must be whole numbers"),
        ({"sort": "best"}, "cannot sort by 'best': write one of relevance, newest, oldest"),
        ({"filters": {"quelle": "dpa"}}, "unknown filter 'quelle'"),
        ({"filters": {"source": ["dpa"]}}, "the filter source is a text, not list"),
    ],
    ids=str,
)
def test_a_request_is_checked_when_it_is_made(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Request("Waffenruhe", **wrong)
