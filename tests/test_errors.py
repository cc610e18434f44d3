"""Errors are values: pickled, compared, read without a terminal; the drawn tree is the tree."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from searcher import errors
from searcher.cli.cures import words
from searcher.errors import Cure, DateError, QuerySyntaxError, SearcherError, UsageError

ROOT = Path(__file__).parent.parent
SHELL = re.compile(r"`searcher|(?<!<!)--[a-z]{3}|\bpip install\b|\bulimit\b")


def tree(of: type[SearcherError]) -> Iterator[type[SearcherError]]:
    """The public classes; a room may have private ones."""
    yield of
    for each in of.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from tree(each)


def some() -> Iterator[SearcherError]:
    """An error of each class, all values set."""
    for kind in tree(SearcherError):
        if issubclass(kind, QuerySyntaxError):
            yield kind("quote without its end", 'Merkel "Spahn', 7, 'close it with "')
        elif issubclass(kind, UsageError):
            yield kind("no date", "write 2023", place="since", cure=Cure.INDEX)
        else:
            yield kind("is missing", place=Path("index"), cure=Cure.INSTALL, detail="tzdata")


def drawn() -> dict[str, tuple[str, int]]:
    """Name -> (base, exit code) of the tree in the docstring."""
    found: dict[str, tuple[str, int]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").split("\n\n")[1].splitlines():
        match = re.fullmatch(r"([│├└─ ]*)(\w+)(?: +(\d) .+)?", line)
        assert match, line
        level = len(match[1]) // 4
        above[level:] = [match[2]]
        found[match[2]] = (
            above[level - 1] if level else "Exception",
            int(match[3] or SearcherError.exit_code),
        )
    return found


def test_the_drawn_tree_is_the_tree() -> None:
    assert drawn() == {
        each.__name__: (each.__bases__[0].__name__, each.exit_code) for each in tree(SearcherError)
    }


@pytest.mark.parametrize("error", list(some()), ids=lambda error: type(error).__name__)
def test_an_error_survives_pickle(error: SearcherError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert again == error and hash(again) == hash(error)
    assert vars(again) == vars(error) and str(again) == str(error)


@pytest.mark.parametrize("name", ["reason", "place", "cure", "detail"])
def test_another_value_is_another_error(name: str) -> None:
    one, other = next(some()), next(some())
    setattr(other, name, Cure.WAIT if name == "cure" else "other")
    assert one != other


def test_a_date_error_is_no_usage_error_of_the_same_words() -> None:
    assert UsageError("no date") != DateError("no date")


def failing(query: str) -> None:
    raise QuerySyntaxError("unknown field", query, 3, "did you mean 'titel'?")


def test_an_error_crosses_a_process_border_and_the_pool_goes_on() -> None:
    with ProcessPoolExecutor(1) as pool:
        caught = pool.submit(failing, "titl:x").exception(timeout=60)
        assert caught == QuerySyntaxError("unknown field", "titl:x", 3, "did you mean 'titel'?")
        assert pool.submit(len, "abc").result(timeout=60) == 3


def test_an_error_reads_without_a_terminal() -> None:
    assert str(SearcherError("is missing", place="index/a", cure=Cure.REBUILD)) == "index/a: is missing"
    assert str(UsageError("cannot sort", "write date", place="sort")) == "sort: cannot sort: write date"
    assert (
        str(QuerySyntaxError("empty query", "", 9, "write a word"))
        == "empty query at position 1: write a word"
    )


@pytest.mark.parametrize("cure", list(Cure))
def test_every_cure_has_words_for_the_terminal(cure: Cure) -> None:
    said = words(cure, "my index", "searcher[html]")
    assert bool(said) == (cure is not Cure.NONE)
    assert "{" not in said and ("index" not in said or "my index'" in said or "--index my" not in said)


def test_cures_quote_for_the_shell() -> None:
    assert words(Cure.REBUILD, "my index") == "run `searcher --index 'my index' rebuild`"
    assert words(Cure.INSTALL, detail="searcher[html]") == "run `pip install 'searcher[html]'`"


def test_no_words_for_a_shell_below_the_command_line() -> None:
    """In no message of an error; texts are found as string constants that are no docstrings."""
    import ast

    found = []
    for path in sorted((ROOT / "searcher").rglob("*.py")):
        if "cli" in path.parts or path.name == "__main__.py":
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        free = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
            for node in nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in free
            and SHELL.search(node.value)
        ]
    assert found == []
