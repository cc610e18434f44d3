"""LocalBackend: a Whoosh index in a local folder; the one module that joins ingest, index, search and care."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from searcher import german
from searcher.article import Article
from searcher.backend import WAIT, OnNote, Progress, Source
from searcher.care.error_boundary import Reading, system_errors
from searcher.errors import UsageError
from searcher.index.format import toc
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.read.segment_reader import SegmentFiles
from searcher.ingest.callbacks import theirs
from searcher.query import Query, TreeLeaf
from searcher.report import Damage, IndexReport
from searcher.request import By, Sort
from searcher.results import Ranked, Stats
from searcher.search import top as finding
from searcher.search.evaluate import OPERATORS
from searcher.search.facets import counts
from searcher.search.limits import check_cost
from searcher.search.operators.foreign import as_tree
from searcher.search.snapshot import Snapshot, newest

if TYPE_CHECKING:
    # Not needed to search: writing imports it where it begins.
    from searcher.index.write.writer import Writer
    from searcher.ingest.pipeline import Intake

T = TypeVar("T")
Key = tuple[SegmentFiles, int]
"""A segment and the number of a document in it; valid as long as it is held, because it keeps the segment open."""


class LocalBackend:
    """The archive in `directory`; `wait` is the number of seconds that a writing method waits for another writer."""

    def __init__(self, directory: Path, wait: float = WAIT) -> None:
        self.directory = directory
        self._wait = wait
        self._opened: Snapshot | None = None
        self._closed = False
        self._moving = threading.Lock()
        self._reading = Reading(directory)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.directory)

    # --- opening -----------------------------------------------------------------------------------------------

    def create(self) -> None:
        """See `Backend.create`; the folder is made."""
        from searcher.index.format.disk import make_folder
        from searcher.index.write.writer import create

        with system_errors(self.directory):
            make_folder(self.directory)
            create(self.directory, self._wait)

    def refresh(self) -> bool:
        """See `Backend.refresh`: a state is a generation of the table of contents."""
        with self._moving, system_errors(self.directory):
            before = self._opened
            if self._closed:
                raise UsageError("the archive is closed", "open it again")
            if before and toc.is_newest(self.directory, before.table):
                return False
            self._opened = newest(self.directory, before)
            return True

    def close(self) -> None:
        """See `Backend.close`; keys given out keep their segments open."""
        self._closed = True
        self._opened = None

    @property
    def snapshot(self) -> Snapshot:
        """The current state; opened on first use."""
        opened = self._opened
        if opened is None:
            self.refresh()
            opened = self._opened
        if opened is None:
            raise UsageError("the archive is closed", "open it again")
        return opened

    # --- asking ------------------------------------------------------------------------------------------------

    def adopt(self, query: object) -> Query:
        """See `Backend.adopt`: trees of whoosh.query are understood too."""
        return as_tree(query)

    def check(self, tree: Query) -> None:
        """See `Backend.check`, and `search.limits` for the limits."""
        with self._reading:
            check_cost(self.snapshot, tree)

    def top(self, tree: Query, wanted: int, sort: Sort) -> tuple[int, Sequence[Ranked]]:
        """See `Backend.top`."""
        with self._reading:
            return finding.top(self.snapshot, tree, wanted, sort)

    def id(self, key: Key) -> str:
        """See `Backend.id`."""
        files, doc = key
        with self._reading:
            return files.id(doc)

    def fetch(self, keys: Sequence[Key]) -> list[Article]:
        """See `Backend.fetch`."""
        with self._reading:
            return [files.article(doc) for files, doc in keys]

    def find(self, article_id: str) -> Key | None:
        """See `Backend.find`."""
        with self._reading:
            snapshot = self.snapshot
            found = snapshot.find(article_id)
            return (snapshot.segments[found[0]], found[1]) if found else None

    def count(self, tree: Query) -> int:
        """See `Backend.count`."""
        with self._reading:
            return finding.count(self.snapshot, tree)

    def facet(self, tree: Query, by: By) -> dict[str, int]:
        """See `Backend.facet`: counted on the columns."""
        with self._reading:
            return counts(self.snapshot, tree, by)

    def expand(self, leaf: TreeLeaf) -> list[str]:
        """See `Backend.expand`."""
        with self._reading:
            return OPERATORS[type(leaf)].became(self.snapshot, leaf)

    def articles(self) -> Iterator[Article]:
        """See `Backend.articles`: block by block, as they are stored."""
        # Taken now: a generator would take the newest state at its first article.
        return self._articles(self.snapshot)

    def _articles(self, snapshot: Snapshot) -> Iterator[Article]:
        for files in snapshot.segments:
            for block, first in enumerate(files.columns.block_docs[:-1].tolist()):
                for doc, line in enumerate(files.columns.lines(block), first):
                    if files.deleted is None or not files.deleted[doc]:
                        yield files.parsed(line)

    def size(self) -> int:
        """See `Backend.size`."""
        return self.snapshot.articles

    def stats(self) -> Stats:
        """See `Backend.stats`."""
        from searcher.search.statistics import describe

        with self._reading:
            described = describe(self.snapshot)
        return Stats(
            **described,
            format_version=FORMAT_VERSION,
            analysis_version=german.ANALYSIS_VERSION,
            stemmer_version=german.STEMMER_VERSION,
        )

    # --- writing -----------------------------------------------------------------------------------------------

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        """See `Backend.add`."""
        from searcher.ingest import pipeline
        from searcher.ingest.commit import Commit
        from searcher.ingest.validate import batches

        intake = pipeline.Intake.of_articles(batches(articles))
        return self._write(lambda writer: pipeline.run(intake, Commit.to(writer), progress=theirs(progress)))

    def index(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        """See `Backend.index`."""
        from searcher.ingest import pipeline
        from searcher.ingest.commit import Commit

        intake = _intake(source)
        progress, on_note = theirs(progress), theirs(on_note)
        return self._write(
            lambda writer: pipeline.run(intake, Commit.to(writer), progress=progress, on_note=on_note)
        )

    def preview(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        """See `Backend.preview`."""
        from searcher.ingest import pipeline
        from searcher.ingest.dry_run import DryRun

        intake = _intake(source)
        with self._reading:
            segments = self.snapshot.segments if toc.exists(self.directory) else []
            sink = DryRun.of(self.directory, segments)
            return pipeline.run(intake, sink, progress=theirs(progress), on_note=theirs(on_note))

    def watch(self, source: Source, interval: float, on_note: OnNote | None = None) -> Iterator[IndexReport]:
        """See `Backend.watch`."""
        from searcher.ingest.watch import Watched, watch

        watched = Watched(source.paths, source.options, self.directory)
        return watch(self._write, watched, source.options, interval, source.processes, theirs(on_note))

    def delete(self, ids: Iterable[str], tree: Query | None) -> int:
        """See `Backend.delete`: what is deleted is looked up with the lock held."""

        def work(writer: Writer) -> int:
            current = Snapshot(self.directory, writer.table)
            docs: list[list[int]] = [[] for _ in current.segments]
            for found in map(current.find, ids):
                if found:
                    docs[found[0]].append(found[1])
            if tree is not None:
                for number, (_, matches) in enumerate(finding.live_matches(current, tree)):
                    docs[number] += matches.listed().docs.tolist()
            return writer.delete([np.array(numbers, np.int64) for numbers in docs])

        return self._write(work)

    def optimize(self) -> None:
        """See `Backend.optimize`: one segment."""
        self._write(lambda writer: writer.optimize())

    def _write(self, work: Callable[[Writer], T]) -> T:
        from searcher.index.write.writer import Writer

        with self._reading, Writer(self.directory, wait=self._wait) as writer:
            result = work(writer)
        self.refresh()
        return result

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, deep: bool) -> list[Damage]:
        """See `Backend.verify`: the first damage of every file."""
        from searcher.care.verify import verify

        with system_errors(self.directory):
            return verify(self.directory, deep=deep)

    def rebuild(self, processes: int | None = None, progress: Progress | None = None) -> IndexReport:
        """See `Backend.rebuild`; interrupted, it goes on where it was."""
        from searcher.care.rebuild import rebuild

        with system_errors(self.directory):
            report = rebuild(self.directory, processes or os.cpu_count() or 1, theirs(progress), self._wait)
        self.refresh()
        return report


def _intake(source: Source) -> Intake:
    """The files of a source, to be read by the readers."""
    from searcher.ingest.input_files import InputFiles
    from searcher.ingest.pipeline import Intake

    return Intake.of_files(
        InputFiles(source.paths, source.options, prune=source.prune, processes=source.processes)
    )
