"""Words that must meet and words that must not, asked through an archive: the share of each kind against its floor."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher import Archive, Article
from searcher.errors import QuerySyntaxError
from tests.checkout import SUITES

SUITE: dict[str, Any] = tomllib.loads((SUITES / "morphology.toml").read_text("utf-8"))
FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))["morphology"]
_PAIR = re.compile(r'"[^"]*"|\S+')


def pairs(kind: str, group: str) -> list[tuple[str, str]]:
    rows = [_PAIR.findall(row) for row in SUITE[kind][group].split(";")]
    return [(one.strip('"'), other.strip('"')) for one, other in rows]


GROUPS = [(kind, group) for kind in SUITE for group in SUITE[kind]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Each word of the suite in an article of its own."""
    words = {word for kind, group in GROUPS for pair in pairs(kind, group) for word in pair}
    with Archive.create(tmp_path_factory.mktemp("words") / "index") as made:
        made.add(Article(id=word, body=f"Hier steht {word} im Text.") for word in sorted(words))
        yield made


def finds(archive: Archive, query: str, word: str) -> bool:
    try:
        return any(hit.id == word for hit in archive.search(query, limit=1000))
    except QuerySyntaxError:
        return False


@pytest.mark.parametrize(("kind", "group"), GROUPS, ids="-".join)
def test_words_meet_or_do_not(kind: str, group: str, archive: Archive) -> None:
    wanted = pairs(kind, group)
    met = [(one, other) for one, other in wanted if finds(archive, one, other) or finds(archive, other, one)]
    right = met if kind == "meet" else [pair for pair in wanted if pair not in met]
    print(
        f"\n{kind} {group}: {len(right)} of {len(wanted)}; wrong: {[pair for pair in wanted if pair not in right]}"
    )
    assert len(right) >= FLOORS[kind][group]


def test_the_suite_is_large_enough() -> None:
    assert sum(len(pairs(kind, group)) for kind, group in GROUPS) >= 300
