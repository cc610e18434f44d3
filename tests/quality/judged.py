"""Judged sets: queries pasted as they are, asked through Archive, and how good the answers are.

`covid` and `berlin` are public sets (tests skip them where ../shared is missing). `papers` and `agencies` are made here
from real articles: the headline is the query, the text without it the only right answer. `seeds` is our own: sixty
questions over seeds/ in seeds.tsv. The weights of the ranking were chosen on the first four.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from searcher import Archive, Article
from searcher.errors import QuerySyntaxError
from tests.checkout import ROOT, SHARED

PAPERS = frozenset(["zeit.de", "tagesspiegel.de"])
AGENCIES = frozenset(["sueddeutsche.de", "de.wikinews.org", "de.rt.com", "freiewelt.net"])
TAKEN = 3000
ASKED = 500


@dataclass(frozen=True)
class Judged:
    """Articles, queries by their number in the set, and for each query the gain of its right answers."""

    articles: list[Article]
    queries: list[str]
    gains: list[dict[str, int]]


@dataclass(frozen=True)
class Quality:
    """Means over all queries; `refused` counts those that raised instead of answering."""

    ndcg10: float
    recall100: float
    empty: int
    refused: int


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def public(name: str) -> Judged:
    folder = SHARED / "ir"
    articles = [Article(id=row["id"], body=row["text"]) for row in _lines(folder / f"{name}.docs.jsonl.xz")]
    gains: dict[str, dict[str, int]] = {}
    for row in (folder / f"{name}.qrels").read_text("utf-8").splitlines():
        query, _, article, gain = row.split()
        gains.setdefault(query, {})[article] = int(gain)
    rows = [row.split("\t", 1) for row in (folder / f"{name}.queries.tsv").read_text("utf-8").splitlines()]
    judged = [(text, gains[number]) for number, text in rows if number in gains]
    return Judged(articles, [text for text, _ in judged], [gain for _, gain in judged])


def headlines(sources: frozenset[str]) -> Judged:
    """The articles whose ids have the lowest digests, so that the set is the same everywhere."""

    def digest(row: dict[str, Any]) -> bytes:
        return blake2b(row["id"].encode(), digest_size=8).digest()

    rows = [row for row in _lines(SHARED / "news.jsonl.xz") if row["source"] in sources]
    rows = sorted(rows, key=digest)[:TAKEN]
    asked = [row for row in rows if 4 <= len(row["title"].split()) <= 20][:ASKED]
    articles = [Article(id=row["id"], body=row["text"]) for row in rows]
    return Judged(articles, [row["title"] for row in asked], [{row["id"]: 1} for row in asked])


def seeds() -> Judged:
    rows = (ROOT / "tests" / "quality" / "seeds.tsv").read_text("utf-8").splitlines()
    pairs = [row.split("\t") for row in rows if not row.startswith("#")]
    gains = []
    for _, names in pairs:
        best, *others = names.split()
        gains.append({best: 2} | dict.fromkeys(others, 1))
    return Judged([], [text for text, _ in pairs], gains)


SETS: dict[str, Callable[[], Judged]] = {
    "covid": lambda: public("covid-faq-de"),
    "berlin": lambda: public("headline-berlin"),
    "papers": lambda: headlines(PAPERS),
    "agencies": lambda: headlines(AGENCIES),
    "seeds": seeds,
}
NEED_SHARED = frozenset(SETS) - {"seeds"}


def archive_of(judged: Judged, folder: Path) -> Archive:
    archive = Archive.create(folder)
    if judged.articles:
        archive.add(judged.articles)
    else:
        archive.index([ROOT / "seeds"])
    return archive


def measure(archive: Archive, judged: Judged) -> Quality:
    ndcg, recall, empty, refused = [], [], 0, 0
    for text, gains in zip(judged.queries, judged.gains, strict=True):
        try:
            found = [Path(hit.id).stem for hit in archive.search(text, limit=100)]
        except QuerySyntaxError:
            found, refused = [], refused + 1
        empty += not found
        ndcg.append(
            _dcg([gains.get(each, 0) for each in found[:10]]) / _dcg(sorted(gains.values())[::-1][:10])
        )
        recall.append(sum(each in gains for each in found) / len(gains))
    return Quality(sum(ndcg) / len(ndcg), sum(recall) / len(recall), empty, refused)


def _dcg(gains: list[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
