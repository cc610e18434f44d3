"""Exports of press databases, many articles in one file: Nexis, Nexis Uni, Factiva, WISO and GENIOS.

The file may be text, RTF, DOCX or PDF: their readers give the lines, and this module separates the articles, with
source, date, section, byline and length. The cover page of the download is not an article.

>>> lines = ["1 of 1 DOCUMENTS", "Der Bote", "3. Mai 2023 Mittwoch", "Brücke gesperrt", "LENGTH: 4 words", "Text."]
>>> recognised(lines)
'nexis'
>>> [(each.title, each.source, str(each.date)) for each in articles("nexis", lines, Unit("a.txt", "a.txt"))]
[('Brücke gesperrt', 'Der Bote', '2023-05-03')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError
from searcher.readers.base.date_values import DateReader, period
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.factiva import DOCUMENT, factiva

DATE_LENGTH = 60
NEXIS = re.compile(
    r"(?:Dokument |Document )?(\d{1,5}) (?:of|von) (\d{1,5})(?: DOCUMENTS?| DOKUMENTEN?)?", re.IGNORECASE
)
NEXIS_UNI = re.compile(r"(?:End of Document|Ende (?:des|von) Dokuments?)", re.IGNORECASE)
WISO = re.compile(r"(?:\u00a9|\(c\)|Alle Rechte vorbehalten).*", re.IGNORECASE)
WISO_NUMBER = re.compile(r"Dokumentnummer:")
QUELLE = re.compile(r"(?:Quelle:\s*)?(?P<source>\S.{1,80}?),? vom (?P<date>\d\d?\.\d\d?\.\d{4})(?P<more>.*)")
LABEL = re.compile(r"([A-ZÄÖÜ][A-Za-zÄÖÜäöüß -]{2,34}):(?:\s+(.*))?$")
LABELS = {
    name: field
    for field, names in {
        "author": "byline autor autoren author",
        "section": "section rubrik ressort",
        "length": "length länge",
        "teaser": "highlight",
        "title": "headline schlagzeile titel",
        "graphic": "graphic grafik",
        "dateline": "dateline",
        "loaded": "load-date update ladedatum datum-update",
        "language": "language sprache",
        "kind": "publication-type publikationstyp zeitungs-code journal-code journal code",
        "about": "classification subject organization company industry geographic person schlagwort issn",
        "number": "dokumentnummer",
        "url": "dauerhafte-adresse-des-dokuments",
        "source_line": "quelle",
    }.items()
    for name in names.split()
}
BEHIND = frozenset({"loaded", "language", "kind", "about", "graphic", "number", "url", "source_line"})
"""Labels below the text."""
COPYRIGHT = re.compile(r"copyright|\(c\)|©", re.IGNORECASE)
PAGE_OF = re.compile(r"(?:Page|Seite) \d+ (?:of|von) \d+", re.IGNORECASE)
BODY = frozenset({"body", "text", "volltext", "haupttext"})


def recognised(lines: Sequence[str]) -> str:
    """The database of an export; '' for any other text."""
    single = [" ".join(each.split()) for each in lines]
    labelled = sum(bool(_label(each)[0]) for each in single[:2000])
    if labelled >= 1 and any(NEXIS.fullmatch(each) for each in single[:60]):
        return "nexis"
    if labelled >= 1 and any(map(NEXIS_UNI.fullmatch, single)):
        return "nexis-uni"
    if any(map(DOCUMENT.fullmatch, single)):
        return "factiva"
    if any(map(WISO_NUMBER.match, single)) and any(map(QUELLE.match, single)):
        return "wiso"
    return ""


def articles(database: str, lines: Sequence[str], unit: Unit, between: str = "\n\n") -> Iterator[Record]:
    """The articles of an export; `between` separates two lines of a text."""
    parse = {"nexis": _nexis, "nexis-uni": _nexis, "factiva": factiva, "wiso": _wiso}[database]
    for number, part in enumerate(_parts(database, lines), 1):
        yield from guarded(_article(parse(part), between, unit, number), unit, number)


def _parts(database: str, lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each article."""
    ends = {"nexis-uni": NEXIS_UNI, "factiva": DOCUMENT, "wiso": WISO}.get(database)
    part: list[str] = []
    begun = database != "nexis"
    for line in lines:
        single = " ".join(line.split())
        if ends is None and NEXIS.fullmatch(single):
            if begun:
                yield part
            part, begun = [], True
        elif ends is not None and ends.fullmatch(single):
            yield [*part, line]
            part = []
        elif not PAGE_OF.fullmatch(single):
            part.append(line)
    if ends is None and begun and any(part):
        yield part


