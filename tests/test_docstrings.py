"""Every public function, method and class says what it gives. Rooms that do not yet are counted, and may only fall.

Exempt: special methods, overloads, and methods of classes that override an interface of Whoosh or click.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import ROOT

PACKAGE = ROOT / "searcher"

OVERRIDING = ("whoosh", "click")
"""Packages whose interfaces are documented there."""

MISSING: dict[str, int] = {}
"""Functions, methods and classes without a docstring, by room; a room that is done has no row."""

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def _foreign(tree: ast.Module) -> set[str]:
    """Names that the module imports from those packages."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).partition(".")[0] in OVERRIDING
    }


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).partition("[")[0].partition(".")[0] for base in node.bases}


def _overriding(trees: dict[Path, ast.Module]) -> set[str]:
    """Names of the classes below one of those packages, through any number of ours."""
    classes = [
        (node.name, _bases(node), _foreign(tree))
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    found: set[str] = set()
    while True:
        more = {name for name, bases, foreign in classes if bases & (foreign | found)} - found
        if not more:
            return found
        found |= more


def undocumented(trees: dict[Path, ast.Module]) -> Iterator[tuple[str, str]]:
    """(room, place) of everything public without a docstring."""
    exempt = _overriding(trees)

    def of(body: list[ast.stmt], path: Path, within: str, owner: str) -> Iterator[tuple[str, str]]:
        for node in body:
            if not isinstance(node, Documented) or node.name.startswith("_"):
                continue
            is_exempt = owner in exempt and not isinstance(node, ast.ClassDef)
            if any(ast.unparse(each).endswith(("overload", ".setter")) for each in node.decorator_list):
                is_exempt = True
            if not is_exempt and ast.get_docstring(node) is None:
                yield room(path), f"{path.relative_to(ROOT)}:{node.lineno} {within}{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from of(node.body, path, f"{within}{node.name}.", node.name)

    for path, tree in trees.items():
        yield from of(tree.body, path, "", "")


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str]]:
    return list(
        undocumented({path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))})
    )


def test_what_is_public_has_a_docstring(found: list[tuple[str, str]]) -> None:
    counted = Counter(room for room, _ in found)
    over = {room for room, count in counted.items() if count > MISSING.get(room, 0)}
    assert not over, "\n".join(place for room, place in found if room in over)


def test_the_list_of_rooms_only_shrinks(found: list[tuple[str, str]]) -> None:
    """Whoever writes docstrings lowers the number of the room, or takes its row out."""
    assert {room: count for room, count in MISSING.items() if count > sum(r == room for r, _ in found)} == {}


def test_a_missing_docstring_is_found() -> None:
    code = '''
import whoosh.query
class A:
    """A."""
    def b(self): ...
    def _c(self): ...
class D(whoosh.query.Query):
    """D."""
    def matcher(self): ...
class E(D):
    def matcher(self): ...
def f(): ...
'''
    path = PACKAGE / "x.py"
    assert [place.split()[1] for _, place in undocumented({path: ast.parse(code)})] == ["A.b", "E", "f"]
