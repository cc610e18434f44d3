"""An index of every format there ever was is opened, or refused with the cure.

`python tests/test_formats.py` writes tests/formats/<version>/ anew; an old one is never touched.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from searcher import Archive, Article, Period, VersionMismatch
from searcher.index.schema import FORMAT_VERSION
from tests.checkout import ROOT

FORMATS = ROOT / "tests" / "formats"
ARTICLES = [
    Article(
        id="waffenruhe",
        title="Kreml lehnt Waffenruhe ab",
        kicker="Krieg in der Ukraine",
        teaser="Die EU-Kommission fordert Gespräche.",
        body="Ohne Vorbedingungen, sagte Lukaschenko.\n\nBürger*innen in Kiew hoffen.",
        date=Period.minute(2023, 3, 31, 13, 46),
        source="Testblatt",
        section="Politik",
        author="A. Beispiel",
        keywords=("Krieg", "Frieden"),
        extra={"Seite": "1"},
    ),
    Article(id="streik", title="Streik der Züge", body="Gestreikt wird im März.", date=Period.month(2022, 3)),
    Article(id="undatiert", title="Ohne Datum", body="Niemand weiß, wann.", url="https://zeitung.example/3"),
]


@pytest.mark.parametrize("version", sorted(path.name for path in FORMATS.iterdir()))
def test_every_format_is_opened_or_refused_with_the_cure(version: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(FORMATS / version, folder)
    try:
        archive = Archive.open(folder)
    except VersionMismatch as error:
        # Another analysis or stemmer: the stored articles are all that is needed.
        assert "rebuild" in str(error)
        archive = Archive.at(folder)
        assert archive.rebuild(processes=1).rejected == 0
    assert archive.verify(deep=True) == []
    assert sorted(archive, key=lambda each: each.id) == sorted(ARTICLES, key=lambda each: each.id)
    assert [hit.id for hit in archive.search("Waffenruhe UND Krieg datum:2023-03")] == ["waffenruhe"]
    assert archive.count('"ohne Vorbedingungen"') == archive.count("quelle:Testblatt") == 1
    assert archive.get("geloescht") is None


def test_the_current_format_is_among_them() -> None:
    assert (FORMATS / str(FORMAT_VERSION)).is_dir()


if __name__ == "__main__":
    target = FORMATS / str(FORMAT_VERSION)
    if any(target.glob("*.toc")):
        sys.exit(f"{target} is there: a format that has been written is never written again")
    with Archive.create(target) as archive:
        archive.add([*ARTICLES[:2], Article(id="geloescht", title="Weg")])
        archive.add(ARTICLES[2:])
        archive.delete(["geloescht"])
