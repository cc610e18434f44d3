"""Tables of figures that were measured once and committed: docs/figures/NAME.json.

A file has `measured` (when and where), `command` (what measures it again), `columns` by language and `rows`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.docs.pages import DOCS

FOLDER = DOCS / "figures"


def load(path: Path) -> dict[str, Any]:
    """One file of figures."""
    return json.loads(path.read_text(encoding="utf-8"))


def figures(language: str, name: str) -> str:
    """The table of docs/figures/NAME.json with what it was measured by below it."""
    found = load(FOLDER / f"{name}.json")
    columns = found["columns"][language]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(map(_cell, _translated(row, language))) + " |" for row in found["rows"]]
    says = {"de": "Gemessen", "en": "Measured"}[language]
    by = {"de": "mit", "en": "with"}[language]
    return "\n".join(lines) + f"\n\n{says}: {found['measured'][language]}, {by} `{found['command']}`."


def _translated(row: list[Any], language: str) -> list[Any]:
    return [cell[language] if isinstance(cell, dict) else cell for cell in row]


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
