"""Other opinions on what a query finds: random archives and trees, and the same articles in Whoosh's own codec.

The articles are made of few words, so that random queries often find them. A history of additions, updates, deletions
and merges is played to an Archive; what is alive afterwards is put into a plain Whoosh index in memory, and into
plain lists of tokens, and all have to agree.
"""

from __future__ import annotations

import math
import os
import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from hypothesis import strategies as st
from whoosh import query as whoosh
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import Index
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from searcher.archive import Archive
from searcher.article import ZONES, Article
from searcher.dates import Period
from searcher.german import STOP_WORDS, alternatives, analyze, stem
from searcher.index.document import METADATA, document, minutes
from searcher.index.schema import article_schema
from searcher.query import (
    And,
    Consecutive,
    During,
    Every,
    Exact,
    Foreign,
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
    parse,
)
from searcher.query.fields import PRINTED
from searcher.search.snapshot import Snapshot
from searcher.search.whoosh_tree import WhooshAnd, WhooshLeaf, WhooshNot, from_whoosh, to_whoosh
from tests import plain_matcher

CHUNKS = (
    "Waffenruhe", "Waffenruhen", "Waffenruhe,", "Ukraine", "der", "die", "ohne", "Lukaschenkos", "Lukaschenko", "Müller", "Mueller", "Kiews",
    "EU-Kommission", "EU", "Kommission", "Corona-Pandemie", "Coronapandemie", "3,5", "2023", "Bürger*innen", "Bürger", "Straße", "Strasse",
    "fordern", "fördern", "„Wort“", "–", "z.B.",
)  # fmt: skip
NAMES = ("", "dpa", "Der EU-Kurier", "Müller", "Straße 3,5")
TOKENS = [token for text in (*CHUNKS, *NAMES) for token in analyze(text)]
STEMS = [*sorted({token.stem for token in TOKENS}), "nirgends"]
FORMS = [*sorted({token.printed for token in TOKENS}), "nirgends"]
TEXT_FIELDS = ("all", *ZONES, *METADATA)
IDS = (*"abcdefgh", "ä 1", "https://x.de/1")
URLS = ("", "https://x.de/1", "https://x.de/2", "http://y.de/ß")
DATES = (
    None, Period.year(2022), Period.year(2023), Period.month(2023, 3), Period.month(2024, 2), Period.day(2023, 3, 31), Period.day(2024, 2, 29),
    Period.minute(2023, 3, 31, 13, 46), Period.minute(2023, 12, 31, 23, 59), Period.year(1), Period.year(9999),
)  # fmt: skip

# --- articles --------------------------------------------------------------------------------------------------


def _words(most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(CHUNKS), max_size=most).map(" ".join)


def articles() -> st.SearchStrategy[Article]:
    few = st.sampled_from(NAMES)
    return st.builds(
        Article,
        id=st.sampled_from(IDS),
        title=_words(3),
        kicker=_words(2),
        teaser=_words(4),
        body=_words(10),
        date=st.sampled_from(DATES),
        source=few,
        section=few,
        author=few,
        url=st.sampled_from(URLS),
        keywords=st.lists(few, max_size=3).map(tuple),
    )


def some_articles(count: int, seed: int = 1) -> list[Article]:
    """The same articles every time, every one with another id."""
    draw = random.Random(seed)

    def words(most: int) -> str:
        return " ".join(draw.choice(CHUNKS) for _ in range(draw.randint(0, most)))

    return [
        Article(
            id=f"{draw.choice(IDS)}-{number}",
            title=words(3),
            kicker=words(2),
            teaser=words(6),
            body="\n\n".join(words(12) for _ in range(draw.randint(0, 4))),
            date=draw.choice(DATES),
            source=draw.choice(NAMES),
            section=draw.choice(NAMES),
            author=draw.choice(NAMES),
            url=draw.choice(URLS),
            keywords=tuple(draw.choice(NAMES) for _ in range(draw.randint(0, 3))),
            extra={"Seite": str(number)} if number % 3 else {},
        )
        for number in range(count)
    ]


