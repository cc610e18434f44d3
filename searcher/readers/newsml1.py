"""NewsML 1.0 to 1.2, before NewsML-G2: one article per item with text; a cancelled item withdraws its article.

>>> xml = b"<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>Ruhe</HeadLine></NewsLines><ContentItem>"
>>> xml += b"<DataContent><p>Text.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
>>> [(each.title, each.body) for each in read(Unit("a.xml", "a.xml", data=xml))]
[('Ruhe', 'Text.')]
"""

from __future__ import annotations

from collections.abc import Iterator

from searcher.readers import nitf
from searcher.readers.base import markup, safexml
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit, version_number
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants
from searcher.report import Withdrawal

WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a message."""
    root, _ = safexml.parse(unit.data or b"")
    items = list(descendants(root, "NewsItem"))
    if not items:
        yield unit.reject("no news item in this file")
    for number, item in enumerate(items, 1):
        yield from guarded(_item(item, number, unit), unit)


def _item(item: Element, number: int, unit: Unit) -> Iterator[Record]:
    identity = _first(item, "PublicIdentifier") or _first(item, "NewsItemId") or f"{unit.name}#{number}"
    status = _named(item, "Status").lower()
    if status in WITHDRAWN:
        version = version_number(_first(item, "RevisionId"))
        yield Withdrawal(unit.path, None, identity, f"withdrawn by its publisher ({status})", version)
        return
    body = _body(item)
    if not body and next(descendants(item, "MediaType"), None) is not None:
        yield unit.skip("no text: a picture, sound or film")
        return
    dates = DateReader()
    first, this = dates(_first(item, "FirstCreated")), dates(_first(item, "ThisRevisionCreated"))
    values = {
        "id": identity,
        "title": _first(item, "HeadLine") or _first(item, "Title"),
        "kicker": _first(item, "SlugLine"),
        "teaser": _first(item, "SubHeadLine"),
        "body": body,
        "date": this or first or dates(_first(item, "DateId")),
        "published": first if this and first != this else None,
        "author": nitf.BY.sub("", _first(item, "ByLine")),
        "source": _party(item),
        "keywords": tuple(filter(None, map(safexml.text, descendants(item, "KeywordLine")))),
        "extra": {"dateline": _first(item, "DateLine")} if _first(item, "DateLine") else {},
    }
    yield from finished(values, unit, None, dates.unread)


def _body(item: Element) -> str:
    """The paragraphs of the first content that has any: NITF, XHTML or plain text."""
    for content in descendants(item, "DataContent"):
        inside = next(descendants(content, "nitf"), None)
        found = nitf.body(inside) if inside is not None else markup.blocks(safexml.markup(content))
        if found and len(content):
            return "\n\n".join(found)
        if text := "".join(content.itertext()).strip():
            return text
    return ""


def _first(item: Element, name: str) -> str:
    return next((text for each in descendants(item, name) if (text := safexml.text(each))), "")


def _named(item: Element, name: str) -> str:
    return next((each.get("FormalName") or "" for each in descendants(item, name)), "")


def _party(item: Element) -> str:
    return next((_named(each, "Party") for each in descendants(item, "Provider", "Source", "Creator")), "")
