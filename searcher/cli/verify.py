"""`searcher verify`: is the index as it was written?

$ searcher verify --deep
"""

from __future__ import annotations

import click

from searcher.cli.options import examples, index_option, index_place
from searcher.cli.terminal import complain, inline, write
from searcher.errors import ArchiveDamaged


@click.command(epilog=examples("searcher verify", "searcher --index nachlass verify --deep"))
@click.option(
    "--deep", is_flag=True, help="Analyse every stored article again and compare it with the index."
)
@index_option
def verify(deep: bool) -> int:
    """Check that the index is as it was written.

    Every file is held against its checksums, and the files against each other. Exit code 3: something is
    damaged; each damage is a line on standard error, with the file, the column and the article it is about.
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
            "read; what it names as lost has to be indexed from its sources again"
        )
        return ArchiveDamaged.exit_code
    write([f"{inline(str(index_place()))} is as it was written"])
    return 0
