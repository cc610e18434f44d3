"""A signal that ends the program does so once, at any moment, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher.cli.interrupts import interruptible
from tests.cli.test_cli import environment
from tests.torture.interrupt import SAID, SIGNALS, torture

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and process groups are POSIX's")


@pytest.fixture(autouse=True)
def _as_in_a_terminal() -> Iterator[None]:
    """A test run in the background may have been started with signals that are ignored."""
    before = {name: signal.getsignal(getattr(signal, name)) for name in SIGNALS}
    for name in SIGNALS:
        default = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
        signal.signal(getattr(signal, name), default)
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.mark.parametrize("name", SIGNALS)
def test_the_first_signal_interrupts_and_those_that_follow_do_nothing(name: str) -> None:
    before = {each: signal.getsignal(getattr(signal, each)) for each in SIGNALS}
    cleared = False
    with pytest.raises(KeyboardInterrupt), interruptible(to_the_end=False):
        try:
            signal.raise_signal(getattr(signal, name))
        finally:
            for each in SIGNALS:
                signal.raise_signal(getattr(signal, each))
            cleared = True
    assert cleared
    assert before == {each: signal.getsignal(getattr(signal, each)) for each in SIGNALS}


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible(to_the_end=False):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


class Dropping:
    """Python drops what is raised here."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_python_drops_is_raised_again() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible(to_the_end=False):
        Dropping()
        time.sleep(60)


def test_an_interrupt_in_a_text_that_is_executed_ends_in_our_exit_code(tmp_path: Path) -> None:
    """As in the middle of importing a module that makes dataclasses: Python would end the process by SIGINT."""
    program = (
        "import sys; import searcher.cli.program as program\n"
        "program._run = lambda arguments: exec('raise KeyboardInterrupt')\n"
        "sys.exit(program.main())"
    )
    (tmp_path / "interrupted.py").write_text(program, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "interrupted"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (ran.returncode, ran.stderr) == (130, SAID)


def test_interrupted_at_random_moments_no_run_hangs() -> None:
    counts = torture(2)
    assert sum(counts.values()) == 2 * len(SIGNALS)
