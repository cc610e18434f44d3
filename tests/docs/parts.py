"""The generated parts of pages: what stands between `<!-- generated: NAME -->` and `<!-- end -->`.

Each generator takes the language of the page, and what stands behind its name: `<!-- generated: help search -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.checkout import ROOT
from tests.docs import command_help, figures, german_rules, public_names, query_table, rooms, tables
from tests.docs.pages import language

PART = re.compile(r"(?<=<!-- generated: )([\w-]+)((?: [\w./-]+)*) -->\n.*?(?=<!-- end -->)", re.DOTALL)


def example(_language: str, file: str) -> str:
    """A file of examples/, whole."""
    code = (ROOT / "examples" / file).read_text(encoding="utf-8").rstrip("\n")
    return f'```python title="examples/{file}"\n{code}\n```'


GENERATORS: dict[str, Callable[..., str]] = {
    "backend": public_names.backend,
    "commands": command_help.commands,
    "errors": tables.errors_table,
    "example": example,
    "figures": figures.figures,
    "formats": tables.formats,
    "german-pairs": german_rules.pairs,
    "german-rules": german_rules.rules,
    "help": command_help.help_of,
    "public-names": public_names.reference,
    "queries": query_table.queries,
    "rooms": rooms.rooms,
}


def filled(text: str, page: Path) -> str:
    """The page with its generated parts as they are today."""

    def again(match: re.Match[str]) -> str:
        made = GENERATORS[match[1]](language(page), *match[2].split())
        return f"{match[1]}{match[2]} -->\n\n{made}\n\n"

    return PART.sub(again, text)
