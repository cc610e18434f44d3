"""Report: the tables that people read. Every ratio says how many times as fast ours is; below 1 ours is slower."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.queries import EXTRA
from tests.bench.searching import Timed, geometric, groups, overall, worst

MB = 1e6


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns in line; all but the first to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells)


def number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def indexing(runs: dict[str, dict[str, Any]]) -> Iterator[str]:
    """One line an engine and number of processes."""
    rows = [
        (
            name,
            f"{run['articles'] / run['seconds']:,.0f}",
            number(run["seconds"]),
            number(run["cpu"]),
            number(run["bytes"] / MB, 1),
            number(run["bytes"] / run["articles"] / 1000),
            number(run["peak"] / MB, 0),
            number(run["worker_peak"] / MB, 0) if run["worker_peak"] else "-",
            number(run["anonymous"] / MB, 0),
        )
        for name, run in runs.items()
    ]
    head = ("indexing", "articles/s", "s", "cpu s", "MB on disk", "kB/article", "peak MB", "a worker", "own")
    yield from table(head, rows)


def searches(title: str, found: Sequence[Timed]) -> Iterator[str]:
    """One line a class: medians in milliseconds, means of ratios; the mean of all queries below."""
    rows = []
    for name, queries in groups(found).items():
        engines = ("ours", "tantivy", "fts5", "ours, typed", "tantivy, typed")
        means = [geometric(query.seconds.get(engine) for query in queries) for engine in engines]
        times = [number(mean and mean * 1000, 3) for mean in means]
        ratios = [query.ratio() for query in queries]
        rows.append(
            (
                name,
                str(len(queries)),
                *times[:3],
                number(geometric(ratios)),
                number(min(ratio for ratio in ratios if ratio)),
                number(geometric(query.ratio("fts5") for query in queries), 1),
                *times[3:],
                number(geometric(query.ratio(how=", typed") for query in queries)),
            )
        )
    mean = [number(each) for each in (overall(found), overall(found, how=", typed"))]
    rows.append(
        (f"all but {EXTRA}", "", "", "", "", mean[0], "", number(overall(found, "fts5"), 1), "", "", mean[1])
    )
    head = (
        title,
        "n",
        "ours ms",
        "tantivy",
        "fts5",
        "x tantivy",
        "worst",
        "x fts5",
        "typed ours",
        "tantivy",
        "x",
    )
    yield from table(head, rows)


def slow_queries(title: str, found: Sequence[Timed], below: float) -> Iterator[str]:
    """Every query of the classes whose mean ratio is below `below`."""
    rows = []
    for name, queries in groups(found).items():
        mean = geometric(query.ratio() for query in queries)
        if mean is not None and mean < below:
            for query in queries:
                times = [query.seconds.get(engine) for engine in ("ours", "tantivy")]
                shown = [number(each and each * 1000, 3) for each in times]
                rows.append((f"{name}: {query.ask.text}", f"{query.count:,}", *shown, number(query.ratio())))
    yield from table((title, "hits", "ours ms", "tantivy ms", "x"), rows)


def targets(
    found: dict[str, Any], indexed: dict[str, Any], searched: dict[str, list[Timed]]
) -> Iterator[str]:
    """The table of what must be reached, as far as this run measured it."""
    rows: list[tuple[str, str, str, str]] = []

    def row(what: str, wanted: str, value: float | None, reached: bool, unit: str = " x") -> None:
        if value is not None:
            rows.append((what, wanted, number(value) + unit, "reached" if reached else "NOT REACHED"))

    ours, tantivy = indexed.get("ours, 2 processes"), indexed.get("tantivy, 2 threads")
    if ours and tantivy:
        speed = tantivy["seconds"] / ours["seconds"]
        row("indexing, two processes, against tantivy-py", "1 x, aim 1.5 x", speed, speed >= 1)
        for name in ("part: ours, 2 processes", "part: ours, 1 process"):
            speed = indexed["part: whoosh"]["seconds"] / indexed[name]["seconds"]
            row(f"indexing against stock Whoosh ({name[6:]})", "15 x", speed, speed >= 15)
        size = ours["bytes"] / tantivy["bytes"]
        row("index size against tantivy-py's", "at most 1.25 x", size, size <= 1.25)
        peak = max(ours["peak"], ours["worker_peak"])
        row("peak memory of indexing, a process", "under 1000 MB", peak / MB, peak < 1e9, " MB")
        if scaled := indexed.get("times: ours, 2 processes"):
            grown = max(scaled["peak"], scaled["worker_peak"]) / peak
            row("memory for the multiplied articles", "at most 1.2 x", grown, grown <= 1.2)
    for name, timed in searched.items():
        mean = overall(timed)
        low, group = worst(timed)
        row(f"search, {name}, geometric mean, against tantivy-py", "1 x, aim 2 x", mean, (mean or 0) >= 1)
        # Tantivy has no index of the ends of words, so that this class alone would lift the mean above all others.
        mean = overall(timed, without=("suffix wildcard",))
        row("… without suffix wildcards", "1 x, aim 2 x", mean, (mean or 0) >= 1)
        row(f"… worst class ({group}), time against tantivy-py", "at most 2 x", 1 / low, low >= 0.5)
    if whole := found.get("command"):
        seconds = max(each["seconds"] for each in whole["queries"].values())
        peak = max(each["peak"] for each in whole["queries"].values())
        row("searcher search as a whole process", "under 0.4 s", seconds, seconds < 0.4, " s")
        row("… resident", "under 150 MB", peak / MB, peak < 150e6, " MB")
        row(
            "opening the archive",
            "under 30 ms",
            found["opening"]["open"] * 1000,
            found["opening"]["open"] < 0.03,
            " ms",
        )
        rows.append(
            ("first answer after opening", "", number(found["opening"]["first_answer"] * 1000) + " ms", "")
        )
    yield from table(("target", "wanted", "measured", ""), rows)
