"""What must be installed for which format, and that nobody pays for formats they do not read."""

from __future__ import annotations

import builtins
import importlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from searcher.errors import Cure
from searcher.readers import ReadOptions, Unit, read_path
from searcher.readers.base import extras
from searcher.readers.formats import FORMATS
from searcher.report import Rejection
from tests.checkout import ROOT

PARSERS = (
    "trafilatura",
    "htmldate",
    "lxml",
    "feedparser",
    "pyarrow",
    "yaml",
    "brotli",
    "warcio",
    "backports.zstd",
)
SAMPLES = {
    "html": ("a.html", "<html><head><title>x</title></head><body><p>Text</p></body></html>", "lxml"),
    "feed": ("a.rss", "<rss><channel><item><title>x</title></item></channel></rss>", "feedparser"),
    "parquet": ("a.parquet", "PAR1xxxxPAR1", "pyarrow"),
    "pdf": ("a.pdf", "%PDF-1.4 x", "pypdf"),
    "markdown": ("a.md", "---\ntitle: x\n---\nText", "yaml"),
}


@pytest.mark.parametrize("form", SAMPLES)
def test_a_missing_extra_is_one_line_with_the_cure(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, content, parser = SAMPLES[form]

    def missing(module: str) -> object:
        raise ImportError(f"No module named {module!r}", name=module.partition(".")[0])

    monkeypatch.setattr(extras.importlib, "import_module", missing_for(parser, missing))
    (tmp_path / name).write_text(content)
    (rejection,) = read_path(tmp_path / name)
    assert isinstance(rejection, Rejection)
    extra = next(each.extra for each in FORMATS if each.name == form)
    assert rejection.reason == f"{parser} is not installed"
    assert (rejection.cure, rejection.detail) == (Cure.INSTALL, f"searcher[{extra}]")


def missing_for(parser: str, missing: object) -> object:
    real = importlib.import_module

    def load(module: str, package: str | None = None) -> object:
        return missing(module) if module.partition(".")[0] == parser else real(module, package)  # type: ignore[operator]

    return load


def test_importing_the_readers_loads_no_parser() -> None:
    code = (
        "import sys, searcher.readers\n"
        f"print([name for name in {PARSERS!r} if name in sys.modules])\n"
        "print(sorted(name for name in sys.modules if name.startswith('searcher.readers.') and name.endswith(('warc', 'mail', 'mets'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"], done.stderr


def test_every_format_has_a_module_with_a_reader() -> None:
    assert len({each.name for each in FORMATS}) == len(FORMATS)
    suffixes = [suffix for each in FORMATS for suffix in each.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    for each in FORMATS:
        module = each.load()
        assert callable(getattr(module, "read", None)) or each.name == "archive"
        assert module.__doc__


def test_units_travel_between_processes() -> None:
    unit = Unit("a", "b", ReadOptions({"title": "x"}), "csv", b"x", 7, "c", (("a",), ";"))
    assert pickle.loads(pickle.dumps(unit)) == unit
    assert builtins.hash(Rejection("a", 1, "b")) == hash(Rejection("a", 1, "b"))
