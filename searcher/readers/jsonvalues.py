"""Other JSON than JSON lines: arrays, objects one after the other, and responses that contain a list.

The file is read as a stream, one object at a time, so it may have any size.

>>> import io
>>> unit, = cut(io.BytesIO(b'{"status": "ok", "articles": [{"title": "Ruhe"}, {"title": "Sturm"}]}'), Unit("a", "a"))
>>> [article.title for article in read(unit)]
['Ruhe', 'Sturm']
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from io import BufferedIOBase

from searcher.errors import ReadError
from searcher.readers.base.encoding import as_utf8, decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.headings import Plan
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import clean_values
from searcher.readers.base.sniffing import ENVELOPE
from searcher.readers.jsonlines import LINE_LIMIT, from_object, parsed
from searcher.report import Rejection, Repair

BLOCK = 1 << 20
OBJECT_LIMIT = LINE_LIMIT
TOO_LARGE = f"an object of more than {OBJECT_LIMIT >> 20} MB"
BETWEEN = re.compile(r"[\s,\x1e]*")
MEMBER = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*')
BEFORE_OBJECT = re.compile(r"(?:\}\s*,?\s*|\n)\Z")
OBJECTS = re.compile(r"\[\s*\{")


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Batches of about a megabyte of whole objects, each with its line."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for line, found in _objects(as_utf8(stream)):
        if isinstance(found, str):
            yield file.reject(found, line)
            continue
        batch.append((line, found))
        size += len(found)
        if size >= BLOCK:
            yield file.with_data(b"", batch[0][0], tuple(batch))
            batch, size = [], 0
    if batch:
        yield file.with_data(b"", batch[0][0], tuple(batch))


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a batch of objects."""
    plans: dict[tuple[str, ...], Plan] = {}
    for line, data in unit.details:
        yield from guarded(_read_object(data, line, unit, plans), unit, line)


def _read_object(data: bytes, line: int, unit: Unit, plans: dict[tuple[str, ...], Plan]) -> Iterator[Record]:
    text, how = decode(data)
    if how:
        yield Repair(unit.path, line, how)
    value, problem = parsed(text)
    if problem:
        yield unit.reject(problem, line)
        return
    if "\\u" in text:
        value, cleaned = clean_values(value)
        if cleaned:
            yield Repair(unit.path, line, "control characters")
    yield from from_object(value, line, unit, plans)


def _objects(stream: BufferedIOBase) -> Iterator[tuple[int, bytes | str]]:
    """(line, bytes of an object), or (line, what is wrong there)."""
    window = _Window(stream)
    open_ends: list[str] = []
    while True:
        window.skip(BETWEEN)
        first = window.first()
        if not first:
            break
        if first == "[":
            open_ends.append("]")
            window.advance(1)
        elif first in "]}" and open_ends:
            open_ends.pop()
            window.advance(1)
        elif first == "{" and not open_ends and (envelope := window.match(ENVELOPE)):
            open_ends += "}]"
            window.advance(envelope.end() - envelope.start())
        elif open_ends[-1:] == ["}"] and (member := window.match(MEMBER)):
            window.advance(member.end() - member.start())
            line = window.line
            if not window.match(OBJECTS) and (problem := window.value()[1]):
                yield line, problem
        else:
            line = window.line
            found, problem = window.value()
            yield line, problem or found
    if window.damage:
        yield window.line, window.damage
    elif open_ends:
        yield window.line, "broken JSON: it ends in the middle"


class _Window:
    """A stretch of the text, moved forward over the stream."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        # Bytes that are no UTF-8 pass through, so that `read` can look at them as they are.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._place = 0
        self._ended = False
        self.line = 1
        self.damage = ""

    def _more(self, size: int = BLOCK) -> bool:
        if self._ended:
            return False
        try:
            data = self._stream.read1(size)
        except ReadError as error:
            self.damage, data = str(error), b""
        self._ended = not data
        self._text = self._text[self._place :] + self._decoder.decode(data, self._ended)
        self._place = 0
        return not self._ended

    def first(self) -> str:
        while self._place >= len(self._text):
            if not self._more():
                return self._text[self._place : self._place + 1]
        return self._text[self._place]

    def advance(self, count: int) -> str:
        taken = self._text[self._place : self._place + count]
        self._place += count
        self.line += taken.count("\n")
        return taken

    def skip(self, pattern: re.Pattern[str]) -> None:
        while found := pattern.match(self._text, self._place):
            self.advance(found.end() - found.start())
            if self._place < len(self._text) or not self._more():
                return

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match here; what is looked for is short, and a block of text is enough to see it."""
        while len(self._text) - self._place < BLOCK // 4 and self._more():
            pass
        return pattern.match(self._text, self._place, self._place + BLOCK // 4)

    def value(self) -> tuple[bytes, str]:
        """The bytes of the JSON value here, or why there is none; more is read until it is whole.

        Afterwards the window is after it, or where the next object seems to begin.
        """
        decoder = json.JSONDecoder()
        size = BLOCK
        while True:
            try:
                _, end = decoder.raw_decode(self._text, self._place)
            except RecursionError:
                self._resume()
                return b"", "broken JSON: nested too deep"
            except ValueError as error:
                there = len(self._text) - self._place
                if there <= OBJECT_LIMIT and self._more(size):
                    # Twice as much every time, so that a long object is not parsed again and again.
                    size = max(there, BLOCK)
                    continue
                self._resume()
                message = getattr(error, "msg", "a number too long")
                return b"", f"broken JSON: {message}" if there <= OBJECT_LIMIT else TOO_LARGE
            if end == len(self._text) and self._more(size):
                continue
            found = self.advance(end - self._place).encode("utf-8", "surrogateescape")
            return (found, "") if len(found) <= OBJECT_LIMIT else (b"", TOO_LARGE)

    def _resume(self) -> None:
        """Behind a fault: to where the next object seems to begin."""
        self.advance(1)
        while True:
            # Looking for the bracket alone is many times faster than for the pattern.
            start = self._text.find("{", self._place)
            while start >= 0:
                if BEFORE_OBJECT.search(self._text, max(start - 50, self._place), start):
                    self.advance(start - self._place)
                    return
                start = self._text.find("{", start + 1)
            self.advance(max(len(self._text) - self._place - 100, 0))
            if not self._more():
                self.advance(len(self._text) - self._place)
                return
