"""Format detection from the first bytes of a file: small tests that load no parser.

>>> is_jsonlines(b'{"titel": "x"}\\n{"titel": "y"}\\n')
True
"""

from __future__ import annotations

import re

from searcher.readers.base.dialect import SEPARATOR_LINE, TEXTS, recognise
from searcher.readers.base.encoding import decode
from searcher.readers.base.headings import plan_for

HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
SCALAR = r'(?:"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null|\{[^{}\[\]]*\})'
LISTS = "articles|artikel|records|items|docs|documents|results|news|entries|data|rows|stories|posts|meldungen|beitraege"
MEMBERS = rf'(?:"(?:[^"\\]|\\.)*"\s*:\s*{SCALAR}\s*,\s*)*'
ENVELOPE = re.compile(rf'\{{\s*(?:{MEMBERS}"(?:{LISTS})"|"schema"\s*:\s*1\s*,\s*{MEMBERS}"hits")\s*:\s*\[')
"""A response of an API: an object around a list of articles, after its status and the like; or of a search of ours."""
TAGESSCHAU = re.compile(
    rb'\{\s*(?:"[^"]*"\s*:\s*(?:"[^"]*"|[\w.-]+)\s*,\s*)*"(?:news|regional|channels)"\s*:\s*\['
)
JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{\]\"]|\{\s*[\"}])")
MAILBOX = re.compile(rb"From [^\r\n]*\d{2}:\d{2}[^\r\n]*\r?\n[\w-]+:")
MESSAGE = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2}")
MAIL_ONLY = re.compile(
    rb"(?:\A|\n)(?:Received|Message-ID|MIME-Version|Return-Path|Delivered-To|From):", re.IGNORECASE
)
FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:---[ \t]*\r?\n[\w\"'-]+\s*:|\+\+\+[ \t]*\r?\n)")
SIDE_BY_SIDE = re.compile(rb"\}\s*\{")
ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
CELL_ENDS = re.compile(r"""[;,|\t"']+""")
VERTICAL = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<corpus[^>]*>\s*)?"
    rb"(?:<(?:doc|text|article)\b[^>\n]*>[ \t]*\r?\n(?:<[^>\n]*>[ \t]*\r?\n)*[^\s<>]+(?:\t[^\n]*)?\r?\n"
    rb"(?:<[^>\n]*>[ \t]*\r?\n)*[^\s<>]+(?:\t[^\n]*)?\r?\n|(?:#[^\n]*\n)+[\d.-]+\t[^\t\n]+\t[^\t\n]+\t)"
)
WIRE = re.compile(
    rb"[\x00\x01\s\x16]{0,40}[a-z]{3}\d{4}[ \t]+[1-9][ \t]+[a-z]{2,3}[ \t]+\d+[ \t]+[A-Za-z]{2,8}\b"
)
LOOKED_AT = 1 << 13
TOP = 400
OTHERS = (
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office file or an Outlook message: save it as .docx, .xlsx or .eml",
    ),
    (b"\xff\xd8\xff", "a picture (JPEG): texts in it need recognition first"),
    (b"\x89PNG\r\n", "a picture (PNG): texts in it need recognition first"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF): texts in it need recognition first"),
    (b"MM\0*", "a picture (TIFF): texts in it need recognition first"),
    (b"ID3", "sound (MP3)"),
    (b"OggS", "sound (Ogg)"),
    (b"\x1aE\xdf\xa3", "a film (Matroska)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"%!PS", "PostScript: make a PDF of it first"),
    (b"AT&TFORM", "DjVu: make a PDF with a text layer, or a text, of it first"),
    (b"!BDN", "an Outlook mailbox (.pst): export it as mbox"),
)
"""How the files begin that are known, and not read."""


def _root(head: bytes) -> bytes:
    """The name of the first element, without prefix; b'' where the file does not begin as markup does."""
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").replace(b"\0", b"")[:LOOKED_AT]
    if not head.startswith(b"<"):
        return b""
    found = ROOT.search(re.sub(rb"<!--.*?-->", b"", head, flags=re.DOTALL))
    return found[1] if found else b""


def other(head: bytes) -> str:
    """What a file is that we know and do not read, and what to do; '' for all else."""
    return next((told for magic, told in OTHERS if head.startswith(magic)), "")


def is_newsml(head: bytes) -> bool:
    """A NewsML-G2 item or a message of several."""
    return _root(head) in (b"newsMessage", b"newsItem")


def is_newsml1(head: bytes) -> bool:
    """NewsML 1, the older of the two."""
    return _root(head) == b"NewsML"


def is_tei(head: bytes) -> bool:
    """TEI, or I5, which corpora are kept in."""
    return _root(head) in (
        b"TEI",
        b"TEI.2",
        b"teiCorpus",
        b"teiCorpus.2",
        b"idsCorpus",
        b"idsDoc",
        b"idsText",
    )


def is_mediawiki(head: bytes) -> bool:
    """A dump of MediaWiki."""
    return _root(head) == b"mediawiki"


def is_hocr(head: bytes) -> bool:
    """hOCR: HTML of a program that recognises texts."""
    return b"ocr_page" in head or b"ocr-system" in head[:LOOKED_AT]


