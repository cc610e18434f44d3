"""What stands around `searcher index`: the report, options refused before anything is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from searcher.cli import main
from tests.cli.test_cli import ARTICLES, complaint, environment, searcher, write_lines


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty but for `in/news.jsonl` with two sound records and one broken."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    write_lines(tmp_path / "in" / "news.jsonl", ARTICLES[:2])
    with open(tmp_path / "in" / "news.jsonl", "a") as file:
        file.write('{"titel": "ohne\n')
    return tmp_path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- the report ------------------------------------------------------------------------------------------------


def test_the_report_has_a_line_for_every_record_that_is_not_in_as_it_stands(here: Path) -> None:
    (here / "in" / "alt.jsonl").write_bytes(
        '{"id": "alt", "titel": "Müller", "text": "Ärger."}\n'.encode("cp1252")
    )
    (here / "in" / "bild.jpg").write_bytes(b"\xff\xd8")
    newsml = '<newsItem guid="{}"><itemMeta><pubStatus qcode="stat:{}"/></itemMeta></newsItem>'
    (here / "in" / "weg.xml").write_text(newsml.format("urn:1", "canceled"))
    assert main(["index", "in", "--report", "bericht.jsonl"]) == 5
    found = {(each["kind"], each["path"]): each for each in lines(here / "bericht.jsonl")}
    assert found["rejected", "in/news.jsonl"]["line"] == 3
    assert "broken JSON" in found["rejected", "in/news.jsonl"]["reason"]
    assert found["rejected", "in/bild.jpg"] == {
        "kind": "rejected",
        "path": "in/bild.jpg",
        "reason": "not an archive of articles: .jpg",
    }
    assert found["repaired", "in/alt.jsonl"]["line"] == 1
    assert found["withdrawn", "in/weg.xml"]["id"] == "urn:1"
    assert len(found) == 4


def test_a_report_without_anything_to_say_is_empty(here: Path) -> None:
    write_lines(here / "in" / "news.jsonl", ARTICLES[:2])
    assert main(["index", "in", "--report", "bericht.jsonl"]) == 0
    assert (here / "bericht.jsonl").read_bytes() == b""


def test_the_report_is_written_as_it_happens(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found wrong before an interruption is in the report."""
    from searcher.ingest.commit import Commit

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Commit, "round", interrupted)
    assert main(["index", "in", "--report", "bericht.jsonl"]) == 130
    assert [each["line"] for each in lines(here / "bericht.jsonl")] == [3]


@pytest.mark.parametrize("place", ["nirgends/bericht.jsonl", "in"])
def test_a_report_that_cannot_be_written_is_refused_first(
    place: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "in" / "sub").mkdir()
    assert main(["index", "in/news.jsonl", "--report", place]) == 2
    assert f"the report '{place}' cannot be written" in capsys.readouterr().err
    assert sorted(os.listdir(here)) == ["in"]


