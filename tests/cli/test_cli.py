"""The command line end to end, as real processes over a small archive: what is found, and every wrong use."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from searcher.cli import main
from tests.checkout import ROOT, SHARED

ARTICLES = [
    {
        "id": "kreml",
        "titel": "Kreml lehnt Waffenruhe in der Ukraine ab",
        "text": "Lukaschenkos Vorschlag sei keine Option.\n\nEr hatte Verhandlungen ohne Vorbedingungen gefordert.",
        "datum": "31.03.2023 13:46",
        "quelle": "Abendbote",
        "ressort": "Ausland",
    },
    {
        "id": "haushalt",
        "titel": "Stadtrat beschließt Haushalt",
        "text": "Die Bürgermeisterin sprach von einem guten Tag für alle Bürger*innen der Straße.",
        "datum": "2023-04",
        "quelle": "Stadtblatt",
        "ressort": "Lokales",
    },
    {
        "id": "mueller",
        "titel": "Müller „schießt“ den Siegtreffer",
        "text": "Vor 41.000 Zuschauern fiel das Tor in der 90. Minute.\x1b[2J",
        "datum": "2022-05-14",
        "quelle": "Abendbote",
        "ressort": "Sport",
    },
]


def environment(**changes: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SEARCHER_", "PYTHON", "NO_COLOR"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "100", **changes}


def searcher(*arguments: str, cwd: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "searcher", *arguments],
        cwd=cwd,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `index/` of the three articles. Tests that use it only read."""
    folder = tmp_path_factory.mktemp("place")
    write_lines(folder / "news.jsonl", ARTICLES)
    ran = searcher("index", "news.jsonl", cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder


def ids(query: str, *options: str, place: Path) -> list[str]:
    ran = searcher("search", query, "--format", "ids", *options, cwd=place)
    assert ran.stderr == ""
    assert ran.returncode == (0 if ran.stdout else 1)
    return ran.stdout.split()


# what is found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["Waffenruhe UND Ukraine datum:2023-03"], ["kreml"]),
        (['"ohne Vorbedingungen"'], ["kreml"]),
        (["Lukaschenko"], ["kreml"]),
        (["Bürger"], ["haushalt"]),
        (["Strasse ODER Mueller", "--sort", "newest"], ["haushalt", "mueller"]),
        (["datum:2022..2023", "--sort", "oldest", "-n", "2", "--offset", "1"], ["kreml", "haushalt"]),
        (["datum:2022..2023", "--from", "2023-04"], ["haushalt"]),
        (["datum:2022..2023", "--to", "31.12.2022"], ["mueller"]),
        (["datum:2022..2023", "--source", "Abendbote", "--section", "Sport"], ["mueller"]),
        (["Waffenruhe NICHT Kreml"], []),
    ],
    ids=str,
)
def test_search(arguments: list[str], expected: list[str], place: Path) -> None:
    assert ids(*arguments, place=place) == expected


def test_a_second_run_changes_nothing_and_says_so(tmp_path: Path) -> None:
    write_lines(tmp_path / "news.jsonl", ARTICLES)
    first = searcher("index", "news.jsonl", cwd=tmp_path)
    second = searcher("index", "news.jsonl", cwd=tmp_path)
    changed = [*ARTICLES[:2], {**ARTICLES[2], "text": "Es fiel kein Tor."}]
    write_lines(tmp_path / "news.jsonl", changed)
    third = searcher("index", "news.jsonl", cwd=tmp_path)
    assert "3 articles: 3 new, 0 changed, 0 unchanged" in first.stdout
    assert "3 articles: 0 new, 0 changed, 3 unchanged" in second.stdout
    assert "3 articles: 0 new, 1 changed, 2 unchanged" in third.stdout
    assert ids("Zuschauer", place=tmp_path) == []
    assert ids("titel:Siegtreffer kein Tor", place=tmp_path) == ["mueller"]


def test_the_forms_of_output(place: Path) -> None:
    value = json.loads(searcher("search", "Kreml", "--format", "json", cwd=place).stdout)
    assert (value["schema"], value["total"], value["hits"][0]["article"]["id"]) == (1, 1, "kreml")
    ran = searcher("search", "Kreml", "--format", "{date} {title} <{source}>", cwd=place)
    assert ran.stdout == "2023-03-31 13:46 Kreml lehnt Waffenruhe in der Ukraine ab <Abendbote>\n"
    ran = searcher("search", "Verhandlungen", cwd=place)
    assert "1. 2023-03-31 13:46  Kreml lehnt Waffenruhe in der Ukraine ab" in ran.stdout
    assert "Abendbote | Ausland | id kreml" in ran.stdout
    assert ran.stdout.endswith("\n1 hit\n")


