"""JSON lines: one object per line, cut into blocks of whole lines so that several processes can read one file.

>>> unit = Unit("a.jsonl", "a.jsonl", data=b'{"id": "7", "titel": "Waffenruhe"}\\n{broken\\n')
>>> article, rejection = read(unit)
>>> article.id, str(rejection)
('7', 'a.jsonl:2: broken JSON: Expecting property name enclosed in double quotes at character 2')
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any

from searcher.errors import Cure, ReadError
from searcher.readers.base.compression import peek
from searcher.readers.base.encoding import as_utf8, decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import Plan, missing, plan_for
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import clean_values
from searcher.readers.base.row_to_article import articles
from searcher.readers.ninjs import is_item, read_item
from searcher.readers.tagesschau import is_story, read_story
from searcher.report import Rejection, Repair

BLOCK = 1 << 20
LINE_LIMIT = 16 << 20
HEAD = 1 << 18
ESCAPED_CONTROL = (b"\\u00", b"\\ud", b"\\uD")
FLATTENED = 2
"""How deep objects inside the record are opened: `teaser.headline`, `article.tags.name`."""


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Blocks of about a megabyte of whole lines; a line beyond `LINE_LIMIT` is refused, not held."""
    stream = as_utf8(stream)
    if problem := _unmapped(peek(stream, HEAD), file):
        yield file.reject(ReadError(problem, cure=Cure.MAP_COLUMNS))
        return
    line, waiting, skipping = 1, b"", False
    while chunk := stream.read1(BLOCK):
        waiting += chunk
        # Only a first line can be so long: what is waiting had no end before this chunk.
        if not skipping and len(waiting) > LINE_LIMIT and waiting.find(b"\n", 0, LINE_LIMIT + 1) < 0:
            yield file.reject(f"a line of more than {LINE_LIMIT >> 20} MB", line)
            skipping = True
        if skipping:
            _, ended, waiting = waiting.partition(b"\n")
            line, skipping = line + len(ended), not ended
        if end := waiting.rfind(b"\n") + 1:
            yield file.with_data(waiting[:end], line)
            line += waiting.count(b"\n", 0, end)
            waiting = waiting[end:]
    if waiting:
        yield file.with_data(waiting, line)


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a block."""
    plans: dict[tuple[str, ...], Plan] = {}
    for number, line in enumerate((unit.data or b"").split(b"\n"), unit.line):
        if line and not line.isspace():
            yield from guarded(_read_line(line, number, unit, plans), unit, number)


def _read_line(line: bytes, number: int, unit: Unit, plans: dict[tuple[str, ...], Plan]) -> Iterator[Record]:
    try:
        text, how = line.decode(), ""
    except UnicodeDecodeError:
        text, how = decode(line)
    if how:
        yield Repair(unit.path, number, how)
    record, problem = parsed(text)
    if problem:
        yield unit.reject(problem, number)
        return
    if b"\\u" in line and any(escape in line for escape in ESCAPED_CONTROL):
        record, cleaned = clean_values(record)
        if cleaned:
            yield Repair(unit.path, number, "control characters")
    yield from from_object(record, number, unit, plans)


def parsed(text: str) -> tuple[Any, str]:
    """The JSON value of `text`, or None and what is wrong with it."""
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        return None, f"broken JSON: {error.msg} at character {error.pos + 1}"
    except (RecursionError, ValueError):
        return None, "broken JSON: nested too deep, or a number too long"


def from_object(
    value: Any, line: int | None, unit: Unit, plans: dict[tuple[str, ...], Plan]
) -> Iterator[Record]:
    """The article of one JSON object; `plans` remembers by its keys what was planned."""
    if not isinstance(value, dict):
        yield unit.reject(f"wrong type: a {type(value).__name__} where an object was expected", line)
        return
    if is_story(value) and "content" in value:
        yield from read_story(value, unit, line)
        return
    if is_item(value):
        yield from read_item(value, unit, line)
        return
    record = flattened(value) if any(isinstance(each, dict) for each in value.values()) else value
    columns = tuple(record)
    if columns not in plans:
        plans[columns] = plan_for(columns, unit.options.mapping)
    yield from articles(record, plans[columns], unit, line)


def flattened(record: dict[str, Any], depth: int = FLATTENED, prefix: str = "") -> dict[str, Any]:
    """Objects inside the record opened: {'teaser': {'headline': 'x'}} becomes {'teaser.headline': 'x'}."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth:
            flat.update(flattened(value, depth - 1, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


def _unmapped(head: bytes, file: Unit) -> str:
    """What to say where no record at the beginning of the file has a mapped column."""
    if not file.options.mapping:
        return ""
    columns: dict[str, None] = {}
    for line in head.split(b"\n")[:100]:
        record, _ = parsed(decode(line)[0])
        if isinstance(record, dict):
            columns.update(dict.fromkeys(flattened(record)))
    return missing(tuple(columns), file.options.mapping) if columns else ""
