"""Plain text: one article a file, in the layout of a saved page or as it comes.

The layout: a first line ` date 2023-03 <kicker and title> Stand: 31.03.2023 13:46 Uhr`, a blank line, the
teaser as the first paragraph, then paragraphs and sub-headings. Any other text is an article too: a short
first line is its title, and its date is what the file name or a line of its own says, else none.

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
from searcher.readers.base.date_values import parse
from searcher.readers.base.encoding import decode
from searcher.readers.base.paragraphs import paragraphs
from searcher.readers.base.records import STANDARD_INPUT, Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import NO_TEXT, finished, shortened
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


def read(unit: Unit) -> Iterator[Record]:
    """The one article of a text file."""
    text, how = decode(unit.data or b"")
    text, cleaned = without_controls(text)
    first, _, rest = text.replace("\r\n", "\n").replace("\r", "\n").strip().partition("\n")
    matched = FIRST_LINE.match(" ".join(first.split()))
    if not first or matched is None:
        yield unit.reject(NO_TEXT)
        return
    identity = "" if unit.path == STANDARD_INPUT else unit.name
    try:
        title, stand = _stand(matched["title"])
        date = stand or (parse(matched["date"]) if matched["date"] else None)
        values = _as_layout(title, date, rest) if date else _as_it_comes(first, rest, unit.name)
    except DateError as error:
        yield unit.reject(f"impossible date: {shortened(str(error))}", 1)
        return
    for reason in [how, *cleaned]:
        if reason:
            yield Repair(unit.path, None, reason, identity)
    yield from finished({"id": identity, **values}, unit)


def _stand(text: str) -> tuple[str, Period | None]:
    """The title before 'Stand:' and the date behind it; in a headline the word means the state of things."""
    found = STAND.fullmatch(text)
    if not found:
        return text, None
    try:
        return found[1].strip(), parse(found[2])
    except DateError:
        if DATE_BEGUN.match(found[2]):
            raise
        return text, None


def _as_layout(title: str, date: Period, rest: str) -> dict[str, Any]:
    teaser, _, body = paragraphs(rest).partition("\n\n")
    if not body:
        teaser, body = "", teaser
    return {"title": title, "teaser": teaser, "body": body, "date": date}


def _as_it_comes(first: str, rest: str, name: str) -> dict[str, Any]:
    body = paragraphs(rest)
    title = " ".join(first.split())
    if not body or len(title) > TITLE_LIMIT:
        title, body = "", paragraphs(f"{first}\n{rest}")
    return {"title": title, "body": body, "date": printed_date(first, rest, name)}


def printed_date(first: str, rest: str, name: str) -> Period | None:
    """The date in the file name or on a line of its own near the top; a date within a sentence is not the
    article's.
    """
    candidates = [found[1] for found in [DATED_NAME.search(name)] if found]
    head = [line.strip() for line in [first, *rest[:4000].split("\n")] if line.strip()]
    candidates += [found[1] for found in map(DATE_LINE.match, head[:HEAD_LINES]) if found]
    for candidate in candidates:
        try:
            return parse(candidate)
        except DateError:
            continue
    return None
