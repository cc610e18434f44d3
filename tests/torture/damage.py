"""Random damages to an index: bits flipped, files cut, swapped, exchanged, gone.

Every question is then answered as before or with an error of ours, and `verify` finds every damage that matters.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from searcher import Archive, SearcherError
from searcher.cli import main

from .crash import article, batch
from .place import workplace

QUERIES = (
    *("Kiew", "Bericht", "Wort3", "fehlt", "*", "Gespräche Kiew", "Kiew ODER fehlt", "Bericht -Wort5"),
    *(
        '"gehen weiter"',
        '"die Gespräche"',
        "titel:Bericht",
        "teaser:gehen",
        'text:"EU-Kommission"',
        "Wort*",
        "*gen",
    ),
    *(
        "Gesprache~",
        "Bericht ADJ/6 Kiew",
        "Krieg NEAR/5 Frieden",
        "quelle:Quelle",
        "schlagwort:Krieg",
        "id:a7",
    ),
    *("datum:2021", "datum:2020-01..2021-06 Kiew", "B?richt", "Bürgerinnen"),
)
COMMANDS = (["search", "Kiew", "--format", "ids"], ["show", "a3"], ["stats", "--format", "json"], ["verify"])
Change = Callable[[Path, random.Random], None]


def index(folder: Path) -> Path:
    """Several segments with deletions; big enough for columns of more than one piece."""
    with Archive.create(folder) as archive:
        archive.add(batch(0, 700))
        archive.add([*batch(700, 40), article(3, version=2)])
        archive.add(batch(740, 9))
        archive.delete(["a5", "a741"])
    return folder


def flip(folder: Path, chance: random.Random) -> None:
    path = _any(folder, chance)
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def flip_large(folder: Path, chance: random.Random) -> None:
    """A bit anywhere: large files are hit as often as they are large."""
    paths = _files(folder)
    path = chance.choices(paths, [each.stat().st_size for each in paths])[0]
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(folder: Path, chance: random.Random) -> None:
    path = _any(folder, chance)
    os.truncate(path, chance.randrange(path.stat().st_size))


def grow(folder: Path, chance: random.Random) -> None:
    with open(_any(folder, chance), "ab") as file:
        file.write(chance.randbytes(chance.choice([1, 8, 4096])))


def zero(folder: Path, chance: random.Random) -> None:
    """A block of zeros, as file systems leave it after a crash."""
    path = _any(folder, chance)
    size = path.stat().st_size
    begin = chance.randrange(size) // 512 * 512
    with open(path, "r+b") as file:
        file.seek(begin)
        file.write(bytes(min(4096, size - begin)))


def swap(folder: Path, chance: random.Random) -> None:
    """Two files change places; often two of one size, which nothing but a checksum tells apart."""
    first = _any(folder, chance)
    same = [path for path in _files(folder) if path != first and path.stat().st_size == first.stat().st_size]
    second = chance.choice(same or [path for path in _files(folder) if path != first])
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)


def lose(folder: Path, chance: random.Random) -> None:
    _any(folder, chance).unlink()


CHANGES: tuple[Change, ...] = (flip, flip, flip_large, flip_large, cut, grow, zero, swap, lose)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != "MAIN_WRITELOCK" and path.stat().st_size)


def _any(folder: Path, chance: random.Random) -> Path:
    return chance.choice(_files(folder))


def answers(folder: Path) -> dict[str, Any]:
    """What the archive says to every question: the answer, or the class of the error."""
    questions: dict[str, Callable[[], Any]] = {"open": lambda: len(Archive.open(folder))}
    try:
        archive = Archive.open(folder)
    except SearcherError as error:
        return {"open": type(error)}
    for query in QUERIES:
        questions[f"search {query}"] = lambda query=query: _found(archive, query)
        questions[f"newest {query}"] = lambda query=query: [
            hit.id for hit in archive.search(query, sort="newest", limit=7)
        ]
        questions[f"years {query}"] = lambda query=query: archive.counts(query, by="year")
    questions["sources"] = lambda: archive.counts("*", by="source")
    questions["explain"] = lambda: archive.explain("Wort* Kiew")
    # An index without its ledger is whole, only smaller: its size is no answer.
    questions["stats"] = lambda: replace(archive.stats(), bytes=0)
    questions["all"] = lambda: sorted(repr(each) for each in archive)
    for number in (0, 3, 5, 400, 741, 748, 9999):
        questions[f"get {number}"] = lambda number=number: archive.get(f"a{number}")
    found = {}
    for question, ask in questions.items():
        try:
            found[question] = ask()
        except SearcherError as error:
            found[question] = type(error)
    return found


def _found(archive: Archive, query: str) -> tuple[int, list[Any]]:
    results = archive.search(query, limit=5)
    return results.total, [(hit.id, hit.score, hit.article, hit.snippet) for hit in results]


def commands(folder: Path) -> list[int]:
    """The exit codes of some commands; none may be that of a defect."""
    codes = []
    for command in COMMANDS:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            codes.append(main(["--index", str(folder), *command]))
        assert codes[-1] in (0, 1, 3), (command, said.getvalue())
        assert "Traceback" not in said.getvalue()
    return codes


def torture(count: int, seed: int = 0, mend: int = 10) -> dict[str, int]:
    """`count` damages; every `mend`-th is followed by a rebuild. Returns how they ended."""
    tally = {"damages": 0, "changed an answer": 0, "found by verify": 0, "harmless": 0, "rebuilt": 0}
    with workplace() as work:
        start = index(work / "whole")
        right = answers(start)
        for number in range(count):
            chance = random.Random(f"{seed}/{number}")
            folder = work / "damaged"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(start, folder)
            change = chance.choice(CHANGES)
            change(folder, chance)
            where = f"{change.__name__} {seed}/{number}"
            found = answers(folder)
            for question, answer in found.items():
                assert answer == right[question] or isinstance(answer, type), (where, question, answer)
            named = _verified(folder)
            differs = found != right
            assert named or not differs, (where, "not found by verify")
            tally["damages"] += 1
            tally["changed an answer"] += differs
            tally["found by verify"] += bool(named)
            tally["harmless"] += not named
            if number % mend == 0:
                commands(folder)
                _mended(folder, start)
                tally["rebuilt"] += 1
    return tally


def _verified(folder: Path) -> list[str]:
    try:
        return [str(damage) for damage in Archive.at(folder).verify()]
    except SearcherError as error:
        return [str(error)]


def _mended(folder: Path, start: Path) -> None:
    """A rebuild saves what can be read, says what cannot, and leaves a sound index."""
    try:
        with Archive.at(folder) as archive:
            report = archive.rebuild(processes=1)
            assert archive.verify(deep=True) == []
            saved = {each.id: each for each in archive}
    except SearcherError as error:
        # Nothing but the name of the table of contents told that this was an index.
        assert (
            not list(folder.glob("MAIN_*.npy"))
            or "not an index" in str(error)
            or "format version" in str(error)
            or "the index stays as it is" in str(error)
        )
        return
    with Archive.open(start) as archive:
        whole = {each.id: each for each in archive}
    assert report.rejected or saved == whole
    assert all(whole.get(name, each) == each or report.rejected for name, each in saved.items())
