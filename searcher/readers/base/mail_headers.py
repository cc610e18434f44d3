"""The headers of a message, decoded: encoded words, and raw bytes as old programs wrote them.

The standard library takes quadratic time and gigabytes over long headers, and loses text in an unknown encoding.

>>> of("Subject: =?utf-8?Q?Br=C3=BCcke?= gesperrt\\nFrom: Bote <n@b.example>\\n\\nText".encode())
({'subject': 'Brücke gesperrt', 'from': 'Bote <n@b.example>'}, [])
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from searcher.readers.base.encoding import decode
from searcher.readers.base.repairs import without_controls

BLOCK_LIMIT = 1 << 20
LIMIT = 1 << 14
"""Bytes of one header that are read."""
HEADER = re.compile(rb"([!-9;-~]{1,100}):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)")
WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")
STRUCTURE = re.compile(rb"(?im)^(content-[a-z-]{1,30}:[^\n]*(?:\n[ \t][^\n]*)*)")
CUT = f"a header of more than {LIMIT >> 10} kB"
UNKNOWN = "a header in an unknown encoding"


def of(message: bytes) -> tuple[dict[str, str], list[str]]:
    """The first header of each name, in lower case, on one line; and what had to be mended."""
    block = re.split(rb"\r?\n\r?\n", message[:BLOCK_LIMIT], maxsplit=1)[0].replace(b"\r\n", b"\n")
    found: dict[str, str] = {}
    repairs: dict[str, None] = {}
    for name, value in HEADER.findall(block):
        key = name.decode("ascii").lower()
        if key in found:
            continue
        if len(value) > LIMIT:
            value = value[:LIMIT]
            repairs[CUT] = None
        text, how = decoded(value)
        found[key] = " ".join(without_controls(text)[0].split())
        if how:
            repairs[how] = None
    return found, list(repairs)


def decoded(value: bytes) -> tuple[str, str]:
    """The text of a header, and how it had to be read."""
    texts, how = [], ""
    for encoding, data in _runs(value):
        text, told = decode(data, encoding)
        if encoding and told:
            told = UNKNOWN
        texts.append(text)
        how = how or told
    return "".join(texts), how


def bounded(message: bytes) -> bytes:
    """The message with the headers that tell of its parts cut to what the standard library can bear."""
    return STRUCTURE.sub(lambda found: found[1][: LIMIT // 4], message)


def _runs(value: bytes) -> Iterator[tuple[str, bytes]]:
    """(encoding, bytes); words of one encoding side by side are one, for they may divide a character."""
    waiting: tuple[str, bytes] = ("", b"")
    place = 0
    parts: list[bytes] = []
    for found in WORD.finditer(value):
        between = value[place : found.start()]
        encoding, data = found[1].decode("latin-1").partition("*")[0].lower(), _unpacked(found[2], found[3])
        if waiting[0] == encoding and not between.strip():
            parts.append(data)
        else:
            if parts:
                yield waiting[0], b"".join(parts)
            if between.strip() or not place:
                yield "", between
            waiting, parts = (encoding, b""), [data]
        place = found.end()
    if parts:
        yield waiting[0], b"".join(parts)
    yield "", value[place:]


def _unpacked(kind: bytes, data: bytes) -> bytes:
    if kind in b"qQ":
        return binascii.a2b_qp(data, header=True)
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data
