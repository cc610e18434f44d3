"""The progress line: only where somebody watches, only for long work, gone when it ends."""

from __future__ import annotations

import io

import pytest

from searcher.cli import progress
from searcher.cli.progress import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_long_work_is_shown_and_wiped_away(clock: list[float]) -> None:
    stream = io.StringIO()
    with Progress(stream, shown=True) as line:
        line.moved(10)
        assert stream.getvalue() == ""
        clock[0] += 2
        line.moved(4000)
        line.moved(4001)
    assert stream.getvalue() == "\r4,000 articles, 2,000 a second\x1b[K\r\x1b[K"


def test_short_work_and_pipes_stay_clean(clock: list[float]) -> None:
    short, pipe = io.StringIO(), io.StringIO()
    with Progress(short, shown=True) as line:
        line.moved(10)
    with Progress.on(pipe) as line:
        clock[0] += 60
        line.moved(10_000)
    assert short.getvalue() == pipe.getvalue() == ""
