"""The formats of archives: one table, one row each. A module a row names is imported when it is first used.

A format module has `read(unit)`; where a file can be cut into pieces of work it has `cut(stream, file)` too.
Without `cut`, a unit is the whole file and `read` finds its bytes in `unit.data`.

>>> by_suffix("archiv/2023.jsonl.xz").name
'jsonl'
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from searcher.errors import ReadError, UsageError
from searcher.readers.base import sniffing
from searcher.readers.base.compression import PACKED_SUFFIXES, WHOLE_LIMIT
from searcher.readers.base.encoding import is_binary


@dataclass(frozen=True)
class Format:
    """One row: what it is called, how its files end, how their first bytes look, what must be installed."""

    name: str
    suffixes: tuple[str, ...]
    module: str
    sniff: Callable[[bytes], bool]
    extra: str = ""
    is_text: bool = True
    limit: int = WHOLE_LIMIT

    def load(self) -> ModuleType:
        """The module; ReadError naming the cure where the parser it needs is not installed."""
        return importlib.import_module(f"searcher.readers.{self.module}")


TEXT_LIMIT = 16 << 20


def _never(head: bytes) -> bool:
    return False


FORMATS = (
    Format("warc", (".warc", ".arc"), "warc", sniffing.is_warc, "html", is_text=False),
    Format("archive", (".zip", ".tar", ".tgz", ".txz"), "containers", sniffing.is_container, is_text=False),
    Format("parquet", (".parquet", ".pq"), "parquet", sniffing.is_parquet, "parquet", is_text=False),
    Format("tagesschau", (), "tagesschau", sniffing.is_tagesschau),
    Format("jsonl", (".jsonl", ".ndjson", ".jsonlines"), "jsonlines", sniffing.is_jsonlines),
    Format("newsml", (".newsml",), "newsml", sniffing.is_newsml),
    Format("nitf", (".nitf",), "nitf", sniffing.is_nitf),
    Format("mets", (".mets",), "mets", sniffing.is_mets),
    Format("alto", (".alto",), "alto", sniffing.is_alto),
    Format("feed", (".rss", ".atom", ".rdf"), "feeds", sniffing.is_feed, "feeds"),
    Format("json", (".json",), "jsonvalues", sniffing.is_json),
    Format("mail", (".eml", ".mbox", ".mbx"), "mail", sniffing.is_mail),
    Format("html", (".html", ".htm", ".xhtml"), "webpage", sniffing.is_html, "html"),
    Format("markdown", (".md", ".markdown"), "frontmatter", sniffing.is_front_matter, "markdown"),
    Format("csv", (".csv", ".tsv"), "csvtable", sniffing.is_csv),
    Format("text", (".txt", ".text"), "plaintext", _never, limit=TEXT_LIMIT),
)
"""In the order in which their contents are tried: the surest signs first. Text is what nothing else
claims.
"""
BY_NAME = {each.name: each for each in FORMATS}
BY_SUFFIX = {suffix: each for each in FORMATS for suffix in each.suffixes}


def by_name(name: str) -> Format:
    """The format called `name`; UsageError naming all of them."""
    if name not in BY_NAME:
        raise UsageError(f"unknown format '{name}': choose from {', '.join(BY_NAME)}")
    return BY_NAME[name]


def by_suffix(name: str) -> Format | None:
    """The format a file name promises, packed or not."""
    name = name.lower()
    for packed in PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    _, dot, suffix = name.rpartition("/")[2].rpartition(".")
    return BY_SUFFIX.get(dot + suffix) if dot else None


def by_content(head: bytes, name: str) -> Format:
    """The format of a file that begins with `head`; its name decides where the content does not."""
    for each in FORMATS:
        if each.sniff(head):
            return each
    if promised := by_suffix(name):
        return promised
    cure = "" if is_binary(head[:4096]) else "; plain text is read with --format text"
    raise ReadError(f"unknown format: not one of {', '.join(BY_NAME)}{cure}")
