"""The table of formats, one row each. The module of a row is imported on first use.

Other packages add rows by the entry point `searcher.readers`, whose value is a `Format`; examples/reader_package is
one. Their rows come first.

>>> by_suffix("archiv/2023.jsonl.xz").name
'jsonl'
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from searcher.errors import Cure, ReadError, UsageError
from searcher.readers.base import sniffing
from searcher.readers.base.compression import PACKED_SUFFIXES
from searcher.readers.base.encoding import is_binary
from searcher.readers.protocol import Format

ENTRY_POINT = "searcher.readers"
_OTHER_SUFFIXES = (
    ".jpg .jpeg .png .gif .webp .svg .ico .bmp .tif .tiff .jp2 .mp3 .mp4 .m4a .wav .ogg .avi .mov .mkv .webm "
    ".pdf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .epub .css .js .woff .woff2 .ttf .otf .exe .dll "
    ".so .o .pyc .py .sh .class .jar .db .sqlite .sqlite3 .npy .npz .pkl .iso .rar .7z"
)
OTHER_SUFFIXES = frozenset(_OTHER_SUFFIXES.split())
"""Suffixes that are plainly something else, where no format has them."""

TEXT_LIMIT = 16 << 20
SHEET_LIMIT = 256 << 20
SHEETS = ".xlsx .xlsm .ods .sqlite .sqlite3 .db"


def _never(head: bytes) -> bool:
    return False


def _ours(
    name: str, suffixes: str, module: str, sniff: Callable[[bytes], bool], extra: str = "", **more: Any
) -> Format:
    return Format(name, tuple(suffixes.split()), f"searcher.readers.{module}", sniff, extra, **more)


FORMATS = (
    _ours("warc", ".warc .arc", "warc", sniffing.is_warc, "html", is_text=False),
    _ours("pdf", ".pdf", "pdf", sniffing.is_pdf, "pdf", is_text=False),
    _ours("docx", ".docx .docm", "docx", sniffing.is_docx, is_text=False),
    _ours("odt", ".odt", "odt", sniffing.is_odt, is_text=False),
    _ours("epub", ".epub", "epub", sniffing.is_epub, is_text=False),
    _ours("sheet", SHEETS, "sheets", sniffing.is_sheet, is_text=False, limit=SHEET_LIMIT),
    _ours("archive", ".zip .tar .tgz .txz", "containers", sniffing.is_container, is_text=False),
    _ours("parquet", ".parquet .pq", "parquet", sniffing.is_parquet, "parquet", is_text=False),
    _ours("tagesschau", "", "tagesschau", sniffing.is_tagesschau),
    _ours("jsonl", ".jsonl .ndjson .jsonlines", "jsonlines", sniffing.is_jsonlines),
    _ours("newsml", ".newsml", "newsml", sniffing.is_newsml),
    _ours("newsml1", "", "newsml1", sniffing.is_newsml1),
    _ours("nitf", ".nitf", "nitf", sniffing.is_nitf),
    _ours("mets", ".mets", "mets", sniffing.is_mets),
    _ours("alto", ".alto", "digitised_page", sniffing.is_alto),
    _ours("page", ".page", "digitised_page", sniffing.is_page),
    _ours("tei", ".tei .i5", "tei", sniffing.is_tei),
    _ours("mediawiki", "", "mediawiki", sniffing.is_mediawiki),
    _ours("feed", ".rss .atom .rdf", "feeds", sniffing.is_feed, "feeds"),
    _ours("json", ".json", "jsonvalues", sniffing.is_json),
    _ours("mail", ".eml .mbox .mbx", "mail", sniffing.is_mail),
    _ours("hocr", ".hocr", "hocr", sniffing.is_hocr),
    _ours("vertical", ".vrt .conllu .conll", "vertical", sniffing.is_vertical),
    _ours("iptc7901", "", "iptc7901", sniffing.is_iptc7901),
    _ours("html", ".html .htm .xhtml", "webpage", sniffing.is_html, "html"),
    _ours("rtf", ".rtf", "rtf", sniffing.is_rtf),
    _ours("markdown", ".md .markdown", "frontmatter", sniffing.is_front_matter, "markdown"),
    _ours("csv", ".csv .tsv", "csvtable", sniffing.is_csv),
    _ours("text", ".txt .text", "plaintext", _never, limit=TEXT_LIMIT),
)
"""In the order in which their contents are tried: the surest signs first. Text is what nothing else
claims.
"""


@lru_cache(maxsize=1)
def installed() -> dict[str, Format]:
    """All formats by name, those of other packages first; UsageError for a package whose format is none."""
    found: dict[str, Format] = {}
    own = {each.name: each for each in FORMATS}
    for point in sorted(importlib.metadata.entry_points(group=ENTRY_POINT), key=lambda each: each.name):
        package = point.dist.name if point.dist else "an installed package"
        try:
            form = point.load()
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise UsageError(f"{package}: its reader '{point.name}' cannot be loaded ({told})") from error
        if not isinstance(form, Format) or form.name in own or form.name in found:
            wrong = f"the name '{form.name}' is taken" if isinstance(form, Format) else "it is no Format"
            raise UsageError(f"{package}: its reader '{point.name}' cannot be used: {wrong}")
        found[form.name] = form
    return found | own


def by_name(name: str) -> Format:
    """The format called `name`; UsageError naming all of them."""
    if name not in installed():
        raise UsageError(f"unknown format '{name}'", f"choose from {', '.join(installed())}")
    return installed()[name]


def by_suffix(name: str) -> Format | None:
    """The format a file name promises, packed or not."""
    name = name.lower()
    for packed in PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    _, dot, suffix = name.rpartition("/")[2].rpartition(".")
    return (
        next((each for each in installed().values() if dot + suffix in each.suffixes), None) if dot else None
    )


def by_content(head: bytes, name: str) -> Format:
    """The format of a file that begins with `head`; its name decides where the content does not.

    ReadError for an unknown name; for a known format that is not read, it says what to do instead.
    """
    for each in installed().values():
        if each.sniff(head):
            return each
    if told := sniffing.other(head):
        raise ReadError(told)
    if promised := by_suffix(name):
        return promised
    cure = Cure.NONE if is_binary(head[:4096]) else Cure.AS_TEXT
    raise ReadError(f"unknown format: not one of {', '.join(installed())}", cure=cure)


def refused(name: str) -> str:
    """Why a file of this name is not even opened; '' where a format reads such files, or none can tell.

    >>> refused("bilder/moor.jpg"), refused("moor.txt")
    ('not an archive of articles: .jpg', '')
    """
    suffix = os.path.splitext(name)[1].lower()
    is_other = suffix in OTHER_SUFFIXES and by_suffix(name) is None
    return f"not an archive of articles: {suffix}" if is_other else ""
