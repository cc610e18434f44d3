"""Options shared by several commands: the index, the filters of a search, examples in the help.

`--index` may come before or after the name of the command: `searcher --index nachlass search Kreml` and
`searcher search Kreml --index nachlass` are the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searcher.article import FACETS

if TYPE_CHECKING:
    from searcher import Archive

_PLACE = "searcher.index"
DEFAULT_PLACE = "index"
WAIT = 10.0

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


def _remember_place(context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
    for value in values:
        if _PLACE in context.meta:
            raise click.UsageError("--index is given twice; a command uses one index", context)
        context.meta[_PLACE] = value


def index_option(command: AnyCommand) -> AnyCommand:
    """`--index DIR`; `index_place` returns the value."""
    return click.option(
        "--index",
        metavar="DIR",
        multiple=True,
        type=click.Path(file_okay=False),
        expose_value=False,
        callback=_remember_place,
        help="Folder of the index.  [default: $SEARCHER_INDEX, else ./index]",
    )(command)


def index_place() -> Path:
    """The folder of the index: `--index`, else $SEARCHER_INDEX, else `index` in the current folder."""
    given = click.get_current_context().meta.get(_PLACE)
    return Path(given or os.environ.get("SEARCHER_INDEX") or DEFAULT_PLACE)


def open_archive(wait: float = WAIT) -> Archive:
    """The archive at `index_place()`, for reading and deleting. Raises the errors of `Archive.open`."""
    from searcher import Archive

    return Archive.open(index_place(), wait=wait)


def wait_option(command: AnyCommand) -> AnyCommand:
    """`--wait SECONDS`, of every command that writes."""
    return click.option(
        "--wait",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        default=WAIT,
        help="Seconds to wait for another writer before giving up.  [default: 10]",
    )(command)


def reading_options(command: AnyCommand) -> AnyCommand:
    """`--map`, `--format`, `--source`, passed on as `pairs`, `form`, `source`."""
    for option in (
        click.option(
            "--source", metavar="NAME", default="", help="Source (Quelle) of articles that name none."
        ),
        click.option(
            "--format",
            "form",
            metavar="NAME",
            help="Read every file as this format instead of detecting it.",
        ),
        click.option(
            "--map", "pairs", metavar="FIELD=COLUMN", multiple=True, help="Read this column as this field."
        ),
    ):
        command = option(command)
    return command


def processes_option(command: AnyCommand) -> AnyCommand:
    """`--processes NUMBER`."""
    return click.option(
        "--processes",
        type=click.IntRange(min=1),
        metavar="NUMBER",
        help="Number of processes.  [default: one per core]",
    )(command)


def report_option(command: AnyCommand) -> AnyCommand:
    """`--report FILE`, written by an `Account`."""
    return click.option(
        "--report",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write a JSON line to FILE for every record rejected, skipped, repaired or withdrawn.",
    )(command)


def filter_options(command: AnyCommand) -> AnyCommand:
    """`--from`, `--to` and one option for every facet, passed on as `since`, `until`, `source`, `section`."""
    facets = [
        click.option(
            f"--{facet}", metavar="NAME", help=f"Only this {facet} ({german}); words of its name are enough."
        )
        for facet, german in reversed(FACETS.items())
    ]
    for option in (
        *facets,
        click.option("--to", "until", metavar="DATE", help="Only up to this date, inclusive."),
        click.option(
            "--from",
            "since",
            metavar="DATE",
            help="Only from this date on: 2023, 2023-03, 31.03.2023.",
        ),
    ):
        command = option(command)
    return command


def json_option(command: AnyCommand) -> AnyCommand:
    """`--format text|json` for commands that print one thing, not a list of hits."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Output format.",
    )(command)


def examples(*lines: str) -> str:
    """The examples at the end of a help text, one per line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
