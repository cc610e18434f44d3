"""What a query may cost, and what an article may do to a terminal: both have bounds."""

from __future__ import annotations

import contextlib
import io
import random
import string
from pathlib import Path

import pytest

from searcher import Archive, Article, QuerySyntaxError, UsageError
from searcher.cli import main

WORDS = 30_000
"""Distinct words of the archive below; the bounds are of the kind that ten times as many would not break."""


IN_ARTICLE = 300
LETTERS = string.ascii_lowercase


def _words() -> list[str]:
    chance = random.Random(1)
    return ["".join(chance.choices(LETTERS, k=9)) for _ in range(WORDS)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    words = _words()
    found = Archive.create(tmp_path_factory.mktemp("large") / "index")
    found.add(
        Article(id=str(i), title="Wort", body=" ".join(words[i : i + IN_ARTICLE]))
        for i in range(0, WORDS, IN_ARTICLE)
    )
    return found


def _named(query: str) -> str:
    return f"{query[:20]} {len(query)}"


@pytest.mark.parametrize(
    "query",
    [
        "*",
        "a*",
        "*a",
        "*a*",
        "*a*e*i*o*",
        "abcdefghi~2",
        "abcdefghi~",
        " ".join(f"*{letter}*" for letter in "abcdef"),
        " ODER ".join(f"{a}{b}*" for a in LETTERS for b in LETTERS),
        " ODER ".join(f"wort{i}" for i in range(700)),
        " ".join(f"wort{i}" for i in range(1000)),
        " ODER ".join(f"wort{i}~2" for i in range(300)),
        '"' + "wort " * 1000 + '"',
        "NICHT " * 90 + "wort",
        "(" * 90 + "wort" + ")" * 90,
        " NEAR/99 ".join(["wort"] * 60),
        "a" * 10_000,
    ],
    ids=_named,
)
def test_dear_queries_are_answered(archive: Archive, query: str) -> None:
    results = archive.search(query, limit=5)
    assert results.total == archive.count(query) and len(results) == min(5, results.total)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("????????*", "a pattern without a letter"),
        ("?*?*?*?*", "a pattern without a letter"),
        (" ".join(f"w{i}" for i in range(1500)), "more than 1,024 words"),
        ('"' + "wort " * 1900 + '"', "more than 1,024 words"),
        ("NICHT " * 1600 + "wort", "nested deeper than 100 levels"),
        ("(" * 4900 + "wort" + ")" * 4900, "nested deeper than 100 levels"),
        ("datum:" + "9" * 9000, "is no date"),
        ("a" * 10_001, "longer than 10,000 characters"),
        ("a" * 1_000_000, "longer than 10,000 characters"),
    ],
    ids=_named,
)
def test_boundless_queries_are_refused(archive: Archive, query: str, reason: str) -> None:
    for ask in (archive.count, archive.search, archive.explain):
        with pytest.raises(QuerySyntaxError, match=reason):
            ask(query)


def test_a_thousand_words_are_counted_right(archive: Archive) -> None:
    there = _words()[:: 2 * IN_ARTICLE]
    query = " ODER ".join([*there, *(f"f{i}" for i in range(800))])
    assert archive.count(query) == len(there) == len(archive) // 2
    assert archive.count(" ".join(there[:1] + ["wort"] * 1000)) == 1


def test_too_many_comparisons_are_refused_in_words(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.search.limits.MOST_COMPARED", 2 * WORDS)
    assert archive.count("*a*b*") and archive.count("a* ODER *b ODER abc~")
    for ask in (archive.count, archive.search, archive.explain, lambda query: archive.delete(query=query)):
        with pytest.raises(UsageError, match=r"3 wildcards and fuzzy words .* write more letters"):
            ask("*a*b* ODER *b*a* ODER *c*d*")


def test_too_many_places_of_neighbours_within_neighbours_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add(
            [
                Article(id="1", title="Wort", body="Haus " * 100 + "Tor"),
                Article(id="2", title="Haus Haus Tor"),
            ]
        )
        assert archive.count("Haus NEAR/99 Haus NEAR/99 Tor") == 2
        monkeypatch.setattr("searcher.search.phrases.MOST_PAIRS", 100)
        # One alone has no price: only whether it stands in an article is asked.
        assert archive.count("Haus NEAR/99 Haus") == 2
        with pytest.raises(
            UsageError, match=r"'\(Haus NEAR/99 Haus\)' has too many occurrences .* smaller numbers"
        ):
            archive.count("Haus NEAR/99 Haus NEAR/99 Tor")


@pytest.mark.parametrize(
    "query",
    [
        " ODER ".join(['"Haus und Tor"'] * 20),
        " ODER ".join(["(Haus NEAR/9 Tor)"] * 20),
        " ODER ".join(["Haus-und-Tor"] * 20),
        "NICHT (" + " ".join(['"Haus und Tor"^2'] * 20) + ")",
        '"' + "Haus " * 60 + '"',
        "Tor ADJ/3 " * 40 + "Haus",
        " ODER ".join(f'titel:"Haus {word}"' for word in ["und", "Tor"] * 20),
    ],
    ids=lambda query: query[:20],
)
def test_too_many_phrases_and_neighbours_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    with Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id=f"{i}", title="Haus und Tor", body="Haus und Tor " * 20) for i in range(10)])
        expected = archive.count(query)
        monkeypatch.setattr("searcher.search.limits.MOST_PLACES", 1000)
        for ask in (
            archive.count,
            archive.search,
            archive.explain,
            lambda query: archive.delete(query=query),
        ):
            with pytest.raises(UsageError, match=r"too many phrases, .* write fewer of them, or rarer words"):
                ask(query)
        # Few have no price, nor have words that are nowhere; and a large index may be asked for more.
        assert archive.count('"Haus und Tor" ODER (Haus NEAR Tor) ODER Haus-und-Tor') == 10
        assert archive.count(" ODER ".join(f'"Haus fehlt{i}"' for i in range(100))) == 0
        monkeypatch.setattr("searcher.search.limits.TIMES", 1000)
        assert archive.count(query) == expected


EVIL = "Kreml\x1b[2J\x1b]0;x\x07\u202egnirts\u2066\x9b31m\0\r\x08Ende"


def test_nothing_of_an_article_reaches_the_terminal_raw(tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    evil = Article(
        id=f"x{EVIL}", title=EVIL, teaser=EVIL, body=f"Kreml {EVIL} sagt.", source=EVIL, section=EVIL,
        author=EVIL, url=f"https://zeitung.example/{EVIL}", keywords=(EVIL,), extra={EVIL: EVIL},
    )  # fmt: skip
    with Archive.create(folder) as archive:
        archive.add([evil])
        (hit,) = archive.search("Kreml")
        assert hit.article == evil
    commands = (
        ["search", "Kreml"],
        ["search", "Kreml", "--format", "ids"],
        ["search", "Kreml", "--explain"],
        ["show", evil.id],
        ["stats"],
        ["analyze", EVIL.replace("\0", "")],
        ["search", f"titel:{EVIL}", "--count"],
        ["search", f'foo:"{EVIL}'],
        ["delete", EVIL],
    )
    for command in commands:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(["--index", folder, *command])
        said = out.getvalue() + err.getvalue()
        assert said
        harmful = {c for c in said if c in "\x1b\x07\u202e\u2066\x9b\0\r\x08"}
        assert not harmful, (command, harmful)
