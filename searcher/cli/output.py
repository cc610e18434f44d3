"""Output formats of a result list: text, json, jsonl, csv, ids, or a template.

A template may use only the fields of a fixed set; it has no access to attributes.

>>> Format.parse("{date} {title} <{url}>").fields
('date', 'title', 'url')
"""

from __future__ import annotations

import csv
import io
import json
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from searcher import serialise
from searcher.cli.ids import written
from searcher.cli.terminal import Screen, block, inline
from searcher.errors import UsageError

if TYPE_CHECKING:
    from searcher import Hit, Notice, Results

NAMES = ("text", "json", "jsonl", "csv", "ids")

FIELDS: dict[str, Callable[[Hit], str]] = {
    "rank": lambda hit: str(hit.rank),
    "score": lambda hit: f"{hit.score:.4f}",
    "id": lambda hit: hit.id,
    "date": lambda hit: str(hit.article.date or ""),
    "published": lambda hit: str(hit.article.published or ""),
    "source": lambda hit: hit.article.source,
    "section": lambda hit: hit.article.section,
    "author": lambda hit: hit.article.author,
    "kicker": lambda hit: hit.article.kicker,
    "title": lambda hit: hit.article.title,
    "teaser": lambda hit: hit.article.teaser,
    "body": lambda hit: hit.article.body,
    "url": lambda hit: hit.article.url,
    "keywords": lambda hit: ", ".join(hit.article.keywords),
    "snippet": lambda hit: hit.snippet.text,
}
"""The fields of a template. `body` and `teaser` keep their line breaks; every other field is one line."""

_CSV_FIELDS = tuple(name for name in FIELDS if name not in ("body", "teaser"))
_LONG = ("body", "teaser")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""First characters of cells that Excel, LibreOffice or Google Sheets evaluate."""


@dataclass(frozen=True)
class Format:
    """One form of output: a name of `NAMES`, or "template" with its pieces (text before, field or None)."""

    name: str = "text"
    pieces: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Format:
        """The format of this name, or the template in this text; UsageError for any other text."""
        if text in NAMES:
            return cls(text)
        if "{" not in text:
            raise UsageError(
                f"unknown format '{text}': write one of {', '.join(NAMES)}, or a template such as "
                "'{date} {title} <{url}>'"
            )
        return cls("template", tuple(_pieces(text)))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a template names, in order."""
        return tuple(field for _, field in self.pieces if field is not None)

    def lines(self, results: Results, screen: Screen, formulas: bool = False) -> Iterator[str]:
        """The hits of `results` as lines to print; with `formulas`, CSV cells are unchanged."""
        match self.name:
            case "json":
                return iter([dumps(serialise.results(results), screen)])
            case "jsonl":
                return (dumps(serialise.hit(hit), screen) for hit in results.hits)
            case "csv":
                return _csv(results, screen, formulas)
            case "ids":
                return (written(hit.id, screen.unicode) for hit in results.hits)
            case "template":
                return (self._filled(hit) for hit in results.hits)
            case _:
                return _text(results, screen)

    def _filled(self, hit: Hit) -> str:
        return "".join(text + (_shown(hit, field) if field else "") for text, field in self.pieces)


TEXT = Format()


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    unescaped = template.replace("\\t", "\t").replace("\\n", "\n")
    try:
        parsed = list(string.Formatter().parse(unescaped))
    except ValueError as error:
        raise UsageError(
            f"the template '{template}' has an unpaired brace: write {{{{ or }}}} for a brace itself"
        ) from error
    for text, field, spec, conversion in parsed:
        if field is not None and (field not in FIELDS or spec or conversion):
            written = field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            raise UsageError(f"unknown field '{{{written}}}' in the template: known are {', '.join(FIELDS)}")
        yield text, field


def _shown(hit: Hit, field: str) -> str:
    value = FIELDS[field](hit)
    if field == "id":
        return written(value)
    return block(value) if field in _LONG else inline(value)


def dumps(value: Any, screen: Screen) -> str:
    """`value` as one line of JSON, in ASCII if the stream is not UTF-8 or the text has control characters."""
    if screen.unicode:
        text = json.dumps(value, ensure_ascii=False)
        if inline(text) == text:
            return text
    return json.dumps(value)


def _csv(results: Results, screen: Screen, formulas: bool) -> Iterator[str]:
    yield _csv_row(_CSV_FIELDS)
    for hit in results.hits:
        values = [FIELDS[name](hit) for name in _CSV_FIELDS]
        if screen.terminal:
            values = [inline(value) for value in values]
        yield _csv_row(values if formulas else map(_harmless, values))


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet would evaluate it as a formula.

    >>> _harmless("=1+1"), _harmless("-Nato"), _harmless("Nato")
    ("'=1+1", "'-Nato", 'Nato')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv_row(values: Iterable[str]) -> str:
    """One record; cells with line breaks of any kind are quoted."""
    row = io.StringIO()
    csv.writer(row, lineterminator="\r\n").writerow(values)
    return row.getvalue().removesuffix("\r\n")


def _text(results: Results, screen: Screen) -> Iterator[str]:
    margin = len(str(results.hits[-1].rank)) + 2 if results.hits else 0
    for hit in results.hits:
        if hit.rank == results.total + 1:
            yield screen.faint(_some_words(results))
            yield ""
        yield from _text_hit(hit, screen, margin)
        yield ""
    yield _closing(results)
    yield from map(_noticed, results.notices)


def _some_words(results: Results) -> str:
    """The line between the articles with all words and those with some."""
    if not results.total:
        return "no article has all words; these have some of them:"
    return "these have some of the words:"


def _noticed(notice: Notice) -> str:
    words = inline(", ".join(notice.words))
    match notice.kind:
        case "left out":
            return f"left out: {words} (everyday words; put them in quotes to search for them)"
        case "small operator":
            return f"{words}: read as a word; operators are NICHT, ODER in capitals"
        case "print":
            return f"read as print, not as syntax: {words}"


def _text_hit(hit: Hit, screen: Screen, margin: int) -> Iterator[str]:
    article = hit.article
    kicker = f"{inline(article.kicker)}: " if article.kicker else ""
    title = inline(article.title) or "(no title)"
    yield f"{hit.rank}.".ljust(margin) + f"{article.date or 'undated'}  {kicker}{screen.bold(title)}"
    origin = [inline(part) for part in (article.source, article.section, f"id {written(article.id)}") if part]
    yield " " * margin + screen.faint(" | ".join(origin))
    if hit.snippet.text:
        yield from screen.wrapped(screen.marked(hit.snippet.text, hit.snippet.marks), margin)


def _closing(results: Results) -> str:
    everything = results.total + (results.more or 0)
    if not everything:
        return "no hits: --explain shows how the query was read and what each word became"
    total = f"{results.total:,} {'hit' if results.total == 1 else 'hits'}"
    if results.more:
        total = f"{total} with all words, {results.more:,} with some"
    if not results.hits:
        return f"{total}, none from there on: use a smaller --offset"
    first, last = results.hits[0].rank, results.hits[-1].rank
    if last - first + 1 == everything:
        return total
    more = f"; --offset {last} shows more" if last < everything else ""
    return f"{total}, shown {first} to {last}{more}"
