"""Archive: the central class. It creates, fills and searches an archive of German news.

>>> import tempfile
>>> from searcher import Article
>>> with Archive.create(tempfile.mkdtemp() + "/index") as archive:
...     report = archive.add([Article(title="Kreml lehnt Waffenruhe ab", body="Die Gespräche gehen weiter.")])
...     [hit.article.title for hit in archive.search("Waffenruhen Gespräch")]
['Kreml lehnt Waffenruhe ab']
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn, Unpack

from searcher import german
from searcher.article import Article
from searcher.backend import WAIT, Backend, Source
from searcher.connect import connect
from searcher.errors import ArchiveNotFound, UsageError
from searcher.query import And, Not, ParsedQuery, Query, parse
from searcher.query.filters import narrowed
from searcher.report import Damage, IndexReport, Note
from searcher.request import By, Filters, Match, Request, Sort, checked_by
from searcher.results import Explanation, Hits, Results, Snippet, Stats

if TYPE_CHECKING:
    # Not needed to search.
    from searcher.readers import ReadOptions

__all__ = ["Archive"]


class Archive:
    """An archive of articles: a folder with a Whoosh index. Use `create`, `open` or `open_or_create`; close it or use
    it in `with`.

    An archive answers from the snapshot it was opened with; `refresh` moves to the newest. Threads may share an
    archive, and search it while it is written. `today` is the date of 'heute' in queries, by default the current day;
    `wait` is the number of seconds that a writing method waits for another writer before it raises ArchiveLocked.
    """

    def __init__(self, backend: Backend, today: date | None = None) -> None:
        """The archive of `backend`, not opened yet; `searcher.backend` describes backends."""
        self._backend = backend
        self._today = today

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT
    ) -> Archive:
        """A new, empty archive; the folder is made, UsageError if it holds an index."""
        archive = cls.at(path, today=today, wait=wait)
        archive._backend.create()
        archive.refresh()
        return archive

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT) -> Archive:
        """An existing archive; else ArchiveNotFound, ArchiveDamaged or VersionMismatch."""
        archive = cls.at(path, today=today, wait=wait)
        archive.refresh()
        return archive

    @classmethod
    def open_or_create(
        cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT
    ) -> Archive:
        """The archive at a place; created if there is none."""
        try:
            return cls.open(path, today=today, wait=wait)
        except ArchiveNotFound:
            pass
        try:
            return cls.create(path, today=today, wait=wait)
        except UsageError as refused:
            # Another process may have created it meanwhile.
            try:
                return cls.open(path, today=today, wait=wait)
            except ArchiveNotFound:
                raise refused from None

    @classmethod
    def at(cls, path: str | os.PathLike[str], *, today: date | None = None, wait: float = WAIT) -> Archive:
        """An archive that is opened on first use: for `verify` and `rebuild`, which accept what `open` refuses."""
        return cls(connect(path, wait), today)

    @property
    def place(self) -> str:
        """Where the archive is: its folder or address."""
        return self._backend.place

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; any further use raises UsageError."""
        self._backend.close()

    def __repr__(self) -> str:
        return f"<Archive {self.place}>"

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "an Archive cannot be pickled or copied, for it holds open files",
            f"open it again in the other process, with Archive.open({self.place!r}); results can be sent there",
        )

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

        `processes` is the number of worker processes; by default one per processor for large input, else none.
        `progress` gets the number of articles read so far; `on_note` gets every rejection, repair and withdrawal at
        once. Records that cannot be read are in the report; they raise no exception. `prune` then deletes articles
        whose files were all below the paths and are gone. `dry_run` writes nothing and needs no index (`Archive.at`);
        the report is a `DryRunReport`.
        """
        source = Source(paths, options, processes, prune)
        if dry_run:
            return self._backend.preview(source, progress, on_note)
        return self._backend.index(source, progress, on_note)

    def watch(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        options: ReadOptions | None = None,
        interval: float = 2.0,
        processes: int | None = None,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[IndexReport]:
        """Watch `paths` without end; yields one report for each round that indexed something.

        A file is read once it is unchanged between two scans, which are `interval` seconds apart.
        """
        return self._backend.watch(Source(paths, options, processes), interval, on_note)

    def add(
        self, articles: Iterable[Article], *, progress: Callable[[int], None] | None = None
    ) -> IndexReport:
        """Index the caller's articles unchanged; UsageError for any other object. `index` reads files."""
        return self._backend.add(articles, progress)

    def delete(self, ids: Iterable[str] = (), *, query: str | Query | None = None) -> int:
        """Delete articles by id or by query; returns how many were deleted."""
        if isinstance(ids, (str, bytes)):
            raise UsageError("a list of ids is wanted, not one", f"write delete([{ids!r}])")
        return self._backend.delete(list(ids), None if query is None else self._tree(Request(query)))

    def optimize(self) -> None:
        """Merge all segments into one and drop deleted articles, for the fastest searches."""
        self._backend.optimize()

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, *, deep: bool = False) -> list[Damage]:
        """The damages of the index, the first of every file; an empty list for a sound index.

        Checks every checksum and how the columns fit together; `deep` also analyses the stored articles again and
        compares terms, positions, lengths and dates with the columns.
        """
        return self._backend.verify(deep)

    def rebuild(
        self, *, processes: int | None = None, progress: Callable[[int], None] | None = None
    ) -> IndexReport:
        """Write the index again from the stored articles, and replace the old one in one step.

        This repairs a damaged index and upgrades one of another analysis. After an interruption the next call resumes.
        Lost articles are among the rejections, with their files; ArchiveDamaged if no article can be saved.
        """
        return self._backend.rebuild(processes, progress)

    # --- reading -----------------------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Move to the newest generation; False if this is the newest."""
        return self._backend.refresh()

    def search(
        self,
        query: str | Query,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Sort = "relevance",
        match: Match = "auto",
        **filters: Unpack[Filters],
    ) -> Results:
        """The matches `offset` to `offset + limit`, and how many there are in all.

        `query` is text of the query language or a whoosh.query tree. `filters` are `since` and `until` (any date of
        the query language, both included), `source` and `section`. Equal scores, or dates, are ordered by id.
        `match` says which words of a query without operators must occur; see `searcher.request.Match`. What has all
        words comes first, and only that counts in `total`.
        """
        began = time.perf_counter()
        request = Request(query, limit, offset, sort, filters, match)
        parsed = self._parse(query) if isinstance(query, str) else ParsedQuery("", self._backend.adopt(query))
        loose = None if match == "all" else parsed.loose
        tree = self._checked(loose if match == "any" and loose else parsed.tree, request)
        total, found = self._backend.top(tree, request.wanted, sort)
        ranked, more = list(found), None
        if match == "auto" and loose and total < request.wanted:
            rest = And([self._checked(loose, request), Not(parsed.tree)])
            more, behind = self._backend.top(rest, request.wanted - total, sort)
            ranked += behind
        hits = Hits(ranked, offset, _Found(self._backend, tree))
        took = time.perf_counter() - began
        return Results(total, hits, str(query), took, more, parsed.notices)

    def count(self, query: str | Query, **filters: Unpack[Filters]) -> int:
        """How many articles match; filters as in `search`."""
        return self._backend.count(self._tree(Request(query, filters=filters)))

    def counts(self, query: str | Query, by: By = "year", **filters: Unpack[Filters]) -> dict[str, int]:
        """Matches per 'day', 'month', 'year', 'source' or 'section', sorted by label.

        A date less precise than `by` counts under its known part: '2023-03' among days. Articles without
        date, source or section count under ''.
        """
        tree = self._tree(Request(query, filters=filters))
        return self._backend.facet(tree, checked_by(by))

    def get(self, article_id: str) -> Article | None:
        """The article with this id; None if there is none."""
        key = self._backend.find(article_id)
        return None if key is None else self._backend.fetch([key])[0]

    def __len__(self) -> int:
        return self._backend.size()

    def __iter__(self) -> Iterator[Article]:
        """All articles, in no particular order."""
        return self._backend.articles()

    def explain(self, query: str) -> Explanation:
        """How a query is read: the terms of each word, and the number of articles of each part."""
        from searcher.explain import explain

        parsed = self._parse(query)
        self._backend.check(parsed.tree)
        return explain(self._backend, parsed)

    def stats(self) -> Stats:
        """Contents, size and versions of the archive."""
        return self._backend.stats()

    def _parse(self, query: str) -> ParsedQuery:
        return parse(
            query,
            analyze=german.analyze,
            stop_words=german.STOP_WORDS,
            today=self._today,
            alternatives=german.alternatives,
        )

    def _tree(self, request: Request) -> Query:
        """The tree of a request, filters included, that the backend is willing to answer."""
        given = request.query
        tree = self._parse(given).tree if isinstance(given, str) else self._backend.adopt(given)
        return self._checked(tree, request)

    def _checked(self, tree: Query, request: Request) -> Query:
        self._backend.check(tree)
        return narrowed(tree, request, german.analyze, self._today)


class _Found:
    """The source of articles and snippets for the hits of one search."""

    __slots__ = ("_backend", "_tree")

    def __init__(self, backend: Backend, tree: Query) -> None:
        self._backend = backend
        self._tree = tree

    def id(self, key: Any) -> str:
        """The id of the article with this key."""
        return self._backend.id(key)

    def article(self, key: Any) -> Article:
        """The article with this key."""
        return self._backend.fetch([key])[0]

    def snippet(self, article: Article) -> Snippet:
        """The passages of an article that show why it was found."""
        from searcher.snippets import snippet

        return snippet(article, self._tree)
