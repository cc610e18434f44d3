"""ninjs 1 to 3, the JSON of news agencies: one article per text item; a cancelled item withdraws its article.

>>> item = {"uri": "urn:1", "type": "text", "versioncreated": "2024-05-01T10:00:00Z", "headline": "Ruhe"}
>>> is_item(item), [article.id for article in read_item(item, Unit("a.json", "a.json"), 1)]
(True, ['urn:1'])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from searcher.readers.base.headings import plan_for
from searcher.readers.base.records import Record, Unit, version_number
from searcher.readers.base.row_to_article import articles
from searcher.report import Withdrawal

TELLING = frozenset(
    [
        "versioncreated",
        "versionCreated",
        "pubstatus",
        "pubStatus",
        "body_xhtml",
        "body_html",
        "bodies",
        "headlines",
    ]
)
WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})
TEXTS = frozenset({"text", "composite", ""})


def is_item(value: Any) -> bool:
    """Whether a JSON object is an item of ninjs."""
    return isinstance(value, dict) and isinstance(value.get("uri"), str) and not TELLING.isdisjoint(value)


def read_item(item: dict[str, Any], unit: Unit, line: int | None) -> Iterator[Record]:
    """The article of one item, or what it takes back; pictures and the like are none."""
    status = str(item.get("pubstatus") or item.get("pubStatus") or "").lower()
    kind = str(item.get("type") or "").lower()
    if status in WITHDRAWN:
        version = version_number(str(item.get("version") or ""))
        yield Withdrawal(unit.path, line, item["uri"], f"withdrawn by its publisher ({status})", version)
        return
    if kind not in TEXTS:
        yield unit.skip(f"no text: {kind[:40]}", line)
        return
    record = {name: value for name, value in item.items() if name not in ("uri", "standard", "type")}
    record |= {"id": item["uri"]}
    if isinstance(subjects := item.get("subject"), list):
        record["keywords"] = [each.get("name") for each in subjects if isinstance(each, dict)]
        del record["subject"]
    yield from articles(record, plan_for(tuple(record), unit.options.mapping), unit, line)