def test_count_and_explain(place: Path) -> None:
    ran = searcher("search", "--count", "datum:2023", cwd=place)
    assert (ran.returncode, ran.stdout) == (0, "2\n")
    ran = searcher("search", "--count", "Nirgendwo", cwd=place)
    assert (ran.returncode, ran.stdout) == (1, "0\n")
    ran = searcher("search", "--explain", "Lukaschenkos UND der", cwd=place)
    assert ran.returncode == 0
    assert "lukaschenko" in ran.stdout
    value = json.loads(searcher("search", "--explain", "Kreml", "--format", "json", cwd=place).stdout)
    assert value["schema"] == 1
    assert value["leaves"][0]["articles"] == 1


def test_show_stats_analyze(place: Path) -> None:
    ran = searcher("show", "kreml", cwd=place)
    assert ran.returncode == 0
    assert ran.stdout.startswith("Kreml lehnt Waffenruhe in der Ukraine ab\ndate: 2023-03-31 13:46\n")
    assert "Er hatte Verhandlungen ohne Vorbedingungen gefordert." in ran.stdout
    ran = searcher("stats", cwd=place)
    assert "articles  3\n" in ran.stdout
    assert "2  Abendbote" in ran.stdout
    assert json.loads(searcher("stats", "--format", "json", cwd=place).stdout)["articles"] == 3
    ran = searcher("analyze", "Lukaschenkos", cwd=place)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "lukaschenko" in ran.stdout
    assert json.loads(searcher("analyze", "Straße", "--format", "json", cwd=place).stdout)["schema"] == 1


def test_delete(tmp_path: Path) -> None:
    write_lines(tmp_path / "news.jsonl", ARTICLES)
    searcher("index", "news.jsonl", cwd=tmp_path)
    ran = searcher("delete", "kreml", "no-such-id", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "1 article deleted\n")
    ran = searcher("delete", "--query", "datum:2022", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "1 article deleted\n")
    assert searcher("delete", "kreml", cwd=tmp_path).returncode == 1
    assert ids("datum:2020..", place=tmp_path) == ["haushalt"]


def test_rejected_records_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    lines = [
        json.dumps(ARTICLES[0]),
        '{"titel": "ohne',
        json.dumps({"seite": 5, "datum": "31.12.2023"}),
    ]
    with gzip.open(tmp_path / "news.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join(lines))
    ran = searcher("index", "news.jsonl.gz", cwd=tmp_path)
    assert ran.returncode == 5
    assert "1 article: 1 new" in ran.stdout
    assert "2 rejected" in ran.stdout
    named = ran.stderr.splitlines()
    assert len(named) == 2
    assert named[0].startswith("searcher: news.jsonl.gz:2: ")
    assert named[1].startswith("searcher: news.jsonl.gz:3: ")


def test_map_names_the_columns(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "Kopf;Inhalt\nBrücke gesperrt;Der Verkehr steht.\n", encoding="utf-8"
    )
    ran = searcher("index", "export.csv", "--map", "title=Kopf", "--map", "body=Inhalt", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Brücke gesperrt" in searcher("search", "titel:Brücke", cwd=tmp_path).stdout


# wrong use


def complaint(ran: subprocess.CompletedProcess[str], code: int, lines: int = 1) -> str:
    """The error of a process that ended with `code` and said so in `lines` lines, never by a traceback."""
    assert "Traceback" not in ran.stderr
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert ran.stderr.startswith("searcher: ")
    assert ran.stderr.count("\n") == lines, ran.stderr
    return ran.stderr


@pytest.mark.parametrize(
    "command",
    [["search", "x"], ["show", "x"], ["stats"], ["delete", "x"], ["verify"], ["optimize"]],
    ids=str,
)
def test_no_index(command: list[str], tmp_path: Path) -> None:
    assert "make one with" in complaint(searcher(*command, cwd=tmp_path), 3)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "README.md").write_text("nothing here yet")
    complaint(searcher("search", "x", cwd=tmp_path), 3)


def test_an_index_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("x")
    complaint(searcher("search", "x", cwd=tmp_path), 3)


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = searcher("index", "empty", cwd=tmp_path)
    assert "empty" in complaint(ran, 2)


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 40)
    ran = searcher("index", "noise.txt", cwd=tmp_path)
    assert (ran.returncode, ran.stderr.count("\n")) == (5, 1)
    assert ran.stderr.startswith("searcher: noise.txt: ")


