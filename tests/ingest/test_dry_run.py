"""The dry run says what the run does, always, and neither depends on where rounds begin.

Random folders with namesakes, duplicates, versions, withdrawals, broken records, changed and removed files, indexed step
by step by several paths: before each run its dry run, and their reports and notes are compared.
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from searcher import Archive, IndexReport, UsageError
from searcher.ingest import pipeline
from searcher.report import DryRunReport, Note
from tests.readers.test_news import item, message

TEXTS = [
    f"Der Stadtrat von {place} hat am Montag beschlossen, die Mühle am Bach zu erhalten und zu erneuern. " * 2
    for place in ("Wendlau", "Moorbruch")
]
PLACES = ("p1/blatt/x.txt", "p1/blatt/y.txt", "p1/n.jsonl", "p2/blatt/x.txt", "p2/m.jsonl", "p2/agentur.xml")
ROOTS = (["p1"], ["p2"], ["p1", "p2"], ["p1/blatt", "p2/blatt"], ["p2/blatt"], ["p1/n.jsonl", "p2"], ["."])


def record(identity: str, title: str, text: str, version: int) -> str:
    extra = {"version": str(version)} if version else {}
    return json.dumps({"id": identity, "titel": title, "text": text, **extra})


plain_texts = st.builds(
    "{}\n\n{}".format, st.sampled_from(["Eins", "Zwei"]), st.sampled_from([*TEXTS, "Kurz."])
)
records = st.builds(
    record,
    st.sampled_from(["a", "b", "blatt/x.txt"]),
    st.sampled_from(["Titel", "Anderer Titel"]),
    st.sampled_from([*TEXTS, "Kurz."]),
    st.integers(0, 2),
)
broken = st.sampled_from(["{kaputt", '{"titel": ""}', '{"id": "a", "titel": "&lt;b&gt;Fett&lt;/b&gt;"}'])
lines = st.lists(records | broken, min_size=1, max_size=4).map("\n".join)
news = st.lists(
    st.builds(item, st.integers(1, 3), st.sampled_from(["usable", "usable", "canceled"])),
    min_size=1,
    max_size=2,
).map(lambda items: message(*items))
CONTENTS = {".txt": plain_texts, ".jsonl": lines, ".xml": news}


class Step(NamedTuple):
    """Files to write, None to remove, and the run that follows."""

    files: dict[str, str | None]
    roots: list[str]
    prune: bool


steps = st.builds(
    Step,
    st.fixed_dictionaries({}, optional={place: st.none() | CONTENTS[Path(place).suffix] for place in PLACES}),
    st.sampled_from(ROOTS),
    st.booleans(),
)


NAMED_AFTER_A_FILE = Step(
    {"p2/m.jsonl": record("blatt/x.txt", "Titel", TEXTS[0], 0), "p2/blatt/x.txt": "Eins\n\nKurz."},
    ["p2"],
    False,
)
"""A record has the id of a file that follows, and its own file is still open when the round ends."""


def change(folder: Path, files: dict[str, str | None]) -> None:
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


def told(run: Callable[[Callable[[Note], None]], IndexReport]) -> tuple[Any, list[str]]:
    """The counts of a run, or the error it ends with, and its notes in a fixed order."""
    notes: list[Note] = []
    try:
        report = run(notes.append)
    except UsageError as error:
        return str(error), []
    counts = {each.name: getattr(report, each.name) for each in fields(IndexReport) if each.name != "took"}
    counts["rejections"] = sorted(map(str, counts["rejections"]))
    return counts, sorted(f"{each.kind} {each}" for each in notes)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=1, max_size=4), st.integers(1, 4))
@example([NAMED_AFTER_A_FILE], 1)
def test_the_dry_run_says_what_the_run_does(history: list[Step], records_in_round: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with patch("os.getcwd", lambda: str(folder)):
            play(folder, history, records_in_round)
    finally:
        shutil.rmtree(folder)


def play(folder: Path, history: list[Step], records_in_round: int) -> None:
    change(folder, {"p1/blatt/y.txt": f"Eins\n\n{TEXTS[0]}", "p2/blatt/z.txt": f"Drei\n\n{TEXTS[1]}"})
    whole, cut = folder / "index", folder / "cut"
    for place in (whole, cut):
        Archive.create(place).close()
    for step in history:
        change(folder, step.files)
        paths = [folder / root for root in step.roots]

        def index(place: Path, *, dry_run: bool, step: Step = step, paths: list[Path] = paths) -> Any:
            with Archive.open(place) as archive:
                return told(
                    lambda on_note: archive.index(
                        paths, prune=step.prune, dry_run=dry_run, processes=1, on_note=on_note
                    )
                )

        said = index(whole, dry_run=True)
        note(said)
        assert index(whole, dry_run=False) == said
        with patch.object(pipeline, "ROUND", records_in_round):
            assert index(cut, dry_run=True) == said
            assert index(cut, dry_run=False) == said
        with Archive.open(whole) as one, Archive.open(cut) as other:
            found = sorted(one, key=lambda each: each.id)
            assert found == sorted(other, key=lambda each: each.id)
    with Archive.open(cut) as archive:
        assert archive.verify(deep=True) == []


def test_a_namesake_is_rejected_in_the_dry_run_too(tmp_path: Path) -> None:
    change(
        tmp_path, {"p1/zeitung/x.txt": "Eins\n\nErster Text.", "p2/zeitung/x.txt": "Zwei\n\nZweiter Text."}
    )
    with Archive.create(tmp_path / "index") as archive:
        archive.index([tmp_path / "p1/zeitung"])
        dry = archive.index([tmp_path / "p2/zeitung"], dry_run=True)
        assert (dry.rejected, dry.changed, len(archive)) == (1, 0, 1)
        assert "has the same name as" in str(dry.rejections[0])
        assert archive.index([tmp_path / "p2/zeitung"]).rejections == dry.rejections


def test_a_dry_run_names_what_would_be_pruned(tmp_path: Path) -> None:
    change(tmp_path, {"in/a.txt": "Eins\n\nText.", "in/b.txt": "Zwei\n\nText."})
    with Archive.create(tmp_path / "index") as archive:
        archive.index([tmp_path / "in"])
        change(tmp_path, {"in/b.txt": None})
        notes: list[Note] = []
        report = archive.index([tmp_path / "in"], prune=True, dry_run=True, on_note=notes.append)
        assert [(each.kind, getattr(each, "id", "")) for each in notes] == [("pruned", "in/b.txt")]
        assert (report.pruned, len(archive)) == (1, 2)


def test_formats_and_examples_of_a_dry_run(tmp_path: Path) -> None:
    lines = [record(str(number), f"Titel {number}", "Text.", 0) for number in range(5)]
    change(tmp_path, {"in/a.jsonl": "\n".join(lines), "in/b.txt": "Zwei\n\nText."})
    report = Archive.at(tmp_path / "index").index([tmp_path / "in"], dry_run=True)
    assert isinstance(report, DryRunReport)
    assert {name: dict(counts) for name, counts in report.formats.items()} == {
        "jsonl": {"new": 5, "changed": 0, "unchanged": 0},
        "text": {"new": 1, "changed": 0, "unchanged": 0},
    }
    shown = [(each.format, each.what, each.article.title) for each in report.examples]
    assert shown == [("jsonl", "new", f"Titel {number}") for number in range(3)] + [("text", "new", "Zwei")]
    assert not (tmp_path / "index").exists()


# --- rounds ----------------------------------------------------------------------------------------------------


def rounds(seconds_a_unit: float, units: int) -> Iterator[int]:
    """The number of units of each round, where each takes so long."""
    now = 0.0
    cut = pipeline.Rounds(range(units), lambda _: None, lambda: now)
    while cut.more:
        count = 0
        for _ in cut.next():
            now += seconds_a_unit
            count += 1
        yield count


def test_each_round_lasts_as_long_as_all_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SOON", 5.0)
    assert list(rounds(1.0, 85)) == [5, 5, 10, 20, 40, 5]
    assert list(rounds(100.0, 3)) == [1, 1, 1]
    assert list(rounds(0.0, 1000)) == [1000]


def test_the_clock_of_a_run_changes_no_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is faster than any work: the commits are many, the account is the same."""
    monkeypatch.setattr(pipeline, "SOON", 5.0)
    from searcher.index.write.writer import Writer
    from searcher.ingest.commit import Commit
    from searcher.ingest.input_files import InputFiles

    names = "abcdefgh"
    change(tmp_path, {f"in/{name}.jsonl": record("a", f"Titel {name}", TEXTS[0], 0) for name in names})
    reports = []
    for folder, clock in (("one", lambda: 0.0), ("many", itertools.count(0, 1000).__next__)):
        Archive.create(tmp_path / folder).close()
        with Writer(tmp_path / folder) as writer:
            source = pipeline.Intake.of_files(InputFiles([tmp_path / "in"], processes=1))
            reports.append(pipeline.run(source, Commit.to(writer), clock=clock))
            commits = writer.table.generation
        # A commit of the run, and one that merges the segment of which most is deleted.
        assert commits == 2 if folder == "one" else commits > 3
    assert reports[0] == reports[1]
    assert (reports[0].new, reports[0].changed) == (1, 7)


def test_a_run_opens_each_segment_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from searcher import Article
    from searcher.index.read.segment_reader import SegmentFiles

    with Archive.create(tmp_path / "index") as archive:
        for number in range(5):
            archive.add([Article(id=str(number), title="Moor", body=TEXTS[0] + str(number))])
        opened: list[str] = []
        before = SegmentFiles.__init__

        def counted(self: SegmentFiles, directory: Path, segment: Any) -> None:
            opened.append(segment.id)
            before(self, directory, segment)

        monkeypatch.setattr(SegmentFiles, "__init__", counted)
        archive.add([Article(id="5", title="Moor", body=TEXTS[1])])
        # Five by the writer, and the new one by the archive that goes on reading.
        assert len(opened) == len(set(opened)) == 6
