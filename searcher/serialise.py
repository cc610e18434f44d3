"""Schema 1: results, articles and statistics as plain dicts, for JSON output.

New fields may be added; any other change makes schema 2. docs/output.md describes them.

>>> counted("Waffenruhe", 3)
{'schema': 1, 'query': 'Waffenruhe', 'total': 3}
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from searcher.article import Article
from searcher.results import Explanation, Hit, Results, Stats

SCHEMA = 1
"""Version of the JSON that this package prints."""


def results(found: Results) -> dict[str, Any]:
    """A whole result list; `took` is in seconds."""
    return {
        "schema": SCHEMA,
        "query": found.query,
        "total": found.total,
        "more": found.more,
        "notices": [{"kind": notice.kind, "words": list(notice.words)} for notice in found.notices],
        "took": round(found.took, 6),
        "hits": [_hit(hit) for hit in found.hits],
    }


def hit(found: Hit) -> dict[str, Any]:
    """One hit as a separate document."""
    return {"schema": SCHEMA, **_hit(found)}


def _hit(found: Hit) -> dict[str, Any]:
    return {
        "rank": found.rank,
        "score": round(found.score, 4),
        "article": found.article.as_dict(),
        "snippet": {"text": found.snippet.text, "marks": [list(mark) for mark in found.snippet.marks]},
    }


def counted(query: str, total: int) -> dict[str, Any]:
    """The number of matches of a query."""
    return {"schema": SCHEMA, "query": query, "total": total}


def article(shown: Article) -> dict[str, Any]:
    """One whole article."""
    return {"schema": SCHEMA, "article": shown.as_dict()}


def explanation(explained: Explanation) -> dict[str, Any]:
    """How a query was read."""
    return {"schema": SCHEMA, **asdict(explained)}


def stats(counts: Stats) -> dict[str, Any]:
    """Contents, size and versions of an archive."""
    period = [str(end) for end in counts.period] if counts.period else None
    facets = {f"{facet}s": dict(numbers) for facet, numbers in counts.facets.items()}
    values = {name: value for name, value in asdict(counts).items() if name != "facets"}
    return {"schema": SCHEMA, **values, **facets, "period": period}
