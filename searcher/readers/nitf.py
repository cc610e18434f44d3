"""NITF, the news format before NewsML: one article per document.

>>> xml = b"<nitf><body><body.head><hedline><hl1>Ruhe</hl1></hedline></body.head>"
>>> xml += b"<body.content><p>Text.</p></body.content></body></nitf>"
>>> [(each.title, each.body) for each in read(Unit("x.xml", "x.xml", data=xml))]
[('Ruhe', 'Text.')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searcher.dates import Period
from searcher.readers.base import markup, safexml
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants, find, find_all
from searcher.report import Repair, Withdrawal

WITHDRAWN = frozenset({"canceled", "cancelled", "withheld"})
BY = re.compile(r"^(?:von|by)\s+", re.IGNORECASE)
SUBJECTS = ("tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type")


def read(unit: Unit) -> Iterator[Record]:
    """The article of a document."""
    root, how = safexml.parse(unit.data or b"")
    if how:
        yield Repair(unit.path, None, how, unit.name)
    document = next(descendants(root, "nitf"), None)
    if document is None:
        yield unit.reject("no <nitf> in this file")
        return
    data = next(descendants(document, "docdata"), None)
    withdrawn = list(_withdrawn(data))
    for identity, status in withdrawn:
        yield Withdrawal(unit.path, None, identity, f"withdrawn by its publisher ({status})")
    identity = _attribute(document, "doc-id", "id-string")
    if identity in dict(withdrawn):
        return
    dates = DateReader()
    values = _values(document) | {"id": identity or unit.name, "date": _date(document, dates)}
    yield from finished(values, unit, None, dates.unread)


def body(document: Element) -> list[str]:
    """The paragraphs below <body.content>; sub-headings are paragraphs of their own."""
    content = (
        [document] if safexml.local(document) == "body.content" else descendants(document, "body.content")
    )
    # Editors' notes have a body of their own, inside the head.
    last = list(content)[-1:]
    return [block for each in last for block in markup.blocks(safexml.markup(each))]


def _withdrawn(data: Element | None) -> Iterator[tuple[str, str]]:
    """(id, status) of what a document takes back: itself, or the one it refers to."""
    if data is None:
        return
    status, other = data.get("management-status") or "", data.get("management-idref-status") or ""
    if status in WITHDRAWN:
        yield _attribute(data, "doc-id", "id-string"), status
    if other in WITHDRAWN and data.get("management-doc-idref"):
        yield data.get("management-doc-idref") or "", other


def _values(document: Element) -> dict[str, Any]:
    head = next(descendants(document, "body.head"), None)
    hedline = find(head, "hedline")
    second = find(hedline, "hl2")
    is_kicker = second is not None and (second.get("class") or "").lower() in (
        "kicker",
        "dachzeile",
        "overline",
    )
    subtitle = safexml.text(second)
    title = safexml.text(find(hedline, "hl1")) or safexml.text(find(document, "head", "title"))
    return {
        "title": title,
        "kicker": subtitle if is_kicker else "",
        "teaser": safexml.text(find(head, "abstract")),
        "body": "\n\n".join([*([subtitle] if subtitle and not is_kicker else []), *body(document)]),
        "author": _author(find(head, "byline")),
        "source": _source(document, head),
        "section": _attribute(document, "pubdata", "position.section"),
        "keywords": tuple(_keywords(document)),
        "url": _attribute(document, "pubdata", "ex-ref"),
        "extra": _extra(document, head),
    }


def _author(byline: Element | None) -> str:
    """The names in a byline, without what the people are."""
    people = [] if byline is None else [safexml.text(each) for each in descendants(byline, "person")]
    if byline is not None and not people:
        for title in [*find_all(byline, "byttl")]:
            title.text = ""
    return ", ".join(filter(None, people)) or BY.sub("", safexml.text(byline))


def _source(document: Element, head: Element | None) -> str:
    named = safexml.text(find(head, "distributor"))
    return named or _attribute(document, "doc.copyright", "holder") or _attribute(document, "pubdata", "name")


def _keywords(document: Element) -> Iterator[str]:
    seen = set()
    for element in descendants(document, "keyword", "tobject.subject"):
        word = element.get("key") or next((element.get(name) for name in SUBJECTS if element.get(name)), None)
        if word and word not in seen:
            seen.add(word)
            yield word


def _extra(document: Element, head: Element | None) -> dict[str, str]:
    values = {
        "urgency": _attribute(document, "urgency", "ed-urg"),
        "dateline": safexml.text(find(head, "dateline")),
        "fixture": _attribute(document, "fixture", "fix-id"),
    }
    return {name: value for name, value in values.items() if value}


def _date(document: Element, read: DateReader) -> Period | None:
    """When the document was issued, else released, else printed."""
    named = [_attribute(document, name, "norm") for name in ("date.issue", "date.release", "story.date")]
    named.append(_attribute(document, "pubdata", "date.publication"))
    return next((found for each in named if (found := read(each))), None)


def _attribute(document: Element, name: str, attribute: str) -> str:
    return next((each.get(attribute) or "" for each in descendants(document, name)), "")
