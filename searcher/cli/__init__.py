"""The command line: one command per verb of `Archive`, rendering apart from doing.

A command's values become one frozen request, an `Archive` carries it out, `formats` prints what comes back.
Heavy parts are imported inside the commands, so that a search starts quickly.

    $ searcher index seeds/
    $ searcher search 'Waffenruhe UND Ukraine datum:2023-03'
"""

from searcher.cli.program import main

__all__ = ["main"]
