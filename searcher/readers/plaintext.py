"""Plain text: one article per file, in the layout of a saved page or in any other.

The layout: a first line ` date 2023-03 <kicker and title> Stand: 31.03.2023 13:46 Uhr`, a blank line, the
teaser as the first paragraph, then paragraphs and sub-headings. Any other text is an article too: a short
first line is its title; its date is in the file name or on a separate line, else it has none.

>>> text = " date 2023-03 Ruhe Stand: 31.03.2023 13:46 Uhr\\n\\nVorspann.\\n\\nText.".encode()
>>> article, = read(Unit("zeitung/x.txt", "zeitung/x.txt", data=text))
>>> article.id, article.title, str(article.date), article.teaser
('zeitung/x.txt', 'Ruhe', '2023-03-31 13:46', 'Vorspann.')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError
from searcher.readers import pressexport
from searcher.readers.base.date_values import DateReader, parse
from searcher.readers.base.encoding import decode
from searcher.readers.base.headings import fold_name
from searcher.readers.base.hyphens import AT_LINE_END
from searcher.readers.base.paragraphs import paragraphs, rejoined
from searcher.readers.base.records import STANDARD_INPUT, Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import DIVIDED, NO_TEXT, finished
from searcher.report import Repair

FIRST_LINE = re.compile(r"^(?:date (?P<date>\d{4}\S*)\s+)?(?P<title>.*)$")
STAND = re.compile(r"(.*)\bStand: *(.+)")
DATE_BEGUN = re.compile(r"\d+[./-]")
TITLE_LIMIT = 200
DATED_NAME = re.compile(r"(?:^|[/_-])(\d{4}-\d\d-\d\d)(?!\d)")
DATE_LINE = re.compile(
    r"""(?:(?:stand|datum|veröffentlicht|aktualisiert|erschienen)(?:\ am)?:?\ +)?
    (?:[A-ZÄÖÜ][\wäöüß.-]+(?:\ [A-ZÄÖÜ(][\wäöüß.)-]+)?,\ ?)?             # Berlin,
    (?:(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch),?\ ?)?  # Mittwoch,
    (?:den\ |der\ |am\ )?
    (\d{1,2}\.\ ?(?:\d{1,2}\.\ ?|[a-zäö]+\ )\d{2,4}(?:,?\ (?:um\ )?\d{1,2}[:.]\d\d)?(?:\ uhr)?
    |\d{4}-\d\d-\d\d)\.?$""",
    re.IGNORECASE | re.VERBOSE,
)
HEAD_LINES = 8
DATE_ALONE = re.compile(
    r"(?P<date>\d{1,2}\.\ ?(?:\d{1,2}\.\ ?|[A-Za-zä]+\ )\d{4}|\d{4}-\d\d-\d\d)"
    r"(?:,?\ [Vv]on\ (?P<author>[A-ZÄÖÜ][\w.\ -]{1,60}))?$"
)
"""A line that is a date, and a byline perhaps: `12. März 2024, von A. M.`"""
HEAD_LINE = re.compile(r"\s*([A-ZÄÖÜ][A-Za-zäöüß]{2,24}):\s+(\S.*)$")
HEAD_FIELDS = {
    name: field
    for field, names in {
        "title": "titel ueberschrift schlagzeile title headline",
        "date": "datum erscheinungsdatum date",
        "source": "quelle zeitung medium source",
        "author": "autor autorin autoren verfasser von author",
        "section": "ressort rubrik section",
        "kicker": "dachzeile",
        "teaser": "vorspann untertitel",
        "url": "url link",
    }.items()
    for name in names.split()
}


def read(unit: Unit) -> Iterator[Record]:
    """The one article of a text file."""
    text, how = decode(unit.data or b"")
    text, cleaned = without_controls(text)
    first, _, rest = text.replace("\r\n", "\n").replace("\r", "\n").strip().partition("\n")
    matched = FIRST_LINE.match(" ".join(first.split()))
    if not first or matched is None:
        yield unit.reject(NO_TEXT)
        return
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if database := pressexport.recognised(lines):
        for reason in filter(None, [how, *cleaned]):
            yield Repair(unit.path, None, reason)
        yield from pressexport.articles(database, lines, unit, "\n")
        return
    identity = "" if unit.path == STANDARD_INPUT else unit.name
    dates = DateReader()
    title, stand = _stand(matched["title"], dates)
    date = stand or dates(matched["date"])
    if date or dates.unread:
        values = _as_layout(title, date, rest)
    else:
        values = _with_head(first, rest, dates) or _as_it_comes(first, rest, unit.name)
    divided = [DIVIDED] * bool(AT_LINE_END.search(rest) and rejoined(rest)[1])
    for reason in [how, *cleaned, *divided]:
        if reason:
            yield Repair(unit.path, None, reason, identity)
    yield from finished({"id": identity, **values}, unit, 1, dates.unread)


def _stand(text: str, read: DateReader) -> tuple[str, Period | None]:
    """The title before 'Stand:' and the date after it; in a headline the word means the state of things."""
    found = STAND.fullmatch(text)
    if not found:
        return text, None
    try:
        return found[1].strip(), parse(found[2])
    except DateError:
        return (found[1].strip(), read(found[2])) if DATE_BEGUN.match(found[2]) else (text, None)


def _as_layout(title: str, date: Period | None, rest: str) -> dict[str, Any]:
    teaser, _, body = paragraphs(rest).partition("\n\n")
    if not body:
        teaser, body = "", teaser
    return {"title": title, "teaser": teaser, "body": body, "date": date}


def _with_head(first: str, rest: str, read: DateReader) -> dict[str, Any]:
    """A text below a head of lines `Titel: ...`, `Datum: ...`; {} where it has none."""
    lines = [first, *rest.split("\n")]
    values: dict[str, Any] = {}
    taken = 0
    for line in lines:
        found = HEAD_LINE.match(line)
        field = HEAD_FIELDS.get(fold_name(found[1])) if found else None
        if not field or not found or field in values:
            break
        values[field] = read(found[2]) if field == "date" else " ".join(found[2].split())
        taken += 1
    if len(values) < 2 or "title" not in values:
        read.unread.clear()
        return {}
    return {**values, "body": paragraphs("\n".join(lines[taken:]).strip("\n"))}


def _as_it_comes(first: str, rest: str, name: str) -> dict[str, Any]:
    date, author = printed_date(first, rest, name), ""
    # A date, and a name perhaps, above the headline or right below it belong to neither title nor text.
    top, _, below = rest.lstrip("\n").partition("\n")
    if dated := DATE_ALONE.match(first.strip()):
        first, rest = top, below
    elif dated := DATE_ALONE.match(top.strip()):
        rest = below
    if dated:
        author = dated["author"] or ""
    body = paragraphs(rest)
    title = " ".join(first.split())
    if not body or len(title) > TITLE_LIMIT:
        title, body = "", paragraphs(f"{first}\n{rest}")
    return {"title": title, "body": body, "date": date, "author": author}


def printed_date(first: str, rest: str, name: str) -> Period | None:
    """The date in the file name or on a line of its own near the top; a date within a sentence is not the
    article's.
    """
    candidates = [found[1] for found in [DATED_NAME.search(name)] if found]
    head = [line.strip() for line in [first, *rest[:4000].split("\n")] if line.strip()]
    candidates += [found["date"] for found in map(DATE_ALONE.match, head[:2]) if found]
    candidates += [found[1] for found in map(DATE_LINE.match, head[:HEAD_LINES]) if found]
    for candidate in candidates:
        try:
            return parse(candidate)
        except DateError:
            continue
    return None
