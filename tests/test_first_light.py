"""The whole way at once: files in, answers out, for the articles in seeds/ and for the one the layout came from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher.archive import Archive
from searcher.article import Article
from searcher.dates import Period
from tests import oracle
from tests.checkout import ROOT, SHARED, SUITES

SEEDS = ROOT / "seeds"
ORIGIN = SHARED / "000_29fbb49a2373a391.txt"
CASES = tomllib.loads((SUITES / "seeds.toml").read_text("utf-8"))["case"]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with (
        oracle.without_waiting_for_the_disk(),
        Archive.create(tmp_path_factory.mktemp("seeds") / "index") as archive,
    ):
        report = archive.index([SEEDS])
        assert (report.new, report.rejected) == (len(list(SEEDS.glob("*/*.txt"))), 0)
        yield archive


def name(article_id: str) -> str:
    """'nordlicht 2015-10-27' of 'nordlicht/2015-10-27-a380-landung-marienwarft.txt'."""
    newspaper, file = article_id.split("/")
    return f"{newspaper} {file[:10]}"


@pytest.mark.parametrize("case", CASES, ids=[case["query"] for case in CASES])
def test_what_is_found_in_the_seeds(seeds: Archive, case: dict[str, list[str]]) -> None:
    results = seeds.search(case["query"], limit=100)  # type: ignore[arg-type]
    assert sorted(name(hit.id) for hit in results) == sorted(case["found"])
    assert results.total == len(case["found"])


def test_every_case_is_about_articles_that_are_there(seeds: Archive) -> None:
    names = {name(article.id) for article in seeds}
    assert len(names) == len(seeds) >= 40
    assert names >= {found for case in CASES for found in case["found"]}


def test_indexing_the_seeds_again_changes_nothing(seeds: Archive) -> None:
    report = seeds.index([SEEDS])
    assert (report.new, report.changed, report.unchanged, report.rejected) == (0, 0, len(seeds), 0)


def test_a_seed(seeds: Archive) -> None:
    article = seeds.get("elbkurier/2023-03-28-waffenruhe-ukraine-vermittler.txt")
    assert article is not None
    assert article.title == "Krieg in Europa Vermittler werben für Waffenruhe in der Ukraine"
    assert article.date == Period.minute(2023, 3, 28, 19, 25)
    assert article.source == "elbkurier"
    assert article.teaser.startswith("Zwei Diplomaten im Ruhestand")
    assert {"Kreml weist Vorschlag zurück", "Kiews Vertreter prüfen das Papier"} < set(
        article.body.split("\n\n")
    )
    hits = seeds.search('titel:Vermittler "ohne Vorbedingungen"')
    assert hits.total == 1
    assert "„[ohne Vorbedingungen]“" in hits[0].snippet.marked("[", "]")


# --- the article the layout came from --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    if not ORIGIN.exists():
        pytest.skip("the article the layout came from is not part of this repository")
    with Archive.create(tmp_path_factory.mktemp("origin") / "index") as archive:
        assert archive.index([ORIGIN]).new == 1
        yield archive


def test_it_is_read_as_it_stands(origin: Archive) -> None:
    [article] = origin
    assert article.title == "Krieg gegen die Ukraine Lukaschenko für Waffenruhe - Kreml lehnt ab"
    assert article.date == Period.minute(2023, 3, 31, 13, 46)
    assert article.teaser.startswith("Der belarusische Machthaber")
    paragraphs = article.body.split("\n\n")
    assert {"Warnungen an Ukraine", "Lukaschenko: Westen will Belarus zerstören"} < set(paragraphs)
    assert len(paragraphs) == 9
    assert paragraphs[-1].endswith("könnte selbst in den Krieg eingreifen.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Waffenruhe UND Ukraine datum:2023-03", True),
        ('"ohne Vorbedingungen"', True),
        ("Lukaschenko", True),
        ("Lukaschenkos", True),
        ("titel:Kreml", True),
        ("datum:31.03.2023", True),
        ("Waffenruhen Präsidenten", True),
        ("Kiew", True),
        ('"militärische Spezialoperation"', True),
        ("datum:2023-04", False),
        ('"mit Vorbedingungen"', False),
        ("Waffenruhe NICHT Kreml", False),
        ("datum:01.04.2023", False),
        ("text:Kreml", False),
    ],
)
def test_what_finds_it(origin: Archive, query: str, found: bool) -> None:
    assert origin.count(query) == found


@pytest.mark.parametrize("printed", ["Lukaschenko", "Lukaschenkos"])
@pytest.mark.parametrize(
    "asked", ["Lukaschenko", "Lukaschenkos", "lukaschenko", "Lukaschenk*", "Lukaschenka~2"]
)
def test_a_name_is_found_where_only_its_genitive_is_printed(tmp_path: Path, printed: str, asked: str) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(
            [Article(id="1", body=f"Am Abend sprach {printed} Sprecher."), Article(id="2", body="Niemand.")]
        )
        results = archive.search(asked)
        assert [hit.id for hit in results] == ["1"]
        assert f"[{printed}]" in results[0].snippet.marked("[", "]")
