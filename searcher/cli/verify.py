"""`searcher verify`: check the index for damage.

$ searcher verify --deep
"""

from __future__ import annotations

import click

from searcher.cli.options import examples, index_option, index_place
from searcher.cli.terminal import complain, inline, write
from searcher.errors import ArchiveDamaged


@click.command(epilog=examples("searcher verify", "searcher --index nachlass verify --deep"))
@click.option(
    "--deep",
    is_flag=True,
    help="Also analyse every stored article again and compare the result with the index.",
)
@index_option
def verify(deep: bool) -> int:
    """Check the index for damage.

    Compares every file with its checksums and with the other files. Exit code 3: the index is damaged; standard
    error has one line for each damage, with file, column and article.
    """
    from searcher import Archive

    with Archive.at(index_place()) as archive:
        damages = archive.verify(deep=deep)
    for damage in damages:
        complain(str(damage))
    if damages:
        place = inline(str(index_place()))
        complain(
            f"{place} is damaged: `searcher --index {place} rebuild` saves every article that can still be "
            "read; index the sources of those it names as lost again"
        )
        return ArchiveDamaged.exit_code
    write([f"{inline(str(index_place()))} is as it was written"])
    return 0
