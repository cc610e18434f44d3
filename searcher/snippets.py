"""Snippets: the passages of an article that show why it was found, with the exact character spans that match.

The spans come from a new analysis of the stored text, so they are printed forms, never stems; a phrase is one span.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from searcher.article import Article
from searcher.german import analyze
from searcher.query import Query, TreeLeaf, leaves
from searcher.results import Snippet

LENGTH = 240
"""Approximate length of a snippet in characters."""

PASSAGES = 2
"""Maximum number of passages; a second one is shown only if it has words that the first lacks."""

GAP = " … "
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_SHOWN = ("teaser", "body")


@dataclass(frozen=True)
class _Passage:
    """A stretch of one text; spans are within the text, each with the leaf it comes from."""

    text: str
    order: int
    start: int
    end: int
    spans: tuple[tuple[int, int, int], ...]

    @property
    def kinds(self) -> frozenset[int]:
        return frozenset(leaf for _, _, leaf in self.spans)


def snippet(article: Article, query: Query) -> Snippet:
    """The best passages for the words of the query; the beginning of the text if the query has no words."""
    wanted = [leaf for leaf, positive in leaves(query) if positive]
    passages = [passage for zone in _SHOWN for passage in _passages(article, zone, wanted)]
    chosen: list[_Passage] = []
    seen: frozenset[int] = frozenset()
    while len(chosen) < PASSAGES:
        best = max(
            passages, key=lambda each: (len(each.kinds - seen), len(each.spans), -each.order), default=None
        )
        if best is None or (chosen and not best.kinds - seen):
            break
        chosen.append(best)
        seen |= best.kinds
        passages = [each for each in passages if each is not best]
    if not chosen:
        chosen = _beginning(article)
    # Two passages share the length of one.
    room = LENGTH // max(len(chosen), 1)
    return _join([_cut(passage, room) for passage in sorted(chosen, key=lambda each: each.order)])


def _passages(article: Article, zone: str, wanted: list[TreeLeaf]) -> Iterator[_Passage]:
    text = getattr(article, zone)
    asked = [(number, leaf) for number, leaf in enumerate(wanted) if leaf.fieldname in ("all", zone)]
    tokens = analyze(text) if asked and text else []
    spans = sorted((start, end, number) for number, leaf in asked for start, end in leaf.spans(tokens))
    order = _SHOWN.index(zone) * 10**9
    starts = [start for start, _, _ in spans]
    for match in _PARAGRAPH.finditer(text):
        begin, end = match.span()
        here = spans[bisect_left(starts, begin) : bisect_left(starts, end)]
        inside = [span for span in here if span[1] <= end]
        if inside:
            yield _densest(text, order, begin, end, inside)


def _densest(text: str, order: int, start: int, end: int, spans: list[tuple[int, int, int]]) -> _Passage:
    """The part of a paragraph, at most as long as a snippet, with most of the words of the query."""
    best, most = 0, (0, 0)
    for number, value in enumerate(_values(spans)):
        if value > most:
            best, most = number, value
    first = spans[best][0]
    window = [span for span in spans[best:] if span[1] <= first + LENGTH] or [spans[best]]
    return _Passage(text, order + start, start, end, tuple(window))


def _values(spans: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """(different leaves, spans) of the stretch of a snippet's length that begins with each span.

    Every span enters and leaves once: the paragraph may be a whole protocol, with the word in every line.
    """
    by_end = sorted(range(len(spans)), key=lambda number: spans[number][1])
    counts: Counter[int] = Counter()
    inside = entered = 0
    for number, (first, last, leaf) in enumerate(spans):
        while entered < len(spans) and spans[by_end[entered]][1] <= first + LENGTH:
            if by_end[entered] >= number:
                counts[spans[by_end[entered]][2]] += 1
                inside += 1
            entered += 1
        yield (len(counts), inside) if inside else (1, 1)
        if last <= first + LENGTH:
            inside -= 1
            counts[leaf] -= 1
            if not counts[leaf]:
                del counts[leaf]


def _beginning(article: Article) -> list[_Passage]:
    text = next((getattr(article, zone) for zone in _SHOWN if getattr(article, zone)), "")
    match = _PARAGRAPH.search(text)
    return [_Passage(text, 0, match.start(), match.end(), ())] if match else []


def _cut(passage: _Passage, room: int) -> tuple[str, list[tuple[int, int]]]:
    """The passage's text around its spans, cut at blanks to about `room` characters, and the spans in it."""
    text, low, high = passage.text, passage.start, passage.end
    first = passage.spans[0][0] if passage.spans else low
    last = max((end for _, end, _ in passage.spans), default=low)
    spare = max(room - (last - first), 0)
    start = low if high - low <= room else max(low, min(first - spare // 3, high - room))
    end = high if high - low <= room else min(high, max(last, start + room))
    if start > low:
        blank = text.find(" ", start, first)
        start = blank + 1 if blank >= 0 else first
    if end < high:
        blank = text.rfind(" ", last, end)
        end = blank if blank > last else max(last, end)
    shown = text[start:end].replace("\n", " ")
    before, after = "… " if start > low else "", " …" if end < high else ""
    shift = len(before) - start
    return before + shown + after, [(a + shift, b + shift) for a, b, _ in passage.spans if b <= end]


def _join(pieces: list[tuple[str, list[tuple[int, int]]]]) -> Snippet:
    text = ""
    marks: list[tuple[int, int]] = []
    for piece, spans in pieces:
        if text:
            text = text.removesuffix(" …") + GAP
            piece, cut = piece.removeprefix("… "), 2 * piece.startswith("… ")
        else:
            cut = 0
        marks += [(start - cut + len(text), end - cut + len(text)) for start, end in spans]
        text += piece
    return Snippet(text, _merged(marks))


def _merged(marks: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Overlapping marks as one, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
