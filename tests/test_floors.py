"""The house keeps its floors: imports go downward only, foreign packages stay where they belong, modules stay short.

The imports are read from the source by `ast`, those inside functions and under TYPE_CHECKING included.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from searcher import Archive, Article, Period
from tests.checkout import ROOT

PACKAGE = ROOT / "searcher"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "errors": 0,
    "article": 0,
    "characters": 0,
    "dates": 0,
    "dateforms": 0,
    "timespans": 0,
    "frozen": 0,
    "report": 0,
    "request": 0,
    "results": 0,
    "serialise": 0,
    "readers": 1,
    "german": 1,
    "query": 1,
    "index": 3,
    "ingest": 3,
    "care": 3,
    "search": 3,
    "snippets": 3,
    "backend": 4,
    "explain": 4,
    "local": 4,
    "connect": 4,
    "archive": 5,
    "": 5,  # the package itself: it hands on the names of the floors below
    "cli": 6,
    "__main__": 6,
}

WHO_MAY_IMPORT = {
    "whoosh": {"index", "search", "ingest", "care"},
    "click": {"cli"},
}
PARSERS = {
    "bs4",
    "fastwarc",
    "feedparser",
    "htmldate",
    "ijson",
    "lxml",
    "pyarrow",
    "pypdf",
    "trafilatura",
    "warcio",
    "yaml",
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 8


class Import(NamedTuple):
    line: int
    module: str  # dotted, e.g. 'searcher.query.tree' or 'numpy.lib'
    inside_function: bool


def room(path: Path) -> str:
    """The part of the house a source file belongs to: 'query' for searcher/query/tree.py, '' for searcher/__init__.py."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports(path: Path) -> Iterator[Import]:
    yield from _imports_below(ast.parse(path.read_text(encoding="utf-8")), path, False)


def _imports_below(node: ast.AST, path: Path, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        within = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        match child:
            case ast.Import(names=names):
                yield from (Import(child.lineno, name.name, within) for name in names)
            case ast.ImportFrom(names=names):
                base = _absolute(child, path)
                yield from (Import(child.lineno, _deepest(base, name.name), within) for name in names)
            case _:
                yield from _imports_below(child, path, within)


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    package = ["searcher", *path.relative_to(PACKAGE).parts[:-1]]
    return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


def _deepest(base: str, name: str) -> str:
    """'searcher.query' for `from searcher import query`, but 'searcher' for `from searcher import Archive`."""
    return f"{base}.{name}" if base == "searcher" and name in FLOORS else base


def room_of_module(module: str) -> str | None:
    """The room an imported module lies in; None for what is not ours."""
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "") if parts[0] == "searcher" else None


def foreign(path: Path) -> Iterator[Import]:
    ours = {"searcher"} | set(sys.stdlib_module_names)
    yield from (each for each in imports(path) if each.module.split(".")[0] not in ours)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_modules_to_look_at() -> None:
    assert {"", "errors", "article", "cli"} <= {room(path) for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_stands_on_a_floor(path: Path) -> None:
    assert room(path) in FLOORS


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    wrong = []
    for each in imports(path):
        there = room_of_module(each.module)
        if there is None or there == here:
            continue
        if FLOORS[there] > FLOORS[here] or (FLOORS[there] == FLOORS[here] == 1):
            wrong.append(f"{name(path)}:{each.line} imports {each.module}")
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_foreign_packages_stay_in_their_rooms(path: Path) -> None:
    wrong = [
        f"{name(path)}:{each.line} imports {each.module}"
        for each in foreign(path)
        if room(path) not in WHO_MAY_IMPORT.get(each.module.split(".")[0], {room(path)})
    ]
    assert not wrong


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) == "readers"], ids=name)
def test_readers_import_their_parsers_when_needed(path: Path) -> None:
    wrong = [
        f"{name(path)}:{each.line} imports {each.module} at its top"
        for each in foreign(path)
        if each.module.split(".")[0] in PARSERS and not each.inside_function
    ]
    assert not wrong