@dataclass
class History:
    """What happens to an archive, in order: a list of articles to add, a list of ids to delete, or None to merge all."""

    steps: list[Any] = field(default_factory=list)

    def play(self, archive: Archive) -> None:
        for step in self.steps:
            if step is None:
                archive.optimize()
            elif isinstance(step, tuple):
                archive.delete(step)
            else:
                archive.add(step)

    def alive(self) -> dict[str, Article]:
        """Id -> article, as it has to be in the end."""
        living: dict[str, Article] = {}
        for step in self.steps:
            if isinstance(step, tuple):
                for gone in step:
                    living.pop(gone, None)
            elif step is not None:
                living.update((article.id, article) for article in step)
        return living


def histories() -> st.SearchStrategy[History]:
    added = st.lists(articles(), min_size=1, max_size=4)
    steps = {
        "add": added,
        "delete": st.lists(st.sampled_from(IDS), min_size=1, max_size=2).map(tuple),
        "merge": st.none(),
    }
    step = st.sampled_from(["add", "add", "add", "add", "delete", "delete", "merge"]).flatmap(
        steps.__getitem__
    )
    return st.lists(step, min_size=1, max_size=5).map(History)


# --- queries ---------------------------------------------------------------------------------------------------

_boosts = st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.5])
_text_fields = st.sampled_from(["all", "all", *TEXT_FIELDS])
_indexed = st.sampled_from(["all", "all", *TEXT_FIELDS]).flatmap(
    lambda name: st.sampled_from([name, name + PRINTED])
)


