"""One table of signs with many variants: dashes, quotes, apostrophes, invisible marks, gender endings.

The analysis, the query language and the dates share this table, so a hyphen of the index is a hyphen of a query too.
The tables are strings of single characters, for a character class made with `re.escape`.

>>> "−" in DASHES, "›" in QUOTES, "Waffenruhe ‒Kreml".translate(PLAIN), "\\x84Kreml\\x93".translate(CP1252)
(True, True, 'Waffenruhe -Kreml', '„Kreml“')
"""

from __future__ import annotations

DASHES = "‐‑‒–—―−⁃"
"""Printed for the ASCII hyphen or minus."""
APOSTROPHES = "’‘‚‛′´`ʼʻʹˈ"
"""Printed for the ASCII apostrophe; ‚ and ‘ are German single quotes too."""
QUOTES = "„“”‟«»‹›″〝〞〟"
"""Printed for the ASCII double quote."""
PLAIN = {ord(c): "-" for c in DASHES} | {ord(c): "'" for c in APOSTROPHES} | {ord(c): '"' for c in QUOTES}
"""For `str.translate`: each of them to its ASCII twin, one character for one."""

CLOSING = {
    '"': '"',
    "„": '“”"',
    "“": '”“"',
    "”": '”“"',
    "»": "«»",
    "«": "»«",
    "›": "‹›",
    "‹": "›‹",
    "‚": "‘’",
}
"""Opening quote -> its closing quotes, of which the nearest counts: German, English, French and mixed pairs."""
LONELY = "›‹‚"
"""Opening quotes that are also printed alone, as arrows and commas: without an end they open nothing."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Soft hyphen, zero-width marks, marks of direction, byte order mark: they may occur anywhere in a text."""
UNSEEN = "©®™℠\u034f" + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks of ownership inside names ("Oeko-Tex®-Standard"), grapheme joiner, variation selectors."""
CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
"""For a character class: characters that no text contains, controls except white space, and lone surrogates."""
BULLETS = "•·∙"

CP1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
"""For `str.translate`: C1 controls are signs of cp1252 that were read as latin-1. U+0085 is a line end."""

GENDER_ENDINGS = "r|n|s|m|e|er|en|em|es"
"""As alternatives of a pattern: the endings after the sign of `jede*r` and `Kolleg:en`."""
