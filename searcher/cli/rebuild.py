"""`searcher rebuild`: write the index anew from the articles stored in it.

$ searcher rebuild
"""

from __future__ import annotations

import sys

import click

from searcher.cli.index import list_rejections
from searcher.cli.options import examples, index_option, index_place, processes_option, wait_option
from searcher.cli.progress import Progress
from searcher.cli.terminal import inline, write
from searcher.errors import ReadError


@click.command(epilog=examples("searcher rebuild", "searcher --index nachlass rebuild --processes 1"))
@processes_option
@wait_option
@index_option
def rebuild(processes: int | None, wait: float) -> int:
    """Write the index again from the articles stored in it.

    Repairs a damaged index and upgrades one of another version. Searches use the old index until the new one is
    complete. After an interruption the same command resumes. Exit code 5: some articles are lost; standard error
    names them.
    """
    from searcher import Archive

    with Archive.at(index_place(), wait=wait) as archive, Progress.on(sys.stderr) as progress:
        report = archive.rebuild(processes=processes, progress=progress.moved)
    list_rejections(report)
    total = report.new + report.changed + report.unchanged
    write([f"{total:,} articles rebuilt ({report.took:.1f} s, index in {inline(str(index_place()))})"])
    return ReadError.exit_code if report.rejected else 0
