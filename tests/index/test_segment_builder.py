"""The builder's arrays against the schema's plain lists: the same terms, positions and weights of any text whatever,
built at once, in several segments, or merged.
"""

from __future__ import annotations

import gc
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searcher.archive import Archive
from searcher.article import Article
from searcher.index.document import RAW, document
from searcher.index.read.postings import fields, lexicon, postings
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.schema import article_schema
from searcher.index.write import invert, merge, segment_builder, vocabulary
from tests import oracle

Listed = dict[tuple[str, bytes], list[tuple[int, int, list[int]]]]
"""(field, term) -> (document, weight, positions) of every posting."""

BLANKS = " \t\n\u00a0\u1680\u2003\u2028\u202f\u205f\u3000\x1c\x85"
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet='aäßZ-*:/_.,;!?"3' + BLANKS + "\u00ad\u200b\ufeffİﬁ\ud800", max_size=40),
    st.lists(st.sampled_from(oracle.CHUNKS), max_size=12).map(" ".join),
    st.sampled_from(["x" * 63, "x" * 64, "x" * 65, "ö" * 33 + " " + "ö" * 33, ("w" * 70 + " ") * 3]),
)
articles = st.builds(
    Article,
    id=st.text(min_size=1, max_size=5),
    title=texts,
    teaser=texts,
    body=texts,
    author=texts,
    url=st.text(max_size=5),
    keywords=st.lists(texts, max_size=3).map(tuple),
)


@pytest.fixture(autouse=True, scope="module")
def unflushed() -> Iterator[None]:
    with oracle.without_waiting_for_the_disk():
        yield


def expected(articles: list[Article]) -> Listed:
    schema = article_schema()
    listed: Listed = {}
    for doc, article in enumerate(articles):
        values = document(article)
        for name in fields():
            if name in values:
                for term, _, weight, encoded in schema[name].index(values[name]):
                    positions = [] if name in RAW else schema[name].format.decode_positions(encoded)
                    listed.setdefault((name, term), []).append((doc, int(weight), positions))
    return listed


def listed(files: SegmentFiles) -> Listed:
    found: Listed = {}
    for name in fields():
        for term in lexicon(files, name):
            have = postings(files, name, term)
            assert have is not None
            ends = np.cumsum(have.counts)
            found[name, term] = [
                (doc, weight, have.positions[end - count : end].tolist())
                for doc, weight, count, end in zip(
                    have.docs.tolist(),
                    have.weights.tolist(),
                    have.counts.tolist(),
                    ends.tolist(),
                    strict=True,
                )
            ]
    return found


def only(archive: Archive) -> SegmentFiles:
    """The one segment of the archive."""
    [files] = oracle.snapshot_of(archive).segments
    return files


def distinct(articles: list[Article]) -> list[Article]:
    return list({article.id: article for article in articles}.values())


@settings(max_examples=60)
@given(st.lists(articles, min_size=1, max_size=4).map(distinct))
@example([Article(id="1", title="\ud800", body="a\x00b \udfff", keywords=("\ud800",), url="\ud800")])
@example([Article(id="1", body=" ".join(["der"] * 300), title="der")])
@example([Article(id="1")])
def test_a_segment_is_what_the_schema_says(articles: list[Article]) -> None:
    with tempfile.TemporaryDirectory() as folder, Archive.create(Path(folder) / "index") as archive:
        archive.add(articles)
        files = only(archive)
        assert listed(files) == expected(articles)
        assert [files.article(doc) for doc in range(files.docs)] == articles


