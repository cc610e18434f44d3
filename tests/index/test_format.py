"""FORMAT.md against what is written: every column is on the page, with its type and shape, and no other; its example runs."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import searcher.index
from searcher.archive import Archive
from searcher.article import Article
from searcher.index.document import ANALYSED, RAW
from searcher.index.format.columns import NAMES
from searcher.index.format.names import FORMAT_VERSION
from searcher.index.read.segment_reader import SegmentFiles
from tests import oracle

PAGE = (Path(searcher.index.__file__).parent / "FORMAT.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (u|uint8|uint64|int64) \| `([^`]+)` \| .+ \|$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SegmentFiles]:
    with (
        oracle.without_waiting_for_the_disk(),
        Archive.create(tmp_path_factory.mktemp("format") / "index") as archive,
    ):
        archive.add([*oracle.some_articles(50), Article(id="lang", title="Wort", body="wort und " * 400)])
        [files] = oracle.snapshot_of(archive).segments
        yield files


def test_every_column_is_on_the_page_and_no_other() -> None:
    assert [name for name, _, _ in ROWS] == list(NAMES)


@pytest.mark.parametrize(("name", "dtype", "shape"), ROWS, ids=[row[0] for row in ROWS])
def test_a_column_is_as_the_page_says(files: SegmentFiles, name: str, dtype: str, shape: str) -> None:
    columns = dict(files.columns.items())
    sizes: dict[str, Any] = {
        "n": files.docs,
        "t": len(columns["term_forms"]),
        "f": len(columns["form_terms"]),
        "p": len(columns["posting_docs"]),
        "o": len(columns["occurrence_forms"]),
        "l": len(columns["long_postings"]),
        "b": len(columns["block_docs"]) - 1,
        "q": len(columns["source_ends"]) - 1,
        "r": len(columns["section_ends"]) - 1,
    }
    assert all(size > 0 for size in sizes.values())
    expected = eval(shape, {**columns, **sizes})
    values = columns[name]
    assert values.shape == (expected if isinstance(expected, tuple) else (expected,))
    if dtype == "u":
        assert values.dtype == np.min_scalar_type(int(values.max()))
    else:
        assert values.dtype == np.dtype(dtype)
    saved = np.load(files.directory / files.segment.file(name + ".npy"), allow_pickle=False)
    assert saved.dtype == values.dtype
    assert np.array_equal(saved, values)


def test_every_file_is_on_the_page(files: SegmentFiles) -> None:
    table = PAGE[PAGE.index("| file |") : PAGE.index("Files that")]
    patterns = [
        re.sub(r"<\w+>", "[0-9a-z_]+", name.replace(".", r"\.").replace("*", ".+"))
        for name in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    ]
    for path in files.directory.iterdir():
        assert any(re.fullmatch(pattern, path.name) for pattern in patterns), path.name


def test_the_manifest_and_the_table_of_contents(files: SegmentFiles) -> None:
    manifest = json.loads((files.directory / files.segment.file("manifest.json")).read_bytes())
    section = PAGE[PAGE.index("## Manifest") : PAGE.index("## Fields")]
    assert all(f"`{key}`" in section for key in manifest)
    assert list(manifest["columns"]) == list(NAMES)
    assert [*manifest["terms"]] == [*ANALYSED, *RAW]
    [table] = files.directory.glob("_MAIN_*.toc")
    line = json.loads(table.read_bytes().splitlines()[-2])
    section = PAGE[PAGE.index("## Table of contents") : PAGE.index("## Manifest")]
    assert all(f"`{key}`" in section for key in (*line, *line["segments"][0]))
    assert PAGE.startswith(f"# The index on disk, format {line['format']}\n")
    assert line["format"] == FORMAT_VERSION


def test_the_example_runs(files: SegmentFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [example] = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    (tmp_path / "index").symlink_to(files.directory, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})
    low, high = files.term_ranges["all"]
    counts = np.diff(files.columns.term_postings[low : high + 1].astype(np.int64))
    best = max(zip(counts.tolist(), [text.decode() for text in files.terms.part(low, high)], strict=True))
    assert repr(best[1]) in printed.getvalue()
    assert str(best[0]) in printed.getvalue()
