"""What a deep verify computes with whole arrays, against the same sums made token by token from the Whoosh document."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher import Article
from searcher.article import ZONES
from searcher.care.reanalysis import Reanalysis
from searcher.index.document import ANALYSED, ZONE_GAP, document
from searcher.index.format.digests import at, digest, posted
from searcher.index.read.postings import LENGTH_ROWS
from searcher.query.fields import PRINTED

words = st.sampled_from(
    ["Kiew", "Kiews", "Bürger*innen", "EU-Kommission", "z.B.", "–", "3,5", "U.S.A.", "\u00a0", "\ud800"]
)
texts = st.lists(words, max_size=6).map(" ".join)
articles = st.builds(
    Article, id=st.just("1"), title=texts, kicker=texts, teaser=texts, body=texts,
    source=texts, section=texts, author=texts, keywords=st.lists(texts, max_size=3).map(tuple),
)  # fmt: skip


def one(value: object) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([value])


@settings(max_examples=150)
@given(st.lists(articles, max_size=4))
def test_sums_are_those_of_single_tokens(found: list[Article]) -> None:
    sums = Reanalysis().of(found)
    assert sums.lengths.shape[1] == sums.zones.shape[1] == len(found)
    for number, article in enumerate(found):
        values = document(article)
        for row, name in enumerate(ANALYSED):
            tokens, weights, counts = 0, Counter[str](), Counter[str]()
            for (stem, position, weight), (form, _, _) in zip(
                values[name], values[name + PRINTED], strict=True
            ):
                own = digest(f"{stem}\0{form}".encode("utf-8", "surrogatepass"))
                tokens += int(at(one(np.uint64(own)), one(position))[0])
                weights[stem] += weight
                counts[stem] += 1
            postings = sum(
                int(
                    posted(
                        one(np.uint64(digest(stem.encode("utf-8", "surrogatepass")))),
                        one(counts[stem]),
                        one(weights[stem]),
                    )[0]
                )
                for stem in counts
            )
            assert (int(sums.tokens[row, number]), int(sums.postings[row, number])) == (
                tokens % (1 << 64),
                postings % (1 << 64),
            )
        for name, row in LENGTH_ROWS.items():
            assert sums.lengths[row, number] == len(values[name])
        begin = 0
        for row, zone in enumerate(ZONES[:-1]):
            begin += max((position + 1 for _, position, _ in values[zone]), default=0) + ZONE_GAP
            assert sums.zones[row, number] == begin
