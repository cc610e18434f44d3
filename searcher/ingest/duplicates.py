"""Duplicates: the same text under another id is kept, and linked to the article that had it first.

The link stands in `extra`, and is no part of what the source said: with it or without, an article has one fingerprint.

>>> text_digest("Kurz.")
0
>>> text_digest("Der Stadtrat hat es beschlossen. " * 4) == text_digest("Der Stadtrat hat es beschlossen.  " * 4)
False
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from searcher.article import Article
from searcher.index.format.columns import Array
from searcher.index.format.digests import digest
from searcher.index.write.segment_builder import LINK, encode
from searcher.ingest.ledger import Rows
from searcher.ingest.settle import WITHDRAWN, Events, Known

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


def find(events: Events, known: Known, rows: Rows) -> dict[int, int]:
    """{index of an event that adds an article: key of the one that had its text before, in archive or round}.

    The state just before each record decides, as in `known.settle`: whoever changed its text meanwhile has it no more.
    """
    texts = _shared(events, known, rows)
    if not len(texts):
        return {}
    state = _State()
    earlier = np.flatnonzero(np.isin(rows.texts, texts))
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


def _shared(events: Events, known: Known, rows: Rows) -> Array:
    """Texts of the round that stand there twice, or in the archive as well."""
    stored = events.texts[(events.segment >= 0) & (events.texts != 0)]
    values, counts = np.unique(stored, return_counts=True)
    if not len(values):
        return values
    return values[(counts > 1) | np.isin(values, rows.texts)]


def _living(known: Known, rows: Rows, places: Array) -> Array:
    """Of these rows those whose article is in the archive with just this content, each once, oldest first."""
    found = known.find(rows.keys[places])
    there = found >= 0
    there[there] = known.fingerprints[found[there]] == rows.prints[places[there]]
    _, once = np.unique(rows.keys[places[there]], return_index=True)
    living: Array = places[there][np.sort(once)]
    return living


class _State:
    """Who has which text, in the order in which they got it."""

    def __init__(self) -> None:
        self._holders: dict[int, dict[int, None]] = {}
        self._texts: dict[int, int] = {}

    def put(self, key: int, text: int) -> None:
        before = self._texts.get(key)
        if before == text:
            return
        if before:
            del self._holders[before][key]
        self._texts[key] = text
        if text:
            self._holders.setdefault(text, {})[key] = None

    def first(self, text: int) -> int:
        return next(iter(self._holders[text]))
