"""`searcher stats`: print contents, size and versions of the index.

$ searcher stats
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from searcher import serialise
from searcher.cli.options import examples, index_option, index_place, json_option, open_archive
from searcher.cli.output import dumps
from searcher.cli.terminal import Screen, inline, machine_output, write

if TYPE_CHECKING:
    from searcher import Stats

_MOST = 20


@click.command(epilog=examples("searcher stats", "searcher --index nachlass stats --format json"))
@json_option
@index_option
def stats(form: str) -> int:
    """Print contents, size and versions of the index."""
    with open_archive() as archive:
        counted = archive.stats()
    if form == "json":
        machine_output()
        write([dumps(serialise.stats(counted), Screen.of(sys.stdout))])
    else:
        write(_table(counted))
    return 0


def _table(counted: Stats) -> Iterator[str]:
    yield f"index     {inline(str(index_place()))}"
    yield f"articles  {counted.articles:,}"
    yield f"terms     {counted.terms:,}"
    if counted.period:
        yield f"period    {counted.period[0]} to {counted.period[1]}"
    yield f"size      {_size(counted.bytes)}"
    yield (
        f"versions  format {counted.format_version}, analysis {counted.analysis_version}, "
        f"stemmer {counted.stemmer_version}"
    )
    for facet, counts in counted.facets.items():
        yield from _counts(f"{facet}s", counts)


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if not any(counts):
        return  # no article has one
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    width = len(f"{ordered[0][1]:,}")
    yield ""
    yield title
    for name, count in ordered[:_MOST]:
        yield f"  {count:>{width},}  {inline(name) or '(none)'}"
    if len(ordered) > _MOST:
        rest = sum(count for _, count in ordered[_MOST:])
        yield f"  {rest:>{width},}  in {len(ordered) - _MOST:,} more (--format json lists them)"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
