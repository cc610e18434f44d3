"""The reference of the public names: signatures and docstrings of everything in `searcher.__all__`."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Iterator
from typing import Any

import searcher

FIRST = ("Archive", "Article", "Period")
"""What a reader needs first; the other names follow by the alphabet, errors last."""


def reference(_language: str) -> str:
    """A section for each public name."""
    return "\n\n".join(_section(name) for name in names())


def names() -> list[str]:
    """The public names in the order of the page."""

    def rank(name: str) -> tuple[bool, bool, str]:
        value = getattr(searcher, name)
        error = inspect.isclass(value) and issubclass(value, Exception)
        return error, name not in FIRST, name

    return sorted(searcher.__all__, key=rank)


def backend(_language: str) -> str:
    """The promises of the seam, and a section for each of its methods."""
    from searcher.backend import Backend

    promises = inspect.getdoc(inspect.getmodule(Backend)) or ""
    sections = [f"### {each}\n\n{_method('Backend', each, Backend)}" for each in _methods(Backend)]
    return "\n\n".join([promises, "## The methods", *sections])


def _section(name: str) -> str:
    value = getattr(searcher, name)
    if not inspect.isclass(value):
        shown = _local(repr(value)).replace("'", '"')
        return f'## {name}\n\n```python title="{name}"\n{name} = {shown}\n```'
    parts = [f"## {name}", _doc(value)]
    if issubclass(value, enum.Enum):
        parts += ["\n".join(f"- `{name}.{each.name}`" for each in value)]
    elif dataclasses.is_dataclass(value):
        parts += [_fields(value)]
    elif issubclass(value, dict):
        parts += ["\n".join(f"- `{key}`" for key in value.__annotations__)]
    parts += [f"### {name}.{each}\n\n{_method(name, each, value)}" for each in _methods(value)]
    return "\n\n".join(part for part in parts if part)


def _fields(value: type) -> str:
    return "\n".join(f"- `{each.name}: {_plain(str(each.type))}`" for each in dataclasses.fields(value))


def _methods(value: type) -> Iterator[str]:
    for name, member in vars(value).items():
        shown = callable(member) or isinstance(member, classmethod | staticmethod | property)
        if shown and not name.startswith("_") and not inspect.isclass(member):
            yield name


def _method(of: str, name: str, value: type) -> str:
    member = inspect.getattr_static(value, name)
    if isinstance(member, property):
        shown = f"{of.lower()}.{name}"
        return f'```python title="property"\n{shown}\n```\n\n{_doc(member)}'
    signature = _plain(str(inspect.signature(getattr(value, name))))
    signature = re.sub(r"\(self(?:, )?", "(", signature)
    kind = "classmethod" if isinstance(member, classmethod) else "method"
    start = of if isinstance(member, classmethod | staticmethod) else of.lower()
    return f'```python title="{kind}"\n{_wrapped(f"{start}.{name}{signature}")}\n```\n\n{_doc(member)}'


def _wrapped(signature: str) -> str:
    """A long signature with a parameter on each line."""
    if len(signature) <= 88:
        return signature
    head, rest = signature.split("(", 1)
    inner, end = rest.rsplit(")", 1)
    depth, lines, line = 0, [], ""
    for letter in inner:
        depth += (letter in "[(") - (letter in ")]")
        if letter == "," and not depth:
            lines.append(line.strip())
            line = ""
        else:
            line += letter
    return f"{head}(\n" + "".join(f"    {each},\n" for each in [*lines, line.strip()]) + f"){end}"


def _plain(text: str) -> str:
    return _local(text).replace("'", "")


def _local(text: str) -> str:
    """A type without the modules of its names."""
    return re.sub(r"\b(?:searcher|collections|typing|datetime|os|pathlib)\.(?:\w+\.)*(?=[A-Za-z])", "", text)


def _doc(value: Any) -> str:
    """A docstring as Markdown: doctests become a block."""
    doc = inspect.getdoc(value) or ""
    parts = []
    for paragraph in doc.split("\n\n"):
        shown = f"```pycon\n{paragraph}\n```" if paragraph.startswith(">>>") else paragraph
        parts.append(shown)
    return "\n\n".join(parts)
