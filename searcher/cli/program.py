"""The program `searcher`: its commands, and the one place that turns errors into a line and an exit code.

>>> main(["--version"])
searcher 0.1.0
0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

import searcher
from searcher.cli.analyze import analyze
from searcher.cli.cures import words
from searcher.cli.delete import delete
from searcher.cli.exit_codes import INTERRUPTED
from searcher.cli.index import index
from searcher.cli.interrupts import interruptible
from searcher.cli.optimize import optimize
from searcher.cli.options import examples, index_option, index_place
from searcher.cli.rebuild import rebuild
from searcher.cli.search import search
from searcher.cli.show import show
from searcher.cli.stats import stats
from searcher.cli.terminal import complain, prepare_streams, silence_stdout
from searcher.cli.verify import verify
from searcher.cli.watch import watch
from searcher.errors import Cure, QuerySyntaxError, SearcherError, StorageError

DEFECT = 70
_COMPLETION = "_SEARCHER_COMPLETE"


class _Program(click.Group):
    """Lists its commands in the order of use, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    name="searcher",
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "searcher index seeds/",
        "searcher search 'Waffenruhe UND Ukraine datum:2023-03'",
        "searcher --index ~/archiv search Kreml --sort newest",
    ),
)
@index_option
@click.version_option(searcher.__version__, prog_name="searcher", message="%(prog)s %(version)s")
def program() -> None:
    """Full-text search over German news archives."""


for each in (index, watch, search, show, analyze, stats, delete, verify, rebuild, optimize):
    program.add_command(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (default: the process's own) and return its exit code."""
    prepare_streams()
    try:
        with interruptible(to_the_end=arguments is None):
            code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        silence_stdout()
        return 0
    except KeyboardInterrupt:
        # The terminal may be gone: that may be the reason for the interrupt.
        with suppress(OSError):
            complain("interrupted; the index is consistent: run the same command again")
        return INTERRUPTED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return error.exit_code
    except click.ClickException as error:
        complain(_one_line(error))
        return error.exit_code
    except MemoryError:
        complain(f"out of memory; {words(Cure.MEMORY)}")
        return StorageError.exit_code
    except OSError as error:
        # Most likely standard output itself failed; its buffered text is lost.
        silence_stdout()
        complain(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        return StorageError.exit_code
    except Exception as error:
        if os.environ.get("SEARCHER_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        complain(f"this is a defect of searcher: {what}; SEARCHER_DEBUG=1 shows where")
        return DEFECT


def _run(arguments: list[str]) -> int:
    if _COMPLETION in os.environ:
        program.main(arguments, prog_name="searcher", complete_var=_COMPLETION)
    with program.make_context("searcher", arguments) as context:
        try:
            return int(program.invoke(context) or 0)
        except SearcherError as error:
            # Caught here, where the index is known.
            cure = words(error.cure, str(index_place()), error.detail)
            caret = error.caret() if isinstance(error, QuerySyntaxError) else ""
            complain(f"{error}; {cure}" if cure else str(error), caret)
            return error.exit_code


def _one_line(error: click.ClickException) -> str:
    """Click's message, with the cure after it."""
    message = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "searcher"
    if isinstance(error, click.NoSuchOption) and path.endswith(" search"):
        return (
            f"{message}: a query that begins with '-' needs '--' before it; '{path} --help' lists the options"
        )
    return f"{message}: see '{path} --help'"
