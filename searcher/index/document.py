"""The indexed form of an article: stems and printed forms, by field and position.

Text fields hold stems; each has a `…_printed` field with the printed forms at the same positions, so that
exact wording and wildcards are plain queries. `all` holds the four zones of an article in one position space: a title
word counts `ZONE_WEIGHTS["title"]` times, which makes BM25F over `all` the simple form of Robertson, Zaragoza & Taylor
(CIKM 2004): weights enter the frequency before it saturates.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from searcher.article import ZONES, Article
from searcher.german import analyze
from searcher.query.fields import PRINTED

ZONE_WEIGHTS = {"title": 4, "kicker": 2, "teaser": 2, "body": 1}
"""How many times one word counts in `all`, by the zone it is printed in."""

ZONE_GAP = 100
"""Positions left free between two zones in `all`; more than ADJ or NEAR may span (99 words between)."""

METADATA = ("source", "section", "author", "keyword")
"""Analysed fields outside the text: found only when named."""

ANALYSED = ("all", *METADATA)
"""The fields that hold postings of their own; the zones are ranges of positions within `all`."""

RAW = ("id", "url")
"""Fields of one untouched term."""


UNDATED = (-1, -2)
"""(start, end) in minutes of an article without a date: overlaps no range."""


def minutes(article: Article) -> tuple[int, int]:
    """(start, end) of the article's date in minutes since 0001-01-01, end exclusive; `UNDATED` without a date."""
    if article.date is None:
        return UNDATED
    return _minute(article.date.start), _minute(article.date.end)


def _minute(moment: datetime) -> int:
    # Rounded up, so that datetime.max, the end of the year 9999, becomes the first minute after it.
    return -(-(moment - datetime.min) // timedelta(minutes=1))


def metadata(article: Article) -> dict[str, tuple[str, ...]]:
    """The values of the analysed metadata fields; several keywords lie `ZONE_GAP` positions apart."""
    return {
        "source": (article.source,),
        "section": (article.section,),
        "author": (article.author,),
        "keyword": article.keywords,
    }


def document(article: Article) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document`: what its own codec would index for this article.

    The bulk writer does the same with whole arrays; the tests hold the two equal.
    """
    values: dict[str, Any] = {"id": article.id, "article": article.as_dict()}
    if article.url:
        values["url"] = article.url
    values["start"], values["end"] = minutes(article)
    texts = {zone: (getattr(article, zone),) for zone in ZONES} | metadata(article)
    everything: tuple[list[Any], list[Any]] = ([], [])
    base = 0
    for name, parts in texts.items():
        stems, forms, length = _tokens(parts)
        values[name], values[name + PRINTED] = stems, forms
        if name in ZONES:
            weight = ZONE_WEIGHTS[name]
            for whole, part in zip(everything, (stems, forms), strict=True):
                whole.extend((text, base + position, weight) for text, position, _ in part)
            base += length + ZONE_GAP
    values["all"], values["all" + PRINTED] = everything
    return values


def _tokens(parts: tuple[str, ...]) -> tuple[list[Any], list[Any], int]:
    stems, forms, base, end = [], [], 0, 0
    for part in parts:
        end = base
        for token in analyze(part):
            stems.append((token.stem, base + token.position, 1))
            forms.append((token.printed, base + token.position, 1))
            end = base + token.position + 1
        base = end + ZONE_GAP
    return stems, forms, end
