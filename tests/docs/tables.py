"""Tables read from the code: the formats, and the errors with their exit codes."""

from __future__ import annotations

import inspect
import tomllib

from searcher import SearcherError, errors
from searcher.readers.formats import FORMATS
from searcher.readers.protocol import Format
from tests.docs.pages import DOCS
from tests.docs.rooms import PACKAGE, first_sentence


def formats(language: str) -> str:
    """Every format in the order of its name: suffixes, what becomes an article, which extra it needs."""
    words = tomllib.loads((DOCS / "formats.toml").read_text(encoding="utf-8"))
    heads = {
        "de": "| Format | Endungen | gelesen als | braucht |",
        "en": "| format | suffixes | read as | needs |",
    }
    rows = [
        f"| `{each.name}` | {' '.join(f'`{suffix}`' for suffix in each.suffixes)} "
        f"| {words.get(each.name, {}).get(language) or _of(each)} | {f'`[{each.extra}]`' if each.extra else ''} |"
        for each in sorted(FORMATS, key=lambda each: each.name)
    ]
    return "\n".join([heads[language], "|---|---|---|---|", *rows])


def _of(each: Format) -> str:
    """What the module of a format says that it reads, where docs/formats.toml has no words for it yet."""
    return first_sentence(PACKAGE / "readers" / f"{each.module.rpartition('.')[2]}.py")


def errors_in_order() -> list[type[SearcherError]]:
    """The tree of errors from the root down, each before its children."""
    found = [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, SearcherError)
    ]
    return sorted(found, key=lambda each: [base.__name__ for base in reversed(each.__mro__[:-2])])


def errors_table(language: str) -> str:
    """Every error with its exit code."""
    heads = {"de": "| Fehler | Exit-Code | Bedeutung |", "en": "| error | exit code | meaning |"}
    rows = [
        f"| `{each.__name__}` | {each.exit_code} | {(inspect.getdoc(each) or '').splitlines()[0]} |"
        for each in errors_in_order()
    ]
    return "\n".join([heads[language], "|---|---|---|", *rows])
