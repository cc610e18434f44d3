"""The files of examples/ run, and do what they say."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.docs.query_table import seeds

EXAMPLES = ROOT / "examples"


def run(example: str, *arguments: object, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / f"{example}.py", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_every_example_is_tried_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    files = [each.stem for each in EXAMPLES.glob("*.py")]
    assert len(files) >= 6
    assert not [each for each in files if f"def test_{each}(" not in text]


def test_index_and_search() -> None:
    printed = run("index_and_search", ROOT / "seeds", "Waffenruhe UND Ukraine")
    assert "49 articles, 0 rejected\n2 hits" in printed
    assert "[Waffenruhe]" in printed


def test_trend_by_month() -> None:
    rows = list(csv.DictReader(run("trend_by_month", seeds(), "Waffenruhe").splitlines()))
    assert [row["month"] for row in rows] == ["2020-10", "2023-03", "2024-02"]
    assert [row["articles"] for row in rows] == ["1", "2", "1"]
    assert all(0 < float(row["of all"]) <= 1 for row in rows)


def test_export_for_spreadsheet(tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    assert "4 of 4 hits" in run("export_for_spreadsheet", seeds(), "Waffenruhe", target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbfDatum;")
    rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["Datum"][:4] for row in rows] == ["2020", "2023", "2023", "2024"]
    cell = runpy.run_path(str(EXAMPLES / "export_for_spreadsheet.py"))["cell"]
    assert cell("=HYPERLINK()") == "'=HYPERLINK()"


def test_watch_folder(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds" / "nordlicht", tmp_path / "nordlicht")
    printed = run("watch_folder", tmp_path / "nordlicht", tmp_path / "index", "Waffenruhe", 1)
    assert printed.startswith("12 new, 0 changed, 0 rejected\n2023-03-30 21:10 ")


def test_django_view() -> None:
    pytest.importorskip("django", reason="needs pip install django")
    asked = (
        "import sys, runpy; from django.conf import settings; from django.test import Client;"
        "settings.configure(ROOT_URLCONF='django_view', ALLOWED_HOSTS=['testserver']);"
        "import django; django.setup(); client = Client();"
        "print(client.get('/').status_code, client.get('/', {'q': 'Waffenruhe'}).content.decode(),"
        "client.get('/', {'q': 'datum:<b>'}).status_code, client.get('/', {'q': 'datum:<b>'}).content.decode())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ
        | {"PYTHONPATH": f"{ROOT}{os.pathsep}{EXAMPLES}", "SEARCHER_INDEX": str(seeds()), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("200 ")
    assert "4 Treffer" in ran.stdout
    assert "400" in ran.stdout
    assert "datum:<b>" not in ran.stdout


async def _get(app: Any, path: str, query: str = "") -> tuple[int, Any]:
    """One request to an ASGI application."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    await app(scope | {"http_version": "1.1", "root_path": "", "scheme": "http"}, receive, send)
    return sent[0]["status"], json.loads(b"".join(each.get("body", b"") for each in sent[1:]))


def test_fastapi_app(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastapi", reason="needs pip install fastapi")
    monkeypatch.setenv("SEARCHER_INDEX", str(seeds()))
    app = runpy.run_path(str(EXAMPLES / "fastapi_app.py"))["app"]
    status, found = asyncio.run(_get(app, "/search", "q=Waffenruhe&limit=1"))
    assert (status, found["total"], len(found["hits"])) == (200, 4, 1)
    status, article = asyncio.run(_get(app, f"/articles/{found['hits'][0]['article']['id']}"))
    assert (status, article) == (200, found["hits"][0]["article"])
    status, error = asyncio.run(_get(app, "/search", "q=datum:2023-13"))
    assert (status, error["detail"]["position"]) == (400, 6)
    assert asyncio.run(_get(app, "/articles/nix"))[0] == 404