@settings(max_examples=30)
@given(st.lists(articles, min_size=2, max_size=6).map(distinct), st.data())
def test_a_merged_segment_equals_one_built_from_the_articles(articles: list[Article], data: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cut = data.draw(st.integers(0, len(articles)))
        gone = data.draw(
            st.sets(st.sampled_from([article.id for article in articles]), max_size=len(articles) - 1)
        )
        with (
            Archive.create(Path(folder) / "merged") as merged,
            Archive.create(Path(folder) / "built") as built,
        ):
            merged.add(articles[:cut])
            merged.add(articles[cut:])
            merged.delete(gone)
            merged.optimize()
            built.add(article for article in articles if article.id not in gone)
            assert_equal_columns(only(merged), only(built))


def assert_equal_columns(one: SegmentFiles, other: SegmentFiles) -> None:
    assert (one.term_ranges, one.form_ranges) == (other.term_ranges, other.form_ranges)
    for (name, mine), (_, theirs) in zip(one.columns.items(), other.columns.items(), strict=True):
        # Blocks of stored articles are copied as they were cut.
        if not name.startswith("block_"):
            assert mine.tolist() == theirs.tolist(), name
    assert [one.article(doc) for doc in range(one.docs)] == [other.article(doc) for doc in range(other.docs)]


@pytest.mark.parametrize("occurrences", [1, 7, 50, 400])
def test_merging_range_by_range(occurrences: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large merge inverts some terms at a time; where it cuts must not show."""
    monkeypatch.setattr(merge, "RANGE", occurrences)
    articles = oracle.some_articles(30)
    with Archive.create(tmp_path / "merged") as merged, Archive.create(tmp_path / "built") as built:
        for first in (0, 3, 12):
            merged.add(articles[first : {0: 3, 3: 12, 12: 30}[first]])
        merged.optimize()
        built.add(articles)
        assert_equal_columns(only(merged), only(built))


def test_tokens_of_more_than_a_key_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A book among very many short articles; how its tokens were sorted must not show, built or merged."""
    articles = [
        *oracle.some_articles(30),
        Article(id="book", title="Straße strasse Straße", body="groß gross Straßen Strassen größer " * 40),
    ]
    with Archive.create(tmp_path / "narrow") as narrow:
        narrow.add(articles)
        monkeypatch.setattr(invert, "KEY_BITS", 12)
        with Archive.create(tmp_path / "wide") as wide:
            wide.add(articles)
            assert_equal_columns(only(wide), only(narrow))
        with Archive.create(tmp_path / "merged") as merged:
            merged.add(articles[:10])
            merged.add(articles[10:])
            merged.optimize()
            assert_equal_columns(only(merged), only(narrow))


def test_a_small_vocabulary_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = oracle.some_articles(30)
    with Archive.create(tmp_path / "large") as large, Archive.create(tmp_path / "small") as small:
        large.add(articles)
        monkeypatch.setattr(vocabulary, "LIMIT", 10)
        for first in range(0, len(articles), 5):
            small.add(articles[first : first + 5])
        small.add(articles)
        small.optimize()
        assert_equal_columns(only(small), only(large))


def test_full_builders_write_several_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = oracle.some_articles(30)
    monkeypatch.setattr("searcher.ingest.worker.BATCH", 4)
    monkeypatch.setattr(segment_builder, "DOCS_PER_SEGMENT", 10)
    with Archive.create(tmp_path / "cut") as cut, Archive.create(tmp_path / "built") as built:
        cut.add(articles)
        assert [files.docs for files in oracle.snapshot_of(cut).segments] == [12, 12, 6]
        cut.optimize()
        monkeypatch.undo()
        built.add(articles)
        assert_equal_columns(only(cut), only(built))


def test_a_word_more_often_than_a_byte_counts(tmp_path: Path) -> None:
    articles = [
        Article(id=str(count), title="wort", body="wort und " * count) for count in (253, 254, 255, 300, 2)
    ]
    with Archive.create(tmp_path / "index") as archive:
        archive.add(articles)
        files = only(archive)
        assert listed(files) == expected(articles)
        assert files.columns.long_counts.max() == 301
        assert archive.count('"und wort"') == 5
        assert archive.count('"wort wort"') == 0
        archive.add([Article(id="neu", body="wort " * 500)])
        archive.optimize()
        merged = only(archive)
        assert listed(merged) == expected([*articles, Article(id="neu", body="wort " * 500)])


def test_an_article_of_more_than_two_bytes_of_positions(tmp_path: Path) -> None:
    body = "eins zwei " * 35_000 + "drei vier"
    with Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id="lang", title="Titel", body=body), Article(id="kurz", body="vier drei")])
        assert only(archive).columns.occurrence_positions.dtype.itemsize == 4
        assert [hit.id for hit in archive.search('"drei vier"')] == ["lang"]
        assert [hit.id for hit in archive.search('"zwei drei vier"')] == ["lang"]
        assert archive.count("titel ADJ eins") == 0


def test_more_articles_than_two_bytes_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_builder, "DOCS_PER_SEGMENT", 1 << 20)
    count = 66_000
    with Archive.create(tmp_path / "index") as archive:
        report = archive.add(
            Article(id=str(number), title=f"wort {number % 1000}") for number in range(count)
        )
        assert report.new == count
        assert only(archive).columns.posting_docs.dtype.itemsize == 4
        assert archive.count("wort") == count
        assert archive.count("wort 999") == 66
        assert archive.get("65999") == Article(id="65999", title="wort 999")
        assert archive.search("wort 999", sort="newest", limit=100).total == 66


def test_a_segment_is_let_go_when_nobody_holds_it(tmp_path: Path) -> None:
    """Not at the next collection of garbage: what it has mapped would stay in memory while others are merged."""
    with Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id="1", title="Waffenruhe", body="Die Gespräche gehen weiter.")])
        directory, segment = Path(archive.place), only(archive).segment
    files = SegmentFiles(directory, segment)
    assert files.find_id("1") == 0
    assert (files.id(0), files.article(0).title) == ("1", "Waffenruhe")
    held = weakref.ref(files)
    gc.disable()
    try:
        del files
        assert held() is None
    finally:
        gc.enable()
