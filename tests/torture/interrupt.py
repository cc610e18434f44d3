"""Interrupts at random moments of a real `searcher index` with two processes: SIGINT, SIGTERM, SIGHUP.

None hangs, each ends in one line and exit code 130, no process is left behind, and the same command then finishes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from searcher import Archive
from tests.checkout import ROOT

from .crash import article
from .place import workplace

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
SAID = "searcher: interrupted; the index is consistent: run the same command again\n"
LATEST = 0.2
"""Seconds after the folder of the index appears, within which a run is interrupted."""
HANGS = 60.0
"""Seconds after which a run that was interrupted counts as hanging."""
ARTICLES = 300


def torture(interrupts: int, seed: int = 0) -> dict[str, int]:
    """Interrupt `interrupts` runs by each signal; how often, and how many had got as far as to an end of their own."""
    chance = random.Random(seed)
    counts = {"interrupted": 0, "over before": 0}
    with workplace() as work:
        lines = [json.dumps(article(number).as_dict()) + "\n" for number in range(ARTICLES)]
        (work / "many.jsonl").write_text("".join(lines), encoding="utf-8")
        for turn in range(interrupts):
            for name in SIGNALS:
                index = work / f"{turn}-{name}"
                # Half of the runs wait for standard input, so they cannot end before they are interrupted.
                waits = chance.random() < 0.5
                over = _interrupted(work, index, name, chance, waits)
                counts["over before" if over else "interrupted"] += 1
                _finishes(work, index)
    return counts


def _command(index: Path, waits: bool) -> list[str]:
    command = [sys.executable, "-m", "searcher", "--index", str(index), "index", "many.jsonl"]
    return [*command, *(["-"] if waits else []), "--processes", "2"]


def _interrupted(work: Path, index: Path, name: str, chance: random.Random, waits: bool) -> bool:
    """One run that is interrupted; whether it was over before."""
    number = getattr(signal, name)
    process = subprocess.Popen(
        _command(index, waits), cwd=work, env=_environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        start_new_session=True, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    try:
        while not index.exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, LATEST))
        # What a terminal sends reaches the workers too; what a service manager sends may reach the program alone.
        if name == "SIGINT" or chance.random() < 0.5:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
        try:
            # Not `communicate`: it would close standard input, and the run might end by itself.
            process.wait(timeout=HANGS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{name}: the run hangs") from None
        out, err = process.communicate()
        over = not waits and process.returncode == 0
        assert over or (process.returncode, out, err) == (130, "", SAID), (name, process.returncode, out, err)
        _left_alone(process.pid)
        return over
    finally:
        _end_group(process.pid)


def _left_alone(group: int) -> None:
    """No worker outlives the run."""
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError("a worker outlives the run")


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _finishes(work: Path, index: Path) -> None:
    ran = subprocess.run(
        _command(index, False), cwd=work, env=_environment(), capture_output=True, encoding="utf-8"
    )
    assert ran.returncode == 0, ran
    with Archive.open(index) as archive:
        assert len(archive) == ARTICLES


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
