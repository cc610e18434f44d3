"""How fast the readers are: MB/s and articles/s per format, two processes against one. Run: python tests/bench/readers.py

Each corpus is read twice in this process and twice by two workers, fed over pipes as `searcher index` does it; the
faster run counts, with the start of the workers. Both must give the same number of articles before a time is reported.
Formats may be named: `python tests/bench/readers.py html newsml`. The processors' time of both runs, in the last columns,
tells whether the machine was quiet: then it is that of the clock with one process, and nearly twice that with two.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from searcher.article import Article
from searcher.ingest.input_files import InputFiles
from searcher.ingest.pool import Pool
from searcher.ingest.settle import LiveIds
from searcher.readers import Record, read

DATA = Path(__file__).parents[3] / "shared" / "data"


class Counter:
    """In place of a Worker: reads, and keeps nothing."""

    def __init__(self, directory: Path, known: LiveIds) -> None:
        pass

    def take(self, number: int, items: Iterable[Record], path: str = "") -> tuple[int, list[Any]]:
        return sum(isinstance(each, Article) for each in items), []


def run(paths: list[Path], processes: int) -> tuple[int, float, float]:
    """Articles, seconds, and seconds of the processors."""
    start, used = time.perf_counter(), processors()
    pool = Pool(Path(), LiveIds.of([]), read, processes, Counter)
    try:
        units = InputFiles(paths).units()
        total = sum(articles for articles, _ in pool.run(enumerate(units)))
    finally:
        pool.close()
    return total, time.perf_counter() - start, processors() - used


def best(paths: list[Path], processes: int) -> tuple[int, float, float]:
    """The faster of two runs."""
    return min((run(paths, processes) for _ in range(2)), key=lambda each: each[1])


def processors() -> float:
    """Seconds of this process and its ended children."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def corpora(folder: Path) -> Iterator[tuple[str, list[Path], int]]:
    """(name, paths, plain bytes)"""
    lines = lzma.decompress((DATA / "news.jsonl.xz").read_bytes()).splitlines(keepends=True)[:15_000]
    records = [json.loads(line) for line in lines]
    made = {
        "jsonl": b"".join(lines),
        "json array": json.dumps(records, ensure_ascii=False, indent=1).encode(),
    }
    for name, data in made.items():
        path = folder / f"{name.replace(' ', '-')}.{name.split()[0]}"
        path.write_bytes(data)
        yield name, [path], len(data)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        print("parquet: not installed")
    else:
        table = pyarrow.Table.from_pylist(
            [{key: str(value) for key, value in each.items()} for each in records]
        )
        parquet.write_table(table, folder / "x.parquet", row_group_size=1000)
        yield "parquet", [folder / "x.parquet"], len(made["jsonl"])
    csv = (DATA / "formats" / "csv" / "polizei-berlin.csv").read_bytes()
    header, _, rows = csv.partition(b"\n")
    (folder / "x.csv").write_bytes(header + b"\n" + rows * 10)
    yield "csv", [folder / "x.csv"], len(csv) * 10
    # Workers take a second to load the parsers of pages: enough of them that it does not count.
    for name, pattern, times in (
        ("html", "html/*_*.html.gz", 4),
        ("newsml", "newsml/*.xml", 50),
        ("feed", "rss/*.xml", 30),
    ):
        paths = sorted((DATA / "formats").glob(pattern)) * times
        copies = folder / name
        copies.mkdir()
        size = 0
        for number, path in enumerate(paths):
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            (copies / f"{number:04}.{name}").write_bytes(data)
            size += len(data)
        yield name, [copies], size


def main() -> None:
    if not DATA.exists():
        sys.exit("needs ../shared/data")
    heads = ("one: MB/s", "art./s", "two: MB/s", "art./s", "ratio", "CPU s", "CPU s")
    print(f"{'format':12} {'MB':>6} {'articles':>9} " + " ".join(f"{head:>9}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for name, paths, size in corpora(Path(folder)):
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            # Two before one: what is forked must not have the parsers already.
            (again, two, used_by_two), (found, one, used) = (best(paths, processes) for processes in (2, 1))
            if found != again or not found:
                sys.exit(f"{name}: {found} articles with one process, {again} with two")
            figures = [f"{size / seconds / 1e6:9.1f} {found / seconds:9.0f}" for seconds in (one, two)]
            last = f"{one / two:9.2f} {used:9.1f} {used_by_two:9.1f}"
            print(f"{name:12} {size / 1e6:6.1f} {found:9} {' '.join(figures)} {last}", flush=True)


if __name__ == "__main__":
    main()
