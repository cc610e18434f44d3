"""Child: one task in a process of its own, so that its time and memory are its own. Prints one line of JSON.

python -m tests.bench.child index tantivy articles.jsonl directory 2
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def index(engine: str, corpus: str, directory: str, processes: str) -> dict[str, Any]:
    """Seconds, those of all processors, articles, bytes on disk; peak memory of this process and of its largest worker, in bytes."""
    from tests.bench.peers import INDEXERS

    indexer: Any = INDEXERS[engine]()
    if engine == "ours":
        import searcher.archive  # noqa: F401
    began, started = time.perf_counter(), time.process_time()
    articles = indexer.index(Path(corpus), Path(directory), int(processes))
    took = time.perf_counter() - began
    size = sum(path.stat().st_size for path in Path(directory).rglob("*") if path.is_file())
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": took,
        "cpu": time.process_time() - started + workers.ru_utime + workers.ru_stime,
        "articles": articles,
        "bytes": size,
        "peak": own_peak(),
        "worker_peak": workers.ru_maxrss * 1024,
    }


def optimize(directory: str) -> dict[str, Any]:
    """Seconds and peak memory of merging our index to one segment."""
    from searcher import Archive

    with Archive.open(directory) as archive:
        began = time.perf_counter()
        archive.optimize()
        return {"seconds": time.perf_counter() - began, "peak": own_peak()}


def opening(directory: str, query: str) -> dict[str, Any]:
    """Medians of twenty: seconds to open the archive after imports, and until its first answer."""
    from searcher import Archive

    opened, answered = [], []
    for _ in range(20):
        began = time.perf_counter()
        with Archive.open(directory) as archive:
            opened.append(time.perf_counter() - began)
            archive.search(query)
            answered.append(time.perf_counter() - began)
    return {"open": statistics.median(opened), "first_answer": statistics.median(answered)}


def command(directory: str, *queries: str) -> dict[str, Any]:
    """Whole processes: per query the medians of seven, wall and processor seconds, and the largest resident size.

    The size the system gives for a child is never below that of its parent, which is why this process stays small.
    Bytecode is at hand, as pip leaves it, whatever the environment says.
    """
    found = {}
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
        for query in queries:
            arguments = [sys.executable, "-m", "searcher", "--index", directory, "search", query]
            _whole_process(arguments, environment)  # leaves the bytecode
            seconds, cpu, peaks = zip(
                *(_whole_process(arguments, environment) for _ in range(7)), strict=True
            )
            found[query] = {
                "seconds": statistics.median(seconds),
                "cpu": statistics.median(cpu),
                "peak": max(peaks),
            }
    return {"queries": found}


def _whole_process(arguments: list[str], environment: dict[str, str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak bytes of a search that finds something, or nothing."""
    began = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(arguments[0], arguments, environment, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)} failed")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def own_peak() -> int:
    """VmHWM: of this process alone, whatever its parent used before."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def reference(path: str, articles: str, origin: str, directory: str) -> dict[str, Any]:
    """Build the reference indexes."""
    from tests.bench.corpus import Corpus
    from tests.bench.reference import build

    began = time.perf_counter()
    build(Corpus(Path(path), int(articles), origin), Path(directory))
    return {"seconds": time.perf_counter() - began}


TASKS = {task.__name__: task for task in (index, optimize, opening, command, reference)}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
