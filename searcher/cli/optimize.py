"""`searcher optimize`: merge all segments of the index into one.

$ searcher optimize
"""

from __future__ import annotations

import click

from searcher.cli.options import examples, index_option, open_archive, wait_option
from searcher.cli.terminal import inline, write


@click.command(epilog=examples("searcher optimize", "searcher --index nachlass optimize"))
@wait_option
@index_option
def optimize(wait: float) -> int:
    """Merge all segments of the index into one, for faster searches."""
    with open_archive(wait) as archive:
        archive.optimize()
        write([f"{len(archive):,} articles in one segment (index in {inline(archive.place)})"])
    return 0
