"""The two layouts of Factiva: lines with codes (HD, PD, SN), and lines in a fixed order without any.

>>> lines = "Brücke gesperrt|Von A. Beispiel|4 Wörter|3 Mai 2023|Der Bote|BOTE|Deutsch|(c) 2023 Bote|Text."
>>> values = factiva(lines.split("|"))
>>> [values[name] for name in ("title", "author", "date", "source", "lines")]
['Brücke gesperrt', 'A. Beispiel', '3 Mai 2023', 'Der Bote', ['Text.']]
"""

from __future__ import annotations

import re
from typing import Any

DOCUMENT = re.compile(r"(?:AN\s+)?(?:Dokument|Document) ([A-Z][A-Z0-9]{3,}\d{6,}\w*)")
"""The line that ends an article."""
CODE = re.compile(
    r"(HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|PUB|AN|SE|CLM|IPC|IPD|ART)(?:\s+(.*))?$"
)
FIELDS = {"HD": "title", "BY": "author", "WC": "length", "PD": "date", "SN": "source", "SE": "section", "PG": "pages",
          "LA": "language"}  # fmt: skip
WORDS = re.compile(r"\d[\d.,]* (?:words|Wörter|Wort)")
BY = re.compile(r"(?:von|by) (.{2,100})", re.IGNORECASE)
RIGHTS = re.compile(r"(?:\(c\)|©|copyright)", re.IGNORECASE)
CLOCK = re.compile(r"\d\d?:\d\d")


def factiva(lines: list[str]) -> dict[str, Any]:
    """The fields of one article, its text as `lines`."""
    coded = sum(bool(CODE.match(" ".join(each.split()))) for each in lines)
    return _coded(lines) if coded >= 4 else _ordered(lines)


def _coded(lines: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"lines": []}
    code = ""
    for line in lines:
        single = " ".join(line.split())
        found = CODE.fullmatch(single)
        if found:
            code, single = found[1], found[2] or ""
        if document := DOCUMENT.fullmatch(f"{code} {single}" if code == "AN" else single):
            values["number"] = document[1]
        elif code in ("LP", "TD"):
            values["lines"].append(single)
        elif code in FIELDS and single:
            field = FIELDS[code]
            values[field] = f"{values[field]} {single}" if field in values else single
    values["author"] = _by(values.get("author", ""))
    return values


def _ordered(lines: list[str]) -> dict[str, Any]:
    single = [" ".join(each.split()) for each in lines]
    counted = next((place for place, each in enumerate(single) if WORDS.fullmatch(each)), None)
    if counted is None:
        return {}
    above = [each for each in single[:counted] if each]
    below = [each for each in single[counted + 1 : counted + 6] if each and not CLOCK.fullmatch(each)]
    values: dict[str, Any] = {"length": single[counted]}
    if above and BY.fullmatch(above[-1]):
        values["author"] = _by(above.pop())
    values["title"] = above.pop() if above else ""
    values["section"] = above.pop() if above and len(above[-1]) < 60 else ""
    values["date"], values["source"] = [*below, "", ""][:2]
    begin = next((place for place in range(counted, len(single)) if RIGHTS.match(single[place])), counted + 2)
    if document := DOCUMENT.fullmatch(single[-1]):
        values["number"] = document[1]
    values["lines"] = [each for each in lines[begin + 1 :] if not DOCUMENT.fullmatch(" ".join(each.split()))]
    return values


def _by(text: str) -> str:
    found = BY.fullmatch(text)
    return found[1] if found else text
