"""Archives of every backend: an empty one for each test, and three that are filled once and only read."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, Article, Period
from tests import oracle
from tests.checkout import ROOT, SUITES
from tests.conformance.backends import BACKENDS

TODAY = date(2024, 5, 2)
Opener = Callable[..., Archive]


def suite(name: str) -> dict[str, Any]:
    """A suite of tests/suites, as it stands there."""
    return tomllib.loads((SUITES / name).read_text(encoding="utf-8"))


def article(values: dict[str, Any]) -> Article:
    """An article of a suite: dates are texts there."""
    return Article.from_dict(values)


@pytest.fixture(scope="session", params=list(BACKENDS))
def backend_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def at(backend_name: str, tmp_path: Path) -> Opener:
    """Gives archives of this test's place, not looked at yet: `at()`, `at(wait=0)`."""
    return lambda wait=10.0: Archive(BACKENDS[backend_name](tmp_path, wait), TODAY)


@pytest.fixture
def archive(at: Opener) -> Iterator[Archive]:
    """An empty archive."""
    with oracle.without_waiting_for_the_disk(), at() as made:
        made._backend.create()
        made.refresh()
        yield made


def _filled(backend_name: str, folder: Path, articles: list[Article]) -> Archive:
    backend = BACKENDS[backend_name](folder, 10.0)
    backend.create()
    archive = Archive(backend, TODAY)
    # In two runs, with something deleted: several segments, shards or states.
    archive.add(
        [*articles[: len(articles) // 2], Article(id="zu löschen", title="Waffenruhe", body="Ukraine")]
    )
    archive.add(articles[len(articles) // 2 :])
    archive.delete(["zu löschen"])
    return archive


@pytest.fixture(scope="session")
def corpus(backend_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The articles of suites/archive.toml."""
    articles = [article(each) for each in suite("archive.toml")["article"]]
    with (
        oracle.without_waiting_for_the_disk(),
        _filled(backend_name, tmp_path_factory.mktemp("corpus"), articles) as archive,
    ):
        yield archive


@pytest.fixture(scope="session")
def printed(backend_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One article for each case of suites/german.toml's design table; its id is the number of the case."""
    articles = [
        Article(id=str(number), title="Fall", body=case["printed"], date=Period.year(2000 + number))
        for number, case in enumerate(suite("german.toml")["design"])
    ]
    with (
        oracle.without_waiting_for_the_disk(),
        _filled(backend_name, tmp_path_factory.mktemp("printed"), articles) as archive,
    ):
        yield archive


@pytest.fixture(scope="session")
def seeds(backend_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The files of seeds/."""
    backend = BACKENDS[backend_name](tmp_path_factory.mktemp("seeds"), 10.0)
    with oracle.without_waiting_for_the_disk(), Archive(backend, TODAY) as archive:
        backend.create()
        archive.index([ROOT / "seeds"])
        yield archive
