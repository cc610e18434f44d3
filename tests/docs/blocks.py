"""The console and Python blocks of a page, run in their order in one folder, as a reader does.

A reader has `seeds/`, `examples/` and an index of the seeds, unless the page itself begins with `searcher index seeds/`. What a console
block prints stands below its command; what a Python block prints stands in a `text` block behind it.
"""

from __future__ import annotations

import atexit
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.checkout import ROOT

BLOCK = re.compile(
    r"^```(?P<kind>console|python)\n(?P<body>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
# What differs from run to run (durations, sizes) and with every change of the ranking (scores).
VARYING = [
    (re.compile(r"\d+\.\d s\b"), "0.2 s"),
    (re.compile(r'"took": [\d.e-]+'), '"took": 0.0012'),
    (re.compile(r'"score": [\d.]+'), '"score": 6.4663'),
    (re.compile(r"\b\d+\.\d kB"), "190.3 kB"),
]
FIRST = "searcher index seeds/"

Step = tuple[str, str]
"""The kind of block, 'console' or 'python', and one command or the code."""


def steps(text: str) -> tuple[Step, ...]:
    """Everything a page asks its reader to run, in order."""
    return tuple(step for match in BLOCK.finditer(text) for step, _ in _of(match))


def outputs(text: str) -> list[str]:
    """What the page says that each of its steps prints."""
    return [steady(output) for match in BLOCK.finditer(text) for _, output in _of(match)]


def filled(text: str) -> str:
    """The page with what its steps print today."""
    printed = iter(run(steps(text)))

    def again(match: re.Match[str]) -> str:
        if match["kind"] == "console":
            parts = [f"$ {command}\n{next(printed)}".rstrip("\n") for (_, command), _ in _of(match)]
            return "```console\n" + "\n".join(parts) + "\n```\n"
        output = next(printed)
        shown = f"\n```text\n{output}\n```\n" if match["output"] is not None else ""
        return f"```python\n{match['body']}```\n{shown}"

    return BLOCK.sub(again, text)


def _of(match: re.Match[str]) -> Iterator[tuple[Step, str]]:
    if match["kind"] == "python":
        yield ("python", match["body"]), (match["output"] or "").strip("\n")
        return
    for part in re.split(r"^\$ ", match["body"], flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        command = [lines.pop(0)]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        yield ("console", "\n".join(command)), "\n".join(lines).strip("\n")


def steady(output: str) -> str:
    """Output without what differs from run to run."""
    for pattern, instead in VARYING:
        output = pattern.sub(instead, output)
    return "\n".join(line.rstrip() for line in output.strip("\n").split("\n"))


@cache
def run(asked: tuple[Step, ...]) -> tuple[str, ...]:
    """What the steps of a page print, one after the other in a folder of their own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "reader"
        folder.mkdir()
        environment = prepare(folder)
        if asked and asked[0] != ("console", FIRST):
            shutil.copytree(_index(), folder / "index")
        return tuple(steady(_printed(step, folder, environment)) for step in asked)


def prepare(folder: Path) -> dict[str, str]:
    """Lay the seeds and the examples into `folder`, and `searcher` on the path; returns the environment."""
    for each in ("seeds", "examples"):
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    program = folder.parent / f"{folder.name}-bin" / "searcher"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m searcher "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SEARCHER_", "COV"))}
    return kept | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }


@cache
def _index() -> Path:
    """An index of the seeds, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="searcher-docs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "reader").mkdir()
    _printed(("console", FIRST), folder / "reader", prepare(folder / "reader"))
    return folder / "reader" / "index"


def _printed(step: Step, folder: Path, environment: dict[str, str]) -> str:
    kind, text = step
    ran = subprocess.run(
        [sys.executable, "-c", text] if kind == "python" else ["/bin/sh", "-c", text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    if kind == "python" and ran.returncode:
        raise AssertionError(f"this block of a page fails:\n{text}\n{ran.stdout}")
    return ran.stdout.replace(f"{folder.resolve()}{os.sep}", "")
