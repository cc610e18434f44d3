"""Archive: the one class to learn. It creates, fills and searches an index of German news on disk.

>>> import tempfile
>>> from searcher import Article
>>> with Archive.create(tempfile.mkdtemp() + "/index") as archive:
...     report = archive.add([Article(title="Kreml lehnt Waffenruhe ab", body="Die Gespräche gehen weiter.")])
...     [hit.article.title for hit in archive.search("Waffenruhen Gespräch")]
['Kreml lehnt Waffenruhe ab']
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import numpy as np

from searcher import german
from searcher.article import Article
from searcher.care.error_boundary import Reading, system_errors, theirs
from searcher.errors import ArchiveNotFound, UsageError
from searcher.index.format import toc
from searcher.index.format.disk import make_folder
from searcher.index.format.lock import WAIT
from searcher.index.format.names import FORMAT_VERSION
from searcher.query import ParsedQuery, Query, parse
from searcher.query.filters import narrowed
from searcher.report import Damage, IndexReport, Note
from searcher.request import By, Filters, Request, Sort, checked_by
from searcher.results import Explanation, Hits, Results, Snippet, Stats
from searcher.search import facets as counting
from searcher.search import top as finding
from searcher.search.explanation import explain
from searcher.search.limits import check_cost
from searcher.search.operators.foreign import as_tree
from searcher.search.snapshot import Snapshot, newest

if TYPE_CHECKING:
    # Not needed to search: reading and writing import them where they begin.
    from searcher.index.write.writer import Writer
    from searcher.readers import ReadOptions

__all__ = ["Archive"]

T = TypeVar("T")


class _Source:
    """Where the hits of one search get their articles and snippets."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Query) -> None:
        self._tree = tree

    def id(self, key: Any) -> str:
        """The id of the article with this key."""
        files, doc = key
        found: str = files.id(doc)
        return found

    def article(self, key: Any) -> Article:
        """The article with this key."""
        files, doc = key
        found: Article = files.article(doc)
        return found

    def snippet(self, article: Article) -> Snippet:
        """The passages of an article that show why it was found."""
        from searcher.snippets import snippet

        return snippet(article, self._tree)