def test_an_unreadable_file(tmp_path: Path) -> None:
    secret = write_lines(tmp_path / "secret.jsonl", ARTICLES)
    secret.chmod(0)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read everything")
    ran = searcher("index", "secret.jsonl", cwd=tmp_path)
    assert (ran.returncode, ran.stderr.count("\n")) == (5, 1)


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    ran = searcher("index", "loop.txt", cwd=tmp_path)
    assert ran.returncode in (2, 3, 5)
    assert ran.stderr.count("\n") == 1


WRONG_QUERIES = {
    "empty": "",
    "blank": "  ",
    "unbalanced quote": '"unbalanced',
    "unbalanced bracket": "((a",
    "unknown field": "foo:bar",
    "impossible date": "datum:2023-13-45",
    "nested": "(" * 5000 + "a" + ")" * 5000,
    "operator alone": "UND",
    "nothing before the operator": "ODER Kreml",
    "empty field": "titel:",
    "empty brackets": "()",
    "unbalanced closing bracket": "a)",
}


@pytest.mark.parametrize("query", WRONG_QUERIES.values(), ids=WRONG_QUERIES)
def test_a_wrong_query(query: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--index", str(place / "index"), "search", query])
    captured = capsys.readouterr()
    message, shown, caret = captured.err.splitlines()
    assert (code, captured.out) == (2, "")
    assert message.startswith("searcher: ")
    assert "position" in message
    assert len(shown) <= 62
    assert caret.strip() == "^"


@pytest.mark.parametrize("name", ["unbalanced quote", "nested"])
def test_a_wrong_query_ends_a_process_as_well(name: str, place: Path) -> None:
    complaint(searcher("search", WRONG_QUERIES[name], cwd=place), 2, lines=3)


def test_a_query_of_100_000_characters(place: Path) -> None:
    assert searcher("search", "a" * 100_000, cwd=place).returncode in (1, 2)
    ran = searcher("search", "Kreml " * 16_667, cwd=place)
    assert ran.returncode in (0, 2)
    assert "Traceback" not in ran.stderr


def test_a_nul_byte_in_a_query(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No process can be given one as an argument, but a program can call `main`."""
    code = main(["--index", str(place / "index"), "search", "Kreml\0"])
    captured = capsys.readouterr()
    assert code in (1, 2)
    assert "\0" not in captured.out + captured.err


@pytest.mark.parametrize("date", ["2023-13", "morgen vielleicht", "32.03.2023"])
def test_a_wrong_date(date: str, place: Path) -> None:
    error = complaint(searcher("search", "Kreml", "--from", date, cwd=place), 2)
    assert date in error


def test_a_nul_byte_in_a_file(tmp_path: Path) -> None:
    write_lines(
        tmp_path / "news.jsonl", [{"id": "nul", "titel": "Null\0stelle", "text": "Das Wort Null\0stelle."}]
    )
    ran = searcher("index", "news.jsonl", cwd=tmp_path)
    assert "Traceback" not in ran.stderr
    assert ran.returncode in (0, 5)


# pipes, terminals, interruption


def many(folder: Path, count: int) -> Path:
    records = [
        {"id": f"n{number}", "titel": f"Meldung {number}", "text": "Die Waffenruhe hält. " * 30}
        for number in range(count)
    ]
    return write_lines(folder / "many.jsonl", records)


def test_a_closed_pipe_is_success_without_noise(tmp_path: Path) -> None:
    many(tmp_path, 400)
    searcher("index", "many.jsonl", cwd=tmp_path)
    for form in ("text", "jsonl", "json"):
        process = subprocess.Popen(
            [sys.executable, "-m", "searcher", "search", "Waffenruhe", "-n", "400", "--format", form],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_the_caller_has_closed(closed: str, place: Path) -> None:
    """As with `>&-` in a shell: Python then has None in its place."""
    code = f"import sys; sys.{closed} = None; from searcher.cli import main; sys.exit(main())"
    for arguments, expected in ((["search", "Kreml"], 0), (["search", "Nirgendwo"], 1), (["search", "("], 2)):
        ran = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=place, env=environment(), capture_output=True
        )
        assert ran.returncode == expected
        assert b"Traceback" not in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_for_the_output_is_one_line(place: Path) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "searcher", "search", "Kreml"],
            cwd=place,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    assert (ran.returncode, ran.stderr) == (3, "searcher: No space left on device\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_that_is_not_utf8(encoding: str, place: Path) -> None:
    arguments = [sys.executable, "-m", "searcher", "search", "Siegtreffer"]
    changed = environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    ran = subprocess.run(arguments, cwd=place, env=changed, capture_output=True)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "schie" in ran.stdout.decode(encoding)
    ran = subprocess.run([*arguments, "--format", "json"], cwd=place, env=changed, capture_output=True)
    assert (
        json.loads(ran.stdout.decode("utf-8"))["hits"][0]["article"]["title"]
        == "Müller „schießt“ den Siegtreffer"
    )


def at_a_terminal(*arguments: str, cwd: Path, **changes: str) -> str:
    """What a process prints whose output is a terminal."""
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "searcher", *arguments],
        cwd=cwd,
        env=environment(TERM="xterm", **changes),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        printed += piece
    process.wait(timeout=60)
    os.close(ours)
    return printed.decode("utf-8")


def test_a_terminal_gets_painted_marks_and_nothing_of_the_article_raw(place: Path) -> None:
    painted = at_a_terminal("search", "Zuschauer", cwd=place)
    assert "\x1b[1mZuschauern\x1b[0m" in painted
    assert "\x1b[2J" not in painted
    assert "\x1b" not in at_a_terminal("search", "Zuschauer", cwd=place, NO_COLOR="1")
    assert "\x1b[2J" not in at_a_terminal("show", "mueller", cwd=place)


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
@pytest.mark.parametrize(
    ("told", "processes"),
    [("SIGINT", "1"), ("SIGINT", "2"), ("SIGHUP", "2"), ("SIGTERM", "1"), ("SIGTERM", "2")],
)
def test_ctrl_c_and_its_like_end_in_one_line_and_the_archive_goes_on(
    told: str, processes: str, tmp_path: Path
) -> None:
    many(tmp_path, 30_000)
    process = subprocess.Popen(
        # Standard input stays open: the run cannot be over before it is interrupted.
        [sys.executable, "-m", "searcher", "index", "many.jsonl", "-", "--processes", processes],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # A test run in the background may have been told to ignore it, and children inherit that.
        preexec_fn=lambda: signal.signal(getattr(signal, told), signal.SIG_DFL),
    )
    wait_for(tmp_path / "index", process)
    if told == "SIGTERM":
        process.terminate()
    else:
        # What a terminal sends reaches the workers too.
        os.killpg(process.pid, getattr(signal, told))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "searcher: interrupted; the index is consistent: run the same command again\n"
    write_lines(tmp_path / "news.jsonl", ARTICLES)
    assert searcher("index", "news.jsonl", cwd=tmp_path).returncode == 0
    assert ids("Siegtreffer", place=tmp_path) == ["mueller"]


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Until the process has made `path`: from then on it is at work."""
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_tab_completion() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "searcher"],
        env=environment(_SEARCHER_COMPLETE="bash_complete", COMP_WORDS="searcher se", COMP_CWORD="1"),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout.split() == ["plain,search"]


# the article that the layout of the seeds was taken from


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    article = SHARED / "000_29fbb49a2373a391.txt"
    if not article.exists():
        pytest.skip("the article is not part of this repository")
    folder = tmp_path_factory.mktemp("original")
    assert searcher("index", str(article), cwd=folder).returncode == 0
    return folder / "index"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Waffenruhe UND Ukraine datum:2023-03", True),
        ('"ohne Vorbedingungen"', True),
        ("Lukaschenko", True),
        ("Lukaschenkos", True),
        ("titel:Kreml", True),
        ("datum:31.03.2023", True),
        ("datum:2023-04", False),
        ('"mit Vorbedingungen"', False),
        ("Waffenruhe NICHT Kreml", False),
    ],
)
def test_the_original_article(
    query: str, found: bool, original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--index", str(original), "search", query, "--format", "{date}"])
    assert (code, capsys.readouterr().out) == ((0, "2023-03-31 13:46\n") if found else (1, ""))
