"""`searcher delete`: take articles out of the index, by id or by query.

$ searcher delete --query 'quelle:Testblatt'
"""

from __future__ import annotations

import click

from searcher.cli.options import examples, index_option, open_archive, wait_option
from searcher.cli.search import NO_HITS
from searcher.cli.terminal import complain, write
from searcher.errors import UsageError


@click.command(
    epilog=examples(
        "searcher delete ID",
        "searcher search --count 'quelle:Testblatt' && searcher delete --query 'quelle:Testblatt'",
    )
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--query", metavar="QUERY", help="Delete every article that this query finds.")
@wait_option
@index_option
def delete(ids: tuple[str, ...], query: str | None, wait: float) -> int:
    """Delete the articles with these ids, or all that a query finds. Their files stay as they are."""
    if bool(ids) == (query is not None):
        raise UsageError("delete takes ids or --query QUERY, one of the two: see 'searcher delete --help'")
    with open_archive(wait) as archive:
        deleted = archive.delete(ids=ids, query=query)
    if not deleted:
        complain("nothing deleted: no article has " + ("these ids" if ids else "what the query asks for"))
        return NO_HITS
    write([f"{deleted:,} {'article' if deleted == 1 else 'articles'} deleted"])
    return 0
