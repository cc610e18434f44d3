"""TEI and I5, the formats of libraries and corpora: one article per article division, else one per text.

>>> xml = b'<TEI><text><body><div type="article"><head>Ruhe</head><p>Sie <lb/>kommt.</p></div></body></text></TEI>'
>>> [(each.title, each.body) for each in read(Unit("a.xml", "a.xml", data=xml))]
[('Ruhe', 'Sie kommt.')]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from searcher.readers.base import safexml
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.guard import guarded
from searcher.readers.base.hyphens import joined_lines, words_of
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import Element, descendants, local

TEXTS = ("TEI", "TEI.2", "idsText")
HEADERS = ("teiHeader", "idsHeader")
ARTICLES = frozenset({"article", "artikel", "newsarticle", "item", "advertisement", "anzeige", "news"})
BLOCKS = frozenset(
    {"p", "ab", "lg", "l", "head", "item", "quote", "cit", "note", "sp", "list", "table", "row"}
)
LEFT_OUT = frozenset({"fw", "teiHeader", "idsHeader", "figDesc", "note", "del", "orig", "sic", "abbr"})
"""Elements around the text, and those that repeat it: `orig` beside `reg`, `sic` beside `corr`."""
BREAKS = frozenset({"lb", "pb", "cb"})


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a text or of a corpus of several."""
    root, _ = safexml.parse(unit.data or b"")
    texts = [each for each in descendants(root, *TEXTS) if next(descendants(each, "text"), None) is not None]
    if not texts:
        yield unit.reject("no text in this TEI file")
    for number, text in enumerate(texts, 1):
        name = f"{unit.name}#{number}" if len(texts) > 1 else unit.name
        yield from guarded(_text(text, name, unit), unit, number if len(texts) > 1 else None)


def _text(text: Element, name: str, unit: Unit) -> Iterator[Record]:
    header = next(descendants(text, *HEADERS), None)
    about = {} if header is None else _about(header)
    body = next(descendants(text, "body"), None)
    body = body if body is not None else next(descendants(text, "text"))
    divisions = [each for each in descendants(body, "div") if (each.get("type") or "").lower() in ARTICLES]
    for number, division in enumerate(divisions, 1):
        identity = f"{name}#{_identity(division) or number}"
        values = {"source": about.get("source") or about.get("title", ""), **_division(division)}
        yield from guarded(_article(values | {"id": identity}, about, division, unit), unit)
    if not divisions:
        values = _division(body)
        values["title"] = about.get("title") or values["title"]
        values |= {"id": name, "source": about.get("source", "")}
        yield from _article(values, about, body, unit)


def _article(
    values: dict[str, Any], about: dict[str, str], division: Element, unit: Unit
) -> Iterator[Record]:
    dates = DateReader()
    own = next((_when(each) for each in descendants(division, "date") if _when(each)), "")
    byline = next((safexml.text(each) for each in descendants(division, "byline", "docAuthor")), "")
    values["author"] = byline.removeprefix("Von ").removeprefix("von ") or about.get("author", "")
    values["date"] = dates(own) or dates(about.get("date"))
    yield from finished(values, unit, None, dates.unread)


def _about(header: Element) -> dict[str, str]:
    """Title, author, source and date, from the header."""
    sources = list(descendants(header, "sourceDesc"))
    journal = next(
        (each for each in descendants(header, "title", "h.title") if each.get("level") in ("j", "s")), None
    )
    described = [*sources, *descendants(header, "publicationStmt"), header]
    dates = (_when(each) for part in described for each in descendants(part, "date", "creatDate", "pubDate"))
    return {
        "title": _first(header, "titleStmt", "title", "h.title", "t.title"),
        "author": _first(header, "titleStmt", "author", "h.author"),
        "source": safexml.text(journal),
        "date": next(filter(None, dates), ""),
    }


def _first(header: Element, place: str, *names: str) -> str:
    found = [*descendants(header, place), header]
    return next(
        (text for part in found for each in descendants(part, *names) if (text := safexml.text(each))), ""
    )


def _when(date: Element) -> str:
    return next(
        (value for name in ("when", "when-iso", "notBefore", "from") if (value := date.get(name))), ""
    ) or (safexml.text(date) if len(date) == 0 else "")


def _identity(element: Element) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == "id"), "")


def _division(division: Element) -> dict[str, Any]:
    """The first heading as the title, and what else there is as paragraphs."""
    heads: list[str] = []
    blocks = [
        _whole(lines) for kind, lines in _blocks(division) if not (kind == "head" and _take(heads, lines))
    ]
    return {"title": " ".join(heads), "body": "\n\n".join(filter(None, blocks))}


def _take(heads: list[str], lines: list[str]) -> bool:
    if heads:
        return False
    heads.append(_whole(lines))
    return True


def _whole(lines: list[str]) -> str:
    single = [" ".join(each.split()) for each in lines]
    return joined_lines(single, words_of("\n".join(single)))[0]


def _blocks(division: Element) -> Iterator[tuple[str, list[str]]]:
    """(name, lines) of each paragraph in the order of print; without recursion, for files are not to be trusted."""
    name, lines = "", [""]
    waiting: list[Element | str | None] = [division]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            lines[-1] += each
        elif each is None or local(each) in BLOCKS or local(each) == "div":
            if any(line.strip() for line in lines):
                yield name, lines
            name, lines = "" if each is None else local(each), [""]
        if isinstance(each, str) or each is None or local(each) in LEFT_OUT | {"byline", "docAuthor"}:
            continue
        if local(each) in BREAKS:
            # The break divides a word: the soft hyphen makes `joined_lines` join its halves.
            lines[-1] += "\N{SOFT HYPHEN}" if each.get("break") == "no" else ""
            lines.append("")
        parts: list[Element | str | None] = [each.text or ""]
        for child in each:
            parts += [child, child.tail or ""]
        waiting += reversed([*parts, None] if local(each) in BLOCKS else parts)
    if any(line.strip() for line in lines):
        yield name, lines
