"""Duplicates: an article with the text of another one is kept, and linked to the one that had it first.

The link is in `extra`. It does not come from the source, so the fingerprint of an article does not include it.

>>> text_digest("Kurz.")
0
>>> text_digest("Der Stadtrat hat es beschlossen. " * 4) == text_digest("Der Stadtrat hat es beschlossen.  " * 4)
False
"""

from __future__ import annotations

from dataclasses import replace
from heapq import heappop, heappush

import numpy as np

from searcher.article import Article
from searcher.index.format.columns import Array
from searcher.index.format.digests import digest
from searcher.index.write.segment_builder import LINK, encode
from searcher.ingest.ledger import Rows
from searcher.ingest.settle import WITHDRAWN, LiveIds, RecordEvents

SHORTEST = 100
"""Characters below which a body says too little: 'Lesen Sie mehr in der gedruckten Ausgabe' is no duplicate."""


def text_digest(body: str) -> int:
    """64 bits that stand for a body, however it is cut into paragraphs; 0 where it is too short to tell."""
    if len(body) < SHORTEST:
        return 0
    return digest(encode(body.replace("\n\n", " ")))


def linked(article: Article, first: str) -> Article:
    """The article with the id of the one that had its text first; without a link where `first` is ''."""
    extra = {name: value for name, value in article.extra.items() if name != LINK}
    return replace(article, extra={**extra, LINK: first} if first else extra)


def find(events: RecordEvents, known: LiveIds, rows: Rows) -> dict[int, int]:
    """{index of an event that adds an article: key of the one that had its text first, in index or round}.

    The state just before each record decides, as in `settle`: an article whose text has changed has the old one no
    more. First is the article that was entered first with the text, of those that have it.
    """
    texts = _shared(events, known, rows)
    if not len(texts):
        return {}
    state = _State()
    earlier = np.flatnonzero(np.isin(rows.texts, texts))
    for key, text in zip(rows.keys[earlier].tolist(), rows.texts[earlier].tolist(), strict=True):
        state.enter(key, text)
    living = _living(known, rows, earlier)
    for key, text in zip(rows.keys[living].tolist(), rows.texts[living].tolist(), strict=True):
        state.put(key, text)
    concerned = np.isin(events.keys, events.keys[np.isin(events.texts, texts)])
    concerned |= np.isin(events.keys, rows.keys[living])
    found: dict[int, int] = {}
    places = np.flatnonzero(concerned)
    for index in places[np.argsort(events.order[places], kind="stable")].tolist():
        key, text, segment = int(events.keys[index]), int(events.texts[index]), int(events.segment[index])
        state.put(key, 0 if segment == WITHDRAWN else text)
        if segment >= 0 and text and (first := state.first(text)) != key:
            found[index] = first
    return found


def _shared(events: RecordEvents, known: LiveIds, rows: Rows) -> Array:
    """Texts of the round that stand there twice, or in the archive as well."""
    stored = events.texts[(events.segment >= 0) & (events.texts != 0)]
    values, counts = np.unique(stored, return_counts=True)
    if not len(values):
        return values
    return values[(counts > 1) | np.isin(values, rows.texts)]


def _living(known: LiveIds, rows: Rows, places: Array) -> Array:
    """Of these rows those whose article is in the archive with just this content, each once, oldest first."""
    found = known.find(rows.keys[places])
    there = found >= 0
    there[there] = known.fingerprints[found[there]] == rows.prints[places[there]]
    _, once = np.unique(rows.keys[places[there]], return_index=True)
    living: Array = places[there][np.sort(once)]
    return living


class _State:
    """Which articles have which text, and in which order they first had it."""

    def __init__(self) -> None:
        self._texts: dict[int, int] = {}
        self._entered: dict[tuple[int, int], int] = {}
        self._holders: dict[int, list[tuple[int, int]]] = {}

    def enter(self, key: int, text: int) -> int:
        """An article has, or had, this text: its rank among all that ever did."""
        return self._entered.setdefault((key, text), len(self._entered))

    def put(self, key: int, text: int) -> None:
        """From now on the article has this text; 0 for none that counts."""
        if self._texts.get(key) == text:
            return
        self._texts[key] = text
        if text:
            heappush(self._holders.setdefault(text, []), (self.enter(key, text), key))

    def first(self, text: int) -> int:
        """The article that first had the text, of those that have it."""
        holders = self._holders[text]
        while self._texts[holders[0][1]] != text:
            heappop(holders)
        return holders[0][1]
