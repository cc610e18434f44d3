"""A facet is registered in one place: the same code with one more in `FACETS` indexes, counts, filters and verifies it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import searcher
from searcher.article import FACETS
from searcher.index.format.columns import FACET_COLUMNS, NAMES
from searcher.request import FILTERS, By, Filters

OURS = Path(searcher.__file__).parent

PLAYED = """
import json, sys
from searcher import Archive, Article
from searcher.cli import main

folder = sys.argv[1]
with Archive.create(folder) as archive:
    archive.add([Article(id=str(n), title="Krieg", author=("Anna Amsel", "Bert Bussard")[n % 2]) for n in range(5)])
    archive.add([Article(id="x", title="Krieg", author="Anna Amsel"), Article(id="y", title="Krieg")])
    before = archive.counts("Krieg", by="author")
    archive.delete(["0"])
    archive.optimize()
    shown = [archive.counts("Krieg", by="author"), len(archive.search("Krieg", author="Amsel"))]
    shown += [dict(archive.stats().facets["author"]), [str(each) for each in archive.verify(deep=True)]]
    archive.rebuild(processes=1)
    shown += [archive.counts("*", by="author")]
print(json.dumps([before, *shown]))
sys.exit(main(["--index", folder, "search", "Krieg", "--author", "Bussard", "--count"]))
"""


def test_one_more_facet_is_one_line(tmp_path: Path) -> None:
    """In a copy of the package, with the author among the facets."""
    copy = tmp_path / "copy" / "searcher"
    shutil.copytree(OURS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    article = copy / "article.py"
    line = 'FACETS = {"source": "Quelle", "section": "Ressort"}'
    text = article.read_text(encoding="utf-8")
    assert line in text
    article.write_text(text.replace(line, line[:-1] + ', "author": "Autor"}'), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PLAYED, str(tmp_path / "index")],
        cwd=copy.parent,
        env={**os.environ, "PYTHONPATH": str(copy.parent)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    played, count = ran.stdout.splitlines()
    left = {"": 1, "Anna Amsel": 3, "Bert Bussard": 2}
    assert json.loads(played) == [{**left, "Anna Amsel": 4}, left, 3, left, [], left]
    assert count == "2"


def test_the_types_of_the_public_door_name_every_facet() -> None:
    """Type checkers need literals: these are the two places that a new facet must be written to by hand."""
    assert set(get_args(By)) == {"day", "month", "year", *FACETS}
    assert set(Filters.__optional_keys__) == {*FILTERS} == {"since", "until", *FACETS}


def test_every_facet_has_its_columns() -> None:
    assert set(FACET_COLUMNS) == set(FACETS)
    assert {name for columns in FACET_COLUMNS.values() for name in columns} <= set(NAMES)
