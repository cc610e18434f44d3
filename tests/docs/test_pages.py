"""Every page shows what the code says and prints today; both languages show the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import searcher
from searcher.cli.exit_codes import INTERRUPTED
from searcher.cli.program import DEFECT, program
from searcher.readers.formats import FORMATS
from tests.docs import blocks, german_rules, parts, public_names, query_table, rooms, tables, terminal
from tests.docs.pages import DOCS, LANGUAGES, PAGES, in_language, name, read

CURE = "run python -m tests.docs and read what it changes"
OWN_LANGUAGE = {"internals"}
"""Folders whose pages are written in English only."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the console examples are for a POSIX shell")


@pytest.mark.parametrize("page", sorted({page.name for page in PAGES if blocks.steps(read(page))}))
def test_blocks_print_what_the_page_says(page: str) -> None:
    """In both languages together, for what both ask for is run once."""
    for text in [read(each) for each in PAGES if each.name == page]:
        said = zip(blocks.steps(text), blocks.outputs(text), blocks.run(blocks.steps(text)), strict=True)
        for (kind, step), expected, printed in said:
            if kind == "console" or expected:
                assert printed == expected, f"{step}\n{CURE}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_generated_parts_are_as_the_code_says(page: Path) -> None:
    text = read(page)
    assert text.count("<!-- generated: ") == text.count("<!-- end -->") == len(parts.PART.findall(text))
    assert parts.filled(text, page) == text, CURE


def test_every_generator_is_used() -> None:
    used = {match[1] for page in PAGES for match in parts.PART.finditer(read(page))}
    assert used == set(parts.GENERATORS)


def test_the_picture_shows_what_the_terminal_does() -> None:
    drawn = terminal.drawn()
    for picture in terminal.PICTURES:
        assert read(picture) == drawn, CURE


def test_blocks_are_found() -> None:
    asked = [kind for page in PAGES for kind, _ in blocks.steps(read(page))]
    fences = [
        fence for page in PAGES for fence in re.findall(r"^```(console|python)$", read(page), re.MULTILINE)
    ]
    assert asked.count("python") == fences.count("python") >= 5
    assert asked.count("console") >= fences.count("console") >= 20


def test_both_languages_have_the_same_pages_and_run_the_same() -> None:
    german, english = (in_language(each) for each in LANGUAGES)
    shared = {path for path in english if path.split("/")[0] not in OWN_LANGUAGE}
    assert set(german) == shared
    for path in german:
        assert blocks.steps(read(german[path])) == blocks.steps(read(english[path])), path


def test_every_query_of_the_table_finds_something() -> None:
    queries = [(query, row.get("today")) for row in query_table.rows() for query in row["write"]]
    assert len(queries) >= 25
    assert not [query for query, today in queries if not query_table.asked(query, today)[0]]


def test_every_pair_of_the_german_table_holds() -> None:
    assert not german_rules.wrong_pairs()


def test_tables_have_every_row() -> None:
    page = read(DOCS / "en" / "commands.md")
    assert all(f"[`searcher {each}`](#{each})" in page for each in program.commands)
    page = read(DOCS / "en" / "formats.md")
    assert all(f"| `{each.name}` |" in page for each in FORMATS)
    assert sorted(public_names.names()) == searcher.__all__
    page = read(DOCS / "en" / "python.md")
    assert all(f"## {each}\n" in page for each in searcher.__all__)


def test_every_room_has_a_section() -> None:
    page = read(DOCS / "en" / "internals" / "architecture.md")
    described = {match[2].strip() for match in parts.PART.finditer(page) if match[1] == "rooms"}
    assert described == {".", *rooms.folders()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exit_code_is_in_the_table(language: str) -> None:
    codes = {0, 1, DEFECT, INTERRUPTED, *(each.exit_code for each in tables.errors_in_order())}
    named = re.findall(r"^\| (\d+) \|", read(DOCS / language / "output.md"), re.MULTILINE)
    assert {int(each) for each in named} == codes
