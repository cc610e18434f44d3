"""Measure: medians of interleaved calls, and tasks in processes of their own."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench.corpus import REPOSITORY


def interleaved(
    calls: Mapping[str, Callable[[], object]], *, seconds: float = 0.3, rounds: int = 30, fewest: int = 5
) -> dict[str, float]:
    """Median seconds of each call, taken in turns so that a busy moment of the machine meets all alike.

    It goes on for `rounds` and `seconds`, whichever is later; slow calls stop after ten times `seconds` and at least
    `fewest` rounds. One round to warm up comes before.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        done = 0
        while True:
            for name, call in calls.items():
                start = time.perf_counter()
                call()
                taken[name].append(time.perf_counter() - start)
            done += 1
            spent = time.perf_counter() - began
            if (done >= rounds and spent >= seconds) or (done >= fewest and spent >= 10 * seconds):
                break
    finally:
        gc.enable()
    return {name: statistics.median(times) for name, times in taken.items()}


def in_child(task: str, *arguments: object) -> dict[str, Any]:
    """What `tests.bench.child` prints for a task, and `anonymous`: the most memory of its own, mapped files left out,
    that the process or one of its workers was seen to hold, in bytes."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.child", task, *map(str, arguments)]
    most = 0
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as child:
        while True:
            try:
                output, _ = child.communicate(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                most = max(most, *map(_anonymous, _family(child.pid)))
    if child.returncode:
        raise SystemExit(f"{task} {arguments} failed")
    found: dict[str, Any] = json.loads(output)
    return found | {"anonymous": most}


def _family(pid: int) -> list[int]:
    """The process and its children; there are no grandchildren."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *map(int, children)]


def _anonymous(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
