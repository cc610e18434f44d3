"""Newsletters: one article per message, from .eml files and mailboxes (mbox).

>>> data = b"From: Elbkurier <post@x.example>\\nSubject: Ruhe\\nDate: Fri, 31 Mar 2023 13:46:00 +0200\\n\\nText."
>>> (article,) = read(Unit("a.eml", "a.eml", data=data))
>>> article.title, str(article.date), article.author
('Ruhe', '2023-03-31 13:46', 'Elbkurier')
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from io import BufferedIOBase
from typing import Any

from searcher.errors import ReadError
from searcher.readers import webpage
from searcher.readers.base import attributes, mail_headers, markup
from searcher.readers.base.compression import WHOLE_LIMIT
from searcher.readers.base.date_values import DateReader
from searcher.readers.base.encoding import decode
from searcher.readers.base.guard import TOO_DEEP, guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import finished, shortened
from searcher.report import Rejection, Repair

BLOCK = 1 << 20
SEPARATOR = re.compile(rb"(?:\A|\n\r?\n)(?=From [^\r\n]*\d{2}:\d{2}[^\r\n]*\r?\n[\w-]+:)")
SIGNATURE = "\n-- \n"


def cut(stream: BufferedIOBase, file: Unit) -> Iterator[Unit | Rejection]:
    """Batches of about a megabyte of messages, each with its line; a file that is no mailbox is one message."""
    waiting, line = b"", 1
    batch: list[tuple[int, bytes]] = []
    size = 0
    more = True
    while more:
        chunk = stream.read1(BLOCK)
        more, waiting = bool(chunk), waiting + chunk
        starts = [each.end() for each in SEPARATOR.finditer(waiting)] if waiting.startswith(b"From ") else []
        ends = [*starts[1:], *([len(waiting)] if not more else [])]
        place = 0
        for end in ends:
            batch.append((line, waiting[place:end]))
            size += end - place
            line += waiting.count(b"\n", place, end)
            place = end
            if size >= BLOCK:
                yield file.with_data(b"", batch[0][0], tuple(batch))
                batch, size = [], 0
        waiting = waiting[place:]
        if len(waiting) > WHOLE_LIMIT:
            yield file.reject(
                f"a message of more than {WHOLE_LIMIT >> 20} MB: the rest of the mailbox is not read", line
            )
            break
    if batch:
        yield file.with_data(b"", batch[0][0], tuple(batch))


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a batch of messages."""
    for line, data in unit.details or ((None, unit.data or b""),):
        if data.strip():
            yield from guarded(_message(data.lstrip(), unit, line), unit, line)


def _message(data: bytes, unit: Unit, line: int | None) -> Iterator[Record]:
    if data.startswith(b"From "):
        data = re.sub(rb"(?m)^>(>*From )", rb"\1", data.partition(b"\n")[2])
    headers, repairs = mail_headers.of(data)
    dates = DateReader()
    try:
        message = email.message_from_bytes(mail_headers.bounded(data), policy=email.policy.default)
        values = _values(message, headers, dates)
    except RecursionError:
        yield unit.reject(TOO_DEEP, line)
        return
    except (ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        # The standard library's parser raises no error for text that is not mail.
        yield unit.reject(f"broken message: {shortened(f'{type(error).__name__}: {error}')}", line)
        return
    identity = values.pop("id") or f"{unit.name}#{line}" * bool(line) or unit.name
    for how in dict.fromkeys([*repairs, values.pop("how")]):
        if how:
            yield Repair(unit.path, line, how, identity)
    yield from finished({"id": identity, **values}, unit, line, dates.unread)


def _values(message: EmailMessage, headers: dict[str, str], read_date: DateReader) -> dict[str, Any]:
    name, address = parseaddr(headers.get("from", ""))
    listed = re.sub(r"<[^>]*>", "", headers.get("list-id", "")).strip(' "')
    html, plain = (_content(message, kind) for kind in ("html", "plain"))
    body = _from_html(html[0]) if html[0] else plain[0].partition(SIGNATURE)[0]
    return {
        "id": headers.get("message-id", "").strip("<> "),
        "title": headers.get("subject", ""),
        "body": body,
        "date": read_date(re.sub(r"\s*\([^)]*\)$", "", headers.get("date", ""))),
        "author": name or address,
        "source": listed or address.rpartition("@")[2],
        "url": headers.get("archived-at", "").strip("<> "),
        "how": html[1] if html[0] else plain[1],
    }


def _content(message: EmailMessage, kind: str) -> tuple[str, str]:
    """The text of the part of this kind, and how it had to be read."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return "", ""
    data = part.get_payload(decode=True)
    text, how = decode(data if isinstance(data, bytes) else b"", str(part.get_content_charset() or ""))
    cleaned, reasons = without_controls(text)
    return cleaned.replace("\r\n", "\n"), how or "".join(reasons)


def _from_html(html: str) -> str:
    """The text of an HTML part: what the reader of pages finds in it, or all there is."""
    html = attributes.bounded(html)[0]
    try:
        values = webpage.article_values(html)
    except ReadError:
        values = {}
    found = [values["teaser"], values["body"]] if values else markup.blocks(html)
    return "\n\n".join(each for each in found if each)
