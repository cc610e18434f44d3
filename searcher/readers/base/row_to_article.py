"""From a record with columns (a JSON object, a table row) to an Article, or to a rejection.

>>> from searcher.readers.base.headings import plan_for
>>> plan = plan_for(("titel", "text", "seite"))
>>> record = {"titel": "Waffenruhe", "text": "Erster Absatz.\\nZweiter.", "seite": 3}
>>> article, = articles(record, plan, Unit("a.jsonl", "a.jsonl"), 1)
>>> article.title, dict(article.extra)
('Waffenruhe', {'seite': '3'})
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from searcher.article import ZONES, Article
from searcher.dates import Period
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.headings import Plan
from searcher.readers.base.markup import blocks, is_markup
from searcher.readers.base.paragraphs import rejoined
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import mend
from searcher.report import Repair

KINDS = {list: "a list", dict: "an object", bool: "true or false"}
SHOWN = 60
NO_TEXT = "no text: neither a title nor a body"
NO_DATE = "a date that cannot be read"
DIVIDED = "words divided at line ends"
NOT_TAKEN = "the long text of column '{0}' belongs to no field: map it to body if it is the text"
LEAST_TEXT = 20
"""Characters, in three words or more, from which a column that nothing took is worth a line."""
MEMBERS = ("rendered", "value", "name", "text", "#text", "@value", "content", "title", "fullName", "original")
"""Where objects around one text keep it: WordPress, ninjs 3, schema.org, what XML becomes as JSON."""
PARTS = ("summary", "headline", "paragraphs", "sections")
"""What the body is made of where a crawler (fundus) keeps it apart."""
KEYWORD_ENDS = (";", "|", ",", "\n")


class WrongType(ValueError):
    """A column holds something that cannot be its field."""


def articles(record: Mapping[str, Any], plan: Plan, unit: Unit, line: int | None) -> Iterator[Record]:
    """The article of one record, after a Repair for everything that was mended in it; or a Rejection."""
    dates = DateReader()
    try:
        values = _fields(record, plan, dates)
    except WrongType as error:
        yield unit.reject(str(error), line)
        return
    values["extra"] = {
        name: _plain(record[name]) for name in plan.rest if record.get(name) not in (None, "", [], {})
    }
    if not values.get("body") and (column := _unread_text(values["extra"])):
        yield Repair(unit.path, line, NOT_TAKEN.format(column))
    yield from finished(values, unit, line, dates.unread)


def finished(
    values: dict[str, Any], unit: Unit, line: int | None = None, unread: Sequence[str] = ()
) -> Iterator[Record]:
    """The last steps every format shares: mend the texts, fill in the source, refuse what has no text.

    `values` are keyword arguments of Article; `body` may still have any kind of line ends. `unread` are texts that
    should have been dates: each becomes a Repair, and the article goes in without it.
    """
    reasons: list[str] = []
    for zone in ZONES:
        if value := values.get(zone):
            value, mended = mend(value)
            values[zone], joins = rejoined(value) if zone == "body" else (" ".join(value.split()), 0)
            reasons += [*mended, *[DIVIDED] * bool(joins)]
    if not values.get("title") and not values.get("body") and not values.get("teaser"):
        yield unit.reject(NO_TEXT, line)
        return
    for name in ("source", "section", "author"):
        values[name] = " ".join((values.get(name) or "").split())
    values["source"] = values["source"] or " ".join(unit.source.split())
    article = Article(**values)
    for reason in dict.fromkeys(reasons):
        yield Repair(unit.path, line, reason, article.id)
    for text in unread:
        yield Repair(unit.path, line, NO_DATE, article.id, text)
    yield article


def shortened(text: str) -> str:
    """`text` on one line, cut to what a message can hold."""
    text = " ".join(text.split())
    return text if len(text) <= 2 * SHOWN else text[: 2 * SHOWN] + "…"


def _unread_text(extra: Mapping[str, str]) -> str:
    """The column whose value reads most like the text of an article; '' where none does."""
    longest = max(extra, key=lambda name: len(extra[name]), default="")
    value = extra.get(longest, "")
    is_text = value.count(" ") >= 2 and len(value) >= LEAST_TEXT and value[0] not in "[{<"
    return longest if is_text else ""


def _fields(record: Mapping[str, Any], plan: Plan, read_date: DateReader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    dates: dict[str, Period] = {}
    for field, column in plan.fields.items():
        value = record.get(column)
        if value is None or value == "":
            continue
        if field in ("date", "updated", "published"):
            if found := read_date(value):
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
    text = _flat_text(field, value).strip()
    if field in ZONES and is_markup(text):
        found = blocks(text)
        return ("\n\n" if field == "body" else " ").join(found)
    return text


def _flat_text(field: str, value: Any, depth: int = 4) -> str:
    """The text in a value of JSON: lists are joined, of an object the member that holds the text is taken."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, list) and depth:
        main = [each for each in value if isinstance(each, dict) and each.get("role") == "main"]
        parts = [_flat_text(field, each, depth - 1).strip() for each in main[:1] or value]
        return ("\n\n" if field == "body" else ", ").join(dict.fromkeys(each for each in parts if each))
    if isinstance(value, dict) and depth:
        named = [value[each] for each in MEMBERS if value.get(each)]
        if field == "body" and not named:
            named = [[value[each] for each in PARTS if value.get(each)]]
        if named and named[0]:
            return _flat_text(field, named[0], depth - 1)
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
    named = (_name(each) if isinstance(each, dict) else each for each in value)
    words = (" ".join(str(each).split()) for each in named if each)
    return tuple(dict.fromkeys(each for each in words if each))


def _name(value: dict[str, Any]) -> Any:
    return next((value[each] for each in MEMBERS if value.get(each)), None) or next(iter(value.values()), "")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    return str(value)
