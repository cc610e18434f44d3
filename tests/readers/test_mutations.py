"""Two hundred mutated files of each newer format, through the real command: no exception, bounded memory."""

from __future__ import annotations

import json
import random
import tracemalloc
from pathlib import Path

import pytest

from searcher.cli import main
from tests.readers.test_hostile import mutated
from tests.readers.test_hostile_forms import FORMS

OLDER = {"text", "jsonl", "json", "tagesschau", "csv", "html", "warc", "feed", "newsml", "nitf", "mets", "alto",
         "parquet", "markdown", "mail", "archive"}  # fmt: skip
"""Formats whose mutations test_hostile has."""
FILES = 200
PEAK = 384 << 20
"""Bytes; the tables of the indexer are 256 MB of it."""


@pytest.mark.parametrize("form", sorted(FORMS.keys() - OLDER))
def test_mutated_files_are_indexed_or_accounted_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    suffix, sound, _ = FORMS[form]
    rng = random.Random(form)
    (tmp_path / "in").mkdir()
    data = sound()
    for number in range(FILES):
        (tmp_path / "in" / f"{number:03}{suffix}").write_bytes(mutated(data, rng))
    monkeypatch.chdir(tmp_path)
    tracemalloc.start()
    code = main(["index", "in", "--processes", "1", "--report", ".bericht.jsonl"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    told = [json.loads(line) for line in (tmp_path / ".bericht.jsonl").read_text().splitlines()]
    assert code in (0, 5) and peak < PEAK
    assert not [each for each in told if "reader failed" in each["reason"]]
