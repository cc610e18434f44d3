"""Measure: medians of interleaved calls, and tasks in processes of their own."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
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
    """What `tests.bench.child` prints for a task."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.child", task, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
