"""`searcher show`: print one whole article.

$ searcher show 000_29fbb49a2373a391
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from searcher import serialise
from searcher.cli.ids import read, written
from searcher.cli.options import examples, index_option, json_option, open_archive
from searcher.cli.output import dumps
from searcher.cli.search import NO_HITS
from searcher.cli.terminal import Screen, block, complain, inline, machine_output, write

if TYPE_CHECKING:
    from searcher import Article


@click.command(epilog=examples("searcher show ID", "searcher show ID --format json"))
@click.argument("identifier", metavar="ID")
@json_option
@index_option
def show(identifier: str, form: str) -> int:
    """Print one article in full. A list of hits shows the id below each title."""
    with open_archive() as archive:
        article = archive.get(read(identifier))
    if article is None:
        complain(f"no article has the id '{identifier}'; 'searcher search QUERY --format ids' prints ids")
        return NO_HITS
    if form == "json":
        machine_output()
        write([dumps(serialise.article(article), Screen.of(sys.stdout))])
    else:
        write(_page(article, Screen.of(sys.stdout)))
    return 0


def _page(article: Article, screen: Screen) -> Iterator[str]:
    if article.kicker:
        yield inline(article.kicker)
    yield screen.bold(inline(article.title) or "(no title)")
    for name, value in _particulars(article):
        if value:
            yield screen.faint(f"{inline(name)}: {inline(value)}")
    for text in (article.teaser, article.body):
        for paragraph in block(text).split("\n\n"):
            if paragraph.strip():
                yield ""
                for line in paragraph.split("\n"):
                    yield from screen.wrapped(line)


def _particulars(article: Article) -> Iterator[tuple[str, str]]:
    yield "date", str(article.date or "undated")
    yield "published", str(article.published or "")
    yield from ((name, getattr(article, name)) for name in ("source", "section", "author", "url"))
    yield "keywords", ", ".join(article.keywords)
    yield "id", written(article.id)
    yield from article.extra.items()
