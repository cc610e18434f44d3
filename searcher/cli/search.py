"""`searcher search`: find articles and print them, count them, or explain how the query was read.

$ searcher search 'Waffenruhe -Kreml' --from 2023-03 --format '{date} {title}'
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from searcher import serialise
from searcher.cli.options import examples, filter_options, index_option, open_archive
from searcher.cli.output import NAMES, TEXT, Format, dumps
from searcher.cli.terminal import Screen, aligned, inline, machine_output, write
from searcher.errors import UsageError
from searcher.request import FILTERS, MATCHES, SORTS, Filters, Request

if TYPE_CHECKING:
    from searcher import Archive, Explanation

Task = Literal["hits", "count", "explain"]
NO_HITS = 1


@dataclass(frozen=True)
class SearchRequest:
    """One checked search: what to find, and how to print it."""

    asked: Request
    form: Format = TEXT
    task: Task = "hits"
    formulas: bool = False

    def __post_init__(self) -> None:
        if self.task != "hits" and self.form.name not in ("text", "json"):
            raise UsageError(f"--{self.task} prints text or json: leave --format out, or write --format json")


class _FormatType(click.ParamType[Format]):
    name = "format"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Format:
        return value if isinstance(value, Format) else Format.parse(value)


@click.command(
    epilog=examples(
        "searcher search Waffenruhe Ukraine",
        "searcher search '\"ohne Vorbedingungen\" NICHT Kreml' --sort newest",
        "searcher search 'titel:Kreml' --from 2023-03 --to 31.03.2023 --count",
        "searcher search Bahnhof --format '{date} {title} <{url}>' -n 100",
        "searcher search --explain 'Bürgermeisterin UND Haushalt*'",
    )
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@filter_options
@click.option(
    "-n",
    "--limit",
    metavar="NUMBER",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Maximum number of hits.",
)
@click.option(
    "--offset", metavar="NUMBER", type=click.IntRange(min=0), default=0, help="Skip this many hits."
)
@click.option(
    "--match",
    type=click.Choice(MATCHES),
    help="Words that must occur in a query without operators. auto: articles with all words first, then, where "
    "these are few, articles with some. Default: auto for text and json, else all.",
)
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="relevance",
    show_default=True,
    help="Order of the hits.",
)
@click.option("--count", "task", flag_value="count", help="Print only the number of hits.")
@click.option(
    "--explain", "task", flag_value="explain", help="Print how the query was read and what each word became."
)
@click.option(
    "--format",
    "form",
    type=_FormatType(),
    default="text",
    metavar="FORMAT",
    help=f"{', '.join(NAMES)}, or a template such as '{{date}} {{title}} <{{url}}>'.",
)
@click.option(
    "--formulas",
    is_flag=True,
    help="Leave CSV cells that begin with = + - @ as they are.  [default: put ' before them]",
)
@index_option
def search(words: tuple[str, ...], task: Task | None, form: Format, formulas: bool, **options: Any) -> int:
    """Find articles.

    Words match in any inflection; articles with all of them come first. UND, ODER, NICHT, "exact wording", Waffen*,
    titel:Kreml, datum:2023-03..2023-05 and more: the documentation describes the query language. Exit code 1: no hits.
    """
    filters = cast(Filters, {name: options.pop(name) for name in FILTERS})
    # A list of lines cannot tell the two groups apart.
    options["match"] = options["match"] or ("auto" if form.name in ("text", "json") else "all")
    asked = Request(" ".join(words), filters=filters, **options)
    request = SearchRequest(asked, form, task or "hits", formulas)
    if form.name != "text":
        machine_output()
    with open_archive() as archive:
        return TASKS[request.task](archive, request, Screen.of(sys.stdout))


def _hits(archive: Archive, request: SearchRequest, screen: Screen) -> int:
    asked = request.asked
    results = archive.search(
        asked.query,
        limit=asked.limit,
        offset=asked.offset,
        sort=asked.sort,
        match=asked.match,
        **asked.filters,
    )
    write(request.form.lines(results, screen, request.formulas))
    return 0 if results.total or results.more else NO_HITS


def _count(archive: Archive, request: SearchRequest, screen: Screen) -> int:
    total = archive.count(request.asked.query, **request.asked.filters)
    if request.form.name == "json":
        write([dumps(serialise.counted(request.asked.query, total), screen)])
    else:
        write([str(total)])
    return 0 if total else NO_HITS


def _explain(archive: Archive, request: SearchRequest, screen: Screen) -> int:
    explanation = archive.explain(request.asked.query)
    if request.form.name == "json":
        write([dumps(serialise.explanation(explanation), screen)])
    else:
        write(_explained(explanation))
    return 0


def _explained(explanation: Explanation) -> Iterator[str]:
    yield f"query    {inline(explanation.query)}"
    yield f"read as  {inline(explanation.tree)}"
    if explanation.ignored:
        yield f"ignored  {inline(', '.join(explanation.ignored))} (stop words; quotes keep them)"
    rows = [
        (f"{leaf.articles:,}", leaf.field.removesuffix("_printed"), leaf.text, ", ".join(leaf.became))
        for leaf in explanation.leaves
    ]
    if rows:
        yield ""
        yield from aligned([("articles", "field", "written", "became"), *rows])


TASKS = {"hits": _hits, "count": _count, "explain": _explain}
