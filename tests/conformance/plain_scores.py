"""BM25F as the formula says it, article by article: what every backend's scores have to be, but for rounding."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from searcher.index.document import ZONE_WEIGHTS
from searcher.query import And, Consecutive, Every, Exact, Forms, Lexical, Near, Or, Query, Raw, Term, Word
from tests.plain_matcher import PlainArticle, matches

K1 = 1.2
B = 0.75


class Scores:
    """Scores over these articles: all of the archive, for the statistics are theirs."""

    def __init__(self, articles: Iterable[PlainArticle]) -> None:
        self.articles = list(articles)
        self._holding: dict[tuple[str, str], int] = {}

    def of(self, tree: Query, article: PlainArticle) -> float:
        """The score of a matching article; branches that do not match add nothing."""
        if not matches(tree, article):
            return 0.0
        if isinstance(tree, Term):
            return tree.boost * self._term(tree.fieldname, tree.text, article)
        if isinstance(tree, Exact):
            return tree.boost * sum(self.of(each, article) for each in tree.scored)
        if isinstance(tree, Consecutive):
            return tree.boost * sum(self._term(tree.fieldname, word, article) for word in tree.words)
        if isinstance(tree, Word):
            return tree.boost * self.of(tree.query, article)
        if isinstance(tree, Forms):
            return tree.boost * max(self.of(each, article) for each in tree.children())
        if isinstance(tree, (And, Or, Near)):
            return tree.boost * sum(self.of(each, article) for each in tree.children())
        if isinstance(tree, (Every, Lexical)):
            return tree.boost
        return 1.0 if isinstance(tree, Raw) else 0.0

    def _term(self, name: str, stem: str, article: PlainArticle) -> float:
        weight = _weight(name, stem, article)
        if not weight:
            return 0.0
        articles = len(self.articles)
        if (name, stem) not in self._holding:
            self._holding[name, stem] = sum(_weight(name, stem, each) > 0 for each in self.articles)
        holding = self._holding[name, stem]
        average = sum(len(each.texts[name]) for each in self.articles) / articles or 1.0
        idf = math.log(1 + (articles - holding + 0.5) / (holding + 0.5))
        return idf * (K1 + 1) * weight / (weight + K1 * (1 - B + B * len(article.texts[name]) / average))


def _weight(name: str, stem: str, article: PlainArticle) -> float:
    """How often the stem stands in the field; in `all` a word of a title counts as several."""
    zones: dict[str, Any] = ZONE_WEIGHTS if name == "all" else {name: 1}
    return sum(
        weight * sum(token.stem == stem for token in article.texts[zone]) for zone, weight in zones.items()
    )
