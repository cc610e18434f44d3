r"""IPTC 7901, the teletype format of news agencies: messages between SOH and ETX, or one per file.

>>> data = b"\x01bdt0245 3 pl 15  dpa 0512\x02\nVerkehr/\nRuhe =\n\nWendlau (dpa) - Text.\n"
>>> data += b"dpa ab n1\n031430 Mai 23\n\x03"
>>> [(each.title, each.kicker, str(each.date)) for each in read(Unit("a.txt", "a.txt", data=data))]
[('Ruhe', 'Verkehr', '2023-05-03 14:30')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searcher.readers.base.date_values import DateReader
from searcher.readers.base.encoding import decode
from searcher.readers.base.guard import guarded
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import finished

HEAD = re.compile(r"([a-z]{3}\d{4})[ \t]+([1-9])[ \t]+([a-z]{2,3})[ \t]+(\d+)[ \t]+([A-Za-z]{2,8})\b[^\n]*")
"""Service and number, priority, section, words, agency."""
MESSAGES = re.compile(r"\x03|(?<=\n)(?=\x01)")
STAMP = re.compile(r"(\d\d)(\d\d)(\d\d) ([A-Za-zä]{3,4})\.? (\d\d)$", re.MULTILINE)
SECTIONS = {
    "pl": "Politik",
    "wi": "Wirtschaft",
    "ku": "Kultur",
    "sp": "Sport",
    "vm": "Vermischtes",
    "wt": "Wetter",
}
SIGNED = re.compile(r"^[a-z]{2,8}(?: [a-z]{2,4})+(?: [a-z]\d)?.*$")


def read(unit: Unit) -> Iterator[Record]:
    """The articles of a file of messages."""
    text, _ = decode(unit.data or b"")
    parts = [
        each for each in MESSAGES.split(text.replace("\r\n", "\n").replace("\r", "\n")) if HEAD.search(each)
    ]
    if not parts:
        yield unit.reject("no message of a wire in this file")
    for number, part in enumerate(parts, 1):
        yield from guarded(_message(part, unit, number), unit, number)


def _message(text: str, unit: Unit, number: int) -> Iterator[Record]:
    head = HEAD.search(text)
    if head is None:
        return
    lines = without_controls(re.sub(r"[\x01-\x04]", "\n", text[head.end() :]))[0].strip().split("\n")
    dates = DateReader()
    date = None
    while lines and (
        not lines[-1].strip() or STAMP.match(lines[-1].strip()) or SIGNED.match(lines[-1].strip())
    ):
        if found := STAMP.match(lines.pop().strip()):
            day, hour, minute, month, year = found.groups()
            date = dates(f"{day}. {month} 20{year} {hour}:{minute}")
    kicker = lines.pop(0).strip().strip("/") if lines and lines[0].rstrip().endswith("/") else ""
    title: list[str] = []
    ended = next((place for place, line in enumerate(lines[:8]) if line.rstrip().endswith("=")), None)
    if ended is not None:
        title = [line for line in lines[: ended + 1] if not line.lstrip().startswith("(")]
        lines = lines[ended + 1 :]
    values = {
        "id": f"{head[5].lower()}:{head[1]}:{date or number}",
        "title": " ".join(title).rstrip("= ").strip(),
        "kicker": kicker.replace("/", ", "),
        "body": "\n".join(lines).strip("\n"),
        "date": date,
        "source": head[5].lower(),
        "section": SECTIONS.get(head[3], head[3]),
        "extra": {"urgency": head[2], "words": head[4]},
    }
    yield from finished(values, unit, number, dates.unread)
