"""Peers: one class per engine, all with the same small interface.

`index` is what a user of that engine would do with the articles; it is timed whole, parsing JSON included. `open`
takes an index for searching; `prepared` and `typed` give a call that answers one query to the top 10 and returns the
exact count: with the query made ready before, and from text. None where the engine cannot answer it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import reference
from tests.bench.queries import Ask

if TYPE_CHECKING:
    from searcher.request import Sort

TOP = 10
Call = Callable[[], int]


def _day(text: str) -> datetime:
    """The day of '2023-03-31T13:46:00+02:00', or of '2021-03-4', which the archive has too; the first for none."""
    if not text:
        return datetime.min
    year, month, day = text[:10].split("-")
    return datetime(int(year), int(month), int(day))


class Ours:
    """`searcher` itself."""

    name = "ours"

    def index(self, corpus: Path, directory: Path, processes: int) -> int:
        from searcher import Archive

        with Archive.create(directory) as archive:
            report = archive.index([corpus], processes=processes)
            return report.records

    def open(self, directory: Path) -> None:
        from searcher import Archive

        self.archive = Archive.open(directory)

    def prepared(self, ask: Ask) -> Call:
        from searcher import german
        from searcher.query import parse

        tree = parse(ask.text, analyze=german.analyze, stop_words=german.STOP_WORDS).tree
        return self._call(tree, ask)

    def typed(self, ask: Ask) -> Call:
        return self._call(ask.text, ask)

    def _call(self, query: Any, ask: Ask) -> Call:
        search = self.archive.search
        sort: Sort = "newest" if ask.newest else "relevance"
        return lambda: search(query, limit=TOP, sort=sort).total


class Tantivy:
    """tantivy-py: indexing with its own German stemmer, searching over our tokens (see `reference`)."""

    name = "tantivy"

    def index(self, corpus: Path, directory: Path, processes: int) -> int:
        import tantivy

        directory.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder.add_text_field(name, stored=True, tokenizer_name="de")
        builder.add_text_field("source", stored=True, tokenizer_name="raw")
        builder.add_integer_field("date", stored=True, indexed=True, fast=True)
        index = tantivy.Index(builder.build(), path=str(directory))
        chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        index.register_tokenizer("de", chain.filter(tantivy.Filter.stemmer("german")).build())
        writer = index.writer(heap_size=500_000_000, num_threads=processes)
        count = 0
        with open(corpus, "rb") as lines:
            for line in lines:
                article = json.loads(line)
                article["date"] = _day(article["date"]).toordinal()
                names = ("id", "title", "text", "source", "date")
                writer.add_document(tantivy.Document(**{name: article.get(name, "") for name in names}))
                count += 1
        writer.commit()
        writer.wait_merging_threads()
        return count

    def open(self, directory: Path) -> None:
        import tantivy

        self.index_: Any = tantivy.Index(reference.schema(), path=str(directory))
        self.searcher: Any = self.index_.searcher()

    def prepared(self, ask: Ask) -> Call:
        search, query, order = self.searcher.search, self._query(ask), "start" if ask.newest else None
        return lambda: search(query, TOP, count=True, order_by_field=order).count

    def typed(self, ask: Ask) -> Call | None:
        if ask.pattern:
            return None
        search, parse, order = self.searcher.search, self.index_.parse_query, "start" if ask.newest else None
        text = _tantivy_text(ask)
        return lambda: search(parse(text, ["all"]), TOP, count=True, order_by_field=order).count

    def _query(self, ask: Ask) -> Any:
        from tantivy import FieldType, Occur, Query

        schema = self.index_.schema
        branches = []
        for occurs, stems in (
            (Occur.Must, ask.all_of),
            (Occur.Should, ask.any_of),
            (Occur.MustNot, ask.none_of),
        ):
            branches += [(occurs, Query.term_query(schema, "all", stem, "freq")) for stem in stems]
        if ask.order:
            branches.append((Occur.Must, Query.phrase_query(schema, "all", list(ask.order))))
        if ask.exact:
            branches.append((Occur.Must, Query.phrase_query(schema, "printed", list(ask.exact))))
        if ask.pattern:
            pattern = ask.pattern.replace("*", ".*")
            branches.append((Occur.Must, Query.regex_query(schema, "printed", pattern)))
        if ask.start is not None:
            period = Query.range_query(
                schema, "start", FieldType.Integer, ask.start, ask.end, include_upper=False
            )
            branches.append((Occur.Must, period))
        return branches[0][1] if len(branches) == 1 else Query.boolean_query(branches)


def _tantivy_text(ask: Ask) -> str:
    parts = [f'+"{stem}"' for stem in ask.all_of]
    parts += [f'"{stem}"' for stem in ask.any_of]
    parts += [f'-"{stem}"' for stem in ask.none_of]
    if ask.order:
        parts.append('"' + " ".join(ask.order) + '"')
    if ask.exact:
        parts.append('printed:"' + " ".join(ask.exact) + '"')
    if ask.start is not None:
        parts.append(f"+start:[{ask.start} TO {ask.end}}}")
    return " ".join(parts)


class Fts5:
    """SQLite FTS5: indexing with unicode61, which does not stem; searching over our stems (see `reference`).

    The exact count costs it a second statement. It has no wildcard at the beginning of a word; wildcards and printed
    forms are left out, for the table of stems has none.
    """

    name = "fts5"

    def index(self, corpus: Path, directory: Path, processes: int) -> int:
        directory.mkdir(parents=True)
        table = sqlite3.connect(directory / "news.db")
        table.execute(
            "CREATE VIRTUAL TABLE news USING fts5(id UNINDEXED, title, text, source UNINDEXED, date UNINDEXED, "
            "tokenize='unicode61 remove_diacritics 0')"
        )
        names = ("id", "title", "text", "source", "date")
        with open(corpus, "rb") as lines:
            rows = (json.loads(line) for line in lines)
            table.executemany(
                "INSERT INTO news VALUES (?, ?, ?, ?, ?)",
                (tuple(row.get(name, "") for name in names) for row in rows),
            )
        table.commit()
        (count,) = table.execute("SELECT count(*) FROM news").fetchone()
        table.close()
        return int(count)

    def open(self, directory: Path) -> None:
        self.table = sqlite3.connect(directory / reference.TABLE)

    def prepared(self, ask: Ask) -> Call | None:
        if ask.pattern or ask.exact:
            return None
        match = _fts5_text(ask)
        where = "stems MATCH ?"
        order = "ORDER BY rank"
        if ask.start is not None or ask.newest:
            where = f"stems JOIN dates ON dates.rowid = stems.rowid WHERE {where}"
            where += f" AND start >= {ask.start} AND start < {ask.end}" if ask.start is not None else ""
            order = "ORDER BY start DESC" if ask.newest else order
        else:
            where = f"stems WHERE {where}"
        count, top = (f"SELECT {what} FROM {where}" for what in ("count(*)", "stems.rowid"))
        run = self.table.execute

        def call() -> int:
            run(f"{top} {order} LIMIT {TOP}", (match,)).fetchall()
            return int(run(count, (match,)).fetchone()[0])

        return call

    def typed(self, ask: Ask) -> Call | None:
        return None


def _fts5_text(ask: Ask) -> str:
    text = " AND ".join(reference.hexadecimal(stem) for stem in ask.all_of)
    if ask.any_of:
        text = " OR ".join(reference.hexadecimal(stem) for stem in ask.any_of)
    if ask.order:
        text = " + ".join(reference.hexadecimal(stem) for stem in ask.order)
    for stem in ask.none_of:
        text += f" NOT {reference.hexadecimal(stem)}"
    return text


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("german")


def _german_stem(word: str) -> str:
    # Whoosh pickles the schema with its stemmer, and a stemmer of C cannot be pickled; a function can.
    return str(_stemmer().stemWord(word))


class StockWhoosh:
    """Whoosh as its own user would have it: its codec, its analyzers, the German Snowball stemmer, stored text."""

    name = "whoosh"

    def index(self, corpus: Path, directory: Path, processes: int) -> int:
        from whoosh.analysis import StemmingAnalyzer
        from whoosh.fields import DATETIME, ID, TEXT, Schema
        from whoosh.index import create_in

        directory.mkdir(parents=True)
        stemming = StemmingAnalyzer(stemfn=_german_stem, stoplist=None)
        text = TEXT(stored=True, analyzer=stemming)
        schema = Schema(
            id=ID(stored=True, unique=True),
            title=text,
            text=text,
            source=ID(stored=True),
            date=DATETIME(stored=True),
        )
        index = create_in(directory, schema)
        writer = index.writer(limitmb=500)
        with open(corpus, "rb") as lines:
            for line in lines:
                row = json.loads(line)
                date = _day(row["date"])
                writer.add_document(
                    id=row["id"],
                    title=row["title"],
                    text=row["text"],
                    source=row.get("source", ""),
                    date=date,
                )
        writer.commit()
        return int(index.doc_count())


INDEXERS = {engine.name: engine for engine in (Ours, Tantivy, Fts5, StockWhoosh)}
