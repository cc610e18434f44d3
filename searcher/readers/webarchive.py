r"""Web archives: the records of a WARC or ARC file, one after the other, however broken some of them are.

Our own reading of the two formats: a record that is cut off or lies about its length costs itself, and the next is
found again. Memory holds one record, and of that no more than `RECORD_LIMIT`.

>>> import io
>>> data = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 4\r\n\r\nRuhe\r\n\r\n"
>>> [(each.headers["warc-type"], each.content) for each in records(io.BytesIO(data))]
[('resource', b'Ruhe')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase

from searcher.errors import ReadError

BLOCK = 1 << 18
HEADER_LIMIT = 1 << 16
SPLIT = 1 << 10
RECORD_LIMIT = 16 << 20
NEXT_WARC = re.compile(rb"\nWARC/[01]\.\d+\r?\n(?=WARC-|Content-)")
ARC_LINE = re.compile(
    rb"(\S[^\r\n]{0,7999}) ([\d.:a-fA-F]{3,40}) (\d{8,14}) (\S{1,200})(?: \S+ \S+ \S+ \S+)? (\d{1,12})\r?\n"
)
NEXT_ARC = re.compile(rb"\n(?=(?:filedesc|https?|dns)://?" + ARC_LINE.pattern + rb")")
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


@dataclass
class ArchiveRecord:
    """One record: its headers with lower-case names, and its content; `fault` says what is wrong with it."""

    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    fault: str = ""


def records(stream: BufferedIOBase) -> Iterator[ArchiveRecord]:
    """The records in order; one with a `fault` for every damaged stretch between them."""
    buffer = _Buffer(stream)
    while True:
        more = buffer.skip_blank()
        if fault := buffer.fault():
            yield ArchiveRecord(fault=fault)
            continue
        if not more:
            return
        record, length = _header(buffer)
        if record is None:
            yield ArchiveRecord(fault="no record begins here")
            buffer.seek_record()
            continue
        record.content, found = buffer.take(length)
        record.fault = buffer.fault()
        inside = NEXT_WARC.search(record.content)
        if inside and not record.fault:
            # A length that swallows the next record: what follows is given back and read as such.
            buffer.give_back(record.content[inside.start() + 1 :])
            record.content = record.content[: inside.start()]
            record.fault = "shorter than it says: the next record begins inside"
        elif found < length and not record.fault:
            record.fault = f"cut off after {found:,} of {length:,} bytes"
        elif length > RECORD_LIMIT:
            record.fault = f"larger than {RECORD_LIMIT >> 20} MB"
        yield record


def headers(lines: bytes) -> dict[str, str]:
    """Header lines by lower-case name; continued lines joined, the first of a name kept."""
    found: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", lines.decode("utf-8", "replace")).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def _header(buffer: _Buffer) -> tuple[ArchiveRecord | None, int]:
    """The record that begins here, without content, and the length of that."""
    if buffer.starts_with(b"WARC/"):
        lines = buffer.take_until(END_OF_HEADER)
        fields = headers(lines)
        length = fields.get("content-length", "")
        return (ArchiveRecord(fields), int(length)) if length.isdigit() and len(length) < 15 else (None, 0)
    line = buffer.take_match(ARC_LINE)
    if line is None:
        return None, 0
    url, address, date, kind, length = (part.decode("utf-8", "replace") for part in line.groups())
    fields = {
        "warc-type": "response",
        "warc-target-uri": url,
        "warc-date": date,
        "content-type": "application/http",
    }
    if url.startswith(("filedesc:", "dns:")):
        fields["warc-type"] = "warcinfo"
    return ArchiveRecord(fields | {"arc-mime": kind, "warc-ip-address": address}), int(length)


class _Buffer:
    """The stream with a look ahead; damage of its compression is kept until `fault` asks for it."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._data = b""
        self._fault = ""

    def fault(self) -> str:
        """What went wrong since the last time, '' where nothing did."""
        fault, self._fault = self._fault, ""
        return fault

    def _fill(self, size: int) -> bool:
        """Whether `size` bytes are there; stops at damage, after which other bytes follow."""
        if len(self._data) >= size:
            return True
        parts, there = [self._data], len(self._data)
        while there < size and not self._fault:
            try:
                more = self._stream.read1(BLOCK)
            except ReadError as error:
                self._fault = str(error)
                break
            if not more:
                break
            parts.append(more)
            there += len(more)
        self._data = b"".join(parts)
        return there >= size

    def skip_blank(self) -> bool:
        """Go to the next byte that is no line end; False at the end of the stream, and before damage."""
        self._data = self._data.lstrip(b"\r\n")
        while not self._data and self._fill(1):
            self._data = self._data.lstrip(b"\r\n")
        return bool(self._data)

    def starts_with(self, text: bytes) -> bool:
        self._fill(len(text))
        return self._data.startswith(text)

    def take_until(self, end: re.Pattern[bytes]) -> bytes:
        """Up to the match of `end` and over it; b'' where there is none within the limit of a header."""
        self._fill(HEADER_LIMIT if not end.search(self._data) else 0)
        found = end.search(self._data, 0, HEADER_LIMIT)
        if not found:
            # Taken off, or this would be found as the beginning of a record again.
            self._data = self._data[1:]
            return b""
        taken, self._data = self._data[: found.start()], self._data[found.end() :]
        return taken

    def take_match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        self._fill(HEADER_LIMIT if b"\n" not in self._data else 0)
        found = pattern.match(self._data)
        if found:
            self._data = self._data[found.end() :]
        return found

    def take(self, length: int) -> tuple[bytes, int]:
        """The next `length` bytes, of which no more than the limit is kept, and how many there were."""
        kept = min(length, RECORD_LIMIT)
        self._fill(kept)
        content, self._data = self._data[:kept], self._data[kept:]
        found = len(content)
        while found < length and self._fill(1):
            passed = min(len(self._data), length - found)
            self._data = self._data[passed:]
            found += passed
        return content, found

    def give_back(self, data: bytes) -> None:
        self._data = data + self._data

    def seek_record(self) -> None:
        """Go to where the next record may begin, which may be here: what was wrong has been taken."""
        self._data = b"\n" + self._data
        while self._fill(2):
            found = NEXT_WARC.search(self._data) or NEXT_ARC.search(self._data)
            if found:
                self._data = self._data[found.start() + 1 :]
                return
            # A beginning may be split between two blocks.
            self._data = self._data[-SPLIT:]
            size = len(self._data)
            if not self._fill(size + 1):
                self._data = b""
                return
