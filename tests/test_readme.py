"""README is held by test: its console blocks are run and compared, its Python runs, its queries find something.

    python tests/test_readme.py

writes what the commands print today into README's console blocks, for a person to read before it is committed.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import ROOT

README = ROOT / "README.md"

CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
# What differs from run to run (durations) and with every change of the ranking (scores), shown as these instead.
VARYING = [
    (re.compile(r"\d+\.\d s\b"), "0.2 s"),
    (re.compile(r'"took": [\d.e-]+'), '"took": 0.0012'),
    (re.compile(r'"score": [\d.]+'), '"score": 6.4663'),
]
NEEDS_TODAY = ("heute", "gestern", "-7d")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="README's console examples are for a POSIX shell")


def text() -> str:
    return README.read_text(encoding="utf-8")


def prepare(folder: Path) -> dict[str, str]:
    """A folder as README's reader has it: the seeds, and `searcher` on the path. Returns the environment."""
    (folder / "seeds").symlink_to(ROOT / "seeds")
    program = folder / "bin" / "searcher"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m searcher "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHER_")}
    return kept | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }


def commands(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output printed below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        command = [lines.pop(0)]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        yield "\n".join(command), "\n".join(lines).strip("\n")


def printed(command: str, folder: Path, environment: dict[str, str]) -> str:
    ran = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    return "\n".join(line.rstrip() for line in ran.stdout.strip("\n").split("\n"))


def steady(output: str) -> str:
    for pattern, instead in VARYING:
        output = pattern.sub(instead, output)
    return output


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A reader's folder in which every console block has been tried in the order of README."""
    folder = tmp_path_factory.mktemp("reader")
    environment = prepare(folder)
    assert "0 new" not in printed("searcher index seeds/", folder, environment)
    return folder, environment


def test_the_two_commands_of_set_up_stand_there() -> None:
    assert (
        "pip install . && searcher index seeds/ && searcher search 'Waffenruhe UND Ukraine datum:2023-03'"
        in text()
    )
    assert "pip install '.[test]' && pytest" in text()


def test_console_blocks_print_what_they_say(tmp_path: Path) -> None:
    environment = prepare(tmp_path)
    blocks = CONSOLE.findall(text())
    assert blocks
    for block in blocks:
        for command, expected in commands(block):
            assert steady(printed(command, tmp_path, environment)) == steady(expected), f"$ {command}"


def test_python_blocks_run(reader: tuple[Path, dict[str, str]]) -> None:
    folder, environment = reader
    blocks = PYTHON.findall(text())
    assert blocks
    for block in blocks:
        ran = subprocess.run(
            [sys.executable, "-c", block],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.strip()


def first_column(heading: str) -> list[str]:
    """What stands in backquotes in the first column of the table below a heading."""
    section = text().split(f"# {heading}\n")[1].split("\n#")[0]
    rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    return [quoted for row in rows for quoted in re.findall(r"`([^`]+)`", row)]


def test_every_command_is_in_the_table() -> None:
    from searcher.cli.program import program

    named = [row.split()[1] for row in first_column("Commands") if row.startswith("searcher ")]
    assert sorted(named) == sorted(program.commands)


def test_every_format_is_in_the_table() -> None:
    from searcher.readers.formats import FORMATS

    assert set(first_column("What can be read")) == {each.name for each in FORMATS}


def example_queries() -> list[str]:
    return first_column("Query language")


def test_there_are_example_queries() -> None:
    assert len(example_queries()) >= 25


@pytest.mark.parametrize(
    "query", [each for each in example_queries() if not any(word in each for word in NEEDS_TODAY)]
)
def test_every_example_query_finds_something(query: str, reader: tuple[Path, dict[str, str]]) -> None:
    from searcher import Archive

    with Archive.open(reader[0] / "index") as archive:
        assert archive.count(query) > 0


def rewrite() -> None:
    """Put what the commands print today into README's console blocks."""
    with tempfile.TemporaryDirectory() as place:
        assert "defect" not in printed(
            "searcher --index tried index seeds", Path(place), prepare(Path(place))
        )
    with tempfile.TemporaryDirectory() as place:
        environment = prepare(Path(place))

        def filled(match: re.Match[str]) -> str:
            done = [
                f"$ {command}\n{steady(printed(command, Path(place), environment))}"
                for command, _ in commands(match[1])
            ]
            return "```console\n" + "\n".join(part.rstrip("\n") for part in done) + "\n```"

        README.write_text(CONSOLE.sub(filled, text()), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
