"""The site: built from the pages of both languages into docs/site, and its links followed.

python -m tests.docs.site
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.checkout import ROOT
from tests.docs.pages import DOCS, LANGUAGES

SITE = DOCS / "site"


def build(docs: Path = DOCS) -> Path:
    """Build both languages; SystemExit with what the builder says where a link is broken. Returns the folder."""
    shutil.rmtree(docs / "site", ignore_errors=True)
    for language in LANGUAGES:  # German first: its build empties the folder
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "zensical",
                "build",
                "--strict",
                "--clean",
                "--config-file",
                f"{language}.toml",
            ],
            cwd=docs,
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            raise SystemExit(ran.stdout + ran.stderr)
    return docs / "site"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for key, value in attributes:
            if key == "id" and value:
                self.anchors.add(value)
            if key in ("href", "src") and value:
                self.links.append(value)


def broken(site: Path) -> Iterator[str]:
    """Every link of the built pages to a file or place of the site that is not there."""
    pages = {path: _Links() for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    for path, found in pages.items():
        found.feed(path.read_text(encoding="utf-8"))
    for path, found in pages.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            anchor = unquote(parts.fragment)
            if not there.is_file() or (anchor and there in pages and anchor not in pages[there].anchors):
                yield f"{path.relative_to(site)}: {link}"


if __name__ == "__main__":
    if wrong := list(broken(build())):
        raise SystemExit("broken links:\n" + "\n".join(wrong))
    print(f"built {SITE.relative_to(ROOT)}")
