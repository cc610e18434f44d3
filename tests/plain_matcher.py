"""A slow, obviously right answer to every query: does this one article match this tree?

Written apart from the engine and from the trees' own matchers, over plain analysed articles: no index, no postings, no
regular expressions. What an engine finds has to be exactly what `matches` says.

>>> from plain_analysis import analyze
>>> from searcher.query import parse
>>> article = plain(analyze, title="Krieg und Frieden", start=10, end=20)
>>> [matches(parse(text, analyze=analyze).tree, article) for text in ("kriege ADJ/1 frieden", '"frieden und"')]
[True, False]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Forms,
    Fuzzy,
    Near,
    Not,
    Or,
    Pattern,
    Query,
    Raw,
    Term,
    Word,
)

ZONES = ("title", "kicker", "teaser", "body")
METADATA = ("source", "section", "author", "keyword")
GAP = 1000
"""Positions between two zones, and between two keywords: more than ADJ and NEAR can span."""


@dataclass
class PlainArticle:
    """An analysed article: `texts` maps each analysed index field to its tokens, `raw` id and url to their text.

    The field `all` holds the four zones, one behind the other. `start` and `end` are the columns: minutes since
    0001-01-01, an undated article ends before it starts.
    """

    texts: dict[str, list[Any]] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    start: int = -1
    end: int = -2


def plain(
    analyze: Callable[[str], Iterable[Any]], start: int = -1, end: int = -2, **values: Any
) -> PlainArticle:
    """The plain form of an article given by the names of the index fields; `keyword` may be a list."""
    texts = {}
    for name in (*ZONES, *METADATA):
        value = values.get(name, "")
        texts[name] = _joined(analyze(part) for part in ([value] if isinstance(value, str) else value))
    texts["all"] = _joined(texts[zone] for zone in ZONES)
    raw = {name: values[name] for name in ("id", "url") if values.get(name)}
    return PlainArticle(texts, raw, start, end)


def _joined(parts: Iterable[Iterable[Any]]) -> list[Any]:
    tokens: list[Any] = []
    base = 0
    for part in parts:
        moved = [token._replace(position=token.position + base) for token in part]
        tokens += moved
        base = max((token.position + token.width for token in moved), default=base) + GAP
    return tokens


def matches(tree: Query, article: PlainArticle) -> bool:
    """Whether the article is one of those the tree asks for."""
    known = MATCHES.get(type(tree))
    return known(tree, article) if known else bool(stretches(tree, article))


def stretches(tree: Query, article: PlainArticle) -> set[tuple[int, int]]:
    """Where a leaf over text stands in its field: first and last position, both included."""
    known = STRETCHES.get(type(tree))
    if known is None:
        raise TypeError(f"no plain answer to {type(tree).__name__}")
    return known(tree, article)


def _every(tree: Every, article: PlainArticle) -> bool:
    name = tree.fieldname
    return name is None or bool(article.texts.get(name)) or name in article.raw


def _during(tree: During, article: PlainArticle) -> bool:
    dated = article.start < article.end
    ends_too_early = tree.start is not None and article.end <= tree.start
    starts_too_late = tree.end is not None and article.start >= tree.end
    return dated and not ends_too_early and not starts_too_late


def _pattern(tree: Pattern, article: PlainArticle) -> bool:
    if tree.fieldname in ("id", "url"):
        return tree.fieldname in article.raw and _glob(tree.text, article.raw[tree.fieldname], marks=False)
    return bool(stretches(tree, article))


MATCHES: dict[type[Query], Callable[[Any, PlainArticle], bool]] = {
    And: lambda tree, article: all(matches(branch, article) for branch in tree.branches),
    Or: lambda tree, article: any(matches(branch, article) for branch in tree.branches),
    Forms: lambda tree, article: any(matches(branch, article) for branch in tree.branches),
    Not: lambda tree, article: not matches(tree.query, article),
    Every: _every,
    Raw: lambda tree, article: article.raw.get(tree.fieldname) == tree.text,
    During: _during,
    Pattern: _pattern,
}


def _indexed(fieldname: str, words: Iterable[str], article: PlainArticle) -> set[tuple[int, int]]:
    name, printed = fieldname.removesuffix("_printed"), fieldname.endswith("_printed")
    return _runs(article.texts[name], words, "printed" if printed else "stem")


STRETCHES: dict[type[Query], Callable[[Any, PlainArticle], set[tuple[int, int]]]] = {
    Word: lambda tree, article: set().union(*(stretches(form, article) for form in tree.forms)),
    Exact: lambda tree, article: _runs(article.texts[tree.fieldname], tree.words, "printed"),
    Term: lambda tree, article: _indexed(tree.fieldname, [tree.text], article),
    Consecutive: lambda tree, article: _indexed(tree.fieldname, tree.words, article),
    Pattern: lambda tree, article: _where(
        article, tree.fieldname, lambda printed: wildcards(tree.text, printed)
    ),
    Fuzzy: lambda tree, article: _where(
        article, tree.fieldname, lambda printed: distance(tree.word, printed) <= tree.distance
    ),
    Near: lambda tree, article: _near(
        stretches(tree.left, article), stretches(tree.right, article), tree.gap, tree.ordered
    ),
}


def _where(article: PlainArticle, name: str, wanted: Callable[[str], bool]) -> set[tuple[int, int]]:
    return {(token.position, token.position) for token in article.texts[name] if wanted(token.printed)}


def _runs(tokens: list[Any], words: Iterable[str], form: str) -> set[tuple[int, int]]:
    found = set()
    for first in {token.position for token in tokens}:
        last = first - 1
        for word in words:
            last += 1
            if not any(token.position == last and getattr(token, form) == word for token in tokens):
                break
        else:
            found.add((first, last))
    return found


def _near(
    left: set[tuple[int, int]], right: set[tuple[int, int]], gap: int, ordered: bool
) -> set[tuple[int, int]]:
    found = set()
    for a in left:
        for b in right:
            if 0 <= b[0] - a[1] - 1 <= gap:
                found.add((a[0], b[1]))
            if not ordered and 0 <= a[0] - b[1] - 1 <= gap:
                found.add((b[0], a[1]))
    return found


def wildcards(pattern: str, printed: str) -> bool:
    """Whether a printed form matches: with one character for each `?`, or with one letter."""
    if any(_glob(way, printed) for way in _spellings(pattern)):
        return True
    single = _single_letters(pattern)
    return any(_glob(way, _single_letters(printed)) for way in (single, *_without_hyphens(single)))


def _without_hyphens(pattern: str) -> list[str]:
    choices = [("-", "") if sign == "-" else (sign,) for sign in pattern]
    return ["".join(way) for way in product(*choices)]


def _single_letters(text: str) -> str:
    """ä for ae, ö for oe, ü for ue, ß for ss; ae, oe and ue only where no vowel or q stands before."""
    letters: list[str] = []
    text = text.replace("ß", "ss")
    at = 0
    while at < len(text):
        pair, before = text[at : at + 2], text[at - 1] if at else "-"
        if pair == "ss" or (pair in ("ae", "oe", "ue") and before not in "aeiouyäöüq"):
            letters.append({"ss": "ß", "ae": "ä", "oe": "ö", "ue": "ü"}[pair])
            at += 2
        else:
            letters.append(text[at])
            at += 1
    return "".join(letters)


def _spellings(pattern: str) -> list[str]:
    """The pattern with every way to write its umlauts, its ß and its hyphens."""
    ways = {pattern.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")}
    while True:
        more = set(ways)
        for way in ways:
            for plain, other in (("ss", "ß"), ("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("-", "")):
                for at in range(len(way)):
                    if way.startswith(plain, at):
                        more.add(way[:at] + other + way[at + len(plain) :])
        if more == ways:
            return sorted(ways)
        ways = more


def _glob(pattern: str, text: str, *, marks: bool = True) -> bool:
    """Whether `*` (anything) and, with `marks`, `?` (one letter) can be filled to give the text."""
    ends = {0}
    for sign in pattern:
        reached: set[int] = set()
        for at in ends:
            if sign == "*":
                reached.update(range(at, len(text) + 1))
            elif text[at : at + 1] == sign or (sign == "?" and marks and at < len(text)):
                reached.add(at + 1)
        ends = reached
    return len(text) in ends


def distance(left: str, right: str) -> int:
    """Letters put in, left out, replaced, and neighbours exchanged: the whole table, no short cuts."""
    steps = {}
    for i, j in product(range(len(left) + 1), range(len(right) + 1)):
        if i == 0 or j == 0:
            steps[i, j] = i + j
            continue
        ways = [steps[i - 1, j] + 1, steps[i, j - 1] + 1, steps[i - 1, j - 1] + (left[i - 1] != right[j - 1])]
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            ways.append(steps[i - 2, j - 2] + 1)
        steps[i, j] = min(ways)
    return steps[len(left), len(right)]
