"""One door: the public names are those of `__all__`, and the command line is the mirror of `Archive`."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import datetime
import inspect
import os
import pathlib
import re
import typing
from collections.abc import Iterator
from typing import Any

import click
import pytest

import searcher
from searcher import errors
from searcher.cli.program import program

METHOD = {"show": "get"}
"""The method of `Archive` that a command carries out, where it has not the command's own name."""

NO_ARCHIVE = {"analyze"}

RENAMED: dict[str, dict[str, str | None]] = {
    "search": {"words": "query", "form": None, "task": None, "formulas": None},
    "index": {"pairs": "options", "form": "options", "source": "options", "report": "on_note"},
    "watch": {"pairs": "options", "form": "options", "source": "options", "report": "on_note"},
    "show": {"identifier": "article_id", "form": None},
    "stats": {"form": None},
    "delete": {"dry_run": None, "yes": None},
}
"""Values of a command that have another name in the method; None: they concern printing and asking only."""

OF_THE_ARCHIVE = {"wait"}
"""Values that are given when the archive is opened."""

MIRROR = {name: METHOD.get(name, name) for name in program.commands if name not in NO_ARCHIVE}


def test_every_public_name_is_there() -> None:
    for name in searcher.__all__:
        assert getattr(searcher, name) is not None
    assert sorted(searcher.__all__) == searcher.__all__
    assert set(searcher.__all__) <= set(dir(searcher))


def test_every_lazy_name_is_public() -> None:
    assert set(searcher._LAZY) <= set(searcher.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Index'"):
        _ = searcher.Index  # type: ignore[attr-defined]


def test_every_error_is_public() -> None:
    tree = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert tree <= set(searcher.__all__)


def test_every_public_name_is_documented() -> None:
    """Each has a docstring; the page about Python is made from them."""
    for name in searcher.__all__:
        value = getattr(searcher, name)
        assert inspect.getdoc(value) or not inspect.isclass(value), name


FOREIGN = {
    name
    for module in (builtins, typing, collections, collections.abc, datetime, os, pathlib)
    for name in dir(module)
}
"""Names of annotations that everybody can import."""

INTERNAL = {("Archive.__init__", "Backend")}
"""Archives are made by `open` and its like; who writes a backend imports searcher.backend."""


def annotations(kind: type) -> Iterator[tuple[str, str]]:
    """(method or field, annotation) of everything public in a class."""
    for name, member in vars(kind).items():
        member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(member) and (name == "__init__" or not name.startswith("_")):
            yield from ((f"{kind.__name__}.{name}", str(each)) for each in member.__annotations__.values())
    for name, each in vars(kind).get("__annotations__", {}).items():
        if not name.startswith("_"):
            yield f"{kind.__name__}.{name}", getattr(each, "__forward_arg__", str(each))


def strangers(kind: type) -> list[tuple[str, str]]:
    """(method or field, name of a type that cannot be imported from searcher)."""
    return [
        (where, name)
        for where, annotation in annotations(kind)
        for name in re.findall(r"[A-Za-z_]\w*(?!\.)\b(?!\.)", re.sub(r"'[^']*'|\"[^\"]*\"", "", annotation))
        if name not in FOREIGN | set(searcher.__all__) and (where, name) not in INTERNAL
    ]


def test_every_type_in_a_public_signature_is_public() -> None:
    kinds = [
        value for value in (getattr(searcher, name) for name in searcher.__all__) if inspect.isclass(value)
    ]
    assert not [each for kind in kinds for each in strangers(kind)]
    for alias in (searcher.Note, searcher.By, searcher.Sort):
        parts = [part for part in typing.get_args(alias) if inspect.isclass(part)]
        assert all(part.__name__ in searcher.__all__ for part in parts)


def test_the_walk_sees_a_type_that_is_not_public() -> None:
    class Open:
        field: Hidden | None  # type: ignore[name-defined]  # noqa: F821

        def method(self, given: list[Secret], _: os.PathLike[str]) -> Iterator[searcher.Hit]:  # type: ignore[name-defined]  # noqa: F821
            raise NotImplementedError

    assert strangers(Open) == [("Open.method", "Secret"), ("Open.field", "Hidden")]


def test_every_command_has_its_method() -> None:
    assert {"index", "search", "show", "stats", "delete"} <= set(MIRROR)
    for method in MIRROR.values():
        assert inspect.getdoc(getattr(searcher.Archive, method)), method


def parameters(method: Any) -> set[str]:
    """What a method takes; `**filters` are those of every search."""
    takes = inspect.signature(method).parameters
    filters = {"since", "until", "source", "section"} if "filters" in takes else set()
    return {*takes, *filters}


@pytest.mark.parametrize("command", MIRROR)
def test_a_command_takes_what_its_method_takes(command: str) -> None:
    takes = parameters(getattr(searcher.Archive, MIRROR[command]))
    for option in program.commands[command].params:
        name = RENAMED.get(command, {}).get(option.name or "", option.name)
        if name is None or name in OF_THE_ARCHIVE or not option.expose_value:
            continue
        assert name in takes, f"{command} {option.opts} is no parameter of Archive.{MIRROR[command]}"


def test_defaults_are_the_same() -> None:
    takes = inspect.signature(searcher.Archive.search).parameters
    options = {option.name: option for option in program.commands["search"].params}
    for name in ("limit", "offset", "sort"):
        assert options[name].default == takes[name].default
    assert isinstance(options["sort"].type, click.Choice)
