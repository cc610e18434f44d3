"""Workers end with their parent, however it ends and whatever they do, and neither waits for the other for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_cli import environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals and forks are of Unix")

PARENT = """
import sys, time
import numpy as np
from pathlib import Path
from searcher.ingest.settle import LiveIds
from searcher.ingest.pool import Pool
from searcher.report import Rejection

def hang(unit):
    time.sleep(3600)

def shout(unit):
    # More than a pipe holds: the answer waits for a parent that does not listen.
    return [("", Rejection("x", None, "x" * 10_000_000))]

def units():
    yield 0, b""
    yield 1, b""
    print("ready", flush=True)
    time.sleep(3600)

pool = Pool(Path(sys.argv[1]), LiveIds.of([]), {"reading": hang, "answering": shout}[sys.argv[2]], 2)
list(pool.run(units()))
"""


@pytest.mark.parametrize("doing", ["reading", "answering"])
def test_no_worker_outlives_a_killed_parent(tmp_path: Path, doing: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), doing],
        stdout=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    assert parent.stdout and parent.stdout.readline() == b"ready\n"
    parent.kill()
    try:
        # The workers hold the same standard output: its end is theirs.
        assert parent.communicate(timeout=60)[0] == b""
    finally:
        end_group(parent.pid)


LOUD = """
import sys
from pathlib import Path
from searcher.ingest.settle import LiveIds
from searcher.ingest.pool import Pool
from searcher.report import Rejection

def shout(unit):
    return [("", Rejection("x", None, "x" * 10_000_000))]

pool = Pool(Path(sys.argv[1]), LiveIds.of([]), shout, 2)
print(sum(len(notes) for _, notes in pool.run((number, bytes(10_000_000)) for number in range(8))))
pool.close()
"""


def test_work_and_answers_may_both_be_more_than_a_pipe_holds(tmp_path: Path) -> None:
    """As in a table of which every row is rejected: the parent sends, and the worker too."""
    parent = subprocess.Popen(
        [sys.executable, "-c", LOUD, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    try:
        assert parent.communicate(timeout=60)[0] == b"8\n"
    finally:
        end_group(parent.pid)


def end_group(group: int) -> None:
    """Leave nothing running where the test fails."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
