"""Run the benchmark; see README.md for what is measured.

python -m tests.bench --articles 6000 --only search
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import corpus as corpora
from tests.bench import report
from tests.bench.corpus import REPOSITORY, Corpus
from tests.bench.measure import in_child
from tests.bench.queries import Ask, Statistics, choose
from tests.bench.reference import STATISTICS, TANTIVY
from tests.bench.searching import Timed, search

PART = 3000
"""Articles for stock Whoosh, which would need minutes for all of them."""


def main() -> None:
    options = _options()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="searcher-bench-"))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        _run(options, directory)
    finally:
        if not options.keep:
            shutil.rmtree(directory)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--articles", type=int, metavar="N", help="so many of the articles, evenly spread")
    parser.add_argument(
        "--only", choices=("index", "search", "cli"), help="one part; the others are left out"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument("--corpus", type=Path, metavar="PATH", help="JSON lines, plain or .xz")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the indexes, and reuse the reference in it"
    )
    parser.add_argument(
        "--scale", type=int, metavar="K", help="also index K times the articles, for the memory"
    )
    parser.add_argument("--repeats", type=int, default=2, help="runs of indexing; the fastest counts")
    parser.add_argument(
        "--below", type=float, default=1.0, help="list the queries of classes below this ratio"
    )
    return parser.parse_args()


def _run(options: argparse.Namespace, directory: Path) -> None:
    found: dict[str, Any] = {"schema": 1, "head": _head()}
    print(found["head"], flush=True)
    corpus = corpora.lay_out(directory, given=options.corpus, articles=options.articles)
    found["corpus"] = {"articles": corpus.articles, "bytes": corpus.bytes, "origin": corpus.origin}
    print(f"{corpus.articles:,} articles, {corpus.bytes / 1e6:,.1f} MB, {corpus.origin}\n", flush=True)
    indexed: dict[str, Any] = {}
    searched: dict[str, list[Timed]] = {}
    if options.only in (None, "index"):
        indexed = _indexing(corpus, directory, options)
    if options.only in (None, "search"):
        searched = _searching(corpus, directory, options.below)
    if options.only in (None, "cli"):
        found |= _command(corpus, directory)
    _print(report.targets(found, indexed, searched))
    found |= {
        "indexing": indexed,
        "searching": {name: [asdict(each) for each in timed] for name, timed in searched.items()},
    }
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1))


def _head() -> str:
    """Commit, time and load of the machine: what a ratio depends on."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    load = os.getloadavg()[0]
    return f"{commit or 'no commit'}, {time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} processors, load {load:.1f}"


def _print(lines: Any) -> None:
    for line in lines:
        print(line)
    print(flush=True)


def _indexing(corpus: Corpus, directory: Path, options: argparse.Namespace) -> dict[str, Any]:
    runs: dict[str, Any] = {}

    def run(name: str, engine: str, articles: Corpus, processes: int, repeats: int = 1) -> None:
        for _ in range(repeats):
            target = directory / "indexed"
            shutil.rmtree(target, ignore_errors=True)
            result = in_child("index", engine, articles.path, target, processes)
            if result["articles"] != articles.articles:
                raise SystemExit(f"{name}: {result['articles']} of {articles.articles} articles were read")
            print(f"{name}: {result['seconds']:.1f} s", file=sys.stderr, flush=True)
            if name not in runs or result["seconds"] < runs[name]["seconds"]:
                runs[name] = result
            shutil.rmtree(target)

    part = corpora.part(corpus, min(PART, corpus.articles))
    for _ in range(options.repeats):
        run("ours, 2 processes", "ours", corpus, 2)
        run("tantivy, 2 threads", "tantivy", corpus, 2)
        run("ours, 1 process", "ours", corpus, 1)
        run("tantivy, 1 thread", "tantivy", corpus, 1)
    run("fts5 (no stemmer)", "fts5", corpus, 1)
    run("part: whoosh", "whoosh", part, 1)
    run("part: ours, 1 process", "ours", part, 1, options.repeats)
    run("part: ours, 2 processes", "ours", part, 2, options.repeats)
    if options.scale:
        run("times: ours, 2 processes", "ours", corpora.multiplied(corpus, options.scale), 2)
    _print(report.indexing(runs))
    print(
        f"part: {part.articles:,} of the articles"
        + (f"; times: {options.scale}" if options.scale else "")
        + "\n"
    )
    return runs


def _archive(corpus: Corpus, directory: Path) -> Path:
    """Our index as two processes build it, new for every run."""
    target = directory / "ours"
    shutil.rmtree(target, ignore_errors=True)
    in_child("index", "ours", corpus.path, target, 2)
    return target


def _asks(corpus: Corpus, reference: Path) -> list[Ask]:
    in_child("reference", corpus.path, corpus.articles, corpus.origin, reference)
    return choose(Statistics.of(json.loads((reference / STATISTICS).read_text())))


def _searching(corpus: Corpus, directory: Path, below: float) -> dict[str, list[Timed]]:
    reference = directory / "reference"
    asks = _asks(corpus, reference)
    archive = _archive(corpus, directory)
    found = {"as built": search(asks, archive, reference / TANTIVY, None)}
    print(f"merged to one segment: {in_child('optimize', archive)['seconds']:.1f} s\n")
    found["one segment"] = search(asks, archive, reference / TANTIVY, reference)
    for name, timed in found.items():
        _print(report.searches(name, timed))
        _print(report.slow_queries(f"{name}: classes below {below:g}", timed, below))
    return found


def _command(corpus: Corpus, directory: Path) -> dict[str, Any]:
    asks = {ask.group: ask.text for ask in _asks(corpus, directory / "reference")}
    archive = directory / "ours"
    if not archive.exists():
        _archive(corpus, directory)
    texts = [asks[group] for group in ("term, medium", "AND of two", "phrase", "prefix wildcard")]
    found = {"command": in_child("command", archive, *texts)}
    found["opening"] = in_child("opening", archive, texts[0])
    rows = [
        (
            query,
            report.number(run["seconds"], 3),
            report.number(run["cpu"], 3),
            report.number(run["peak"] / 1e6, 0),
        )
        for query, run in found["command"]["queries"].items()
    ]
    _print(report.table(("searcher search …", "s", "cpu s", "MB resident"), rows))
    return found


if __name__ == "__main__":
    main()
