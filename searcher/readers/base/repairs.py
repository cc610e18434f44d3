"""Text repairs: mojibake, HTML entities, characters that no text contains. Every repair has a name.

Each repair first searches for one telling character, so that sound text costs next to nothing.

>>> mend("MÃ¼ller &amp; SÃ¶hne")
('Müller & Söhne', ['mojibake', 'HTML entities'])
"""

from __future__ import annotations

import html
import re
from typing import Any

from searcher.characters import CP1252

MOJIBAKE = re.compile(
    "[ÂÃÅÄ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|â[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]{2}"
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
C1 = re.compile("[\x80-\x84\x86-\x9f]")
"""What only programs write that take cp1252 for latin-1; U+0085 is a line end."""
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def mend(text: str) -> tuple[str, list[str]]:
    """The text without mojibake and entities, and the names of what was mended."""
    if text.isascii() and "&" not in text:
        return text, []
    reasons = []
    if C1.search(text):
        text, reasons = text.translate(CP1252), ["C1 characters read as cp1252"]
    if "Ã" in text or "â" in text or "Â" in text:
        mended = MOJIBAKE.sub(_undo_mojibake, text)
        if mended != text:
            reasons.append("mojibake")
            text = mended
    if "&" in text and ";" in text:
        mended = ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if mended != text:
            reasons.append("HTML entities")
            text = mended
    return text, reasons


def _undo_mojibake(match: re.Match[str]) -> str:
    """UTF-8 that was read as cp1252, read again; anything else stays."""
    try:
        raw = b"".join(_byte(each) for each in match.group())
        return raw.decode("utf-8")
    except UnicodeError:
        return match.group()


def _byte(character: str) -> bytes:
    return character.encode("latin-1") if ord(character) < 256 else character.encode("cp1252")


def without_controls(text: str) -> tuple[str, list[str]]:
    """The text with control characters and halves of surrogate pairs turned into U+FFFD, NUL left out.

    C1 characters stay for `mend`, which knows what they were meant to be.
    """
    cleaned = FORBIDDEN.sub(lambda match: "" if match.group() == "\0" else "\N{REPLACEMENT CHARACTER}", text)
    return cleaned, ["control characters"] if cleaned != text else []


def clean_values(value: Any) -> tuple[Any, bool]:
    """`without_controls` for all texts inside a JSON value; whether anything changed."""
    if isinstance(value, str):
        cleaned, reasons = without_controls(value)
        return cleaned, bool(reasons)
    if isinstance(value, list):
        pairs = [clean_values(each) for each in value]
        return [each for each, _ in pairs], any(changed for _, changed in pairs)
    if isinstance(value, dict):
        keys = [without_controls(key)[0] for key in value]
        pairs = [clean_values(each) for each in value.values()]
        return dict(zip(keys, (each for each, _ in pairs), strict=True)), any(changed for _, changed in pairs)
    return value, False
