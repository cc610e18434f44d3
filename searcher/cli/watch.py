"""`searcher watch`: index new files of a folder, until Ctrl-C or SIGTERM.

$ searcher watch eingang/ --interval 5
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from searcher.cli.index import IndexRequest, list_rejections, mapping, repairs, summary
from searcher.cli.options import (
    examples,
    index_option,
    index_place,
    processes_option,
    reading_options,
    report_option,
    wait_option,
)
from searcher.cli.report_file import Account
from searcher.cli.terminal import complain, write


@click.command(
    epilog=examples(
        "searcher watch eingang/",
        "searcher --index nachlass watch eingang/ --interval 60 --source Abendbote",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@reading_options
@click.option(
    "--interval",
    metavar="SECONDS",
    type=click.FloatRange(min=0.05),
    default=2.0,
    help="Seconds between two scans; a file is read once it is unchanged between two scans.  [default: 2]",
)
@report_option
@processes_option
@wait_option
@index_option
def watch(paths: tuple[Path, ...], pairs: tuple[str, ...], interval: float, **given: Any) -> int:
    """Index new files as they arrive in a folder.

    Starts with the files already there and skips those unchanged since they were indexed. Runs until Ctrl-C or
    SIGTERM; both end it cleanly with exit code 0. Articles of deleted files stay in the index: 'searcher index
    --prune' removes them.
    """
    from searcher import Archive, ReadOptions, readers

    request = IndexRequest(paths, mapping(pairs), **given)
    if Path("-") in paths:
        raise click.UsageError("standard input cannot be watched: use 'searcher index -'")
    options = ReadOptions(mapping=request.mapping, format=request.form, source=request.source)
    readers.check(options)
    with (
        Account(request.report, paths) as account,
        Archive.open_or_create(index_place(), wait=request.wait) as archive,
        suppress(KeyboardInterrupt),
    ):
        complain(f"watching {', '.join(map(str, paths))}; Ctrl-C ends it")
        for report in archive.watch(
            paths, options=options, interval=interval, processes=request.processes, on_note=account.note
        ):
            list_rejections(report)
            write([summary(report), *repairs(report)])
            sys.stdout.flush()
    return 0
