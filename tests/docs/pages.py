"""The pages: where they lie and which language they are in."""

from __future__ import annotations

from pathlib import Path

from tests.checkout import ROOT

DOCS = ROOT / "docs"
README = ROOT / "README.md"
LANGUAGES = ("de", "en")
PAGES = [
    README,
    ROOT / "CONTRIBUTING.md",
    *(p for each in LANGUAGES for p in sorted((DOCS / each).rglob("*.md"))),
]


def name(page: Path) -> str:
    """The page as a path in the checkout."""
    return page.relative_to(ROOT).as_posix()


def language(page: Path) -> str:
    """'de' for what lies in docs/de, else 'en'."""
    return "de" if page.is_relative_to(DOCS / "de") else "en"


def in_language(each: str) -> dict[str, Path]:
    """The pages of one language by their path below its folder."""
    return {
        page.relative_to(DOCS / each).as_posix(): page for page in PAGES if page.is_relative_to(DOCS / each)
    }


def read(page: Path) -> str:
    """The text of a page or picture."""
    return page.read_text(encoding="utf-8")


def write(page: Path, text: str) -> None:
    """Replace the text of a page or picture."""
    page.write_text(text, encoding="utf-8")
