"""Backend: what an Archive needs of whatever keeps its articles. The one seam between the German and the engine.

Above it: grammar, German analysis, filters, snippets, explanations, JSON. Below it: postings, columns, files, servers.
A backend stores articles with what the analysis says of them and answers trees of `searcher.query`; it never reads a
query's text. `searcher.local` keeps a Whoosh index in a folder; tests/conformance/memory.py keeps a list, in the
simplest way that is right, and tests/conformance holds every backend to the same answers.

    backend = connect("index", wait=10.0)           # opens nothing yet
    backend.refresh()                               # opens the newest state, or says why not
    total, first = backend.top(tree, 10, "relevance")
    articles = backend.fetch([each.key for each in first])

**Promises.** Counts are exact, never of a part of the archive: what cannot be answered whole is an error. Equal scores,
and equal dates, are ordered by id; undated articles come last. Every answer between two calls of `refresh` is of one
state of the archive, and a key stays good for as long as somebody holds it, whatever is written meanwhile. Threads may
share a backend. What a writing method has returned from is on the disk; one that raises has lost nothing.

**What may fail.** Every method raises errors of `searcher.errors` only: ArchiveNotFound, ArchiveDamaged,
VersionMismatch or StorageError where the archive cannot be used, ArchiveLocked where another writer does not end in
time, UsageError for a closed backend, and for what this backend does not offer, with the reason. Errors that the
caller's own callbacks and iterators raise are passed on as they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from searcher.article import Article
from searcher.report import Damage, IndexReport, Note
from searcher.request import By, Sort
from searcher.results import Ranked, Stats

if TYPE_CHECKING:
    # Not needed to search.
    from searcher.query import Query, TreeLeaf
    from searcher.readers import ReadOptions

WAIT = 10.0
"""Seconds that a writer waits for another one, unless told otherwise."""

Progress: TypeAlias = Callable[[int], None]
"""Gets the number of articles read so far."""

OnNote: TypeAlias = Callable[[Note], None]
"""Gets every rejection, repair, withdrawal and remark as it happens."""


@dataclass(frozen=True, slots=True)
class Source:
    """Files and folders to index, and how to read them.

    `processes` is the number of worker processes, None leaves it to the backend. With `prune` the articles all of whose
    files lay below the paths and are gone are taken out afterwards.
    """

    paths: Iterable[str | os.PathLike[str]]
    options: ReadOptions | None = None
    processes: int | None = None
    prune: bool = False


class Backend(Protocol):
    """One archive, somewhere. Nothing is opened before the first call that needs it."""

    @property
    def place(self) -> str:
        """Where the archive is, as a person would write it: a folder or an address, without secrets."""

    # --- opening -----------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Make an empty archive at the place; UsageError where there is one."""

    def refresh(self) -> bool:
        """Answer from the newest committed state from now on; False where that is the present one."""

    def close(self) -> None:
        """Let go of files and connections. Everything but `close` raises UsageError afterwards."""

    # --- asking ------------------------------------------------------------------------------------------------

    def adopt(self, query: object) -> Query:
        """The tree of what a caller gives in the place of text.

        Trees of `searcher.query` are taken as they are. A backend may understand other classes too, as the Whoosh one
        does those of whoosh.query; UsageError for all that it does not.
        """

    def check(self, tree: Query) -> None:
        """UsageError where the tree would cost more than the backend's limits, known before anything is evaluated.

        An Archive asks once for every query, before `top`, `count`, `facet`, `delete` and `expand`.
        """

    def top(self, tree: Query, wanted: int, sort: Sort) -> tuple[int, Sequence[Ranked]]:
        """The exact number of matches, and the first `wanted` of them in order; all where there are fewer.

        Scores are those of BM25F whatever the order. Keys are the backend's own: only it can read them.
        """

    def id(self, key: Any) -> str:
        """The id of the article with this key: cheaper than the article where that can be."""

    def fetch(self, keys: Sequence[Any]) -> list[Article]:
        """The articles with these keys, in their order. One call for many keys may be much cheaper than many calls."""

    def find(self, article_id: str) -> Any | None:
        """The key of the article with this id, None where there is none."""

    def count(self, tree: Query) -> int:
        """How many articles match."""

    def facet(self, tree: Query, by: By) -> dict[str, int]:
        """Label -> number of matches, sorted by label; without labels that no match has.

        A date less precise than asked for counts under what is known of it: '2023-03' among days, '2023' among months.
        Articles without date, source or section count under ''.
        """

    def expand(self, leaf: TreeLeaf) -> list[str]:
        """What a leaf of a query looks for, as the archive has it; of wildcards and near misses the first printed forms
        that are there, in their order, then '…' where there are more."""

    def articles(self) -> Iterator[Article]:
        """All articles, in no particular order, one state's even where the archive is refreshed meanwhile."""

    def size(self) -> int:
        """The number of articles."""

    def stats(self) -> Stats:
        """What is in the archive. A backend without segments or files says 1 segment, and the bytes it knows of."""

    # --- writing -----------------------------------------------------------------------------------------------
    # Whole runs, not single writes: how a run is made safe, by locks, rounds and one commit, differs from engine to
    # engine. What becomes of each record does not.

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        """Index articles made by the caller. An unchanged one is a no-op, a changed one replaces the one of its id.

        UsageError names the first that is no article; nothing of the batch it is in has been added then.
        """

    def index(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        """Read and index files. Records that cannot be read are in the report, never an exception."""

    def preview(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        """What `index` would do now, a DryRunReport; writes nothing, and needs no archive at the place."""

    def watch(self, source: Source, interval: float, on_note: OnNote | None = None) -> Iterator[IndexReport]:
        """Scan the paths every `interval` seconds without end; yields a report for each round that indexed something.

        A file is read once it is unchanged between two scans.
        """

    def delete(self, ids: Iterable[str], tree: Query | None) -> int:
        """Delete the articles with these ids, and those that match the tree; returns how many were there."""

    def optimize(self) -> None:
        """Put the archive into the form in which searching is fastest, and drop what is deleted."""

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, deep: bool) -> list[Damage]:
        """The damages of the archive; `deep` also analyses the stored articles again and compares."""

    def rebuild(self, processes: int | None = None, progress: Progress | None = None) -> IndexReport:
        """Write the archive anew from its stored articles, and put it in the place of the old one in one step.

        Lost articles are among the rejections; ArchiveDamaged where nothing can be saved.
        """
