"""Write what the benchmark measured into docs/figures, for the page about it.

python -m tests.bench --json numbers.json
python -m tests.docs.measured numbers.json
python -m tests.docs
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from tests.docs.figures import FOLDER
from tests.docs.pages import write

GERMAN = {
    "term, rare": "seltenes Wort",
    "term, medium": "mittelhäufiges Wort",
    "term, very common": "sehr häufiges Wort",
    "AND of two": "zwei Wörter mit UND",
    "AND of three": "drei Wörter mit UND",
    "OR of three to five": "drei bis fünf Wörter mit ODER",
    "AND with NOT": "UND mit NICHT",
    "phrase": "Wortfolge",
    "phrase with stop words": "Wortfolge mit Funktionswörtern",
    "in order (ADJ)": "in Folge (ADJ)",
    "term with date range": "Wort und Zeitraum",
    "prefix wildcard": "Platzhalter am Ende",
    "suffix wildcard": "Platzhalter am Anfang",
    "newest first": "die neuesten zuerst",
}
"""The classes of queries in German."""


def searching(numbers: dict[str, Any]) -> dict[str, Any]:
    """The table of searches: a row for each class of queries, means of ratios."""
    timed = numbers["searching"]["one segment"]
    groups: dict[str, list[float]] = {}
    for each in timed:
        ours, theirs = each["seconds"].get("ours"), each["seconds"].get("tantivy")
        if ours and theirs:
            groups.setdefault(each["ask"]["group"], []).append(theirs / ours)
    rows: list[list[Any]] = [
        [{"de": GERMAN.get(name, name), "en": name}, len(ratios), _round(geometric_mean(ratios))]
        for name, ratios in groups.items()
    ]
    all_of_them = geometric_mean([ratio for ratios in groups.values() for ratio in ratios])
    rows.append(
        [{"de": "**alle**", "en": "**all**"}, sum(map(len, groups.values())), f"**{_round(all_of_them)}**"]
    )
    corpus = numbers["corpus"]
    _commit, day, processors, load = numbers["head"].split(", ")
    count = f"{corpus['articles']:,}"
    return {
        "measured": {
            "de": f"{day}, {processors.replace('processors', 'Prozessoren')}, {load.replace('load', 'Last')}, "
            f"{count.replace(',', '.')} Artikel in einem Segment",
            "en": f"{day}, {processors}, {load}, {count} articles in one segment",
        },
        "command": "python -m tests.bench --only search --articles " + str(corpus["articles"]),
        "columns": {
            "de": ["Art der Abfrage", "Abfragen", "so schnell wie Tantivy, mal …"],
            "en": ["class of queries", "queries", "times as fast as Tantivy"],
        },
        "rows": rows,
    }


def _round(value: float) -> float:
    return round(value, 1 - min(0, math.floor(math.log10(value))))


def main(file: str) -> None:
    """Write docs/figures/search.json from the benchmark's numbers."""
    numbers = json.loads(Path(file).read_text(encoding="utf-8"))
    write(FOLDER / "search.json", json.dumps(searching(numbers), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
