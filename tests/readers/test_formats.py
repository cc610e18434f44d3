"""The table of formats, open to other packages: the example package is read as if it were installed."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.errors import UsageError
from searcher.readers import ReadOptions, find, read_path, sniff
from searcher.readers.formats import FORMATS, installed
from searcher.readers.protocol import Cutter
from searcher.report import Rejection
from tests.checkout import ROOT

PACKAGE = ROOT / "examples" / "reader_package"
ARTICLE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS 1.2//EN" "JATS.dtd"><article><front><article-title>Moore'
    "</article-title></front><body><p>Sie speichern Wasser.</p></body></article>"
)


def entered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    """An installed package with one entry point, as far as importlib.metadata can see."""
    info = tmp_path / "site" / "searcher_jats-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: searcher-jats\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[searcher.readers]\njats = {value}\n")
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.syspath_prepend(str(PACKAGE))
    importlib.invalidate_caches()
    installed.cache_clear()


@pytest.fixture(autouse=True)
def _table_as_before() -> Iterator[None]:
    yield
    installed.cache_clear()


def test_a_format_of_another_package_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered(monkeypatch, tmp_path, "searcher_jats:FORMAT")
    path = tmp_path / "moore.xml"
    path.write_text(ARTICLE)
    (article,) = read_path(path)
    assert isinstance(article, Article)
    assert (sniff(path), article.title, article.body) == ("jats", "Moore", "Sie speichern Wasser.")
    path.write_text("<article><!-- JATS -->")
    (told,) = read_path(path, ReadOptions(format="jats"))
    assert isinstance(told, Rejection) and "broken XML" in told.reason


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("searcher_jats:is_jats", "searcher-jats: its reader 'jats' cannot be used: it is no Format"),
        ("searcher_jats:missing", "searcher-jats: its reader 'jats' cannot be loaded"),
        ("no_such_module_here:FORMAT", "searcher-jats: its reader 'jats' cannot be loaded"),
    ],
)
def test_a_package_whose_reader_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, told: str
) -> None:
    entered(monkeypatch, tmp_path, value)
    with pytest.raises(UsageError, match=told):
        installed()


def test_a_suffix_is_refused_only_where_no_format_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.svg").write_text(ARTICLE)
    assert [each.reason for each in find([tmp_path / "in"])] == ["not an archive of articles: .svg"]  # type: ignore[union-attr]
    entered(monkeypatch, tmp_path, "searcher_jats:FORMAT")
    monkeypatch.setattr(
        "searcher_jats.FORMAT", installed()["jats"].__class__("jats", (".svg",), "searcher_jats", bool)
    )
    installed.cache_clear()
    assert not [each for each in find([tmp_path / "in"]) if isinstance(each, Rejection)]


@pytest.mark.parametrize("name", [each.name for each in FORMATS])
def test_every_module_has_what_the_protocol_says(name: str) -> None:
    module = installed()[name].load()
    assert callable(getattr(module, "read", None)) or isinstance(module, Cutter)
    assert module.__doc__


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", b"Rar!\x1a\x07\0" + b"x" * 99, "a RAR archive: unpack it first"),
        ("a", b"7z\xbc\xaf\x27\x1c" + b"x" * 99, "a 7z archive"),
        ("brief.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "save it as .docx"),
        ("bild.html", b"\xff\xd8\xff" + b"x" * 99, "a picture (JPEG)"),
    ],
)
def test_what_is_known_and_not_read_is_never_taken_for_text(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (rejection,) = read_path(tmp_path / name)
    assert isinstance(rejection, Rejection) and told in rejection.reason
