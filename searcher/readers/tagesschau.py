"""The JSON of tagesschau's API: homepage, news, channel and single story.

>>> story = {"sophoraId": "moor-101", "title": "Moor", "content": [{"type": "text", "value": "<p>Es bleibt.</p>"}]}
>>> values = story_values(story)
>>> values["id"], values["body"]
('moor-101', 'Es bleibt.')
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from searcher.readers.base import markup
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.encoding import decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import clean_values
from searcher.readers.base.row_to_article import finished, shortened
from searcher.report import Repair

LISTS = ("news", "regional", "channels", "searchResults")
TEXTS = frozenset({"text", "headline", "quotation"})
IDS = ("sophoraId", "externalId")
SOURCE = "tagesschau.de"


def read(unit: Unit) -> Iterator[Record]:
    """The stories of a response, each once."""
    text, how = decode(unit.data or b"")
    if how:
        yield Repair(unit.path, None, how)
    try:
        response, cleaned = clean_values(json.loads(text))
    except (ValueError, RecursionError) as error:
        yield unit.reject(f"broken JSON: {shortened(str(error))}")
        return
    if cleaned:
        yield Repair(unit.path, None, "control characters")
    seen: set[str] = set()
    for story in _stories(response):
        identity = _identity(story)
        if identity not in seen:
            seen.add(identity)
            yield from guarded(read_story(story, unit), unit)
    if not seen:
        yield unit.reject("no stories in this response")


def read_story(story: dict[str, Any], unit: Unit, line: int | None = None) -> Iterator[Record]:
    """The article of one story; videos and web views are none."""
    kind = story.get("type") or "story"
    values = story_values(story)
    if kind != "story" and not values["body"] and not values["teaser"]:
        yield unit.skip(f"no story: {shortened(str(kind))}", line)
        return
    dates = DateReader()
    values["date"] = dates(story.get("date"))
    yield from finished(values, unit, line, dates.unread)


def is_story(value: Any) -> bool:
    """Whether a JSON object is a story."""
    return isinstance(value, dict) and any(isinstance(value.get(each), str) for each in IDS)


def story_values(story: dict[str, Any]) -> dict[str, Any]:
    """The fields of an Article but for its date."""
    content = story.get("content")
    parts = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    blocks = [block for part in parts if part.get("type") in TEXTS for block in markup.blocks(_value(part))]
    first = _text(story, "firstSentence")
    if blocks and blocks[0].removesuffix(".") == first.removesuffix("."):
        del blocks[0]
    tags = story.get("tags")
    named = (
        [each.get("tag") if isinstance(each, dict) else each for each in tags]
        if isinstance(tags, list)
        else []
    )
    return {
        "id": _identity(story),
        "title": _text(story, "title"),
        "kicker": _text(story, "topline"),
        "teaser": first,
        "body": "\n\n".join(blocks),
        "section": _text(story, "ressort"),
        "source": SOURCE,
        "url": _text(story, "detailsweb") or _text(story, "shareURL"),
        "keywords": tuple(dict.fromkeys(each for each in named if isinstance(each, str) and each)),
    }


def _stories(value: Any) -> Iterator[dict[str, Any]]:
    if is_story(value):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if is_story(each))
    elif isinstance(value, dict):
        for name in LISTS:
            if isinstance(value.get(name), list):
                yield from _stories(value[name])


def _identity(story: dict[str, Any]) -> str:
    return next((story[each] for each in IDS if isinstance(story.get(each), str) and story[each]), "")


def _text(story: dict[str, Any], name: str) -> str:
    value = story.get(name)
    return " ".join(markup.blocks(value)) if isinstance(value, str) else ""


def _value(part: dict[str, Any]) -> str:
    quotation = part.get("quotation")
    value = quotation.get("text") if isinstance(quotation, dict) else part.get("value")
    return value if isinstance(value, str) else ""
