"""Articles made by the caller: checked one by one and cut into batches.

>>> from searcher.article import Article
>>> [len(batch) for batch in batches(Article(id=str(number)) for number in range(501))]
[500, 1]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from searcher.article import ZONES, Article
from searcher.dates import Period
from searcher.errors import UsageError
from searcher.ingest.callbacks import each_of_theirs

BATCH = 500
_TEXTS = ("id", *ZONES, "source", "section", "author", "url")
_DATES = ("date", "published")


def batches(articles: Any) -> Iterator[list[Article]]:
    """The articles, some at a time; UsageError that names the first that is none."""
    if isinstance(articles, Article):
        raise UsageError("a list of articles is wanted, not an Article", "write add([article])")
    if isinstance(articles, (str, bytes)) or not isinstance(articles, Iterable):
        raise UsageError(f"a list of articles is wanted, not {_kind(articles)}")
    numbered = enumerate(each_of_theirs(articles), 1)
    while batch := [_checked(article, number) for number, article in islice(numbered, BATCH)]:
        yield batch


def _checked(article: Any, number: int) -> Article:
    if not isinstance(article, Article):
        cure = ": Article(**values) makes one" if isinstance(article, dict) else ""
        raise UsageError(f"article {number} is no Article but {_kind(article)}{cure}")
    for name in _TEXTS:
        if not isinstance(value := getattr(article, name), str):
            raise UsageError(f"article {number}: {name} is no text but {_kind(value)}")
    for name in _DATES:
        if not isinstance(value := getattr(article, name), Period | None):
            raise UsageError(
                f"article {number}: {name} is no Period but {_kind(value)}", "Period.parse makes one"
            )
    for word in article.keywords:
        if not isinstance(word, str):
            raise UsageError(f"article {number}: a keyword is no text but {_kind(word)}")
    if not all(isinstance(each, str) for pair in article.extra.items() for each in pair):
        raise UsageError(
            f"article {number}: extra has names or values that are no text", "str() makes them so"
        )
    return article


def _kind(value: object) -> str:
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeio' else 'a'} {name}"
