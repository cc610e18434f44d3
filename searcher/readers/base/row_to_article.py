"""From a record with columns (a JSON object, a table row) to an Article, or to the reason why there is none.

>>> from searcher.readers.base.headings import plan_for
>>> plan = plan_for(("titel", "text", "seite"))
>>> record = {"titel": "Waffenruhe", "text": "Erster Absatz.\\nZweiter.", "seite": 3}
>>> article, = articles(record, plan, Unit("a.jsonl", "a.jsonl"), 1)
>>> article.title, article.extra
('Waffenruhe', {'seite': '3'})
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from searcher.article import ZONES, Article
from searcher.dates import Period
from searcher.errors import DateError
from searcher.readers.base.date_values import period
from searcher.readers.base.headings import Plan
from searcher.readers.base.paragraphs import paragraphs
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import mend
from searcher.report import Repair

KINDS = {list: "a list", dict: "an object", bool: "true or false"}
SHOWN = 60
NO_TEXT = "no text: neither a title nor a body"
KEYWORD_ENDS = (";", "|", ",", "\n")


class WrongType(ValueError):
    """A column holds something that cannot be its field."""


def articles(record: Mapping[str, Any], plan: Plan, unit: Unit, line: int | None) -> Iterator[Record]:
    """The article of one record, after a Repair for everything that was mended in it; or a Rejection."""
    try:
        values = _fields(record, plan)
    except WrongType as error:
        yield unit.reject(str(error), line)
    except DateError as error:
        yield unit.reject(f"impossible date: {shortened(str(error))}", line)
    else:
        values["extra"] = {
            name: _plain(record[name]) for name in plan.rest if record.get(name) not in (None, "")
        }
        yield from finished(values, unit, line)


def finished(values: dict[str, Any], unit: Unit, line: int | None = None) -> Iterator[Record]:
    """The last steps every format shares: mend the texts, fill in the source, refuse what has no text.

    `values` are keyword arguments of Article; `body` may still have any kind of line ends.
    """
    reasons: list[str] = []
    for zone in ZONES:
        if value := values.get(zone):
            value, mended = mend(value)
            values[zone] = paragraphs(value) if zone == "body" else " ".join(value.split())
            if mended:
                reasons += mended
    if not values.get("title") and not values.get("body") and not values.get("teaser"):
        yield unit.reject(NO_TEXT, line)
        return
    if not values.get("source"):
        values["source"] = unit.source
    article = Article(**values)
    for reason in dict.fromkeys(reasons):
        yield Repair(unit.path, line, reason, article.id)
    yield article


def shortened(text: str) -> str:
    """`text` on one line, cut to what a message can hold."""
    text = " ".join(text.split())
    return text if len(text) <= 2 * SHOWN else text[: 2 * SHOWN] + "…"


def _fields(record: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    values: dict[str, Any] = {}
    dates: dict[str, Period] = {}
    for field, column in plan.fields.items():
        value = record.get(column)
        if value is None or value == "":
            continue
        if field in ("date", "updated", "published"):
            if found := period(value):
                dates[field] = found
        elif field == "keywords":
            values[field] = _keywords(value)
        else:
            values[field] = _text(field, value)
    versions = [dates[each] for each in ("updated", "date", "published") if each in dates]
    if versions:
        values["date"] = versions[0]
        if versions[-1] != versions[0]:
            values["published"] = versions[-1]
    return values


def _text(field: str, value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ("\n\n" if field == "body" else ", ").join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise WrongType(f"wrong type: {field} is {KINDS.get(type(value), 'a ' + type(value).__name__)}, not text")


def _keywords(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        if value.startswith("[") and value.endswith("]"):
            value = value[1:-1].replace("'", "").replace('"', "")
        end = next((each for each in KEYWORD_ENDS if each in value), ";")
        value = value.split(end)
    if not isinstance(value, list):
        raise WrongType(
            f"wrong type: keywords is {KINDS.get(type(value), 'a ' + type(value).__name__)}, not a list"
        )
    named = (next(iter(each.values()), "") if isinstance(each, dict) else each for each in value)
    words = (" ".join(str(each).split()) for each in named if each)
    return tuple(dict.fromkeys(each for each in words if each))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    return str(value)
