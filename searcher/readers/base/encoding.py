"""From bytes to text: UTF-8 and UTF-16 by their byte order marks, UTF-8 by trying, else cp1252.

Most files labelled latin-1 are cp1252 too; the five bytes that cp1252 does not define are read as latin-1.
Either is counted as a repair, never silent.

>>> decode("Müller".encode("cp1252"))
('Müller', 'read as cp1252')
"""

from __future__ import annotations

import codecs
import io
from io import BufferedIOBase
from typing import Any

from searcher.readers.base.compression import Filled, peek

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CONTROLS = bytes({*range(32), 127} - {9, 10, 12, 13, 26})
"""Bytes that text does not have; form feed and Ctrl-Z end pages and files of old wire services."""


def _cp1252_or_latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("searcher-latin-1", _cp1252_or_latin1)


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of `data` and what had to be done about it ('' for UTF-8, a mark, or the `encoding` declared).

    A byte order mark counts most, then valid UTF-8, then the declared encoding, then cp1252.
    """
    for bom, name in BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return data.decode(unmarked, "replace"), f"read as {unmarked}"
    declared = _known(encoding)
    if declared and declared not in ("utf-8", "ascii", "iso8859-1", "cp1252"):
        try:
            return data.decode(declared), ""
        except UnicodeDecodeError:
            pass
    text = data.decode("cp1252", "searcher-latin-1")
    return text, "" if declared in ("iso8859-1", "cp1252") else "read as cp1252"


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding.strip()).name if encoding.strip() else ""
    except (LookupError, ValueError):
        return ""


def _utf16_without_mark(data: bytes) -> str:
    """UTF-16 shows itself by zeros in every second byte, which no other encoding of German has."""
    head = data[:512]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and even < len(head) // 64 + 1:
        return "utf-16-le"
    if even > len(head) // 4 and odd < len(head) // 64 + 1:
        return "utf-16-be"
    return ""


def is_binary(head: bytes) -> bool:
    """Whether these first bytes of a file are no text in any encoding we read."""
    if any(head.startswith(bom) for bom, _ in BOMS) or _utf16_without_mark(head):
        return False
    strange = len(head) - len(head.translate(None, CONTROLS))
    return strange > max(len(head) // 50, 1)


def as_utf8(stream: BufferedIOBase) -> BufferedIOBase:
    """The same text as a stream without byte order mark, in UTF-8 where it is marked as UTF-16.

    So a stream can be cut into lines at the one byte of a line end.
    """
    head = peek(stream, 4)
    for bom, name in BOMS:
        if head.startswith(bom):
            stream.read(len(bom))
            return stream if name == "utf-8" else _transcoded(stream, name)
    return stream


def _transcoded(stream: BufferedIOBase, name: str) -> BufferedIOBase:
    decoder: Any = codecs.getincrementaldecoder(name)("replace")

    def source(size: int) -> bytes:
        # A character of UTF-16 may take three bytes for its two: never more comes out than was asked for.
        size = max(size // 3 * 2, 2)
        while data := stream.read(size):
            if text := decoder.decode(data):
                return str(text).encode("utf-8", "replace")
        return b""

    return io.BufferedReader(Filled(source), 1 << 20)
