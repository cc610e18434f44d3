"""One table of the signs that print has many of: dashes, quotes, apostrophes, invisible marks, gender endings.

Articles, queries and dates are read with the same table: what the index takes for a hyphen, the query language takes
for one too. Strings of single characters, to be put into a character class with `re.escape`.

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
"""Opening quote -> those that may close it; whichever stands nearest does: German, English, French, sloppy pairs."""
LONELY = "›‹‚"
"""Opening quotes that are also printed alone, as arrows and commas: without an end they open nothing."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Soft hyphen, zero-width marks, marks of direction, byte order mark: they may stand anywhere in print."""
UNSEEN = "©®™℠\u034f" + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks of ownership inside names ("Oeko-Tex®-Standard"), grapheme joiner, variation selectors."""
CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
"""Inside a character class: what no text holds. Controls but white space, and halves of surrogate pairs."""
BULLETS = "•·∙"

CP1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
"""For `str.translate`: C1 controls are signs of cp1252 that were read as latin-1. U+0085 is a line end."""

GENDER_ENDINGS = "r|n|s|m|e|er|en|em|es"
"""As alternatives of a pattern: what stands behind the sign of `jede*r` and `Kolleg:en`."""