def _texts(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(FORMS if name.endswith(PRINTED) else STEMS)


def terms(kind: Any) -> st.SearchStrategy[Any]:
    return _indexed.flatmap(lambda name: st.builds(kind, st.just(name), _texts(name), boost=_boosts))


def consecutives() -> st.SearchStrategy[Consecutive]:
    return _indexed.flatmap(
        lambda name: st.builds(
            Consecutive, st.just(name), st.lists(_texts(name), min_size=2, max_size=4), boost=_boosts
        )
    )


def _forms(name: str) -> st.SearchStrategy[Forms]:
    one = st.one_of(
        _texts(name).map(lambda text: Term(name, text)),
        st.lists(_texts(name), min_size=2, max_size=3).map(lambda texts: Consecutive(name, texts)),
    )
    return st.lists(one, min_size=1, max_size=3).map(Forms)


def words(name: str) -> st.SearchStrategy[Word]:
    made = st.one_of(_texts(name).map(lambda text: Term(name, text)), _forms(name))
    return st.builds(Word, st.just(name), st.just("wort"), made, _boosts)


def exacts(name: str) -> st.SearchStrategy[Exact]:
    """Some that score by the stems of their words, as the parser makes them, and some that only filter."""
    found = st.lists(st.sampled_from(FORMS), min_size=1, max_size=3)
    return st.builds(
        lambda words, boost, scored: Exact(
            name, words, boost=boost, stems=map(stem, words) if scored else ()
        ),
        found,
        _boosts,
        st.booleans(),
    )


def nears(name: str) -> st.SearchStrategy[Near]:
    operands = st.one_of(words(name), exacts(name))
    gaps = st.sampled_from([0, 0, 1, 2, 5, 99])
    once = st.builds(Near, operands, operands, gaps, st.booleans(), _boosts)
    return st.builds(
        Near, st.one_of(operands, once), st.one_of(operands, operands, once), gaps, st.booleans(), _boosts
    )


def periods() -> st.SearchStrategy[During]:
    dates = [each for each in DATES if each is not None]
    bound = st.one_of(
        st.none(), st.sampled_from([moment for date in dates for moment in (date.start, date.end)])
    )
    ordered = st.tuples(bound, bound).map(lambda pair: pair if None in pair else tuple(sorted(pair)))
    return ordered.map(lambda pair: During.between(*pair))


PATTERNS = (
    "waffen*",
    "*en",
    "m?ller",
    "*mm*",
    "eu*",
    "straß*",
    "*kommission",
    "b*r*",
    "?ie",
    "3*",
    "*",
    "corona-p*",
)
plain_leaves = st.one_of(
    _indexed.flatmap(
        lambda name: st.builds(whoosh.Prefix, st.just(name), st.sampled_from(["w", "eu", "m", "", "ü"]))
    ),
    _indexed.flatmap(
        lambda name: st.builds(whoosh.Wildcard, st.just(name), st.sampled_from(["*en", "w*e", "?ie", "*"]))
    ),
    _indexed.flatmap(
        lambda name: st.builds(
            whoosh.TermRange, st.just(name), st.sampled_from(["a", "f"]), st.sampled_from(["m", "z"])
        )
    ),
)
"""Classes of Whoosh that our evaluation does not know: it asks their matchers."""

leaves = st.one_of(
    terms(Term),
    terms(whoosh.Term),
    consecutives(),
    _text_fields.flatmap(words),
    _text_fields.flatmap(exacts),
    _text_fields.flatmap(nears),
    periods(),
    st.builds(Every, st.sampled_from([None, *TEXT_FIELDS, "id", "url"]), boost=_boosts),
    st.builds(whoosh.Every, st.sampled_from([None, "all", "url"]), boost=_boosts),
    st.one_of(
        st.builds(Raw, st.just("id"), st.sampled_from([*IDS, "?"])),
        st.builds(Raw, st.just("url"), st.sampled_from(URLS)),
    ),
    st.builds(Pattern, _text_fields, st.sampled_from(PATTERNS), _boosts),
    st.builds(Pattern, st.sampled_from(["id", "url"]), st.sampled_from(["http*", "*1", "a", "*"]), _boosts),
    st.builds(
        Fuzzy,
        _text_fields,
        st.sampled_from(["waffenruhe", "eu", "mülller", "forden"]),
        st.integers(1, 2),
        _boosts,
    ),
    plain_leaves,
    _indexed.flatmap(
        lambda name: st.builds(
            whoosh.Phrase, st.just(name), st.lists(_texts(name), min_size=2, max_size=3), boost=_boosts
        )
    ),
    st.sampled_from(
        [
            "Waffenruhe Ukraine",
            "EU-Kommission -Müller",
            '"der EU" ODER titel:die',
            "datum:2023 Bürger*innen",
            "Kyjiw gefordert",
        ]
    ).map(lambda text: parse(text, analyze=analyze, stop_words=STOP_WORDS, alternatives=alternatives).tree),
)


def ours(tree: Any) -> Query:
    return tree if isinstance(tree, Query) else from_whoosh(tree)


def theirs(tree: Any) -> Any:
    return to_whoosh(tree) if isinstance(tree, Query) else tree


def _branches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One more level of our classes or of Whoosh's, over trees of either."""
    mine, foreign = inner.map(ours), inner.map(theirs)
    several, foreigners = (st.lists(each, min_size=2, max_size=3) for each in (mine, foreign))
    return st.one_of(
        *(st.builds(kind, several, _boosts) for kind in (And, Or, Forms)),
        mine.map(Not),
        st.builds(lambda wanted, unwanted: And([wanted, Not(unwanted)]), mine, mine),
        *(st.builds(kind, foreigners, boost=_boosts) for kind in (whoosh.And, whoosh.Or)),
        foreign.map(whoosh.Not),
        *(st.builds(kind, foreign, foreign) for kind in (whoosh.AndNot, whoosh.AndMaybe, whoosh.Require)),
    )


trees = st.one_of(leaves, _branches(leaves), _branches(st.one_of(leaves, _branches(leaves))))
"""Trees of every class, up to three levels deep."""

# --- the other engines -----------------------------------------------------------------------------------------


class _Memory(RamStorage):
    """Whoosh's storage in memory. Its temporary folder has one name for all writers of a machine, or one drawn from
    `random`, which hypothesis seeds: either way two test runs at a time would share it.
    """

    def temp_storage(self, name: str | None = None) -> Any:
        return FileStorage(tempfile.mkdtemp()).create()


def stock_index(articles: Iterable[Article]) -> Index:
    """The articles in Whoosh's own default codec."""
    index = _Memory().create_index(article_schema())
    writer = index.writer()
    for article in articles:
        writer.add_document(**document(article))
    writer.commit()
    return index


class LucenesIdf(BM25F):
    """Whoosh's BM25F with the idf of ours, from Whoosh's own numbers."""

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        articles, found = parent.doc_count_all(), parent.doc_frequency(fieldname, text)
        return math.log(1 + (articles - found + 0.5) / (found + 0.5))


def walk(tree: Any, searcher: Searcher) -> Iterator[tuple[int, float]]:
    """(document, score) as Whoosh's matchers of a tree, ours or theirs, give them, segment by segment."""
    asked = repaired(theirs(tree))
    for leaf, offset in searcher.leaf_searchers():
        reader = leaf.reader()
        matcher = asked.matcher(leaf)
        while matcher.is_active():
            # Whoosh's own Not gives a deleted document that stands behind the last one excluded.
            if not reader.is_deleted(matcher.id()):
                yield matcher.id() + offset, matcher.score()
            matcher.next()


def whoosh_scores(tree: Any, searcher: Searcher) -> dict[str, float]:
    """Id -> score, by the matchers of a tree."""
    return {searcher.stored_fields(doc)["article"]["id"]: score for doc, score in walk(tree, searcher)}


def repaired(tree: Any) -> Any:
    """A tree of Whoosh's classes with what Whoosh 2.7.4 gets wrong put in other words.

    Its Require excludes what it should require; its AndNot keeps a first document that it should exclude where the
    excluded ones begin before it.
    """
    if isinstance(tree, whoosh.AndNot):
        return WhooshAnd([repaired(tree.a), WhooshNot(repaired(tree.b))])
    if isinstance(tree, whoosh.Require):
        return WhooshAnd([repaired(tree.a), WhooshNot(WhooshNot(repaired(tree.b)))])
    if isinstance(tree, (whoosh.And, whoosh.Or, whoosh.DisjunctionMax, whoosh.Not, whoosh.AndMaybe)):
        copy = tree.apply(repaired)
        copy.boost = tree.boost
        return copy
    return tree


def plainly(tree: Any) -> Query:
    """The tree in the classes that the plain matcher knows; it finds the same, scores aside."""
    if isinstance(tree, Foreign):
        return plainly(tree.query)
    if isinstance(tree, WhooshLeaf):
        return plainly(tree.node)
    if isinstance(tree, (And, Or, Forms)):
        return type(tree)([plainly(branch) for branch in tree.branches])
    if isinstance(tree, Not):
        return Not(plainly(tree.query))
    return tree if isinstance(tree, Query) else _plainly_whoosh(tree)


def _plainly_whoosh(tree: Any) -> Query:
    """What a tree of Whoosh's classes finds, read apart from `from_whoosh`."""
    if isinstance(tree, whoosh.AndNot):
        return And([plainly(tree.a), Not(plainly(tree.b))])
    if isinstance(tree, whoosh.AndMaybe):
        return plainly(tree.a)
    if isinstance(tree, whoosh.Require):
        return And([plainly(tree.a), plainly(tree.b)])
    if isinstance(tree, (whoosh.Prefix, whoosh.Wildcard, whoosh.TermRange)):
        fits = _fits(tree)
        texts = FORMS if tree.fieldname.endswith(PRINTED) else STEMS
        return Or([Term(tree.fieldname, text) for text in texts if fits(text)])
    if isinstance(tree, (whoosh.Or, whoosh.DisjunctionMax)):
        return Or([plainly(branch) for branch in tree.subqueries])
    if isinstance(tree, whoosh.And):
        return And([plainly(branch) for branch in tree.subqueries])
    if isinstance(tree, whoosh.Not):
        return Not(plainly(tree.query))
    if isinstance(tree, whoosh.Phrase):
        return Consecutive(tree.fieldname, tree.words)
    if isinstance(tree, whoosh.Every):
        return Every(tree.fieldname)
    if isinstance(tree, whoosh.Term):
        return Term(tree.fieldname, tree.text)
    raise TypeError(f"no plain answer to {type(tree).__name__}")


def _fits(tree: Any) -> Any:
    if isinstance(tree, whoosh.TermRange):
        return lambda text: tree.start <= text <= tree.end
    pattern = tree.text + ("*" if isinstance(tree, whoosh.Prefix) else "")
    return lambda text: fnmatchcase(text, pattern)


@cache
def plain_article(article: Article) -> plain_matcher.PlainArticle:
    start, end = minutes(article)
    return plain_matcher.plain(
        analyze,
        start=start,
        end=end,
        **{name: getattr(article, name) for name in (*ZONES, "source", "section", "author", "id", "url")},
        keyword=list(article.keywords),
    )


def plain_ids(tree: Any, living: dict[str, plain_matcher.PlainArticle]) -> set[str]:
    tree = plainly(tree)
    return {article_id for article_id, article in living.items() if plain_matcher.matches(tree, article)}


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """What survives a power cut is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


def snapshot_of(archive: Archive) -> Snapshot:
    return archive._backend.snapshot