def is_vertical(head: bytes) -> bool:
    """A corpus with a word a line."""
    return bool(VERTICAL.match(head))


def is_iptc7901(head: bytes) -> bool:
    """A message of a wire."""
    return bool(WIRE.match(head))


def is_nitf(head: bytes) -> bool:
    """An NITF document."""
    return _root(head) == b"nitf"


def is_mets(head: bytes) -> bool:
    """METS: the structure of something digitised."""
    return _root(head) == b"mets"


def is_alto(head: bytes) -> bool:
    """ALTO: the text of a digitised page."""
    return _root(head) == b"alto"


def is_page(head: bytes) -> bool:
    """PAGE-XML: the text of a digitised page."""
    return _root(head) == b"PcGts"


def is_feed(head: bytes) -> bool:
    """RSS or Atom."""
    return _root(head) in (b"rss", b"feed", b"RDF", b"channel")


def is_html(head: bytes) -> bool:
    """An HTML page."""
    return _root(head).lower() in (b"html", b"head", b"body") or bool(HTML.search(head[:TOP]))


def is_warc(head: bytes) -> bool:
    """WARC, or ARC with its version block."""
    return head.startswith((b"WARC/", b"filedesc://"))


def is_jsonlines(head: bytes) -> bool:
    """Whether a file that begins so is JSON lines: its first line is a whole object."""
    if ENVELOPE.match(head[:LOOKED_AT].decode("latin-1").lstrip()):
        return False
    first, ended, rest = head.lstrip().partition(b"\n")
    if (
        not ended
        or not first.startswith(b"{")
        or not first.rstrip().endswith(b"}")
        or SIDE_BY_SIDE.search(first)
    ):
        return False
    return not rest.strip() or rest.lstrip().startswith(b"{")


def is_tagesschau(head: bytes) -> bool:
    """A response of tagesschau's API: lists of stories, or one."""
    if b'"sophoraId"' not in head and b'"externalId"' not in head:
        return False
    return bool(TAGESSCHAU.match(head.lstrip())) or (
        b'"topline"' in head and is_json(head) and not is_jsonlines(head)
    )


def is_json(head: bytes) -> bool:
    """JSON of any shape: an array or an object, with what belongs inside."""
    return bool(JSON.match(head))


def is_container(head: bytes) -> bool:
    """A .zip or .tar."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or head[257:262] == b"ustar"


def _first_member(head: bytes) -> bytes:
    """The name of the first file in a .zip; b'' for any other file."""
    if not head.startswith(b"PK\x03\x04"):
        return b""
    return head[30 : 30 + int.from_bytes(head[26:28], "little")]


def _is_office(head: bytes, folder: bytes) -> bool:
    first = _first_member(head)
    return first.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", folder)) and folder in head


def is_sheet(head: bytes) -> bool:
    """A table of Excel, OpenDocument or SQLite."""
    is_ods = _first_member(head) == b"mimetype" and b"opendocument.spreadsheet" in head[:120]
    return is_ods or head.startswith(b"SQLite format 3\0") or _is_office(head, b"xl/")


def is_pdf(head: bytes) -> bool:
    """A PDF; some programs put a few bytes before it."""
    return b"%PDF-" in head[:1024] and not head.startswith(b"PK")


def is_docx(head: bytes) -> bool:
    """A document of Word."""
    return _is_office(head, b"word/")


def is_odt(head: bytes) -> bool:
    """A text document of OpenDocument, which says so first."""
    return _first_member(head) == b"mimetype" and b"opendocument.text" in head[:120]


def is_epub(head: bytes) -> bool:
    """An EPUB, which says so first."""
    return _first_member(head) == b"mimetype" and b"application/epub+zip" in head[:120]


def is_rtf(head: bytes) -> bool:
    """RTF."""
    return head.lstrip().startswith(b"{\\rtf")


def is_parquet(head: bytes) -> bool:
    """A Parquet file."""
    return head.startswith(b"PAR1")


def is_mail(head: bytes) -> bool:
    """A mailbox, or a message: headers, of which mail has some that nothing else has."""
    if MAILBOX.match(head):
        return True
    head = head.lstrip()
    header = re.split(rb"\r?\n\r?\n", head[:LOOKED_AT], maxsplit=1)[0]
    return bool(MESSAGE.match(head)) and bool(MAIL_ONLY.search(header))


def is_front_matter(head: bytes) -> bool:
    """Markdown that begins with front matter."""
    return bool(FRONT_MATTER.match(head))


def is_csv(head: bytes) -> bool:
    """Whether a text that begins so is a table: a header that names a text and something else we know."""
    text = decode(head)[0]
    first = text.splitlines()[0] if text else ""
    # Most texts are no tables, and trying every delimiter takes long.
    names = plan_for(CELL_ENDS.split(first)).fields
    if len(first) > 2000 or (len(names) < 2 and not SEPARATOR_LINE.match(first)):
        return False
    fields = plan_for(recognise(text).columns).fields
    return len(fields) > 1 and bool(TEXTS & fields.keys())
