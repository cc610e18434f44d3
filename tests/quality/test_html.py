"""The HTML reader against pages whose title, date and text people have checked. Run: pytest tests/quality/test_html.py -s

SEARCHER_PAGES names another folder of pages and gold files, on which the same figures are printed and held.

A gold file holds one entry per generation of a publisher's layout; the one whose paragraphs stand on the page is meant.
Its dates are those of first publication. Body is teaser, sub-headings and paragraphs together, scored by words.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from searcher.article import Article
from searcher.dates import Period
from searcher.readers import read_path
from tests.checkout import SHARED

PAGES = Path(os.environ.get("SEARCHER_PAGES") or SHARED / "formats" / "html")
FLOORS = {"title": 0.97, "date": 0.98, "author": 0.85, "body": 0.972}

pytestmark = pytest.mark.skipif(not PAGES.exists(), reason="needs ../shared/data/formats/html")


def gold_for(page: Path, markup: str) -> dict[str, Any]:
    versions = json.loads((PAGES / f"{page.name.partition('_')[0]}.gold.json").read_text("utf-8")).values()

    def shared(version: dict[str, Any]) -> tuple[float, int]:
        paragraphs = [text for section in version["body"]["sections"] for text in section["paragraphs"]]
        found = sum(text[:40] in markup for text in paragraphs)
        return found / max(len(paragraphs), 1), markup.count(version["title"])

    return max(versions, key=shared)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def f1(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


def same_date(article: Article, gold: str) -> bool:
    moment = datetime.fromisoformat(gold)
    expected = Period.from_datetime(moment)
    if (moment.hour, moment.minute) == (0, 0):
        expected = Period.day(moment.year, moment.month, moment.day)
    found = article.published or article.date
    return found is not None and (
        found == expected or (expected.precision == "day" and expected.contains(found.start))
    )


def score(page: Path) -> dict[str, float]:
    markup = gzip.decompress(page.read_bytes()).decode("utf-8", "replace")
    gold = gold_for(page, markup)
    article = next((each for each in read_path(page) if isinstance(each, Article)), Article(title="-"))
    body = gold["body"]
    texts = body["summary"] + [
        text for part in body["sections"] for text in part["headline"] + part["paragraphs"]
    ]
    scores = {
        "title": float(article.title == " ".join(gold["title"].split())),
        "date": float(same_date(article, gold["publishing_date"])),
        "author": float(
            sorted(filter(None, article.author.split(", "))) == sorted(gold.get("authors") or [])
        ),
        "body": f1(words(" ".join(texts)), words(f"{article.teaser} {article.body}")),
    }
    if not scores["title"] or not scores["date"] or scores["body"] < 0.9:
        print(f"{page.name}: body {scores['body']:.3f}")
        print(f"    title {article.title!r}, gold {gold['title']!r}" if not scores["title"] else "", end="\n")
        print(
            f"    date {article.date} {article.published}, gold {gold['publishing_date']}"
            if not scores["date"]
            else ""
        )
    return scores


def test_html_pages_come_out_as_people_read_them() -> None:
    pages = sorted(PAGES.glob("*_*.html.gz"))
    assert pages
    scores = [score(page) for page in pages]
    means = {name: sum(each[name] for each in scores) / len(scores) for name in FLOORS}
    print({name: round(value, 3) for name, value in means.items()}, f"{len(pages)} pages")
    assert all(means[name] >= floor for name, floor in FLOORS.items()), means
