"""JSON-LD: the metadata of a page in the vocabulary of schema.org.

>>> node = article_node(['{"@graph": [{"@type": "Article", "headline": "Ruhe", "author": {"name": "Ida"}}]}'])
>>> node["headline"], names(node["author"])
('Ruhe', ['Ida'])
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

DEPTH = 12
CDATA = re.compile(
    r"^\s*(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?|(?://|/\*)?\s*\]\]>(?:\s*\*/)?\s*$|^\s*<!--|-->\s*$"
)
"""What old content managers put around a script."""
KINDS = ("article", "posting", "report")
"""schema.org types end so: NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting, Report."""


def article_node(scripts: Iterable[str]) -> dict[str, Any]:
    """The object that describes the article, the fullest where there are several; {} where there is none."""
    nodes = [node for script in scripts for node in _objects(_parsed(script), DEPTH) if _is_article(node)]
    return max(
        nodes, key=lambda node: (bool(node.get("headline")), bool(node.get("datePublished"))), default={}
    )


def text(value: Any) -> str:
    """A text that JSON-LD may wrap in a list, an object with a name, or HTML entities; blanks made single."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("@id") or ""
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""


def names(value: Any) -> list[str]:
    """The names in a person, organisation, text or a list of them, each once."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(each for each in map(text, values) if each and not each.startswith("http")))


def _parsed(script: str) -> Any:
    script = CDATA.sub("", script)
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list) and depth:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _objects(each, depth - 1)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type") or ""
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(str(kind).lower().endswith(KINDS) for kind in listed)
