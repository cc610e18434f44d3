"""Queries: at least six of every class, chosen by document frequency from the corpus by a fixed rule, never by hand.

Each wanted frequency is a share of all articles; of the words (or phrases) not yet used in the class the one nearest
to it is taken; among equals a digest decides, so that not all of them begin with the same letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from searcher.dates import parse_range
from searcher.query import During

EXTRA = "in order (ADJ)"
"""A class beside those of the targets; it is reported and not in the mean."""


@dataclass(frozen=True)
class Ask:
    """One query: `text` as people type it here, the rest for engines that have another language.

    `all_of`, `any_of`, `none_of` and `order` are stems, `exact` printed forms one behind the other, `pattern` has one
    star at an end, `start` and `end` are minutes since 0001-01-01 (end exclusive).
    """

    group: str
    text: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    pattern: str = ""
    start: int | None = None
    end: int | None = None
    newest: bool = False


@dataclass(frozen=True)
class Word:
    """The commonest printed form of a stem, and the number of articles that have the stem."""

    printed: str
    stem: str
    articles: int


@dataclass
class Statistics:
    """What the rule chooses from; made by `reference`. Frequencies of `phrases` are of a sample, scaled up."""

    articles: int
    content: list[Word] = field(default_factory=list)
    stop: list[Word] = field(default_factory=list)
    phrases: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    stop_phrases: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Statistics:
        return cls(
            articles=values["articles"],
            content=[Word(**row) for row in values["content"]],
            stop=[Word(**row) for row in values["stop"]],
            phrases=[(tuple(words), number) for words, number in values["phrases"]],
            stop_phrases=[(tuple(words), number) for words, number in values["stop_phrases"]],
            days=values["days"],
        )


RARE = (3, 5, 8, 12, 18, 25)
MEDIUM = (0.004, 0.008, 0.012, 0.02, 0.03, 0.05)
PAIRS = ((0.3, 0.3), (0.3, 0.05), (0.1, 0.1), (0.1, 0.01), (0.03, 0.03), (0.3, 0.001), (0.02, 0.01))
TRIPLES = ((0.3, 0.3, 0.3), (0.3, 0.1, 0.05), (0.1,) * 3, (0.05,) * 3, (0.3, 0.1, 0.01), (0.1, 0.02, 0.005))
EITHER = (
    (0.05,) * 3,
    (0.3, 0.1, 0.02),
    (0.01,) * 3,
    (0.1,) * 4,
    (0.02,) * 5,
    (0.3, 0.3, 0.2, 0.2, 0.1),
    (0.05, 0.01, 0.005, 0.001, 0.001),
)
PHRASES = (0.03, 0.01, 0.005, 0.002, 0.001, 0.0005)
STOP_PHRASES = (0.2, 0.05, 0.02, 0.01, 0.005, 0.001)
# Share of the articles, and the part of the archive's time as quantiles of its articles.
DATED = (
    (0.3, 0.25, 0.5),
    (0.3, 0.7, 0.72),
    (0.1, 0.1, 0.9),
    (0.05, 0.4, 0.5),
    (0.02, 0.0, 0.3),
    (0.005, 0.6, 0.9),
)
WITHOUT = ((0.3, 0.1), (0.3, 0.3), (0.1, 0.3), (0.05, 0.05), (0.02, 0.1), (0.005, 0.02))
WILD = ((0.05, 4), (0.03, 5), (0.02, 6), (0.01, 4), (0.005, 5), (0.002, 6))
NEWEST = ((0.3,), (0.1,), (0.02,), (0.002,), (0.3, 0.1), (0.1, 0.1))

# Letters with a second spelling ("ue", "ß"): a pattern with them is more than one beginning.
_VARIANTS = ("ä", "ö", "ü", "ß", "ss", "ae", "oe", "ue")


def choose(statistics: Statistics) -> list[Ask]:
    """The queries of a run, class by class."""
    return [*_words(statistics), *_sets(statistics), *_orders(statistics), *_rest(statistics)]


class _Picker:
    """Hands out the items nearest to a wanted frequency, each once."""

    def __init__(self, items: Sequence[tuple[Any, int]], articles: int) -> None:
        self._left = sorted(items, key=lambda item: sha256(repr(item[0]).encode()).digest())
        self._articles = articles

    def take(self, wanted: float) -> Any:
        target = wanted if wanted >= 1 else wanted * self._articles
        if not self._left:
            raise SystemExit("the corpus is too small to choose queries from: take more articles")
        chosen = min(self._left, key=lambda item: abs(item[1] - target))
        self._left.remove(chosen)
        return chosen[0]


def _picker(statistics: Statistics) -> _Picker:
    rows = [((word.printed, word.stem), word.articles) for word in statistics.content]
    return _Picker(rows, statistics.articles)


def _words(statistics: Statistics) -> Iterator[Ask]:
    for group, wanted in (("term, rare", RARE), ("term, medium", MEDIUM)):
        picker = _picker(statistics)
        for share in wanted:
            printed, stem = picker.take(share)
            yield Ask(group, printed, all_of=(stem,))
    for words in (statistics.content, statistics.stop):
        for word in sorted(words, key=lambda word: (-word.articles, word.printed))[:4]:
            yield Ask("term, very common", word.printed, all_of=(word.stem,))


def _sets(statistics: Statistics) -> Iterator[Ask]:
    for group, table, operator in (
        ("AND of two", PAIRS, " "),
        ("AND of three", TRIPLES, " "),
        ("OR of three to five", EITHER, " ODER "),
    ):
        picker = _picker(statistics)
        for shares in table:
            printed, stems = zip(*(picker.take(share) for share in shares), strict=True)
            text = operator.join(printed)
            yield Ask(group, text, any_of=stems) if "ODER" in operator else Ask(group, text, all_of=stems)
    picker = _picker(statistics)
    for wanted, unwanted in WITHOUT:
        (printed, stem), (other, excluded) = picker.take(wanted), picker.take(unwanted)
        yield Ask("AND with NOT", f"{printed} -{other}", all_of=(stem,), none_of=(excluded,))


def _orders(statistics: Statistics) -> Iterator[Ask]:
    for group, items, shares in (
        ("phrase", statistics.phrases, PHRASES),
        ("phrase with stop words", statistics.stop_phrases, STOP_PHRASES),
    ):
        picker = _Picker(items, statistics.articles)
        for share in shares:
            words = picker.take(share)
            yield Ask(group, '"' + " ".join(words) + '"', exact=words)
    stems = {word.printed: word.stem for word in statistics.content}
    pairs = [(words, n) for words, n in statistics.phrases if len(words) == 2 and set(words) <= set(stems)]
    picker = _Picker(pairs, statistics.articles)
    for share in PHRASES:
        words = picker.take(share)
        yield Ask(EXTRA, " ADJ ".join(words), order=tuple(stems[word] for word in words))


def _rest(statistics: Statistics) -> Iterator[Ask]:
    picker = _picker(statistics)
    for share, first, last in DATED:
        printed, stem = picker.take(share)
        days = statistics.days
        span = "..".join(days[min(int(at * len(days)), len(days) - 1)] for at in (first, last))
        during = During.between(*parse_range(span))
        text = f"{printed} datum:{span}"
        yield Ask("term with date range", text, all_of=(stem,), start=during.start, end=during.end)
    yield from _wildcards(statistics)
    picker = _picker(statistics)
    for shares in NEWEST:
        printed, stems = zip(*(picker.take(share) for share in shares), strict=True)
        yield Ask("newest first", " ".join(printed), all_of=stems, newest=True)


def _wildcards(statistics: Statistics) -> Iterator[Ask]:
    long = [word for word in statistics.content if len(word.printed) >= 8]
    for group, begin in (("prefix wildcard", True), ("suffix wildcard", False)):
        used: set[str] = set()
        for share, letters in WILD:
            pieces = [word.printed[:letters] if begin else word.printed[-letters:] for word in long]
            rows = [((piece, word.printed), word.articles) for piece, word in zip(pieces, long, strict=True)]
            usable = [row for row in rows if row[0][0] not in used and not _varies(row[0][0])]
            piece = _Picker(usable, statistics.articles).take(share)[0]
            used.add(piece)
            pattern = f"{piece}*" if begin else f"*{piece}"
            yield Ask(group, pattern, pattern=pattern)


def _varies(piece: str) -> bool:
    # At a cut through "ue" or "ss" the second letter is missing, and the pattern has one spelling: no harm.
    return any(variant in piece for variant in _VARIANTS)
