"""Everything Whoosh reads from our columns is what its own codec would give for the same articles."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from whoosh.matching import ReadTooFar
from whoosh.query import Term
from whoosh.reading import IndexReader, TermNotFound
from whoosh.util.numeric import byte_to_length, length_to_byte

from searcher.archive import Archive
from searcher.index.schema import article_schema
from tests import oracle
from tests.checkout import ROOT

ARTICLES = oracle.some_articles(40)
DELETED = (0, 7, 8, 39)
FIELDS = sorted(article_schema().names())
INDEXED = [name for name in FIELDS if name not in ("start", "end", "article")]
PREFIXES = ("", "w", "eu", "ü", "zzz", "\U0010ffff")


Readers = tuple[IndexReader, IndexReader]
"""(our codec, Whoosh's own) over the same articles, in one segment each."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    folder = tmp_path_factory.mktemp("codec") / "index"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
    with whoosh.index.open_dir(folder).reader() as ours, oracle.stock_index(ARTICLES).reader() as stock:
        assert ours.is_atomic()
        yield ours, stock


@pytest.fixture(scope="module")
def holed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """With deletions. Whoosh's own codec goes on counting what is deleted, ours does not."""
    folder = tmp_path_factory.mktemp("codec") / "index"
    with Archive.create(folder) as archive:
        archive.add(ARTICLES)
        archive.delete([ARTICLES[doc].id for doc in DELETED])
    index = oracle.stock_index(ARTICLES)
    writer = index.writer()
    for doc in DELETED:
        writer.delete_document(doc)
    writer.commit(merge=False)
    with whoosh.index.open_dir(folder).reader() as ours, index.reader() as stock:
        assert ours.has_deletions()
        yield ours, stock


@pytest.fixture(params=["whole", "holed"])
def readers(request: Any) -> Readers:
    found: Readers = request.getfixturevalue(request.param)
    return found


def rounded(length: int) -> int:
    """Whoosh's own codec keeps a length in one byte."""
    return byte_to_length(length_to_byte(length))


def test_names_and_terms(readers: Readers) -> None:
    ours, stock = readers
    assert sorted(ours.indexed_field_names()) == sorted(stock.indexed_field_names()) == INDEXED
    assert list(ours.all_terms()) == list(stock.all_terms())
    assert sum(1 for _ in ours.all_terms()) > 200


@pytest.mark.parametrize("name", INDEXED)
def test_lexicon(readers: Readers, name: str) -> None:
    ours, stock = readers
    terms = list(ours.lexicon(name))
    assert terms == list(stock.lexicon(name)) == sorted(terms)
    assert terms
    for prefix in PREFIXES:
        assert list(ours.expand_prefix(name, prefix)) == list(stock.expand_prefix(name, prefix))
        assert list(ours.terms_from(name, prefix)) == list(stock.terms_from(name, prefix))
        assert ((name, prefix) in ours) == ((name, prefix) in stock)
    assert all((name, term) in ours for term in terms)
    assert ("nirgends", "w") not in ours


def test_items(whole: Readers) -> None:
    def shown(reader: IndexReader) -> list[Any]:
        return [(term, info.weight(), info.doc_frequency()) for term, info in reader]

    ours, stock = whole
    assert shown(ours) == shown(stock)


@pytest.mark.parametrize("name", ["all", "title", "all_printed", "id"])
def test_cursor(readers: Readers, name: str) -> None:
    ours, stock = (reader.cursor(name) for reader in readers)
    while True:
        assert ours.is_valid() == stock.is_valid()
        assert ours.text() == stock.text()
        if not stock.is_valid():
            break
        ours.next(), stock.next()
    for wanted in ("", "f", "waffen", "zzz", "e"):
        assert ours.find(wanted.encode()) == stock.find(wanted.encode())
        assert ours.text() == stock.text()
    assert ours.first() == stock.first()


@pytest.mark.parametrize("name", INDEXED)
def test_term_info(whole: Readers, name: str) -> None:
    ours, stock = whole
    for term in ours.lexicon(name):
        mine, theirs = ours.term_info(name, term), stock.term_info(name, term)
        for measure in ("weight", "doc_frequency", "max_weight", "min_id", "max_id"):
            assert getattr(mine, measure)() == getattr(theirs, measure)(), (term, measure)
        for measure in ("min_length", "max_length"):
            assert rounded(getattr(mine, measure)()) == getattr(theirs, measure)(), (term, measure)
        assert ours.frequency(name, term) == stock.frequency(name, term)
        assert ours.doc_frequency(name, term) == stock.doc_frequency(name, term)
    with pytest.raises(TermNotFound):
        ours.term_info(name, b"nirgends")
    assert ours.doc_frequency(name, "nirgends") == ours.frequency(name, "nirgends") == 0


def test_frequencies_count_living_articles_only(readers: Readers) -> None:
    ours, _ = readers
    for name in ("all", "title_printed", "source", "id"):
        for term in ours.lexicon(name):
            assert ours.doc_frequency(name, term) == len(list(ours.postings(name, term).all_ids())), (
                name,
                term,
            )


@pytest.mark.parametrize("name", INDEXED)
def test_postings(readers: Readers, name: str) -> None:
    def shown(reader: IndexReader, term: bytes) -> list[Any]:
        matcher, found = reader.postings(name, term), []
        while matcher.is_active():
            positions = [] if name in ("id", "url") else matcher.value_as("positions")
            found.append(
                (
                    matcher.id(),
                    matcher.weight(),
                    positions,
                    [(s.start, s.end) for s in matcher.spans()] if positions else [],
                )
            )
            matcher.next()
        return found

    ours, stock = readers
    for term in ours.lexicon(name):
        assert shown(ours, term) == shown(stock, term), term


def test_matcher_contract(readers: Readers) -> None:
    """Skipping, copying, resetting and reading too far, as Whoosh's matchers do it."""
    ours, stock = (reader.postings("all", b"ukrain") for reader in readers)
    everything = list(ours.copy().all_ids())
    assert len(everything) > 5
    for wanted in (0, everything[2], everything[2] + 1, everything[-1]):
        ours.skip_to(wanted), stock.skip_to(wanted)
        assert ours.id() == stock.id()
    twin = ours.copy()
    twin.next()
    assert not twin.is_active() and ours.is_active()
    with pytest.raises(ReadTooFar):
        twin.next()
    ours.reset()
    assert ours.id() == everything[0]
    ours.skip_to(10_000)
    assert not ours.is_active()


@pytest.mark.parametrize("name", INDEXED)
def test_lengths(whole: Readers, name: str) -> None:
    ours, stock = whole
    for doc in range(len(ARTICLES)):
        assert rounded(ours.doc_field_length(doc, name)) == (stock.doc_field_length(doc, name) or 0)
    assert ours.field_length(name) == stock.field_length(name)
    if name not in ("id", "url"):
        assert rounded(ours.max_field_length(name)) == stock.max_field_length(name)
        assert rounded(ours.min_field_length(name)) == stock.min_field_length(name)


def test_documents(readers: Readers) -> None:
    ours, stock = readers
    assert ours.doc_count() == stock.doc_count()
    assert ours.doc_count_all() == stock.doc_count_all() == len(ARTICLES)
    assert ours.has_deletions() == stock.has_deletions()
    assert list(ours.all_doc_ids()) == list(stock.all_doc_ids())
    for doc, article in enumerate(ARTICLES):
        assert ours.is_deleted(doc) == stock.is_deleted(doc)
        assert ours.stored_fields(doc)["article"] == stock.stored_fields(doc)["article"] == article.as_dict()
        assert ours.stored_fields(doc)["id"] == article.id
    assert [doc for doc, _ in ours.iter_docs()] == [doc for doc, _ in stock.iter_docs()]


@pytest.mark.parametrize("name", ["start", "end"])
def test_columns(readers: Readers, name: str) -> None:
    ours, stock = (reader.column_reader(name) for reader in readers)
    assert len(ours) == len(ARTICLES)
    assert [ours[doc] for doc in range(len(ARTICLES))] == [stock[doc] for doc in range(len(ARTICLES))]
    assert [ours.sort_key(doc) for doc in range(len(ours))] == [
        stock.sort_key(doc) for doc in range(len(ours))
    ]
    assert not readers[0].has_column("title")


def test_whoosh_cannot_write_with_our_codec(readers: Readers) -> None:
    codec = readers[0].codec()
    with pytest.raises(NotImplementedError, match=r"Archive\.add"):
        codec.per_document_writer(None, None)


def test_a_fresh_process_needs_whoosh_alone(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(ARTICLES)
        archive.delete([ARTICLES[3].id])
        expected = {hit.id: round(hit.score, 3) for hit in archive.search(Term("all", "ukrain"), limit=100)}
    program = """
import sys, whoosh.index, whoosh.query
assert "searcher" not in sys.modules
with whoosh.index.open_dir(sys.argv[1]).searcher() as searcher:
    hits = searcher.search(whoosh.query.Term("all", "ukrain"), limit=None)
    print(sorted(hit["id"] for hit in hits))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(tmp_path / "index")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == repr(sorted(expected))
    assert len(expected) > 5
