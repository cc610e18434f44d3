"""The German analysis as tables: its rules in order, and which word finds which.

Words to show the rules by stand in docs/german.toml; what the rules make of them is asked of the analysis.
"""

from __future__ import annotations

import tempfile
import tomllib
from typing import Any

from searcher import Archive, Article
from searcher.german import chain
from tests.docs.pages import DOCS

WORDS = DOCS / "german.toml"


def _words() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def rules(language: str) -> str:
    """Every step that makes a stem, in order, with words that it changes and the reason for it."""
    words = _words()
    heads = {"de": "| Schritt | Beispiel | Grund |", "en": "| step | example | reason |"}
    lines = [heads[language], "|---|---|---|"]
    for number, rule in enumerate(chain.RULES, 1):
        reason = words["reasons"].get(rule.name) if language == "de" else None
        lines.append(
            f"| {number}. {rule.name} | {_shown(number, words['shown'])} | {reason or rule.reason} |"
        )
    return "\n".join(lines)


def _shown(number: int, words: list[str]) -> str:
    """The first three of the words that step `number` changes."""
    found = []
    for word in words:
        steps = chain.trace(word)
        changed = zip(steps[number].result, steps[number + 1].result, strict=True)
        found += [f"{before} → {after}" for before, after in changed if before != after]
    return ", ".join(found[:3])


def pairs(language: str) -> str:
    """What is printed, what must find it, what must not."""
    heads = {
        "de": "| gedruckt | wird gefunden mit | nicht gefunden mit |",
        "en": "| printed | is found by | is not found by |",
    }
    rows = [
        f"| {_escaped(row['printed'])} | {_quoted(row['found_by'])} | {_quoted(row.get('missed_by', []))} |"
        for row in _words()["pair"]
    ]
    return "\n".join([heads[language], "|---|---|---|", *rows])


def _escaped(text: str) -> str:
    return text.replace("*", "\\*")


def _quoted(queries: list[str]) -> str:
    return ", ".join(f"`{query}`" for query in queries)


def wrong_pairs() -> list[str]:
    """The pairs of the table that the analysis does not keep."""
    wrong = []
    for row in _words()["pair"]:
        with tempfile.TemporaryDirectory() as folder, Archive.create(folder) as archive:
            archive.add([Article(id="1", body=row["printed"])])
            wrong += [
                f"{row['printed']} is not found by {q}" for q in row["found_by"] if not archive.count(q)
            ]
            wrong += [
                f"{row['printed']} is found by {q}" for q in row.get("missed_by", []) if archive.count(q)
            ]
    return wrong
