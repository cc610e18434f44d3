"""RSS 0.9x, 1.0, 2.0 and Atom: one article per entry, with its full content if the feed has it.

The extra `feeds` brings feedparser, which also reads feeds that are not well-formed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from searcher.dates import Period
from searcher.readers.base import attributes, extras, markup
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished, shortened
from searcher.report import Repair

WHOLE_TEXT = 400
"""A description of this many characters is the article, not its teaser."""
NO_POSTS = frozenset(
    {"attachment", "nav_menu_item", "revision", "wp_block", "custom_css", "wp_global_styles"}
)
"""What exports of WordPress hold besides."""
ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a feed."""
    data = unit.data or b""
    # Without zeros, UTF-16 reads as what it says.
    if ENTITY_DECLARATION.search(data.replace(b"\0", b"")):
        yield unit.reject("XML with entity declarations is not read")
        return
    # Latin-1 gives every byte back as it was.
    bounded, cut = attributes.bounded(data.decode("latin-1"))
    for reason in cut:
        yield Repair(unit.path, None, reason)
    parser = extras.load("feedparser", "feeds")
    with extras.failing("the feed cannot be parsed"):
        feed = parser.parse(bounded.encode("latin-1"))
    problem = shortened(str(feed.get("bozo_exception") or "")) if feed.get("bozo") else ""
    if not feed.entries:
        yield unit.reject(f"no entries in this feed{': ' if problem else ''}{problem}")
        return
    if problem:
        yield Repair(unit.path, None, f"feed not well-formed: {problem}")
    for number, entry in enumerate(feed.entries, 1):
        yield from guarded(_entry(entry, feed, unit, number), unit, number)


def _entry(entry: Any, feed: Any, unit: Unit, number: int) -> Iterator[Record]:
    if (kind := entry.get("wp_post_type") or "post") in NO_POSTS:
        yield unit.skip(f"no post: {kind}", number)
        return
    if (status := entry.get("wp_status") or "publish") not in ("publish", "inherit"):
        yield unit.skip(f"not published: {shortened(status)}", number)
        return
    dates = DateReader()
    values = _values(entry, dates) | {"source": _text(feed.feed.get("title") or "")}
    yield from finished(values, unit, number, dates.unread)


def _values(entry: Any, dates: DateReader) -> dict[str, Any]:
    summary = markup.blocks(entry.get("summary") or "")
    contents = [markup.blocks(each.get("value") or "") for each in entry.get("content") or []]
    body = max(contents, key=lambda blocks: sum(map(len, blocks)), default=[])
    if not body and sum(map(len, summary)) >= WHOLE_TEXT:
        body, summary = summary, []
    if body[:1] == summary:
        body = body[1:]
    published, updated = (_date(entry, each, dates) for each in ("published", "updated"))
    link = entry.get("link") or ""
    authors = [each.get("name") for each in entry.get("authors") or []]
    tags = [each.get("term") for each in entry.get("tags") or []]
    return {
        "id": entry.get("id") or link,
        "title": _text(entry.get("title") or ""),
        "teaser": " ".join(summary) if summary != body else "",
        "body": "\n\n".join(body),
        "date": updated or published,
        "published": published if updated and published != updated else None,
        "author": ", ".join(dict.fromkeys(filter(None, authors))),
        "url": link,
        "keywords": tuple(dict.fromkeys(filter(None, tags))),
    }


def _text(value: str) -> str:
    return " ".join(markup.blocks(value)) if "<" in value or "&" in value else value


def _date(entry: Any, name: str, dates: DateReader) -> Period | None:
    """feedparser gives UTC; what it cannot read is tried as we read dates elsewhere."""
    # The entry's own `get` gives the other date where one is missing.
    parsed, printed = dict.get(entry, f"{name}_parsed"), str(dict.get(entry, name) or "")
    if parsed and ":" in printed:
        return Period.from_datetime(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    return dates(printed)
