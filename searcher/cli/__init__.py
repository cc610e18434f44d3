"""The command line: one command per method of `Archive`.

The options of a command become one frozen request, an `Archive` carries it out, and `output` prints the answer. Heavy
modules are imported inside the commands, so that a search starts quickly.

    $ searcher index seeds/
    $ searcher search 'Waffenruhe UND Ukraine datum:2023-03'
"""

from collections.abc import Sequence

from searcher.cli.exit_codes import INTERRUPTED

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (default: the process's own) and return its exit code."""
    try:
        # The import takes a moment, and Ctrl-C may come meanwhile.
        from searcher.cli import program
    except KeyboardInterrupt:
        return INTERRUPTED
    return program.main(arguments)
