"""The site is built and has no broken link; README and CONTRIBUTING have none either."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.docs import site
from tests.docs.pages import DOCS, PAGES, name, read

LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of docs/ beside what its pages include."""
    pytest.importorskip("zensical", reason="needs pip install '.[docs]'")
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, root / "docs", ignore=shutil.ignore_patterns("site", ".cache"))
    (root / "searcher" / "index").mkdir(parents=True)
    shutil.copy(ROOT / "searcher" / "index" / "FORMAT.md", root / "searcher" / "index")
    return root / "docs"


def test_the_site_is_built_without_a_broken_link(docs: Path) -> None:
    built = site.build(docs)
    assert len(list(built.rglob("index.html"))) >= len(PAGES) - 2
    assert not list(site.broken(built))


def test_a_broken_link_ends_the_build(docs: Path) -> None:
    page = docs / "en" / "limits.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="page does not exist"):
        site.build(docs)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_of_the_pages_lead_somewhere_in_the_checkout(page: Path) -> None:
    found = [link.partition("#")[0] for link in LINK.findall(read(page)) if "://" not in link]
    assert not [link for link in found if link and not (page.parent / link).exists()]
