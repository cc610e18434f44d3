"""Random SIGKILLs of a real `searcher index`, with a reader that never stops.

What a finished run reported is there afterwards, every checksum holds, and the reader meets no error.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from searcher import Archive, Article, readers
from tests.checkout import ROOT

from .crash import article, leftovers
from .place import workplace

PER_FILE = 150
PER_REAL_FILE = 300
"""So many that a run is more often killed while it writes than while it starts."""
READER = """
import sys, warnings
warnings.simplefilter("ignore")
from searcher import Archive
archive = Archive.open(sys.argv[1])
reads = 0
while not sys.stdin.closed:
    fresh = Archive.open(sys.argv[1])
    archive.refresh()
    for each in (archive, fresh):
        assert each.count("*") == len(each) == sum(each.counts("*", by="year").values())
        for hit in each.search("der", limit=3):
            assert each.get(hit.id) == hit.article
        reads += 1
    print(reads, flush=True)
"""


def files(work: Path, count: int, corpus: Path | None) -> list[tuple[Path, set[str]]]:
    """Files of articles, and the ids in each."""
    source: Iterator[Article] = map(article, range(count * PER_FILE))
    if corpus:
        source = (each for each in readers.read_path(corpus) if isinstance(each, Article))
    found = []
    for number in range(count):
        articles = list(islice(source, PER_REAL_FILE if corpus else PER_FILE))
        path = work / f"{number}.jsonl"
        path.write_text("".join(json.dumps(each.as_dict()) + "\n" for each in articles), encoding="utf-8")
        found.append((path, {each.id for each in articles}))
    return found


def torture(kills: int, corpus: Path | None = None, seed: int = 0) -> dict[str, int]:
    """Go on until `kills` processes were killed. Returns how many runs finished, articles are there, reads were made."""
    chance = random.Random(seed)
    with workplace() as work:
        folder = work / "index"
        Archive.create(folder).close()
        sources = files(work, 40, corpus)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        # Files, not pipes: a full pipe would stop the reader, and a killed writer's workers hold one open for a while.
        with open(work / "read", "wb") as output, open(work / "errors", "wb") as errors:
            reader = subprocess.Popen(
                [sys.executable, "-c", READER, str(folder)],
                env=environment, stdin=subprocess.PIPE, stdout=output, stderr=errors,
            )  # fmt: skip
        acknowledged: set[str] = set()
        killed = finished = torn = 0
        # The first run is left alone: it shows how long one takes.
        longest = 0.0
        try:
            while not (work / "read").stat().st_size:
                assert reader.poll() is None, (work / "errors").read_text()
                time.sleep(0.01)
            while killed < kills:
                path, ids = sources[(killed + finished) % len(sources)]
                began = time.monotonic()
                processes = str(chance.choice([1, 2]))
                command = [sys.executable, "-m", "searcher", "--index", str(folder)]
                with open(work / "said", "wb") as said:
                    run = subprocess.Popen(
                        [*command, *("index", str(path), "--processes", processes)],
                        env=environment, stdout=subprocess.DEVNULL, stderr=said,
                    )  # fmt: skip
                if finished and chance.random() < 0.7:
                    _wait_for_writing(folder, run)
                try:
                    run.wait(timeout=_moment(chance, longest) if finished else None)
                    assert run.returncode == 0, (work / "said").read_text()
                    acknowledged |= ids
                    finished += 1
                    longest = time.monotonic() - began
                except subprocess.TimeoutExpired:
                    run.send_signal(signal.SIGKILL)
                    run.wait()
                    killed += 1
                    torn += bool(leftovers(folder))
                check(folder, acknowledged)
                assert reader.poll() is None, (work / "errors").read_text()
        finally:
            reader.kill()
            reader.communicate()
        assert not (work / "errors").read_text()
        with Archive.open(folder) as archive:
            archive.add([])
            there = len(archive)
        return {
            "killed": killed,
            "of these while writing": torn,
            "finished": finished,
            "acknowledged articles": len(acknowledged),
            "articles": there,
            "reads": (work / "read").read_text().count("\n"),
        }


def _wait_for_writing(folder: Path, run: subprocess.Popen[bytes]) -> None:
    """Return when the run has made its first file, or is over."""
    before = set(os.listdir(folder))
    while run.poll() is None and set(os.listdir(folder)) <= before:
        time.sleep(0.001)


def _moment(chance: random.Random, longest: float) -> float:
    """Seconds after which a run is killed: often a few hundredths, as long as its files take."""
    return chance.uniform(0, 0.15 if chance.random() < 0.7 else 1.2 * longest)


def check(folder: Path, acknowledged: set[str]) -> None:
    with Archive.open(folder) as archive:
        lost = acknowledged - {each.id for each in archive}
        assert not lost
        assert archive.verify() == []
