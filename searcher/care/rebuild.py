"""Rebuild: a run that reads the stored articles of an index, and whose sink replaces that index at the end.

The new segments lie beside the old ones, in a table of contents of their own, until all are there; an interrupted
rebuild is continued by the next one. Only the stored blocks are needed: every article is a line of JSON in one of them,
and each block has a checksum of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from searcher.article import Article
from searcher.care import loss
from searcher.errors import ArchiveDamaged, ArchiveNotFound, Cure, VersionMismatch
from searcher.index.format import door, stored_blocks, toc
from searcher.index.format.columns import Array
from searcher.index.format.digests import digest
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.manifest import Manifest
from searcher.index.format.names import NAME, REBUILT
from searcher.index.format.npy_file import HEAD
from searcher.index.read.segment_reader import SegmentFiles, open_column
from searcher.index.write.segment_builder import fingerprint
from searcher.index.write.writer import Contents, Writer
from searcher.ingest import ledger, pipeline
from searcher.ingest.commit import Commit
from searcher.ingest.ledger import Ledger
from searcher.ingest.pipeline import Intake, plain
from searcher.ingest.run import Run
from searcher.ingest.sink import Judgement
from searcher.report import IndexReport, Rejection

BLOCKS = 8
"""Stored blocks in one unit of work."""

BLOCKS_FILE = "block_bytes.npy"
_STORED = re.compile(rf"{NAME}_([0-9a-z]+)\.block_bytes\.npy")


@dataclass(frozen=True)
class Stock:
    """Some stored blocks: where each begins and ends in the file, and which of their lines are deleted.

    `gone` holds the numbers of deleted lines, counted over all blocks of the unit, or, where the numbers are lost, the
    fingerprints of the lines.
    """

    path: Path
    spans: tuple[tuple[int, int], ...]
    gone: frozenset[int]
    by_digest: bool


def rebuild(
    directory: Path, processes: int, progress: Callable[[int], None] | None, wait: float
) -> IndexReport:
    """Write the index in `directory` anew; see the module."""
    contents = RebuiltContents(directory)
    with Writer(directory, wait=wait, contents=contents) as writer:
        sink = Rebuild(writer, contents)
        return pipeline.run(Intake(sink.stocks(), read, processes), sink, progress=progress)


def read(stock: Stock) -> Iterator[tuple[str, Article | Rejection]]:
    """The articles of a unit of work, of no format; a block that cannot be read costs one line and its articles."""
    return plain(articles(stock))


def articles(stock: Stock) -> Iterator[Article | Rejection]:
    """The articles of some stored blocks."""
    number = 0
    with door.mapped(stock.path) as content:
        for begin, end in stock.spans:
            try:
                lines = stored_blocks.lines(content[HEAD + begin : HEAD + end])
            except ValueError as error:
                yield Rejection(
                    str(stock.path), None, f"a block of articles is lost ({error}): index their sources again"
                )
                continue
            for line in lines:
                if (_fingerprint(line) if stock.by_digest else number) not in stock.gone:
                    yield _article(stock.path, line)
                number += 1


def _fingerprint(line: bytes) -> int:
    try:
        return fingerprint(line)
    except (ValueError, TypeError, AttributeError, RecursionError):
        # Not a line of ours: `_article` says what is lost.
        return digest(line)


def _article(path: Path, line: bytes) -> Article | Rejection:
    try:
        return Article.from_dict(stored_blocks.values(line))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return Rejection(str(path), None, f"an article is lost ({error}): index its source again")


class RebuiltContents(Contents):
    """The second table of contents, which a rebuild writes.

    `old` is the first one, None where it is damaged; `aside` are the files that had its name and were none, with the
    names they have now.
    """

    old: toc.Table | None
    aside: list[tuple[Path, Path]]

    def read(self) -> toc.Table:
        """What an interrupted rebuild has done."""
        self.aside = toc.set_aside(self.directory)
        self.old = _old_table(self.directory)
        return _rebuilt(self.directory, self.old)

    def write(self, table: toc.Table) -> None:
        """Make this generation of the second table current."""
        toc.write(self.directory, table, REBUILT)

    def clean(self, table: toc.Table) -> None:
        """Remove what neither table needs; nothing where the old one cannot say what it needs."""
        if self.old is not None:
            toc.clean(self.directory, self.old)


class Rebuild(Commit):
    """The sink that commits beside the old index, and puts the new segments in its place at the end.

    Nothing is entered in the ledger, for the articles came from the files they came from. Versions do not decide: they
    did when the articles came, and an interrupted rebuild may have met one that was deleted since.
    """

    weighs = False

    def __init__(self, writer: Writer, contents: RebuiltContents) -> None:
        super().__init__(writer, None)
        self._old = contents.old
        self._aside = contents.aside
        self._generation = max(toc.present(self.directory), default=-1)
        self._resumed = bool(self.segments)
        self._seen: list[Array] = []

    def round(self, judgement: Judgement) -> None:
        """Commit the round, and remember which ids it had."""
        self._seen.append(judgement.events.keys)
        super().round(judgement)

    def finish(self, run: Run) -> None:
        """Merge, name what is lost, and replace the old table of contents by the new one: one rename."""
        self._writer.merge()
        # Whatever is lost has been met, and rejected: no need to compare where nothing was.
        if run.rejected:
            for rejection in self._lost():
                run.note(rejection)
            Ledger(self.directory).doubt(self._writer.table.index)
        if self._resumed:
            self._forget()
        table = replace(self._writer.table, generation=self._generation + 1)
        toc.write(self.directory, table)
        toc.drop_rebuilt(self.directory)
        toc.clean(self.directory, toc.read(self.directory))

    def _lost(self) -> list[Rejection]:
        """What could not be saved; ArchiveDamaged where that is everything, for then the old index tells more."""
        found = loss.find(self.directory, self._stored(), self.live, sealed=self._old is not None)
        told = found.rejections(self.directory) if len(found.keys) else []
        if not len(self.live.keys) and (told or not found.certain):
            names = [each.path for each in told if each.path != str(self.directory)]
            more = f" and {len(names) - loss.NAMED:,} more" if len(names) > loss.NAMED else ""
            sources = f" ({', '.join(names[: loss.NAMED])}{more})" if names else ""
            raise ArchiveDamaged(
                f"none of the articles can be read; the index stays as it is; their sources{sources} remain",
                place=self.directory,
                cure=Cure.REINDEX,
            )
        return told

    def _stored(self) -> Sequence[SegmentEntry]:
        """The segments to rebuild, oldest first."""
        if self._old is not None:
            return self._old.segments
        return _found(self.directory, {segment.id for segment in self._writer.table.segments})

    def _forget(self) -> None:
        """Delete what was deleted from the index since the rebuild was interrupted."""
        seen = np.concatenate(self._seen) if self._seen else np.zeros(0, np.uint64)
        opened = map(self._writer.opened, self._writer.table.segments)
        self._writer.delete([np.flatnonzero(~np.isin(each.columns.doc_keys, seen)) for each in opened])

    def stocks(self) -> Iterator[Stock | Rejection]:
        """All stored articles, oldest segment first, so that of two versions the later one stays."""
        for path in ledger.mend(self.directory):
            yield Rejection(
                str(path),
                None,
                "which files articles came from is lost: index them again before you prune",
            )
        for path, aside in self._aside:
            yield Rejection(str(path), None, f"no table of contents of this index: it is now {aside.name}")
        if self._old is None:
            yield Rejection(
                str(self.directory),
                None,
                "the table of contents is lost, and with it what was deleted: delete it again",
            )
        for segment in self._stored():
            yield from _stocks(self.directory, segment, known=self._old is not None)


def _old_table(directory: Path) -> toc.Table | None:
    """The table of the index to rebuild; None where it is damaged."""
    try:
        return toc.read(directory)
    except ArchiveDamaged:
        return None


def _rebuilt(directory: Path, old: toc.Table | None) -> toc.Table:
    """What an interrupted rebuild has done; nothing where that is damaged, of another version or of another index."""
    try:
        done = toc.read(directory, REBUILT)
        for segment in done.segments:
            SegmentFiles(directory, segment)
        if old and done.index != old.index:
            raise ArchiveDamaged("the interrupted rebuild is that of another index", place=directory)
        return done
    except (ArchiveDamaged, ArchiveNotFound, VersionMismatch, FileNotFoundError):
        toc.drop_rebuilt(directory)
        return toc.Table(index=old.index) if old else toc.Table.fresh()


def _found(directory: Path, without: set[str]) -> list[SegmentEntry]:
    """All segments whose stored articles are in the folder, oldest first."""
    ids = [match[1] for name in door.names(directory) if (match := _STORED.fullmatch(name))]
    found = [SegmentEntry(0, each) for each in ids if each not in without]

    def age(entry: SegmentEntry) -> tuple[int, str]:
        return door.status(directory / entry.file(BLOCKS_FILE)).st_mtime_ns, entry.id

    return sorted(found, key=age)


def _stocks(directory: Path, segment: SegmentEntry, *, known: bool) -> Iterator[Stock | Rejection]:
    """The stored blocks of a segment in units of work."""
    path = directory / segment.file(BLOCKS_FILE)
    if not door.is_file(path):
        yield Rejection(
            str(path), None, f"the file and its {segment.docs} articles are lost: index their sources again"
        )
        return
    try:
        manifest = Manifest.read(directory, segment, sealed=known)
        docs, ends = (
            open_column(directory, segment, manifest, name).whole().tolist()
            for name in ("block_docs", "block_ends")
        )
    except (ArchiveDamaged, VersionMismatch, FileNotFoundError):
        yield from _walked(directory, path, segment)
        return
    mask = segment.deleted_mask() if known else None
    for first in range(0, len(docs) - 1, BLOCKS):
        last = min(first + BLOCKS, len(docs) - 1)
        spans = tuple((ends[block], ends[block + 1]) for block in range(first, last))
        gone = np.flatnonzero(mask[docs[first] : docs[last]]).tolist() if mask is not None else ()
        yield Stock(path, spans, frozenset(gone), by_digest=False)


def _walked(directory: Path, path: Path, segment: SegmentEntry) -> Iterator[Stock | Rejection]:
    """The stored blocks of a segment that lost the columns about them, found one behind the other."""
    gone: frozenset[int] = frozenset()
    mask = segment.deleted_mask()
    if mask is not None:
        try:
            manifest = Manifest.read(directory, segment)
            prints = open_column(directory, segment, manifest, "doc_fingerprints").whole()
            gone = frozenset(prints[mask].tolist())
        except (ArchiveDamaged, VersionMismatch, FileNotFoundError):
            yield Rejection(str(path), None, "what was deleted of these articles is lost: delete it again")
    at = HEAD
    with door.mapped(path) as content:
        size = len(content)
        for begin, end in stored_blocks.frames(content):
            if begin > at:
                yield _gap(path, at, begin)
            yield Stock(path, ((begin - HEAD, end - HEAD),), gone, by_digest=True)
            at = end
    if at < size or at == HEAD:
        yield _gap(path, at, max(at, size))


def _gap(path: Path, begin: int, end: int) -> Rejection:
    return Rejection(
        str(path), None, f"no articles between bytes {begin:,} and {end:,}: index their sources again"
    )