def _article(values: dict[str, Any], between: str, unit: Unit, number: int) -> Iterator[Record]:
    body = between.join(values.pop("lines", [])).strip()
    if not body:
        yield unit.reject(
            f"article {number} of this export has no text that could be told from its head", number
        )
        return
    dates = DateReader()
    date = dates(values.pop("date", ""))
    extra = {name: values.pop(name) for name in ("length", "language", "pages") if values.get(name)}
    known = ("title", "author", "section", "source", "teaser", "url", "keywords")
    kept = {name: values[name] for name in known if values.get(name)}
    identity = values.get("number") or f"{unit.name}#{number}"
    yield from finished(
        {"id": identity, **kept, "body": body, "date": date, "extra": extra}, unit, number, dates.unread
    )


def _label(line: str) -> tuple[str, str]:
    """(field, value) of a line with a label; ('', '') of any other."""
    found = LABEL.fullmatch(line)
    field = LABELS.get(found[1].lower().replace(" ", "-")) if found else None
    return (field, found[2] or "") if found and field else ("", "")


def _is_date(line: str) -> Period | None:
    if not 6 <= len(line) <= DATE_LENGTH:
        return None
    try:
        return period(line)
    except DateError:
        return None


def _nexis(lines: list[str]) -> dict[str, Any]:
    """Source and date above the headline (Nexis) or below it (Nexis Uni), labels, text, labels."""
    values: dict[str, Any] = {}
    filled = [place for place, line in enumerate(lines) if line.strip()]
    single = {place: " ".join(lines[place].split()) for place in filled}
    dated = _dated(filled, single)
    if dated is None:
        return values
    place = filled[dated]
    values["date"] = single[place]
    is_uni = any(each.lower() in BODY for each in single.values())
    values["source"] = single[filled[dated - 1]] if dated else ""
    if is_uni and dated > 1:
        values["title"] = single[filled[dated - 2]]
    below = [each for each in filled if each > place]
    begin = _begin(below, single, values)
    head = [single[each] for each in below if each < begin and not _label(single[each])[0]]
    head = [
        each
        for each in head
        if not COPYRIGHT.match(each) and each.lower() not in BODY and each not in values.values()
    ]
    if "title" not in values and head:
        values["title"] = head[-1]
    end = _behind(below, single, values, begin)
    values["lines"] = lines[begin:end]
    return values


def _is_plain(line: str) -> bool:
    return not (_label(line)[0] or COPYRIGHT.match(line) or line.lower() in BODY)


def _dated(filled: list[int], single: dict[int, str]) -> int | None:
    """Which of the filled lines is the date: the first with a copyright or a label soon after it."""
    for number, place in enumerate(filled):
        if _is_date(single[place]):
            soon = [single[each] for each in filled[number + 1 : number + 8]]
            if any(COPYRIGHT.match(each) or _label(each)[0] for each in soon):
                return number
    return None


def _begin(below: list[int], single: dict[int, str], values: dict[str, Any]) -> int:
    """Where the text begins: below `Body`, else below the last label of the head."""
    begin = below[0] if below else 0
    for place in below:
        field, value = _label(single[place])
        if single[place].lower() in BODY:
            return place + 1
        if field in BEHIND:
            break
        if field:
            values.setdefault(field, value.partition(";")[0] if field == "section" else value)
            begin = place + 1
        elif begin not in (below[0], place) and len(single[place]) > DATE_LENGTH:
            break
    return begin


def _behind(below: list[int], single: dict[int, str], values: dict[str, Any], begin: int) -> int:
    """Where the text ends: at the first label below the text, or at a copyright after the last of them."""
    end = below[-1] + 1 if below else begin
    for place in reversed([each for each in below if each >= begin]):
        field, value = _label(single[place])
        if field in BEHIND or COPYRIGHT.match(single[place]) or NEXIS_UNI.fullmatch(single[place]):
            end = place
            if field:
                values[field] = value
    return end if end > begin else (below[-1] + 1 if below else begin)


def _wiso(lines: list[str]) -> dict[str, Any]:
    """Headline, text, labels; the source with its date and page in one line, above or below."""
    values: dict[str, Any] = {}
    body: list[str] = []
    for line in lines:
        single = " ".join(line.split())
        field, value = _label(single)
        found = QUELLE.fullmatch(single)
        if found and (field == "source_line" or not body):
            values |= {"source": found["source"], "date": found["date"]}
            if page := re.search(r"S\.? ?(\w+)", found["more"]):
                values["pages"] = page[1]
        elif field:
            values[field] = value.partition(";")[0]
        elif "title" not in values and single:
            values["title"] = single
        elif by := re.fullmatch(r"(?:von|autor:?) ([A-ZÄÖÜ].{2,60})", single, re.IGNORECASE):
            values.setdefault("author", by[1])
        elif not WISO.fullmatch(single):
            body.append(line)
    values["lines"] = body
    return values
