"""NewsML-G2, as dpa, AFP and others send it: one article per item; a withdrawn item withdraws its article.

Notes to editors are never read: they have names and telephone numbers that are not for publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from searcher.readers import nitf
from searcher.readers.base import markup, safexml
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit, version_number
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, find, find_all
from searcher.report import Repair, Withdrawal

WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})
OTHER_ITEMS = ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
NOT_BODY = frozenset(
    {"slugline", "publicationDate", "genre", "byline", "teaser", "closingline", "notepad", "np-nonpublic"}
)
TEASERS = ("teaser", "summary", "abstract", "short", "lead")
EXTRA = ("urgency", "version", "genre", "located", "credit")


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a news item or a message of several; of versions of one item the last."""
    root, how = safexml.parse(unit.data or b"")
    if how:
        yield Repair(unit.path, None, how)
    for other in safexml.descendants(root, *OTHER_ITEMS):
        yield unit.skip(f"no news item: {safexml.local(other)}")
    latest: dict[str, Element] = {}
    for item in safexml.descendants(root, "newsItem"):
        guid = item.get("guid") or f"{unit.name}#{len(latest) + 1}"
        if guid not in latest or _version(item) >= _version(latest[guid]):
            latest[guid] = item
    if not latest:
        yield unit.reject("no news item in this file")
    for guid, item in latest.items():
        yield from guarded(_item(item, guid, unit), unit)


def _version(item: Element) -> int:
    return version_number(item.get("version") or "")


def _item(item: Element, guid: str, unit: Unit) -> Iterator[Record]:
    about = find(item, "itemMeta")
    status, kind = _code(find(about, "pubStatus")), _code(find(about, "itemClass"))
    if status in WITHDRAWN:
        yield Withdrawal(unit.path, None, guid, f"withdrawn by its publisher ({status})", _version(item))
        return
    if kind not in ("", "text", "composite"):
        yield unit.skip(f"no text: {kind}")
        return
    dates = DateReader()
    values = _values(item, about, find(item, "contentMeta"), dates) | {"id": guid}
    yield from finished(values, unit, None, dates.unread)


def _values(
    item: Element, about: Element | None, content: Element | None, dates: DateReader
) -> dict[str, Any]:
    titles = [
        each for each in find_all(content, "headline") if _role(each) not in ("kicker", "subtitle", "subhead")
    ]
    kickers = [each for each in find_all(content, "headline") if _role(each) == "kicker"]
    teasers = [each for each in find_all(content, "description") if _role(each) in TEASERS]
    links = (
        each.get("href") or ""
        for each in find_all(about, "link")
        if (each.get("rel") or "").endswith("canonical")
    )
    return {
        "title": safexml.text(next(iter(titles), None)),
        "kicker": safexml.text(next(iter(kickers), find(content, "slugline"))),
        "teaser": safexml.text(next(iter(teasers), None)),
        "body": "\n\n".join(_body(find(item, "contentSet"))),
        "source": _name(find(about, "provider")),
        "author": safexml.text(find(content, "by")).removeprefix("Von ").removeprefix("von "),
        "section": next((_name(each) for each in find_all(content, "subject") if _is_section(each)), ""),
        "keywords": _keywords(content),
        "url": next(links, ""),
        "extra": _extra(item, content),
        **_dates(about, content, dates),
    }


def _dates(about: Element | None, content: Element | None, read: DateReader) -> dict[str, Any]:
    date = read(safexml.text(find(about, "versionCreated")))
    first = read(safexml.text(find(about, "firstCreated")) or safexml.text(find(content, "contentCreated")))
    return {"date": date or first, "published": first if date and first != date else None}


def _body(content: Element | None) -> list[str]:
    """Paragraphs from the richest rendition there is: XHTML or NITF inline, else plain text."""
    for inline in find_all(content, "inlineXML"):
        if nested := next(safexml.descendants(inline, "nitf", "body.content"), None):
            return nitf.body(nested)
        main = next(
            (each for each in safexml.descendants(inline, "section") if "main" in _classes(each)), None
        )
        header = next(safexml.descendants(inline, "header"), None)
        if main is None and header is not None:
            header.clear()
        if found := markup.blocks(safexml.markup(main if main is not None else inline), NOT_BODY):
            return found
    plain = list(find_all(content, "inlineData"))
    texts = [each for each in plain if (each.get("rendition") or ":text").endswith(":text")]
    return ["".join(each.itertext()) for each in texts[:1]]


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _code(element: Element | None) -> str:
    """The last part of a code: 'usable' of 'stat:usable'."""
    return (
        (element.get("qcode") or element.get("literal") or "").rpartition(":")[2]
        if element is not None
        else ""
    )


def _role(element: Element) -> str:
    return (element.get("role") or "").rpartition(":")[2].lower()


def _name(element: Element | None) -> str:
    """What a provider or subject is called, in German where it is."""
    names = list(find_all(element, "name"))
    shown = [each for each in names if _role(each) in ("", "display", "full")] or names
    german = [
        each for each in shown if any(key.endswith("lang") and value == "de" for key, value in each.items())
    ]
    return safexml.text((german or shown)[0]) if shown else _code(element)


def _is_section(subject: Element) -> bool:
    return (subject.get("type") or "").endswith((":category", ":desk", ":department"))


def _keywords(content: Element | None) -> tuple[str, ...]:
    subjects = (
        each
        for each in find_all(content, "subject")
        if not _is_section(each) and "poi" not in (each.get("type") or "")
    )
    words = [_name(each) for each in subjects] + [safexml.text(each) for each in find_all(content, "keyword")]
    return tuple(dict.fromkeys(each for each in words if each))


def _extra(item: Element, content: Element | None) -> dict[str, str]:
    values = (
        safexml.text(find(content, "urgency")),
        item.get("version") or "",
        _name(find(content, "genre")),
        _name(find(content, "located")),
        safexml.text(find(content, "creditline")),
    )
    return {name: value for name, value in zip(EXTRA, values, strict=True) if value}
