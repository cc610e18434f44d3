"""The authors of a page: the names in its metadata, and in the printed byline.

>>> names("Von Anna Martel und Lea Wagner, Nairobi"), names("Elena Oberholzer (obe), Corina Gall (cog.)")
(['Anna Martel', 'Lea Wagner', 'Nairobi'], ['Elena Oberholzer', 'Corina Gall'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

BEFORE = re.compile(
    r"^(?:(?:eine?\s+\w+\s+)?von|by|text|autor(?:in|en|innen)?|verfasst von|geschrieben von)\b[:\s]\s*",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*(?:,|;|/|\||\bund\b|\bsowie\b|&| and |\s[–-]\s)\s*", re.IGNORECASE)
SHORT_FORM = re.compile(r"\s*\([\w./ -]{1,12}\)")
_PART = r"(?:[A-ZÄÖÜÉ][\w’'.-]*|von|van|de|der|den|zu|al|el)"
NAME = re.compile(rf"(?:(?:Dr|Prof|Mag|DI)\.?\s+)*{_PART}(?:\s+{_PART}){{1,4}}")
AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en)?|verfasser)(?:$|[\s_-])|author(?:s|list|name)",
    re.IGNORECASE,
)
AUTHOR_LINK = re.compile(
    r"/(?:authors?|autor(?:en|in|innen)?|redaktion|redakteure?|profile?)/", re.IGNORECASE
)
ASIDE = frozenset({"nav", "aside", "footer", "script", "style", "template"})
LONGEST = 200
LOOKED_AT = 4000
"""Number of elements after the headline that are searched for the byline."""


def names(text: str) -> list[str]:
    """The single names in an author's field, each once: without `Von`, short forms, functions in brackets."""
    text = SHORT_FORM.sub("", BEFORE.sub("", " ".join(text.split())))
    return list(dict.fromkeys(each for part in BETWEEN.split(text) if (each := part.strip(" .:"))))


def printed(page: Any) -> list[str]:
    """The names in the byline below the headline of a parsed page; none where there is no such line."""
    for element in islice(_below_headline(page), LOOKED_AT):
        if not _is_byline(element):
            continue
        text = " ".join(" ".join(element.itertext()).split())
        if 3 < len(text) <= LONGEST:
            found = [each for each in names(text) if NAME.fullmatch(each)]
            if found:
                return found
    return []


def _below_headline(page: Any) -> Iterator[Any]:
    """The elements after the first h1, in the order of the page, without navigation and the like."""
    behind = next(page.iter("h1"), None) is None
    left_out: set[Any] = set()
    for element in page.iter():
        behind = behind or element.tag == "h1"
        if element.getparent() in left_out or element.tag in ASIDE:
            left_out.add(element)
        elif behind and isinstance(element.tag, str):
            yield element


def _is_byline(element: Any) -> bool:
    return bool(
        AUTHOR_CLASS.search(element.get("class") or "")
        or element.get("rel") == "author"
        or element.get("itemprop") == "author"
        or (element.tag == "a" and AUTHOR_LINK.search(element.get("href") or ""))
    )
