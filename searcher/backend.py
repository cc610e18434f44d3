"""Backend: the interface between an Archive and the engine that stores its articles.

Above it: grammar, German analysis, filters, snippets, explanations, JSON. Below it: postings, columns, files, servers.
A backend stores articles with their analysis and answers trees of `searcher.query`; it never parses a query.
`searcher.local` is a Whoosh index in a folder; tests/conformance/memory.py is a plain list, the simplest correct
backend; tests/conformance requires the same answers of all.

    backend = connect("index", wait=10.0)           # opens nothing yet
    backend.refresh()                               # opens the newest state, or raises
    total, first = backend.top(tree, 10, "relevance")
    articles = backend.fetch([each.key for each in first])

**Promises.** Counts are exact and cover the whole archive; a backend that cannot answer for all of it raises an error.
Equal scores, and equal dates, are ordered by id; undated articles come last. All answers between two calls of `refresh`
come from one state of the archive, and a key stays valid as long as it is held, whatever is written meanwhile. Threads
may share a backend. When a writing method returns, its changes are on disk; one that raises has lost nothing.

**What may fail.** Every method raises errors of `searcher.errors` only: ArchiveNotFound, ArchiveDamaged,
VersionMismatch or StorageError if the archive cannot be used, ArchiveLocked if another writer does not finish in time,
UsageError for a closed backend and for a feature that this backend lacks, with the reason. Errors of the caller's own
callbacks and iterators pass through unchanged.
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
"""Default number of seconds that a writer waits for another one."""

Progress: TypeAlias = Callable[[int], None]
"""Gets the number of articles read so far."""

OnNote: TypeAlias = Callable[[Note], None]
"""Gets every rejection, repair, withdrawal and remark as it happens."""


@dataclass(frozen=True, slots=True)
class Source:
    """Files and folders to index, and how to read them.

    `processes` is the number of worker processes; None lets the backend choose. `prune` then deletes articles whose
    files were all below the paths and are gone.
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
        """Answer from the newest committed state from now on; False if it is the current one."""

    def close(self) -> None:
        """Close files and connections. Afterwards every method but `close` raises UsageError."""

    # --- asking ------------------------------------------------------------------------------------------------

    def adopt(self, query: object) -> Query:
        """The tree that a caller passes instead of text.

        A tree of `searcher.query` is returned unchanged. A backend may accept other classes too, as the Whoosh one
        accepts those of whoosh.query; UsageError for any other.
        """

    def check(self, tree: Query) -> None:
        """Raise UsageError, before evaluation, if the tree would cost more than the limits of the backend.

        An Archive calls it once for every query, before `top`, `count`, `facet`, `delete` and `expand`.
        """

    def top(self, tree: Query, wanted: int, sort: Sort) -> tuple[int, Sequence[Ranked]]:
        """The exact number of matches, and the first `wanted` of them in order, or all if there are fewer.

        Scores are those of BM25F in every order. Only the backend can read its keys.
        """

    def id(self, key: Any) -> str:
        """The id of the article with this key; cheaper than the article if possible."""

    def fetch(self, keys: Sequence[Any]) -> list[Article]:
        """The articles with these keys, in their order. One call for many keys may be much cheaper than many calls."""

    def find(self, article_id: str) -> Any | None:
        """The key of the article with this id, None where there is none."""

    def count(self, tree: Query) -> int:
        """How many articles match."""

    def facet(self, tree: Query, by: By) -> dict[str, int]:
        """Label -> number of matches, sorted by label; without labels that no match has.

        A date less precise than `by` counts under its known part: '2023-03' among days, '2023' among months.
        Articles without date, source or section count under ''.
        """

    def expand(self, leaf: TreeLeaf) -> list[str]:
        """The terms that a leaf looks up; for wildcards and fuzzy words the first matching printed forms, sorted, then
        '…' if there are more."""

    def articles(self) -> Iterator[Article]:
        """All articles of one state, in no particular order, even if the archive is refreshed meanwhile."""

    def size(self) -> int:
        """The number of articles."""

    def stats(self) -> Stats:
        """What is in the archive. A backend without segments or files reports 1 segment, and the bytes it knows of."""

    # --- writing -----------------------------------------------------------------------------------------------
    # Whole runs, not single writes: locks, rounds and commits differ between engines, the decisions about each
    # record do not.

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        """Index articles made by the caller. An unchanged one is a no-op; a changed one replaces the one with its id.

        UsageError for the first object that is not an article; nothing of its batch is added then.
        """

    def index(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        """Read and index files. Records that cannot be read are in the report; they raise no exception."""

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
        """Put the archive into the form for the fastest searches, and drop deleted articles."""

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, deep: bool) -> list[Damage]:
        """The damages of the archive; `deep` also analyses the stored articles again and compares."""

    def rebuild(self, processes: int | None = None, progress: Progress | None = None) -> IndexReport:
        """Write the archive again from its stored articles, and replace the old one in one step.

        Lost articles are among the rejections; ArchiveDamaged if no article can be saved.
        """
