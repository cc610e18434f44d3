"""`searcher delete`: delete articles from the index, by id or by query.

$ searcher delete --query 'quelle:Testblatt'
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from searcher.cli.ids import read
from searcher.cli.options import examples, index_option, open_archive, wait_option
from searcher.cli.search import NO_HITS
from searcher.cli.terminal import complain, inline, write
from searcher.errors import UsageError

if TYPE_CHECKING:
    from searcher import Archive

MANY = 1000
"""Maximum number of articles that a query deletes without --yes; also at most half of the index."""


@click.command(
    epilog=examples(
        "searcher delete ID",
        "searcher delete --query 'quelle:Testblatt' --dry-run",
        "searcher search 'quelle:Testblatt' --format ids -n 100 | xargs -d'\\n' searcher delete",
    )
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--query", metavar="QUERY", help="Delete every article that this query finds.")
@click.option("--dry-run", is_flag=True, help="Print the number of articles; delete nothing.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@wait_option
@index_option
def delete(ids: tuple[str, ...], query: str | None, dry_run: bool, yes: bool, wait: float) -> int:
    """Delete articles from the index, by id or by query. Their files stay.

    On a terminal a query is confirmed first. Elsewhere one that finds more than half of the index, or more than
    1,000 articles, needs --yes. Exit code 1: nothing deleted.
    """
    if bool(ids) == (query is not None):
        raise UsageError("delete takes ids or --query QUERY, one of the two", "see 'searcher delete --help'")
    named = [read(each) for each in ids]
    with open_archive(wait) as archive:
        if dry_run:
            count = sum(archive.get(each) is not None for each in set(named)) + _count(archive, query)
            write([f"{_articles(count)} would be deleted"])
            return 0 if count else NO_HITS
        if query is not None and not yes and not _may_delete(archive, query):
            complain("nothing deleted")
            return NO_HITS
        deleted = archive.delete(ids=named, query=query)
    if not deleted:
        complain("nothing deleted: no article " + ("has these ids" if ids else "matches the query"))
        return NO_HITS
    write([f"{_articles(deleted)} deleted"])
    return 0


def _count(archive: Archive, query: str | None) -> int:
    return archive.count(query) if query is not None else 0


def _may_delete(archive: Archive, query: str) -> bool:
    """Ask at a terminal; elsewhere raise UsageError for a query that finds too many articles."""
    count, total = _count(archive, query), len(archive)
    if not count:
        return True
    what = f"{_articles(count)} of {total:,}"
    if _is_watched():
        return click.confirm(f"Delete {inline(what)}?", err=True)
    if count > MANY or 2 * count > total:
        raise UsageError(f"this query would delete {what}", "add --yes, or look first with --dry-run")
    return True


def _is_watched() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _articles(count: int) -> str:
    return f"{count:,} {'article' if count == 1 else 'articles'}"
