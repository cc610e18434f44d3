"""MediaWiki dumps, such as those of Wikinews: one article per page, without markup; read as a stream of any size.

>>> plain("'''Wendlau''', 1. Mai – Der [[Verkehr|Strom]] wird {{Vorlage|x}}umgeleitet.<ref>y</ref>")
'Wendlau, 1. Mai – Der Strom wird umgeleitet.'
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from io import BufferedIOBase

from searcher.errors import ReadError
from searcher.readers.base import safexml
from searcher.readers.base.compression import WHOLE_LIMIT
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import finished
from searcher.readers.base.safexml import descendants
from searcher.report import Rejection

BLOCK = 1 << 20
PAGE = re.compile(rb"<page>.*?</page>", re.DOTALL)
END = b"</page>"
INNERMOST = re.compile(r"\{\{[^{}]*\}\}|\{\|(?:(?!\{\||\|\}).)*\|\}", re.DOTALL)
REMOVED = re.compile(
    r"<!--.*?-->|<(ref|gallery|math|timeline|imagemap)\b[^<>]*?(?:/>|>.*?</\1\s*>)|__[A-Z]+__", re.DOTALL
)
FILE = re.compile(
    r"\[\[\s*(?:Datei|Bild|File|Image)\s*:[^\[\]]*(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]", re.IGNORECASE
)
CATEGORY = re.compile(
    r"\[\[\s*(?:Kategorie|Category|Themenverweis)\s*:\s*([^\[\]|]+)[^\[\]]*\]\]", re.IGNORECASE
)
LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
OUTSIDE = re.compile(r"\[(?:https?:)?//\S+\s*([^\[\]]*)\]")
HEADING = re.compile(r"^=+\s*(.*?)\s*=+\s*$", re.MULTILINE)
DATE = re.compile(r"(\d{1,2}\.\s?(?:\d{1,2}\.|[A-Za-zä]+)\s?\d{4})")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
NESTED = 50


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Batches of about a megabyte of whole pages; the number of the first goes along."""
    waiting, number = b"", 1
    while chunk := stream.read1(BLOCK):
        waiting += chunk
        if (end := waiting.rfind(END) + len(END)) >= len(END):
            yield file.with_data(waiting[:end], number, (number,))
            number += waiting.count(END, 0, end)
            waiting = waiting[end:]
        elif len(waiting) > WHOLE_LIMIT:
            raise ReadError(f"a page of more than {WHOLE_LIMIT >> 20} MB: the rest of the dump is not read")
    if b"<page>" in waiting:
        yield file.reject("the dump ends in the middle of a page", number)


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a batch of pages; the line of a message is the number of the page."""
    for number, found in enumerate(PAGE.finditer(unit.data or b""), unit.line):
        yield from guarded(_page(found.group(), unit, number), unit, number)


def _page(data: bytes, unit: Unit, number: int) -> Iterator[Record]:
    root, _ = safexml.parse(data)
    told = {name: safexml.text(next(descendants(root, name), None)) for name in ("title", "ns", "id")}
    revision = [*descendants(root, "revision")][-1:]
    text = next((each.text or "" for part in revision for each in descendants(part, "text")), "")
    if told["ns"] not in ("", "0") or next(descendants(root, "redirect"), None) is not None:
        yield unit.skip("a redirection" if told["ns"] in ("", "0") else "a page beside the articles", number)
        return
    dates = DateReader()
    printed = DATE.search(text[:1000])
    stamp = next((each.text for part in revision for each in descendants(part, "timestamp")), None)
    values = {
        "id": f"{unit.name}#{told['id'] or number}",
        "title": told["title"],
        "body": plain(text),
        "date": dates(printed[1] if printed else "") or dates(stamp),
        "keywords": tuple(dict.fromkeys(each.strip() for each in CATEGORY.findall(text))),
    }
    yield from finished(values, unit, number, [] if values["date"] else dates.unread)


def plain(text: str) -> str:
    """The text of wiki markup: paragraphs, headings and list items, without templates, tables, files and notes."""
    text = REMOVED.sub("", text)
    for _ in range(NESTED):
        text, changed = INNERMOST.subn("", text)
        if not changed:
            break
    text = CATEGORY.sub("", FILE.sub("", text))
    text = OUTSIDE.sub(r"\1", LINK.sub(r"\1", text)).replace("'''", "").replace("''", "")
    text = TAG.sub("", HEADING.sub(r"\n\1\n", text))
    lines = (line.lstrip("*#:;").strip() for line in html.unescape(text).split("\n"))
    return "\n\n".join(line for line in lines if line and line != "----")
