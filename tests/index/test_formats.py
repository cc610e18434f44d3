"""An index of every format there ever was is opened, or refused with the cure.

`python tests/test_formats.py` writes tests/formats/<version>/ anew; an old one is never touched.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import whoosh.index

from searcher import Archive, Article, Period, VersionMismatch
from searcher.errors import Cure
from searcher.index.format import names
from searcher.index.format.names import FORMAT_VERSION
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
        assert error.cure is Cure.REBUILD
        archive = Archive.at(folder)
        assert archive.rebuild(processes=1).rejected == 0
    assert archive.verify(deep=True) == []
    assert sorted(archive, key=lambda each: each.id) == sorted(ARTICLES, key=lambda each: each.id)
    assert [hit.id for hit in archive.search("Waffenruhe UND Krieg datum:2023-03")] == ["waffenruhe"]
    assert archive.count('"ohne Vorbedingungen"') == archive.count("quelle:Testblatt") == 1
    assert archive.get("geloescht") is None


PINNED = {
    ("searcher.index.schema", "Analysed"),
    ("searcher.index.schema", "Minutes"),
    ("searcher.index.schema", "Untouched"),
    ("searcher.index.segment", "ArticleSegment"),
}
"""The class paths of ours that Whoosh pickles: moved, they make every index unopenable for Whoosh."""


class _Classes(pickle.Unpickler):
    """Loads a pickle and notes the classes it names."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        self.named: set[tuple[str, str]] = set()

    def find_class(self, module: str, name: str) -> object:
        self.named.add((module, name))
        return super().find_class(module, name)


def pickled_classes(toc: Path) -> set[tuple[str, str]]:
    """The classes that the two pickles of a table of contents name, by module and name."""
    content, named = toc.read_bytes(), set[tuple[str, str]]()
    at = content.find(b"\x80")
    while at >= 0:
        reader = _Classes(content[at:])
        with contextlib.suppress(pickle.UnpicklingError, ValueError, EOFError):
            reader.load()
            named |= reader.named
        at = content.find(b"\x80", at + 1)
    return named


def test_a_fresh_index_pickles_the_class_paths_of_always(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(ARTICLES)
    (fresh,) = (tmp_path / "index").glob("_MAIN_*.toc")
    for toc in (fresh, *(FORMATS / "1").glob("*.toc")):
        ours = {each for each in pickled_classes(toc) if each[0].startswith("searcher")}
        assert ours == PINNED


WITHOUT_THE_HOUSE = """
import sys, whoosh.index
from whoosh.query import Term
with whoosh.index.open_dir(sys.argv[1]).searcher() as searcher:
    print([hit["id"] for hit in searcher.search(Term("all", "waffenruh"))])
print(sorted(name for name in sys.modules if name.startswith("searcher.search") or name == "searcher.archive"))
"""


def test_whoosh_opens_an_index_in_a_process_of_its_own(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(ARTICLES)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT_THE_HOUSE, str(tmp_path / "index")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (0, "['waffenruhe']\n[]\n"), ran.stderr


def test_reading_a_table_of_contents_loads_no_whoosh() -> None:
    code = (
        "import sys, pathlib; from searcher.index.format import toc\n"
        "print(len(toc.read(pathlib.Path(sys.argv[1])).segments))\n"
        "print(sorted(name for name in sys.modules if name.startswith('whoosh')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(FORMATS / "1")], cwd=ROOT, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (0, "2\n[]\n"), ran.stderr


def test_the_names_are_whoosh_s_own() -> None:
    assert whoosh.index._DEF_INDEX_NAME == names.NAME


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
