"""The table of the query language: each row with its first query asked of the seeds.

Rows stand in docs/queries.toml. A row with `today` is asked as on that day.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from searcher import Archive
from tests.checkout import ROOT
from tests.docs.pages import DOCS


@cache
def seeds() -> Path:
    """An index of the seeds."""
    folder = tempfile.mkdtemp(prefix="searcher-docs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Archive.create(Path(folder) / "index") as archive:
        archive.index([ROOT / "seeds"])
    return Path(folder) / "index"


def rows() -> list[dict[str, Any]]:
    """The rows of docs/queries.toml."""
    found: list[dict[str, Any]] = tomllib.loads((DOCS / "queries.toml").read_text(encoding="utf-8"))["row"]
    return found


def asked(query: str, today: date | None) -> tuple[int, str]:
    """How many articles a query finds in the seeds, and the title of the first."""
    with Archive.open(seeds(), today=today) as archive:
        results = archive.search(query, limit=1)
        return results.total, results[0].article.title if results.total else ""


def queries(language: str) -> str:
    """The table."""
    heads = {
        "de": "| Eingabe | Bedeutung | in `seeds/` |",
        "en": "| write | means | in `seeds/` |",
    }
    return "\n".join([heads[language], "|---|---|---|", *(_row(row, language) for row in rows())])


def _row(row: dict[str, Any], language: str) -> str:
    total, title = asked(row["write"][0], row.get("today"))
    written = "<br>".join(f"`{query}`" for query in row["write"])
    return f"| {written} | {row[language]} | {total}: *{title}* |".replace("*:", "\\*:")
