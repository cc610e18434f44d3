r"""RTF, an export of word processors and press databases: its paragraphs, without pictures, font tables and notes.

>>> document = parsed(rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\b Br\'fccke}\par Der Verkehr \u8211?.\par}")
>>> [each.text for each in document.paragraphs]
['Brücke', 'Der Verkehr –.']
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from searcher.errors import ReadError
from searcher.readers.base.records import Record, Unit
from searcher.readers.documents import Document, Paragraph, articles

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}]+)|\\"
)
_LEFT_OUT = (
    "fonttbl colortbl stylesheet pict object objdata themedata colorschememapping latentstyles datastore header "
    "footer headerl headerr footerl footerr footnote annotation listtable listoverridetable rsidtbl generator "
    "xmlnstbl fldinst bkmkstart bkmkend private filetbl revtbl mmathPr nonshppict"
)
LEFT_OUT = frozenset(_LEFT_OUT.split())
ABOUT = {"title": "title", "author": "author", "keywords": "keywords", "creatim": "date"}
SIGNS = {
    "par": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t", "line": "\v",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": " ", "enspace": " ",
}  # fmt: skip
CHARACTERS = {b"~": "\N{NO-BREAK SPACE}", b"_": "-", b"-": "\N{SOFT HYPHEN}", b"\n": "\n", b"\r": "\n"}
DEPTH = 10_000


def read(unit: Unit) -> Iterator[Record]:
    """The article of a document, or those of an export."""
    yield from articles(parsed(unit.data or b""), unit)


def parsed(data: bytes) -> Document:
    """The paragraphs of a document and what it says of itself; ReadError where it is no RTF."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ReadError("no RTF: it does not begin with {\\rtf")
    parser = _Parser()
    for found in TOKEN.finditer(data):
        parser.token(found)
    return Document([Paragraph(each) for each in parser.paragraphs()], parser.about)


class _Parser:
    """The state that a group inherits is (where text goes, characters to skip after \\u)."""

    def __init__(self) -> None:
        self.about: dict[str, str] = {}
        self._texts: list[str] = []
        self._stack: list[tuple[str, int]] = []
        self._goes, self._after = "text", 1
        self._encoding = "cp1252"
        self._skip = 0
        self._raw = bytearray()
        self._high = 0
        self._starred = False
        self._date: dict[str, int] = {}

    def paragraphs(self) -> list[str]:
        self._flush()
        lines = "".join(self._texts).split("\n")
        return [text for line in lines if (text := line.replace("\v", "\n").strip())]

    def token(self, found: re.Match[bytes]) -> None:
        word, number, code, sign, brace, text = found.groups()
        if code:
            self._byte(int(code, 16))
            return
        if text is not None:
            self._plain(text.replace(b"\r", b"").replace(b"\n", b""))
            return
        self._flush()
        if brace == b"{":
            if len(self._stack) >= DEPTH:
                raise ReadError("nested too deep")
            self._stack.append((self._goes, self._after))
        elif brace:
            self._goes, self._after = self._stack.pop() if self._stack else ("text", 1)
        elif word:
            self._word(word.decode("ascii"), int(number) if number else None)
        elif sign == b"*":
            self._starred = True
        elif sign:
            self._put(CHARACTERS.get(sign, sign.decode("latin-1")))

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in LEFT_OUT or (starred and word not in ABOUT):
            self._goes = ""
        elif word == "info":
            self._goes = "info"
        elif self._goes == "info" and word in ABOUT:
            self._goes = ABOUT[word]
        elif self._goes == "date" and word in ("yr", "mo", "dy"):
            self._date[word] = number or 0
            if len(self._date) == 3:
                self.about["date"] = "{yr:04}-{mo:02}-{dy:02}".format(**self._date)
        elif word == "ansicpg" and number:
            self._encoding = _codec(f"cp{number}")
        elif word == "uc":
            self._after = min(number or 0, 100)
        elif word == "u" and number is not None:
            self._unicode(number % 65536)
        elif word in SIGNS:
            self._put(SIGNS[word])

    def _unicode(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif 0xDC00 <= code < 0xE000:
            if self._high:
                self._put(chr(0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00))
            self._high = 0
        else:
            self._put(chr(code))
        self._skip = self._after

    def _byte(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._raw.append(value)

    def _plain(self, text: bytes) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        self._raw += text[skipped:]

    def _flush(self) -> None:
        # Bytes are decoded together, for a letter may have two of them.
        if self._raw:
            text, self._raw = self._raw.decode(self._encoding, "replace"), bytearray()
            self._put(text)
        self._skip = 0

    def _put(self, text: str) -> None:
        if self._goes == "text":
            self._texts.append(text)
        elif self._goes and self._goes not in ("info", "date"):
            self.about[self._goes] = self.about.get(self._goes, "") + text


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
