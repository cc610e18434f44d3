"""Corpora with one word per line: the verticals of CWB and Sketch Engine (.vrt), CoNLL-U; one article per document.

Words are joined by blanks as in print: none before a comma, none where `<g/>` or `SpaceAfter=No` forbids it.

>>> data = b'<doc id="1" title="Ruhe" date="2023-05-03">\\n<s>\\nSie\\tPPER\\nkommt\\tVVFIN\\n.\\t$.\\n</s>\\n</doc>\\n'
>>> [(each.title, each.body) for each in read(Unit("a.vrt", "a.vrt", data=data))]
[('Ruhe', 'Sie kommt.')]
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from io import BufferedIOBase

from searcher.errors import ReadError
from searcher.readers.base.compression import WHOLE_LIMIT
from searcher.readers.base.encoding import as_utf8, decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import plan_for
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.row_to_article import articles
from searcher.report import Rejection

BLOCK = 1 << 20
BEGIN = re.compile(rb"^(?=<(?:doc|text|article)\b|# ?newdoc\b)", re.MULTILINE)
TAG = re.compile(r"<(/?)(\w+)([^<>]*?)(/?)>\s*$")
ATTRIBUTE = re.compile(r"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
COMMENT = re.compile(r"#\s*(?:newdoc\s+)?([\w.:-]+)\s*=\s*(.*)$")
DOCUMENTS = frozenset({"doc", "text", "article"})
PARAGRAPHS = frozenset({"p", "head", "div"})
NO_BLANK_BEFORE = frozenset(".,;:!?)]}“»…%") | {"..."}
NO_BLANK_BEHIND = frozenset("([{„«")


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Batches of about a megabyte of whole documents, each with its line."""
    stream = as_utf8(stream)
    waiting, line = b"", 1
    while chunk := stream.read1(BLOCK):
        waiting += chunk
        starts = [each.start() for each in BEGIN.finditer(waiting)]
        if len(starts) > 1 and starts[-1]:
            yield file.with_data(waiting[: starts[-1]], line, (line,))
            line += waiting.count(b"\n", 0, starts[-1])
            waiting = waiting[starts[-1] :]
        elif len(waiting) > WHOLE_LIMIT:
            raise ReadError(f"a document of more than {WHOLE_LIMIT >> 20} MB: the rest is not read")
    if waiting:
        yield file.with_data(waiting, line, (line,))


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a batch of documents."""
    data = unit.data or b""
    starts = [each.start() for each in BEGIN.finditer(data)] or [0]
    for begin, end in zip(starts, [*starts[1:], len(data)], strict=True):
        line = unit.line + data.count(b"\n", 0, begin)
        yield from guarded(_document(data[begin:end], unit, line), unit, line)


def _document(data: bytes, unit: Unit, line: int) -> Iterator[Record]:
    about: dict[str, str] = {}
    paragraphs: list[list[tuple[str, bool]]] = [[]]
    ranged_to = 0
    for row in decode(data)[0].splitlines():
        tag, comment = TAG.match(row), COMMENT.match(row)
        if tag:
            if tag[2] in DOCUMENTS and not tag[1]:
                about |= {name: html.unescape(one or other) for name, one, other in ATTRIBUTE.findall(tag[3])}
            elif tag[2] == "g" and paragraphs[-1]:
                paragraphs[-1][-1] = paragraphs[-1][-1][0], True
            elif tag[2] in PARAGRAPHS:
                paragraphs.append([])
        elif row.startswith("#"):
            if row.startswith("# newpar"):
                paragraphs.append([])
            if comment and comment[1] not in ("text", "sent_id"):
                about.setdefault(comment[1], comment[2].strip())
        elif row.strip():
            token, ranged_to = _token(row, ranged_to)
            paragraphs[-1] += token
    body = "\n\n".join(text for each in paragraphs if (text := _text(each)))
    record = {"id": f"{unit.name}#{line}", **about, "text": body}
    yield from articles(record, plan_for(tuple(record), unit.options.mapping), unit, line)


def _token(row: str, ranged_to: int) -> tuple[list[tuple[str, bool]], int]:
    """(words with whether the next follows directly, up to which number a contraction stands for them).

    CoNLL-U has contractions (1-2 im) before their parts (1 in, 2 dem), and empty words (1.1), which print has not.
    """
    cells = row.split("\t")
    first, _, last = cells[0].partition("-")
    if len(cells) < 9 or not first.replace(".", "").isdecimal():
        return [(html.unescape(cells[0].strip()), False)], 0
    number = int(last) if last.isdecimal() and len(last) < 9 else 0
    word = [(cells[1], "SpaceAfter=No" in cells[-1])]
    if number:
        return word, number
    if "." in first or len(first) > 9 or int(first) <= ranged_to:
        return [], ranged_to
    return word, 0


def _text(tokens: list[tuple[str, bool]]) -> str:
    parts: list[str] = []
    glued = True
    for word, together in tokens:
        parts += [word] if glued or word in NO_BLANK_BEFORE else [" ", word]
        glued = together or word in NO_BLANK_BEHIND
    return "".join(parts)