class Archive:
    """An index of articles in a folder. Use `create`, `open` or `open_or_create`; close it or use it in `with`.

    An archive answers from the snapshot it was opened with; `refresh` moves on to what was committed since. It may
    be shared between threads and searched while it is written. `today` is what 'heute' means in queries, by default
    the day of asking; `wait` is how many seconds a writing method waits for another writer before ArchiveLocked.
    """

    def __init__(self, directory: Path, today: date | None = None, wait: float = WAIT) -> None:
        self.directory = directory
        self.wait = wait
        self._today = today
        self._opened: Snapshot | None = None
        self._closed = False
        self._moving = threading.Lock()
        self._reading = Reading(directory)

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT
    ) -> Archive:
        """A new, empty archive; the folder is made, UsageError if it holds an index."""
        from searcher.index.write.writer import create

        directory = Path(path)
        with system_errors(directory):
            make_folder(directory)
            create(directory, wait)
        return cls.open(directory, today=today, wait=wait)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT) -> Archive:
        """An archive that is there: ArchiveNotFound, ArchiveDamaged or VersionMismatch otherwise."""
        archive = cls.at(path, today=today, wait=wait)
        archive.refresh()
        return archive

    @classmethod
    def open_or_create(
        cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT
    ) -> Archive:
        try:
            return cls.open(path, today=today, wait=wait)
        except ArchiveNotFound:
            pass
        try:
            return cls.create(path, today=today, wait=wait)
        except UsageError:
            # Somebody else has made it meanwhile.
            return cls.open(path, today=today, wait=wait)

    @classmethod
    def at(cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT) -> Archive:
        """An archive that is not looked at before it is used: for `verify` and `rebuild`, which mend what `open`
        refuses."""
        return cls(Path(path), today, wait)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; the archive cannot be used afterwards."""
        self._closed = True
        self._opened = None

    @property
    def _snapshot(self) -> Snapshot:
        opened = self._opened
        if opened is None:
            self.refresh()
            opened = self._opened
        if opened is None:
            raise UsageError("the archive is closed", "open it again")
        return opened

    # --- writing -----------------------------------------------------------------------------------------------

    def index(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        options: ReadOptions | None = None,
        processes: int | None = None,
        progress: Callable[[int], None] | None = None,
        on_note: Callable[[Note], None] | None = None,
        prune: bool = False,
        dry_run: bool = False,
    ) -> IndexReport:
        """Index files and folders. Unchanged articles cost nothing, a changed one replaces the old.

        `processes` is the number of worker processes; by default as many as there are processors where the input is
        large, else none. `progress` gets the number of articles read so far, `on_note` as it happens everything that
        is no article: rejections, repairs, withdrawals. Records that cannot be read are in the report, never an
        exception. `prune` takes out afterwards the articles all of whose files lay below the paths and are gone.
        With `dry_run` nothing is written, and no index need be there (`Archive.at`): the report is a `DryRunReport`.
        """
        from searcher.ingest.input_files import Intake
        from searcher.readers import read

        intake = Intake(paths, options, prune=prune, processes=processes)
        progress, on_note = theirs(progress), theirs(on_note)
        if dry_run:
            from searcher.ingest.dry_run import preview

            with self._reading:
                segments = self._snapshot.segments if toc.exists(self.directory) else []
                return preview(self.directory, segments, intake, progress, on_note)
        return self._write(lambda writer: writer.run(intake, read, progress=progress, on_note=on_note))

    def watch(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        options: ReadOptions | None = None,
        interval: float = 2.0,
        processes: int | None = None,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[IndexReport]:
        """Index what arrives at `paths`, for ever; what became of it is given each time. See `index.watch`."""
        from searcher.ingest.watch import Watched, watch

        watched = Watched(paths, options, self.directory)
        return watch(self._write, watched, options, interval, processes, theirs(on_note))

    def add(
        self, articles: Iterable[Article], *, progress: Callable[[int], None] | None = None
    ) -> IndexReport:
        """Index articles made by the caller, as they are; UsageError for what is no article. `index` reads files."""
        from searcher.ingest.validate import batches

        return self._write(lambda writer: writer.run(batches(articles), iter, progress=theirs(progress)))

    def delete(self, ids: Iterable[str] = (), *, query: str | Query | None = None) -> int:
        """Delete articles by id or by query; returns how many were deleted."""
        if isinstance(ids, (str, bytes)):
            raise UsageError("a list of ids is wanted, not one", f"write delete([{ids!r}])")
        wanted = list(ids)
        tree = None if query is None else self._parsed(query)

        def work(writer: Writer) -> int:
            current = Snapshot(self.directory, writer.table)
            docs: list[list[int]] = [[] for _ in current.segments]
            for found in map(current.find, wanted):
                if found:
                    docs[found[0]].append(found[1])
            if tree is not None:
                for number, (_, matches) in enumerate(finding.live_matches(current, tree)):
                    docs[number] += matches.listed().docs.tolist()
            return writer.delete([np.array(numbers, np.int64) for numbers in docs])

        deleted: int = self._write(work)
        return deleted

    def optimize(self) -> None:
        """Merge all segments into one and drop what is deleted: searches get as fast as they can be."""
        self._write(lambda writer: writer.optimize())

    def _write(self, work: Callable[[Writer], T]) -> T:
        from searcher.index.write.writer import Writer

        with self._reading, Writer(self.directory, wait=self.wait) as writer:
            result = work(writer)
        self.refresh()
        return result

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, *, deep: bool = False) -> list[Damage]:
        """The damages of the index, the first of every file; none when all is as it was written.

        Checks every checksum and how the columns fit together; `deep` also analyses the stored articles again and
        compares terms, positions, lengths and dates with what the columns say.
        """
        from searcher.care.verify import verify

        with system_errors(self.directory):
            return verify(self.directory, deep=deep)

    def rebuild(
        self, *, processes: int | None = None, progress: Callable[[int], None] | None = None
    ) -> IndexReport:
        """Write the index anew from the stored articles, and put it in the place of the old one in one step.

        Mends what can be mended, and brings an index of another analysis up to date; interrupted, it goes on where it
        was. Lost articles are among the rejections, with their files; ArchiveDamaged where nothing can be saved.
        """
        from searcher.care.rebuild import rebuild

        with system_errors(self.directory):
            report = rebuild(self.directory, processes or os.cpu_count() or 1, theirs(progress), self.wait)
        self.refresh()
        return report

    # --- reading -----------------------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Move on to the newest generation; False when this is the newest."""
        with self._moving, system_errors(self.directory):
            before = self._opened
            if self._closed:
                raise UsageError("the archive is closed", "open it again")
            if before and toc.is_newest(self.directory, before.table):
                return False
            self._opened = newest(self.directory, before)
            return True

    def search(
        self,
        query: str | Query,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Sort = "relevance",
        **filters: Unpack[Filters],
    ) -> Results:
        """The matches `offset` to `offset + limit`, and how many there are in all.

        `query` is text of the query language or a whoosh.query tree. `filters` are `since` and `until` (any date of
        the query language, both included), `source` and `section`. Equal scores, or dates, are ordered by id.
        """
        began = time.perf_counter()
        request = Request(query, limit, offset, sort, filters)
        with self._reading:
            tree = self._filtered(request)
            total, best = finding.top(self._snapshot, tree, request.wanted, sort)
        return Results(total, Hits(best, offset, _Source(tree)), str(query), time.perf_counter() - began)

    def count(self, query: str | Query, **filters: Unpack[Filters]) -> int:
        """How many articles match; filters as in `search`."""
        with self._reading:
            return finding.count(self._snapshot, self._filtered(Request(query, filters=filters)))

    def counts(self, query: str | Query, by: By = "year", **filters: Unpack[Filters]) -> dict[str, int]:
        """Matches per 'day', 'month', 'year', 'source' or 'section', sorted by label; see `search.counts`."""
        with self._reading:
            tree = self._filtered(Request(query, filters=filters))
            return counting.counts(self._snapshot, tree, checked_by(by))

    def get(self, article_id: str) -> Article | None:
        """The article with this id."""
        with self._reading:
            snapshot = self._snapshot
            found = snapshot.find(article_id)
            return snapshot.segments[found[0]].article(found[1]) if found else None

    def __len__(self) -> int:
        articles: int = self._snapshot.articles
        return articles

    def __iter__(self) -> Iterator[Article]:
        """All articles, in no particular order."""
        for files in self._snapshot.segments:
            for block, first in enumerate(files.columns.block_docs[:-1].tolist()):
                for doc, line in enumerate(files.stored_lines(block), first):
                    if files.deleted is None or not files.deleted[doc]:
                        yield files.parsed(line)

    def explain(self, query: str) -> Explanation:
        """How a query is read, what each word became, and how many articles each part has."""
        with self._reading:
            return explain(self._snapshot, self._parse(query))

    def stats(self) -> Stats:
        """What is in the archive."""
        from searcher.search.statistics import describe

        with self._reading:
            described = describe(self._snapshot)
        return Stats(
            **described,
            format_version=FORMAT_VERSION,
            analysis_version=german.ANALYSIS_VERSION,
            stemmer_version=german.STEMMER_VERSION,
        )

    def _parse(self, query: str) -> ParsedQuery:
        return parse(query, analyze=german.analyze, stop_words=german.STOP_WORDS, today=self._today)

    def _parsed(self, query: str | Query) -> Query:
        tree = self._parse(query).tree if isinstance(query, str) else as_tree(query)
        check_cost(self._snapshot, tree)
        return tree

    def _filtered(self, request: Request) -> Query:
        return narrowed(self._parsed(request.query), request, german.analyze, self._today)
