"""How fast the readers are: MB/s and articles/s per format, two processes against one. Run: python tests/bench/readers.py

Each corpus is read once with one worker and once with two, as `searcher index` does: this process cuts files into
units, the workers parse them. Both runs must give the same number of articles before a time is reported.
"""

from __future__ import annotations

import gzip
import json
import lzma
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from searcher.article import Article
from searcher.readers import Unit, find, read, units

DATA = Path(__file__).parents[3] / "shared" / "data"


def count(batch: list[Unit]) -> int:
    return sum(isinstance(each, Article) for unit in batch for each in read(unit))


def batches(paths: list[Path]) -> Iterator[list[Unit]]:
    batch: list[Unit] = []
    for file in find(paths):
        for unit in units(file) if not hasattr(file, "reason") else ():
            if isinstance(unit, Unit):
                batch.append(unit)
            if len(batch) >= 4:
                yield batch
                batch = []
    yield batch


def run(paths: list[Path], processes: int) -> tuple[int, float]:
    start = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        # As many batches on their way as keep the workers busy, and no more.
        waiting, total = [], 0
        for batch in batches(paths):
            waiting.append(pool.submit(count, batch))
            if len(waiting) > 4 * processes:
                total += waiting.pop(0).result()
        total += sum(each.result() for each in waiting)
    return total, time.perf_counter() - start


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
    for name, pattern in (("html", "html/*_*.html.gz"), ("newsml", "newsml/*.xml"), ("feed", "rss/*.xml")):
        paths = sorted((DATA / "formats").glob(pattern)) * (1 if name == "html" else 10)
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
    print(
        f"{'format':12} {'MB':>6} {'articles':>9} {'one: MB/s':>10} {'art./s':>8} {'two: MB/s':>10} {'art./s':>8} {'ratio':>6}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, paths, size in corpora(Path(folder)):
            (found, one), (again, two) = run(paths, 1), run(paths, 2)
            if found != again or not found:
                sys.exit(f"{name}: {found} articles with one process, {again} with two")
            speed = [f"{size / seconds / 1e6:10.1f} {found / seconds:8.0f}" for seconds in (one, two)]
            print(f"{name:12} {size / 1e6:6.1f} {found:9} {speed[0]} {speed[1]} {one / two:6.2f}")


if __name__ == "__main__":
    main()
