"""`searcher index`: read files and folders into the index, and report what became of every record.

$ searcher index seeds/ nachlass.jsonl.xz --map title=Ueberschrift
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searcher.cli.cures import words
from searcher.cli.options import (
    WAIT,
    examples,
    index_option,
    index_place,
    processes_option,
    reading_options,
    report_option,
    wait_option,
)
from searcher.cli.progress import Progress
from searcher.cli.report_file import Account
from searcher.cli.terminal import aligned, complain, inline, write
from searcher.errors import ReadError, UsageError

if TYPE_CHECKING:
    from searcher import IndexReport


@dataclass(frozen=True)
class IndexRequest:
    """What to index and how to read it, checked."""

    paths: tuple[Path, ...]
    mapping: Mapping[str, str]
    form: str | None = None
    source: str = ""
    processes: int | None = None
    wait: float = WAIT
    report: Path | None = None
    prune: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        for path in self.paths:
            if str(path) != "-" and not os.path.lexists(path):
                raise UsageError(f"there is no file or folder '{path}': check its name")


def mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """Pairs such as `title=Ueberschrift` as {article field: column name}; UsageError for a pair without a column."""
    columns = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or not column:
            raise UsageError(f"--map '{pair}' lacks its column: write FIELD=COLUMN, as in title=Ueberschrift")
        columns[name] = column
    return columns


@click.command(
    epilog=examples(
        "searcher index seeds/",
        "searcher --index nachlass index 'scans 1990' nachlass.jsonl.xz",
        "searcher index export.csv --map title=Ueberschrift --map date=Erscheinungstag",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@reading_options
@click.option(
    "--dry-run", is_flag=True, help="Show what would be indexed and what would be rejected; write nothing."
)
@click.option("--prune", is_flag=True, help="Afterwards delete the articles whose files below PATH are gone.")
@report_option
@processes_option
@wait_option
@index_option
def index(paths: tuple[Path, ...], pairs: tuple[str, ...], **given: Any) -> int:
    """Read files and folders into the index.

    Reads plain text, JSON lines, CSV and more (the documentation lists all formats), compressed or not, and whole
    folders; - is standard input. Articles that are indexed and unchanged are left alone, so the same command can be run
    again at any time. Exit code 5: some records were rejected; standard error names each with its reason.
    """
    request = IndexRequest(paths, mapping(pairs), **given)
    done = _indexed(request)
    list_rejections(done)
    if request.dry_run:
        write(_previewed(done))
    write([summary(done, request.dry_run), *repairs(done)])
    return ReadError.exit_code if done.rejected else 0


def _indexed(request: IndexRequest) -> IndexReport:
    from searcher import Archive, ReadOptions, readers
    from searcher.ingest.input_files import InputFiles

    if next(readers.find(request.paths), None) is None:
        named = ", ".join(f"'{path}'" for path in request.paths)
        raise UsageError(
            f"nothing to index in {named}: no files there ('searcher index --help': what is read)"
        )
    options = ReadOptions(mapping=request.mapping, format=request.form, source=request.source)
    # Check before an empty index or a report is created.
    readers.check(options)
    if request.prune:
        InputFiles(request.paths, options, prune=True)
    opened = Archive.at if request.dry_run else Archive.open_or_create
    with (
        Account(request.report, request.paths) as account,
        opened(index_place(), wait=request.wait) as archive,
        Progress.on(sys.stderr) as progress,
    ):
        return archive.index(
            request.paths,
            options=options,
            processes=request.processes,
            progress=progress.moved,
            on_note=account.note,
            prune=request.prune,
            dry_run=request.dry_run,
        )


def list_rejections(report: IndexReport) -> None:
    """Print every rejection of a run to standard error, in the order of files."""
    for rejection in sorted(report.rejections, key=lambda each: (each.path, each.line or 0)):
        cure = words(rejection.cure, str(index_place()), rejection.detail)
        complain(f"{rejection}; {cure}" if cure else str(rejection))
    unnamed = report.rejected - len(report.rejections)
    if unnamed:
        complain(f"and {unnamed:,} more rejected records")


def _previewed(report: IndexReport) -> Iterator[str]:
    """The counts of a dry run by format, with the first articles of each."""
    from searcher.report import DryRunReport

    if not isinstance(report, DryRunReport):
        return
    for form, counts in report.formats.items():
        yield f"{form}: " + ", ".join(f"{counts[word]:,} {word}" for word in ("new", "changed", "unchanged"))
        rows = [
            (
                f"  {each.what}",
                str(each.article.date or "undated"),
                f"{each.article.title or each.article.id}",
            )
            for each in report.examples
            if each.format == form
        ]
        if rows:
            yield from aligned(rows)


def summary(report: IndexReport, dry_run: bool = False) -> str:
    """What became of the records, in one line."""
    total = report.new + report.changed + report.unchanged
    counts = f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged"
    others = (
        ("withdrawn", report.withdrawn),
        ("withdrawn but not in the index", report.absent),
        ("older than in the index or withdrawn before", report.outdated),
        ("pruned", report.pruned),
        ("rejected", report.rejected),
    )
    if report.duplicates:
        counts += f"; {report.duplicates:,} of them with the text of another article"
    counts += "".join(f"; {count:,} {name}" for name, count in others if count)
    what = "nothing written" if dry_run else f"index in {inline(str(index_place()))}"
    return f"{total:,} article{'' if total == 1 else 's'}: {counts} ({report.took:.1f} s, {what})"


def repairs(report: IndexReport) -> Iterator[str]:
    """One line per reason for repaired and skipped records."""
    for what, counts in (("repaired", report.repaired), ("skipped", report.skipped)):
        for reason, count in sorted(counts.items()):
            yield f"{what}: {count:,} {inline(reason)}"