@pytest.mark.parametrize("place", ["in/bericht.jsonl", "in/news.jsonl"])
def test_a_report_among_the_articles_is_refused(
    place: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (here / "in" / "news.jsonl").read_bytes()
    assert main(["index", "in", "--report", place]) == 2
    assert "would be read as part of 'in'" in capsys.readouterr().err
    assert (here / "in" / "news.jsonl").read_bytes() == before
    assert sorted(os.listdir(here)) == ["in"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_for_the_report_is_one_line(here: Path) -> None:
    error = complaint(searcher("index", "in", "--report", "/dev/full", cwd=here), 3)
    assert error.startswith("searcher: /dev/full: No space left on device")


# --- refused before anything is written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [["--map", "titl=Kopf"], ["--map", "title"], ["--format", "wordstar"], ["--report", "in/x"]],
    ids=str,
)
def test_wrong_options_leave_no_index_behind(options: list[str], here: Path) -> None:
    assert main(["index", "in", *options]) == 2
    assert sorted(os.listdir(here)) == ["in"]


# --- the summary -----------------------------------------------------------------------------------------------


def test_the_summary_tells_what_became_of_everything(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Der Stadtrat hat den Haushalt beschlossen, und die Bürgermeisterin sprach von einem guten Tag für alle."
    write_lines(here / "in" / "a.jsonl", [{"id": name, "titel": name, "text": text} for name in "abc"])
    newsml = '<newsItem guid="urn:1"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta></newsItem>'
    (here / "in" / "weg.xml").write_text(newsml)
    assert main(["index", "in", "--report", "bericht.jsonl"]) == 5
    assert (
        "5 articles: 5 new, 0 changed, 0 unchanged; 2 of them with the text of another article; "
        "1 withdrawn but not in the index; 1 rejected (" in capsys.readouterr().out
    )
    (duplicate, _) = (each for each in lines(here / "bericht.jsonl") if each["kind"] == "duplicate")
    assert duplicate == {"kind": "duplicate", "path": "in/a.jsonl", "reason": "the same text as a", "id": "b"}
    (here / "in" / "a.jsonl").unlink()
    (here / "in" / "news.jsonl").write_text(json.dumps(ARTICLES[0]) + "\n")
    assert main(["index", "in", "--prune", "--report", "bericht.jsonl"]) == 0
    assert "1 article: 0 new, 0 changed, 1 unchanged" in (out := capsys.readouterr().out)
    assert "; 3 pruned (" in out
    assert {each["id"] for each in lines(here / "bericht.jsonl") if each["kind"] == "pruned"} == {*"abc"}


def test_pruning_an_empty_folder_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "leer").mkdir()
    assert main(["index", "in", "leer", "--prune"]) == 2
    assert "leer: nothing is pruned below a folder where no file is left" in capsys.readouterr().err
    assert not (here / "index").exists()


# --- the dry run -----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_would_be_indexed_and_writes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "in" / "x.txt").write_text("Ein Titel\n\nEin Text.")
    assert main(["index", "in", "--dry-run", "--report", "bericht.jsonl"]) == 5
    printed = capsys.readouterr()
    assert printed.out.splitlines()[:-1] == [
        "jsonl: 2 new, 0 changed, 0 unchanged",
        "  new  2023-03-31 13:46  Kreml lehnt Waffenruhe in der Ukraine ab",
        "  new  2023-04           Stadtrat beschließt Haushalt",
        "text: 1 new, 0 changed, 0 unchanged",
        "  new  undated  Ein Titel",
    ]
    assert printed.out.splitlines()[-1].startswith("3 articles: 3 new, 0 changed, 0 unchanged; 1 rejected (")
    assert printed.out.endswith(", nothing written)\n")
    assert printed.err.startswith("searcher: in/news.jsonl:3: broken JSON")
    assert sorted(os.listdir(here)) == ["bericht.jsonl", "in"]
    assert [each["line"] for each in lines(here / "bericht.jsonl")] == [3]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_dry_run_foretells_the_run(processes: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Der Stadtrat hat den Haushalt beschlossen, und die Bürgermeisterin sprach von einem guten Tag für alle."
    records = [{"id": f"{number}", "titel": f"Titel {number}", "text": text} for number in range(4)]
    write_lines(here / "in" / "a.jsonl", records)
    write_lines(here / "in" / "b.jsonl", [{"id": "b", "titel": "B"}])
    item = (
        '<newsItem guid="urn:1" version="{}"><itemMeta><pubStatus qcode="stat:usable"/></itemMeta><contentMeta>'
        "<headline>Fassung</headline></contentMeta></newsItem>"
    )
    (here / "in" / "n.xml").write_text(item.format(3))
    main(["index", "in"])
    capsys.readouterr()
    (here / "in" / "n.xml").write_text(item.format(2))
    (here / "in" / "b.jsonl").unlink()
    changed = [{**records[0], "text": "Ganz kurz."}, *records[1:], {**records[1], "id": "neu"}]
    write_lines(here / "in" / "a.jsonl", changed)
    before = sorted((path.name, path.read_bytes()) for path in (here / "index").iterdir())
    assert main(["index", "in", "--prune", "--dry-run", "--processes", processes]) == 5
    foretold = capsys.readouterr().out.splitlines()
    assert sorted((path.name, path.read_bytes()) for path in (here / "index").iterdir()) == before
    assert "jsonl: 1 new, 1 changed, 5 unchanged" in foretold
    main(["index", "in", "--prune", "--processes", processes])
    assert foretold[-1].partition(" (")[0] == capsys.readouterr().out.partition(" (")[0]
    assert "1 older than in the index or withdrawn before; 1 pruned; 1 rejected" in foretold[-1]


def test_standard_input_cannot_be_pruned(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "-", "--prune"]) == 2
    assert "standard input" in capsys.readouterr().err


def test_what_a_search_printed_can_be_indexed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["index", "in"])
    capsys.readouterr()
    assert main(["search", "datum:2023", "--format", "jsonl"]) == 0
    (here / "export.jsonl").write_text(capsys.readouterr().out)
    assert main(["--index", "zweiter", "index", "export.jsonl"]) == 0
    assert main(["--index", "zweiter", "search", "Kreml", "--format", "ids"]) == 0
    assert capsys.readouterr().out.endswith("\nkreml\n")


# --- an interrupted run ----------------------------------------------------------------------------------------


def test_a_killed_run_goes_on_where_it_was(here: Path) -> None:
    """What was committed in rounds is recognised; nothing is there twice, and nothing is missing."""
    records = [{"id": f"{number}", "titel": f"Titel {number}"} for number in range(2000)]
    for first in range(0, 2000, 20):
        write_lines(here / "in" / f"{first:04}.jsonl", records[first : first + 20])
    program = (
        "import os, signal; import searcher.ingest.pool as workers; import searcher.index.write.writer as writing\n"
        "import searcher.ingest.pipeline as pipeline\n"
        "from searcher.cli import main; workers.IN_PARCEL = 1\n"
        "pipeline.ROUND = 200; commit = writing.Writer.commit\n"
        "def counted(self, segments):\n"
        "    commit(self, segments)\n"
        "    if self.table.generation == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "writing.Writer.commit = counted\n"
        "main(['index', 'in', '--processes', '2'])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], env=environment(), timeout=120, capture_output=True)
    assert ran.returncode not in (0, 5)
    done = searcher("index", "in", cwd=here)
    assert done.returncode == 5
    counts = [int(word.replace(",", "")) for word in done.stdout.split() if word[0].isdigit()]
    total, new, changed, unchanged = counts[:4]
    assert (total, changed, new + unchanged) == (2002, 0, 2002)
    assert unchanged >= 400
    assert searcher("search", "--count", "Titel", cwd=here).stdout == "2000\n"
    assert searcher("verify", "--deep", cwd=here).returncode == 0