def test_parsers_are_for_readers_only() -> None:
    wrong = [
        f"{name(path)}:{each.line} imports {each.module}"
        for path in MODULES
        for each in foreign(path)
        if each.module.split(".")[0] in PARSERS and room(path) != "readers"
    ]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            where = f"{name(path)}:{node.lineno} {node.name}"
            assert (node.end_lineno or node.lineno) - node.lineno + 1 <= LONGEST_FUNCTION, where
            assert len(node.args.args) + len(node.args.kwonlyargs) <= MOST_PARAMETERS, where


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


STEMMER = ["snowballstemmer", "Stemmer"]
WRITING = [
    "searcher.readers",
    "searcher.index.write.writer",
    "searcher.index.write.segment_builder",
    "multiprocessing",
    "concurrent.futures",
]
WHOOSH_S_OWN_SEARCH = [
    "searcher.index.read.whoosh_codec",
    "searcher.search.whoosh_matchers",
    "searcher.search.whoosh_searcher",
    "searcher.search.whoosh_tree",
    "whoosh.searching",
    "whoosh.qparser",
]
NEVER = [
    "logging",
    "unittest",
    "asyncio",
    "zoneinfo",
    "numpy.random",
    "numpy.ma",
    "numpy.testing",
    "numpy.f2py",
]


def loaded(code: str, heavy: list[str]) -> list[str]:
    """Which of the modules `heavy` a new process has loaded after running `code`."""
    code += f"; import sys; print('\\n', [name for name in {heavy!r} if name in sys.modules])"
    # Coverage follows into processes and loads modules there that nobody here asked for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found: list[str] = ast.literal_eval(ran.stdout.splitlines()[-1].strip())
    return found


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("searcher", ["click", "numpy", "whoosh", *STEMMER, "multiprocessing"]),
        ("searcher.cli", ["numpy", "whoosh", *STEMMER, *WRITING, *NEVER]),
        ("searcher.archive", ["click", *WRITING, *WHOOSH_S_OWN_SEARCH, *NEVER]),
    ],
)
def test_importing_is_light(module: str, heavy: list[str]) -> None:
    assert loaded(f"import {module}", heavy) == []
    assert loaded(f"import {module}, {heavy[0]}", heavy)


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        (["--help"], ["numpy", "whoosh", *STEMMER, *WRITING, *NEVER]),
        (["analyze", "Waffenruhen"], ["numpy", "whoosh", *WRITING, *NEVER]),
        (["search", '"eine Waffenruhe" ODER Krem*'], [*WRITING, *WHOOSH_S_OWN_SEARCH, *NEVER]),
        (["search", "NICHT Kremel~", "--from", "2023", "--sort", "newest"], [*WRITING, *WHOOSH_S_OWN_SEARCH]),
        (["show", "a"], [*WRITING, *WHOOSH_S_OWN_SEARCH, *NEVER]),
        (["stats"], [*WRITING, *WHOOSH_S_OWN_SEARCH, *NEVER]),
    ],
)
def test_a_command_loads_what_it_needs(command: list[str], heavy: list[str], tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add(
            [Article(id="a", title="Waffenruhe", body="Eine Waffenruhe.", date=Period.month(2023, 3))]
        )
    arguments = ["--index", str(tmp_path), *command]
    assert loaded(f"from searcher.cli import main; main({arguments!r})", heavy) == []


def test_the_reader_of_imports_sees_what_it_should(tmp_path: Path) -> None:
    module = PACKAGE / "query" / "imagined.py"
    tree = ast.parse(
        "import whoosh.query\nfrom searcher import german, Archive\nfrom ..index import schema\n"
        "def f():\n    from searcher.cli import main\n"
    )
    seen = [(each.module, each.inside_function) for each in _imports_below(tree, module, False)]
    assert seen == [
        ("whoosh.query", False),
        ("searcher.german", False),
        ("searcher", False),
        ("searcher.index", False),
        ("searcher.cli", True),
    ]
