"""The house keeps its floors: imports go downward only, foreign packages stay where they belong, modules stay short.

The imports are read from the source by `ast`, those inside functions and under TYPE_CHECKING included.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from searcher import Archive, Article, Period
from tests.checkout import ROOT

PACKAGE = ROOT / "searcher"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    # plain data
    "errors": 0,
    "characters": 0,
    "frozen": 0,
    "dateforms": 1,
    "dates": 2,
    "article": 3,
    "timespans": 3,
    "report": 4,
    "request": 4,
    "results": 4,
    "serialise": 5,
    # reading, analysing, asking: none knows another
    "readers": 10,
    "german": 10,
    "query": 10,
    "snippets": 11,
    # the index on disk: what it holds, the class that Whoosh pickles, its form, reading, writing
    "index": 20,
    "index/format/columns": 21,
    "index/format/names": 21,
    "index/format/entry": 22,
    "index/segment": 23,
    "index/format": 24,
    "index/read": 25,
    "index/write": 26,
    # what is done with it
    "search": 30,
    "ingest": 30,
    "care": 31,
    # the seam
    "backend": 40,
    "explain": 41,
    "local": 41,
    "connect": 42,
    "archive": 50,
    "": 51,  # the package itself: it hands on the names of the floors below
    "cli": 60,
    "__main__": 61,
}
"""Room -> its floor; a module belongs to the room with the longest name that it begins with. Imports go to lower
floors only: no two rooms can import each other, however far around."""

HOOKS = {
    (
        "index/segment.py",
        "index/read",
    ): "Segment.codec(), by which Whoosh asks a segment it has unpickled for its reader",
}
"""(module, room above) -> why it imports it all the same."""

WHO_MAY_IMPORT = {
    "whoosh": {"index", "search"},
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


def room_of(name: str) -> str:
    """The room of 'query/tree' or of 'index/read': the longest name in `FLOORS` that it begins with."""
    parts = name.split("/")
    for length in range(len(parts), 0, -1):
        if (found := "/".join(parts[:length])) in FLOORS:
            return found
    raise KeyError(f"{name} has no floor")


def room(path: Path) -> str:
    """The part of the house a source file belongs to: 'query' for searcher/query/tree.py, '' for searcher/__init__.py."""
    return room_of(
        path.relative_to(PACKAGE).as_posix().removesuffix(".py").removesuffix("__init__").rstrip("/")
    )


def top_room(path: Path) -> str:
    """'index' for all that is in searcher/index."""
    return room(path).split("/")[0]


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
    place = PACKAGE.joinpath(*base.split(".")[1:], name)
    ours = base.split(".")[0] == "searcher"
    return f"{base}.{name}" if ours and (place.is_dir() or place.with_suffix(".py").exists()) else base


def room_of_module(module: str) -> str | None:
    """The room an imported module lies in; None for what is not ours."""
    first, *parts = module.split(".")
    return room_of("/".join(parts)) if first == "searcher" else None


def wrong_imports(path: Path, found: Iterable[Import]) -> list[str]:
    """The imports of a module at `path` that do not go down."""
    here, place = room(path), path.relative_to(PACKAGE).as_posix()
    return [
        f"{name(path)}:{each.line} imports {each.module}"
        for each in found
        if (there := room_of_module(each.module)) is not None
        and there != here
        and FLOORS[there] >= FLOORS[here]
        and (place, there) not in HOOKS
    ]


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
    assert not wrong_imports(path, imports(path))


def dotted(path: Path) -> str:
    """The module a source file is: 'searcher.query' for searcher/query/__init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def graph() -> dict[str, set[str]]:
    """Every module of ours with those it imports; `from searcher.query import tree` imports the module tree."""
    modules = {dotted(path): path for path in MODULES}
    found: dict[str, set[str]] = {}
    for here, path in modules.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                base = _absolute(node, path)
                names |= {
                    f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base
                    for alias in node.names
                }
        found[here] = names & modules.keys() - {here}
    return found


def in_circles(imported: dict[str, set[str]]) -> set[str]:
    """The modules that import themselves through others: what is left when all others are taken away."""
    left = {here: set(there) for here, there in imported.items()}
    while True:
        importers = set().union(*left.values())
        loose = {here for here, there in left.items() if not there & left.keys() or here not in importers}
        if not loose:
            return set(left)
        left = {here: there - loose for here, there in left.items() if here not in loose}


def test_no_modules_import_each_other_but_for_the_hook_of_whoosh() -> None:
    imported = graph()
    assert in_circles(imported) == {"searcher.index.segment", "searcher.index.read.whoosh_codec"}
    imported["searcher.query.tree"].add("searcher.query.parse")
    assert {"searcher.query.tree", "searcher.query.parse"} <= in_circles(imported)


def test_every_room_and_every_hook_is_needed() -> None:
    assert {room(path) for path in MODULES} == set(FLOORS)
    for place, there in HOOKS:
        rooms = {room_of_module(each.module) for each in imports(PACKAGE / place)}
        assert there in rooms, f"{place} no longer imports {there}: take it out of HOOKS"


@pytest.mark.parametrize("here", FLOORS)
def test_a_wrong_import_is_refused_in_every_room(here: str) -> None:
    """Planted, at the top and within a function: every room that does not lie below."""
    path = PACKAGE / "__init__.py" if here == "" else PACKAGE / here / "imagined.py"
    assert room(path) == here
    for there, floor in FLOORS.items():
        module = ".".join(["searcher", *filter(None, there.split("/"))])
        for text in (f"import {module}", f"def f():\n    from {module} import imagined"):
            wrong = wrong_imports(path, _imports_below(ast.parse(text), path, False))
            assert bool(wrong) == (there != here and floor >= FLOORS[here]), (here, there)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_foreign_packages_stay_in_their_rooms(path: Path) -> None:
    wrong = [
        f"{name(path)}:{each.line} imports {each.module}"
        for each in foreign(path)
        if top_room(path) not in WHO_MAY_IMPORT.get(each.module.split(".")[0], {top_room(path)})
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
    "whoosh",
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
        ("searcher.index.schema", False),
        ("searcher.cli", True),
    ]
