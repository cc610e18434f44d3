"""Compounds against two gold lists, cut through the words of three thousand real articles."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from searcher.german import analyze, stem
from searcher.german.compounds import split
from tests.checkout import SHARED
from tests.quality.judged import PAPERS, headlines


def vocabulary() -> tuple[Counter[str], frozenset[str]]:
    """Articles per stem, and the words printed, of three thousand articles."""
    stems: Counter[str] = Counter()
    printed: set[str] = set()
    for article in headlines(PAPERS).articles:
        tokens = analyze(article.body)
        stems.update({token.stem for token in tokens})
        printed.update(token.printed for token in tokens)
    return stems, frozenset(printed)


def gold() -> list[tuple[str, set[int]]]:
    """Compounds of both lists and where they may be cut; those that change an umlaut are left out."""
    rows = []
    for line in (SHARED / "morphology" / "compounds-gecodb-dev.tsv").read_text("utf-8").splitlines():
        pieces = line.split("\t")[0].split("_")
        if not any("=" in piece for piece in pieces):
            word = "".join(piece.removeprefix("+") for piece in pieces)
            rows.append((word, {len(word) - len(pieces[-1])}))
    for line in (SHARED / "morphology" / "compounds-l3.txt").read_text("utf-8").splitlines():
        word, cut = line.split("\t")
        marked = re.sub(r"\(.*?\)|\|", "", cut.lower())
        cuts = {match.start() - i for i, match in enumerate(re.finditer(r"\+", marked))}
        if cuts:
            rows.append((word.lower(), cuts))
    return rows


@pytest.mark.skipif(not (SHARED / "morphology").exists(), reason="needs ../shared/data/morphology")
def test_cuts_through_the_words_of_real_articles_are_right() -> None:
    stems, printed = vocabulary()
    wanted = gold()
    found = [
        (len(word) - len(cut[1]), cuts)
        for word, cuts in wanted
        if (cut := split(word, lambda part: stems[stem(part)] if part in printed else 0))
    ]
    right = sum(at in cuts for at, cuts in found)
    print(f"\n{len(found)} of {len(wanted)} compounds cut, {right} of these right")
    assert right >= 0.96 * len(found)
    assert len(found) >= 0.60 * len(wanted)
