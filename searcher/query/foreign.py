"""Operators of other services: each is translated into ours, or refused with a reason and our way to write it.

The search guides of Nexis, Factiva, GENIOS, COSMAS II and Lucene are the sources; each row names its own. Distances
are counted differently: the next word is w/1 in Nexis, /w1 in COSMAS II, and NEAR/0 here.

>>> operator("w/3"), operator("PRE/1"), operator("OHNE"), operator("Kreml")
('NEAR/2', 'ADJ/0', 'NICHT', None)
>>> refused("w/s").cure
'write NEAR/15 for a sentence, NEAR/60 for a paragraph'
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Distance(NamedTuple):
    """A distance operator: a pattern with the number, our operator, and the words between at number 1."""

    pattern: str
    ours: str
    first: int
    services: str


class Refusal(NamedTuple):
    """An operator without a counterpart here: its pattern, the reason, and what to write instead."""

    pattern: str
    reason: str
    cure: str
    services: str


DISTANCES = (
    Distance(r"[wW]/(\d\d?)", "NEAR", 0, "Nexis, Factiva"),
    Distance(r"/w?(\d\d?)", "NEAR", 0, "COSMAS II"),
    Distance(r"near/?(\d\d?)", "NEAR", 1, "Factiva; ours in small letters"),
    Distance(r"(?:pre|PRE|onear|ONEAR)/(\d\d?)", "ADJ", 0, "Nexis"),
    Distance(r"/\+w(\d\d?)", "ADJ", 0, "COSMAS II"),
    Distance(r"adj/(\d\d?)", "ADJ", 1, "ours in small letters"),
)

WORDS = {"OHNE": "NICHT", "ANDNOT": "NICHT", "BUTNOT": "NICHT", "ET": "UND"}
"""Operators that are words, as in GENIOS and Nexis."""

_SENTENCE = "write NEAR/15 for a sentence, NEAR/60 for a paragraph"
REFUSALS = (
    Refusal(
        r"(?i:w/|/)(?:s|p|sent|para|seg)\d*|SAME", "sentences have no operator", _SENTENCE, "Nexis, COSMAS II"
    ),
    Refusal(r"%w?\d\d?|(?i:not)/?w/\d\d?", "no operator", "write A NICHT (A NEAR/5 B)", "COSMAS II, Nexis"),
    Refusal(r"/-w\d\d?", "no operator", "put the words in the other order, with ADJ/5", "COSMAS II"),
    Refusal(r"XOR", "no operator", "write (A NICHT B) ODER (B NICHT A)", "COSMAS I, Verity"),
    Refusal(
        r"<(?i:near|and|or|not|in|phrase)(?:/\d+)?>",
        "no operator",
        "write NEAR/5, UND, ODER or NICHT",
        "Verity",
    ),
    Refusal(
        r"/(?=[^/]*[.*+?\[\]()|^$\\])[^\s]+/",
        "regular expressions are not searched",
        "write Pro*, *ent or Pro[zs]ent",
        "Lucene, COSMAS II",
    ),
    Refusal(r"@\S+\.\w{2,4}", "lists of words are not read from files", "write (Wort1 ODER Wort2)", "GENIOS"),
)


_ANY = re.compile("|".join(f"(?:{row.pattern})" for row in (*DISTANCES, *REFUSALS)))
"""Nearly no word of a query is one of these: one pattern rules them all out."""


def operator(chunk: str) -> str | None:
    """Our operator for an operator of another service; None for any other text."""
    if chunk in WORDS:
        return WORDS[chunk]
    if not _ANY.fullmatch(chunk):
        return None
    for distance in DISTANCES:
        if found := re.fullmatch(distance.pattern, chunk):
            return f"{distance.ours}/{max(int(found[1]) - 1 + distance.first, 0)}"
    return None


def refused(chunk: str) -> Refusal | None:
    """The refusal of an operator of another service; None if it is not refused."""
    if not _ANY.fullmatch(chunk):
        return None
    for refusal in REFUSALS:
        if re.fullmatch(refusal.pattern, chunk):
            return refusal._replace(
                reason=f"{chunk!r}: {refusal.reason}" if chunk.isprintable() else refusal.reason
            )
    return None
