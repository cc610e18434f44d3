"""Markdown with front matter, as in static sites: the front matter gives the fields, the rest is the text.

The extra `markdown` brings PyYAML; front matter in TOML needs nothing.

>>> data = b"+++\\ntitle = 'Ruhe'\\ndate = 2023-03-31\\n+++\\nErster *Absatz*.\\n\\n## Kopf\\n"
>>> (article,) = read(Unit("a.md", "a.md", data=data))
>>> article.title, str(article.date), article.body
('Ruhe', '2023-03-31', 'Erster Absatz.\\n\\nKopf')
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from searcher.readers.base import extras
from searcher.readers.base.encoding import decode
from searcher.readers.base.headings import plan_for
from searcher.readers.base.markup import blocks, is_markup
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import articles, shortened
from searcher.readers.jsonlines import flattened
from searcher.readers.plaintext import printed_date
from searcher.report import Repair

MATTER = re.compile(r"\s*(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
MATTER_LIMIT = 1 << 16
NESTED = 200
"""PyYAML takes seconds over thousands of open brackets."""
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
TITLE = re.compile(r"^\s*#\s+(.+?)\s*#*\s*(?:\n|$)")
UNDERLINE = re.compile(r"^(?:=+|-{2,}|\*{3,}|_{3,})\s*$")
FENCE = re.compile(r"^\s*(?:```|~~~)")
MARKS = re.compile(r"^\s*(?:>\s?|[-*+]\s+|\d{1,3}[.)]\s+)")
INLINE = (
    (re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]]{1,500})\]\((?:[^()]|\([^()]{0,500}\)){0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,500})\]\[[^\[\]]{0,200}\]"), r"\1"),
    (re.compile(r"<(https?://[^<>]{1,2000})>"), r"\1"),
    (re.compile(r"(\*\*\*|\*\*|\*|___|__|~~|`+)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)_(?=\S)(.{1,500}?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!-])"), r"\1"),
)


def read(unit: Unit) -> Iterator[Record]:
    """The one article of a file."""
    text, how = decode(unit.data or b"")
    text, cleaned = without_controls(text.replace("\r\n", "\n").replace("\r", "\n"))
    for reason in [how, *cleaned]:
        if reason:
            yield Repair(unit.path, None, reason, unit.name)
    found = MATTER.match(text[: MATTER_LIMIT * 2])
    rest = text[found.end() :] if found else text
    try:
        matter = _matter(found[1], found[2]) if found else {}
    except ValueError as error:
        yield unit.reject(f"broken front matter: {shortened(str(error))}", 1)
        return
    record = flattened(matter)
    plan = plan_for(tuple(record), unit.options.mapping)
    if "title" not in plan.fields and (title := TITLE.match(rest)):
        record, rest = record | {"title": _inline(title[1])}, rest[title.end() :]
    if "body" not in plan.fields:
        record["body"] = "\n\n".join(paragraphs(rest))
    if not {"date", "updated", "published"} & plan.fields.keys() and (
        dated := printed_date("", rest, unit.name)
    ):
        record["date"] = str(dated)
    record.setdefault("id", unit.name)
    yield from articles(record, plan_for(tuple(record), unit.options.mapping), unit, 1)


def paragraphs(text: str) -> list[str]:
    """The text of Markdown without its marks, a paragraph, heading or list item each."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines: list[str] = []
        for line in block.split("\n"):
            heading = HEADING.match(line.strip())
            if heading or (MARKS.match(line) and not line.lstrip().startswith(">")):
                found += _joined(lines)
                lines = [heading[1] if heading else MARKS.sub("", line)]
                if heading:
                    found += _joined(lines)
                    lines = []
            elif not FENCE.match(line) and not UNDERLINE.match(line):
                lines.append(MARKS.sub("", line) if line.lstrip().startswith(">") else line)
        found += _joined(lines)
    return found


def _joined(lines: list[str]) -> list[str]:
    text = _inline(" ".join(" ".join(lines).split()))
    return blocks(text) if is_markup(text) else [text] * bool(text)


def _inline(text: str) -> str:
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    return text.strip()


def _matter(fence: str, text: str) -> dict[str, Any]:
    if len(text) > MATTER_LIMIT:
        raise ValueError(f"longer than {MATTER_LIMIT >> 10} kB")
    values = tomllib.loads(text) if fence == "+++" else _from_yaml(text)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValueError("no names with values")
    return {str(name): value for name, value in values.items()}


def _from_yaml(text: str) -> Any:
    if text.count("[") + text.count("{") > NESTED:
        raise ValueError("too many brackets")
    yaml = extras.load("yaml", "markdown")
    try:
        # Aliases let a few lines stand for gigabytes; front matter has no need of them.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ValueError("YAML aliases are not read")
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from None
