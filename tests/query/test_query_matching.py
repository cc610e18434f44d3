"""What a tree finds in plain Whoosh, on Whoosh's own codec, against the plain matcher: the same articles, always."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from whoosh.index import Index
from whoosh.scoring import BM25F

from searcher.query import And, Not, Or, Query, parse
from searcher.search.whoosh_tree import to_whoosh
from tests import plain_whoosh
from tests.plain_analysis import analyze
from tests.plain_matcher import PlainArticle, matches, plain
from tests.query_strategies import WORDS, text_leaves, trees

PRINTED = (
    *WORDS,
    *WORDS,
    "Kriege",
    "Waffenruhe,",
    "Mueller",
    "Müllers",
    "eurat",
    "die",
    "das",
    "Bürgerinnen",
    "Ratte",
    "35",
)
DAY = 1440
YEAR_2021 = 1_062_417_600


def _corpus(seed: int, size: int) -> list[PlainArticle]:
    draw = random.Random(seed)

    def words(most: int) -> str:
        return " ".join(draw.choice(PRINTED) for _ in range(draw.randint(0, most)))

    articles = []
    for number in range(size):
        start = YEAR_2021 + draw.randint(0, 4 * 366) * DAY
        dated = draw.random() < 0.8
        articles.append(
            plain(
                analyze,
                start=start if dated else -1,
                end=start + draw.choice([1, DAY, 31 * DAY, 365 * DAY]) if dated else -2,
                title=words(3),
                kicker=words(2),
                teaser=words(5),
                body=words(12),
                source=words(2),
                section=words(1),
                author=words(1),
                keyword=[words(2) for _ in range(draw.randint(0, 3))],
                id=str(number) if number != 5 else "5 x",
                url=f"https://x.de/{number}" if number % 3 else "",
            )
        )
    return articles


CORPORA = (
    (_corpus(1, 40), {"segment": 40}),
    (_corpus(2, 60), {"segment": 25, "deleted": (0, 7, 24, 25, 59), "block": 4}),
    (_corpus(3, 12), {"segment": 5, "deleted": (3,)}),
)


@pytest.fixture(scope="module")
def indexes() -> list[tuple[list[PlainArticle], set[int], Index]]:
    made = []
    for articles, options in CORPORA:
        living = set(range(len(articles))) - set(options.get("deleted", ()))
        made.append((articles, living, plain_whoosh.index(articles, **options)))
    return made


def _numbers(results: list) -> list[int]:
    return [int(hit["number"]) for hit in results]


@settings(max_examples=120)
@given(tree=trees())
def test_whoosh_finds_what_the_plain_matcher_finds(indexes, tree: Query) -> None:
    for articles, living, index in indexes:
        expected = [number for number in sorted(living) if matches(tree, articles[number])]
        with index.searcher() as searcher:
            assert sorted(_numbers(searcher.search(to_whoosh(tree), limit=None))) == expected
            # The same through Whoosh's other doors: unscored, and with several segments at once.
            assert (
                sorted(int(searcher.stored_fields(n)["number"]) for n in to_whoosh(tree).docs(searcher))
                == expected
            )


@settings(max_examples=70)
@given(tree=trees())
def test_the_best_three_are_the_first_three_of_all(indexes, tree: Query) -> None:
    for _, _, index in indexes:
        with index.searcher() as searcher:
            everything = searcher.search(to_whoosh(tree), limit=None)
            best = searcher.search(to_whoosh(tree), limit=3)
            assert _numbers(best) == _numbers(everything)[:3]
            assert [hit.score for hit in best] == [hit.score for hit in everything][:3]
            assert len(best) == len(everything)


@settings(max_examples=40)
@given(first=text_leaves, second=text_leaves)
def test_scores_add_up(indexes, first: Query, second: Query) -> None:
    def scores(searcher, tree: Query) -> dict[int, float]:
        return {hit.docnum: hit.score for hit in searcher.search(to_whoosh(tree), limit=None)}

    for _, _, index in indexes:
        with index.searcher(weighting=BM25F()) as searcher:
            one, two = scores(searcher, first), scores(searcher, second)
            both = {number: one[number] + two[number] for number in one.keys() & two.keys()}
            either = {number: one.get(number, 0) + two.get(number, 0) for number in one.keys() | two.keys()}
            assert scores(searcher, And([first, second])) == pytest.approx(both)
            assert scores(searcher, Or([first, second])) == pytest.approx(either)
            only = {number: score for number, score in one.items() if number not in two}
            assert scores(searcher, And([first, Not(second)])) == pytest.approx(only)


def _skewed(seed: int) -> list[str]:
    draw = random.Random(seed)
    lengths = [int(draw.paretovariate(0.8)) % 40 + 1 for _ in range(400)]
    return [" ".join(draw.choice("abcxyz") for _ in range(length)) for length in lengths]


@pytest.mark.parametrize("seed", range(5))
def test_whooshs_short_cut_to_the_best_does_no_harm(seed: int) -> None:
    # On articles like these Whoosh's own And, Or and DisjunctionMax lose some of the best, miscount, or never end.
    articles = [plain(analyze, body=text) for text in _skewed(seed)]
    with plain_whoosh.index(articles, block=4).searcher() as searcher:
        for typed in (
            "a b",
            "a^3 b",
            "a^3 ODER b",
            "a^0.2 ODER b",
            "a ODER -b",
            "a -b",
            '"a b"',
            '"a b" ODER c',
            "a-b",
            "a ADJ b^2",
        ):
            tree = parse(typed, analyze=analyze).tree
            everything = searcher.search(to_whoosh(tree), limit=None)
            best = searcher.search(to_whoosh(tree), limit=3)
            assert _numbers(best) == _numbers(everything)[:3], typed
            assert len(best) == len(everything) == sum(matches(tree, article) for article in articles), typed


@pytest.mark.parametrize(
    ("typed", "body", "found"),
    [
        ("a ADJ b", "a b", True),
        ("a ADJ b", "b a", False),
        ("a NEAR/0 b", "b a", True),
        ("a ADJ/2 b", "a x x b", True),
        ("a ADJ/2 b", "a x x x b", False),
        ("a NEAR/0 a", "a x a", False),
        ("a NEAR/1 a", "a x a", True),
        ("a NEAR/1 a", "a", False),
        ('"a b" ADJ "c d"', "a b c d", True),
        ('"a b" ADJ "b c"', "a b c", False),
        ("(a ADJ b) ADJ/1 c", "a b x c", True),
        ("a ADJ (b ADJ/1 c)", "a b x c", True),
        ("(a NEAR/1 b) ADJ c", "b x a c", True),
        ("(a NEAR/1 b) ADJ c", "b x a x c", False),
        ("EU-Rat ADJ tagt", "EU Rat tagt", True),
        ("EU-Rat ADJ tagt", "Rat EU tagt", False),
        ('"der der"', "der der", True),
        ('"der der"', "der x der", False),
        ('"a b a b c"', "a b a b a b c", True),
        ('"a b a c"', "a b x a b a b a c", True),
        ('"a b a c"', "a b x a c b a", False),
    ],
)
def test_nearness(typed: str, body: str, found: bool) -> None:
    tree = parse(typed, analyze=analyze).tree
    article = plain(analyze, body=body)
    assert matches(tree, article) is found
    with plain_whoosh.index([article]).searcher() as searcher:
        assert len(searcher.search(to_whoosh(tree), limit=None)) == found


def test_nothing_is_near_across_zones_or_keywords() -> None:
    article = plain(analyze, title="a", teaser="b", body="c", keyword=["d", "e"])
    with plain_whoosh.index([article]).searcher() as searcher:
        for typed in ("a NEAR/99 b", "b ADJ/99 c", '"a b"', "schlagwort:(d NEAR/99 e)"):
            tree = parse(typed, analyze=analyze).tree
            assert not matches(tree, article)
            assert not searcher.search(to_whoosh(tree), limit=None)


def test_an_index_without_the_fields_finds_nothing() -> None:
    from whoosh.fields import TEXT, Schema
    from whoosh.filedb.filestore import RamStorage

    foreign = RamStorage().create_index(Schema(content=TEXT))
    writer = foreign.writer()
    writer.add_document(content="Krieg")
    writer.commit()
    with foreign.searcher() as searcher:
        for typed in (
            "krieg",
            '"krieg"',
            '"a b"',
            "kri*",
            "krieg~",
            "a ADJ b",
            "datum:2023",
            "id:1",
            "EU-Rat",
        ):
            assert not searcher.search(to_whoosh(parse(typed, analyze=analyze).tree), limit=None), typed
