"""WARC and ARC: every response of a web archive that is an article page; the rest is counted by its reason.

Records are cut out where files are handed out, pages are parsed where the work is done. The line of a message is
the number of the record in its file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from typing import NamedTuple

from searcher.errors import ReadError
from searcher.readers import webpage
from searcher.readers.base import attributes, extras
from searcher.readers.base.encoding import decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import finished
from searcher.readers.webarchive import END_OF_HEADER, RECORD_LIMIT, ArchiveRecord, headers, records
from searcher.report import Rejection, Repair

BATCH = 1 << 20
HTML_KINDS = ("text/html", "application/xhtml+xml")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")
CHUNK_LENGTH = re.compile(rb"\s*([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n")
PAGE = re.compile(rb"<(?:!doctype|html|head|body|meta|title)\b", re.IGNORECASE)
"""Crawlers keep the header of what they have unpacked already."""
CONTENTS = frozenset({"response", "resource"})


class Page(NamedTuple):
    """An HTML page in an archive: the number of its record, address, date of capture, headers, bytes."""

    number: int
    url: str
    captured: str
    headers: dict[str, str]
    content: bytes


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Batches of pages of about a megabyte."""
    batch: list[Page] = []
    size = 0
    for number, record in enumerate(records(stream), 1):
        if record.fault:
            yield file.reject(f"damaged record: {record.fault}", number)
        elif record.headers.get("warc-type") in CONTENTS:
            page = _page(number, record)
            if isinstance(page, str):
                yield file.skip(page, number)
                continue
            batch.append(page)
            size += len(page.content)
            if size >= BATCH:
                yield file.with_data(b"", batch[0].number, tuple(batch))
                batch, size = [], 0
    if batch:
        yield file.with_data(b"", batch[0].number, tuple(batch))


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a batch of pages."""
    for page in unit.details:
        yield from guarded(_article(page, unit), unit, page.number)


def _page(number: int, record: ArchiveRecord) -> Page | str:
    """The page a record holds, or why it holds none."""
    fields, content = record.headers, record.content
    if status := STATUS.match(content):
        if status[1] != b"200":
            code = status[1].decode()
            return f"redirect ({code})" if code.startswith("3") else f"HTTP status {code}"
        end = END_OF_HEADER.search(content)
        lines, content = (content[: end.start()], content[end.end() :]) if end else (content, b"")
        fields = fields | headers(lines.partition(b"\n")[2])
    kind = fields.get("content-type", fields.get("arc-mime", "")).partition(";")[0].strip().lower()
    if kind not in HTML_KINDS:
        return f"not HTML: {kind or 'no content type'}"[:80]
    url, captured = fields.get("warc-target-uri", "").strip("<>"), fields.get("warc-date", "")
    kept = ("content-type", "content-encoding", "transfer-encoding")
    return Page(number, url, captured, {name: fields[name] for name in kept if name in fields}, content)


def _article(page: Page, unit: Unit) -> Iterator[Record]:
    data = _plain(page)
    declared = CHARSET.search(page.headers.get("content-type", ""))
    in_page = webpage.CHARSET.search(data[:4096])
    source, how = decode(data, declared[1] if declared else in_page[1].decode("ascii") if in_page else "")
    source, cleaned = without_controls(source)
    source, cut = attributes.bounded(source)
    values = webpage.article_values(source, page.url, unit.options.source)
    if not values:
        yield unit.skip(webpage.NO_ARTICLE, page.number)
        return
    identity = values["url"] or f"{unit.name}#{page.number}"
    for reason in [how, *cleaned, *cut]:
        if reason:
            yield Repair(unit.path, page.number, reason, identity)
    extra = {"captured": page.captured} if page.captured else {}
    yield from finished({"id": identity, "extra": extra, **values}, unit, page.number)


def _plain(page: Page) -> bytes:
    """The content without transfer and content encoding, no longer than a record may be."""
    content = page.content
    if "chunked" in page.headers.get("transfer-encoding", "").lower():
        content = _unchunked(content)
    for encoding in reversed(page.headers.get("content-encoding", "").lower().replace(" ", "").split(",")):
        if encoding in ("gzip", "x-gzip", "deflate") and content:
            content = _inflated(content)
        elif encoding == "br" and content:
            content = _unbrotlied(content)
        elif encoding not in ("", "identity", "utf-8"):
            raise ReadError(f"unknown content encoding '{encoding[:20]}'")
    return content


def _inflated(content: bytes) -> bytes:
    """gzip or deflate, with header or without; crawlers keep the header of what they have unpacked already."""
    for bits in (47, -15):
        unpacker = zlib.decompressobj(bits)
        try:
            plain = unpacker.decompress(content, RECORD_LIMIT)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail:
            raise ReadError(f"a page of more than {RECORD_LIMIT >> 20} MB")
        return plain
    return content


def _unbrotlied(content: bytes) -> bytes:
    """Brotli, with a bound on what one step gives; what is a page already stays as it is."""
    brotli = extras.load("brotli", "warc")
    if PAGE.search(content[:4096]):
        return content
    unpacker = brotli.Decompressor()
    try:
        plain: bytes = unpacker.process(content, output_buffer_limit=RECORD_LIMIT)
    except brotli.error:
        raise ReadError("damaged content: it is no Brotli, and no page") from None
    if not unpacker.can_accept_more_data():
        raise ReadError(f"a page of more than {RECORD_LIMIT >> 20} MB")
    return plain


def _unchunked(content: bytes) -> bytes:
    """The parts of a chunked body joined; content that is not chunked after all stays as it is."""
    parts: list[bytes] = []
    place = 0
    while True:
        line = CHUNK_LENGTH.match(content, place)
        if not line:
            return b"".join(parts) if parts else content
        length = int(line[1], 16)
        if not length:
            return b"".join(parts)
        parts.append(content[line.end() : line.end() + length])
        place = line.end() + length
