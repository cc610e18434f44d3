"""The command line: one command per verb of `Archive`, rendering apart from doing.

A command's values become one frozen request, an `Archive` carries it out, `formats` prints what comes back.
Heavy parts are imported inside the commands, so that a search starts quickly.

    $ searcher index seeds/
    $ searcher search 'Waffenruhe UND Ukraine datum:2023-03'
"""

from collections.abc import Sequence

__all__ = ["main"]

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (default: the process's own) and return its exit code."""
    try:
        # Takes a moment, in which one may press Ctrl-C.
        from searcher.cli import program
    except KeyboardInterrupt:
        return INTERRUPTED
    return program.main(arguments)
