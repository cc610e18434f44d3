"""What a format looks like from its first bytes: small tests, so that no parser is loaded to find out.

>>> is_jsonlines(b'{"titel": "x"}\\n{"titel": "y"}\\n')
True
"""

from __future__ import annotations

import re

from searcher.readers.columns import plan_for
from searcher.readers.dialect import TEXTS, recognise
from searcher.readers.encoding import decode

HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
XML_KINDS = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|newsItem|newsMessage|nitf|mets|alto)[\s>]", re.IGNORECASE)


def is_warc(head: bytes) -> bool:
    """WARC, or ARC with its version block."""
    return head.startswith((b"WARC/", b"filedesc://"))


def is_jsonlines(head: bytes) -> bool:
    """Whether a file that begins so is JSON lines: its first line is a whole object."""
    first, ended, rest = head.lstrip().partition(b"\n")
    if not first.startswith(b"{") or (ended and not rest.lstrip().startswith(b"{") and rest.strip()):
        return False
    # A record longer than what was looked at cannot be checked; pretty-printed JSON has short first lines.
    return first.rstrip().endswith(b"}") or (not ended and len(first) > 1000)


def is_html(head: bytes) -> bool:
    """Whether a file that begins so is an HTML page."""
    found = HTML.search(head[:4096])
    return bool(found) and not XML_KINDS.search(head[: found.start()] if found else b"")


def is_csv(head: bytes) -> bool:
    """Whether a text that begins so is a table: a header that names a text and something else we know."""
    text = decode(head)[0]
    first = text.splitlines()[0] if text else ""
    if len(first) > 2000:
        return False
    fields = plan_for(recognise(text).columns).fields
    return len(fields) > 1 and bool(TEXTS & fields.keys())
