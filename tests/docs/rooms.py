"""The rooms of the house with their modules, each in the first sentence of its own docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.checkout import ROOT

PACKAGE = ROOT / "searcher"


def folders() -> list[str]:
    """The rooms: packages below searcher/, as 'index' or 'index/write'."""
    found = [each.parent.relative_to(PACKAGE).as_posix() for each in PACKAGE.rglob("__init__.py")]
    return sorted(each for each in found if each != ".")


def rooms(_language: str, room: str = ".") -> str:
    """The modules of one room; '.' is the top of the package."""
    files = sorted(each for each in (PACKAGE / room).glob("*.py") if not each.name.startswith("__"))
    return "\n".join(
        [
            "| module | holds |",
            "|---|---|",
            *(f"| `{each.name}` | {first_sentence(each)} |" for each in files),
        ]
    )


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, as one line."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(doc.split("\n\n")[0].split())
    return re.split(r"(?<=[.:])\s(?=[A-Z])", paragraph)[0].rstrip(".").replace("|", "\\|")
