"""Random and mutated queries and files through the real entry points: an answer or an error of ours, soon."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from searcher import Archive, SearcherError
from tests.checkout import ROOT

from .memory import ALLOWED, Growth, small_caches
from .place import workplace

SOON = 5.0
"""Seconds of work that no query and no file may take; by the clock, a busy machine may take longer."""

PIECES = (
    *(
        "Waffenruhe",
        "Ukraine",
        "EU-Kommission",
        "z.B.",
        "die",
        "der",
        "Bürger*innen",
        "3,5",
        "Straße",
        "MÜLLER",
    ),
    *(
        " UND ",
        " ODER ",
        " NICHT ",
        " AND ",
        " OR ",
        " NOT ",
        " -",
        " ADJ ",
        " ADJ/3 ",
        " NEAR/5 ",
        " NEAR/",
        "(",
        ")",
    ),
    *(
        '"',
        '"ohne Vorbedingungen"',
        "*",
        "?",
        "~",
        "~2",
        "^3",
        "^",
        ":",
        "..",
        "[",
        "]",
        " TO ",
        ">=",
        "<",
        "\\",
        "/",
    ),
    *(
        "titel:",
        "teaser:",
        "text:",
        "quelle:",
        "ressort:",
        "autor:",
        "schlagwort:",
        "url:",
        "id:",
        "datum:",
        "foo:",
    ),
    *(
        "2023",
        "2023-03",
        "31.03.2023",
        "heute",
        "-7d",
        "März 2023",
        "9999",
        "0001-01-01",
        "2023-02-30",
        "W*",
        "*e",
    ),
    *(
        "\0",
        "\ud800",
        "\u202e",
        "\x1b[2J",
        "\u0308",
        "ﬁ",
        "𝔘",
        "🙂",
        "\u00ad",
        "\u200b",
        "\n",
        "\t",
        "İ",
        "ſ",
        "ß" * 9,
    ),
)


def query(chance: random.Random) -> str:
    """Pieces of the language, whole or mutilated, and now and then anything at all."""
    if chance.random() < 0.1:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(0, 30)))
    text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, chance.choice([3, 8, 30]))))
    for _ in range(chance.choice([0, 0, 1, 3])):
        at = chance.randrange(len(text) + 1)
        text = (
            text[:at]
            + chance.choice(["", chr(chance.randrange(32, 0x300)), text[at:] + text[:at]])
            + text[at + 1 :]
        )
    return text[:2000]


def queries(count: int, seed: int = 0, soon: float = SOON, allowed: float = ALLOWED) -> dict[str, float]:
    """`count` queries to the seeds: search, count, counts and explain. Returns the slowest and the growth of memory."""
    chance, growth = random.Random(seed), Growth(count, allowed)
    tally = {"queries": 0, "answered": 0, "refused": 0, "slowest in s": 0.0, "grown by MB": 0.0}
    with small_caches(), workplace() as work, Archive.create(work / "index") as archive:
        archive.index([ROOT / "seeds"], processes=1)
        for number in range(count):
            text = query(chance)
            began = time.process_time()
            try:
                results = archive.search(text, limit=2, sort=chance.choice(["relevance", "newest", "oldest"]))
                assert archive.count(text) == results.total == sum(archive.counts(text, by="month").values())
                for hit in results:
                    assert all(0 <= a < b <= len(hit.snippet.text) for a, b in hit.snippet.marks)
                if number % 10 == 0:
                    archive.explain(text)
                tally["answered"] += 1
            except SearcherError as error:
                assert str(error)
                tally["refused"] += 1
            took = time.process_time() - began
            assert took < soon, (took, text)
            tally["slowest in s"] = max(tally["slowest in s"], took)
            tally["queries"] += 1
            growth.after(number)
        tally["grown by MB"] = growth.end()
    return tally


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The same file after an accident."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 10, 100])):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice([1, 1, 4, 100]))
        match chance.randrange(6):
            case 0:
                data[at:end] = chance.randbytes(end - at)
            case 1:
                data[at:at] = data[end : end + 200] * chance.choice([1, 3])
            case 2:
                del data[at:end]
            case 3:
                strange = (
                    b"\0",
                    b"\xff\xfe",
                    b"\x1b[2J",
                    "\u202e".encode(),
                    b"\xed\xa0\x80",
                    b'"',
                    b"{",
                    b"\n",
                    b",",
                )
                data[at:at] = chance.choice(strange)
            case 4:
                data[at:end] = data[at:end].upper()
            case _:
                if at < len(data):
                    data[at] ^= 1 << chance.randrange(8)
    return bytes(data[: 1 << 17])


def samples(work: Path) -> list[tuple[str, bytes]]:
    """One file of every kind, from the seeds and from what the archive itself makes of them."""
    import csv
    import gzip
    import io
    import json
    import lzma

    found = [(path.suffix, path.read_bytes()) for path in sorted((ROOT / "seeds").rglob("*.txt"))[:8]]
    with Archive.create(work / "samples") as archive:
        archive.index([ROOT / "seeds"], processes=1)
        articles = [each.as_dict() for each in archive][:6]
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in articles).encode()
    table = io.StringIO()
    writer = csv.DictWriter(
        table, ["date", "title", "teaser", "body", "source"], extrasaction="ignore", delimiter=";"
    )
    writer.writeheader()
    writer.writerows(articles)
    page = "<html><head><title>{title}</title></head><body><article><p>{body}</p></article></body></html>"
    feed = "<rss><channel>" + "".join(
        f"<item><title>{each.get('title')}</title><description>{each.get('body')}</description></item>"
        for each in articles
    )
    found += [
        (".jsonl", lines),
        (".json", json.dumps(articles).encode()),
        (".csv", table.getvalue().encode("cp1252", "replace")),
        (".jsonl.gz", gzip.compress(lines, mtime=0)),
        (".jsonl.xz", lzma.compress(lines)),
        (".html", page.format(title="Waffenruhe", body="Die Gespräche gehen weiter. " * 20).encode()),
        (".xml", (feed + "</channel></rss>").encode()),
    ]
    return found


def inputs(
    count: int, seed: int = 0, at_once: int = 50, soon: float = SOON, allowed: float = ALLOWED
) -> dict[str, float]:
    """`count` mutated files through `Archive.index`, `at_once` in a folder. Returns what became of their records."""
    rounds = -(-count // at_once)
    chance, growth = random.Random(seed), Growth(rounds, allowed)
    tally = {"files": 0, "articles": 0, "rejected": 0, "slowest folder in s": 0.0, "grown by MB": 0.0}
    with small_caches(), workplace() as work:
        kinds = samples(work)
        for round_ in range(rounds):
            folder = work / "files"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for number in range(at_once):
                suffix, content = chance.choice(kinds)
                (folder / f"{number}{suffix}").write_bytes(mutated(content, chance))
            shutil.rmtree(work / "index", ignore_errors=True)
            began = time.process_time()
            with Archive.create(work / "index") as archive:
                report = archive.index([folder], processes=1)
                took = time.process_time() - began
                assert archive.count("*") == len(archive) == report.new
                assert took < soon * at_once, took
                if round_ % 10 == 0:
                    assert archive.verify(deep=True) == []
            tally["files"] += at_once
            tally["articles"] += report.new
            tally["rejected"] += report.rejected
            tally["slowest folder in s"] = max(tally["slowest folder in s"], took)
            growth.after(round_)
        tally["grown by MB"] = growth.end()
    return tally
