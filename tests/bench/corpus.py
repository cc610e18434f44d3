"""Corpus: one file of JSON lines that every engine reads; laid out before the clock starts.

The news archive where it lies beside the repository, else articles composed from `seeds/`, always the same ones.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from searcher.article import Article
from searcher.readers import find, read_path

REPOSITORY = Path(__file__).parents[2]
NEWS = REPOSITORY.parent / "shared" / "data" / "news.jsonl.xz"
SEEDS = REPOSITORY / "seeds"
COMPOSED = 6000
"""Articles composed from the seeds where nobody asks for another number."""


@dataclass(frozen=True)
class Corpus:
    """A file with an `id`, `date`, `title`, `text` and perhaps `source` a line."""

    path: Path
    articles: int
    origin: str

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


def lay_out(directory: Path, *, given: Path | None = None, articles: int | None = None) -> Corpus:
    """The corpus of this run in `directory`; `articles` of a longer archive are taken evenly spread over it."""
    source = given or (NEWS if NEWS.exists() else None)
    if source is None:
        lines: list[bytes] = list(composed(articles or COMPOSED))
        return _write(directory / "articles.jsonl", lines, "composed from seeds/")
    opener = lzma.open if source.suffix == ".xz" else open
    with opener(source, "rb") as file:
        lines = [line if line.endswith(b"\n") else line + b"\n" for line in file]
    return _write(directory / "articles.jsonl", spread(lines, articles), source.name)


def spread(lines: list[bytes], wanted: int | None) -> list[bytes]:
    """`wanted` of the lines at even distances."""
    if wanted is None or wanted >= len(lines):
        return lines
    return [lines[i * len(lines) // wanted] for i in range(wanted)]


def part(corpus: Corpus, wanted: int) -> Corpus:
    """Fewer articles of the same corpus, evenly spread."""
    lines = spread(corpus.path.read_bytes().splitlines(keepends=True), wanted)
    return _write(corpus.path.with_name(f"articles-{wanted}.jsonl"), lines, corpus.origin)


def multiplied(corpus: Corpus, times: int) -> Corpus:
    """`times` as many articles: each again under other ids, its paragraphs in another order."""

    def lines() -> Iterator[bytes]:
        shuffler = random.Random(7)
        for round_number in range(times):
            with open(corpus.path, "rb") as file:
                for line in file:
                    article = json.loads(line)
                    article["id"] = f"{article['id']}-{round_number}"
                    if round_number:
                        paragraphs = article["text"].split("\n")
                        shuffler.shuffle(paragraphs)
                        article["text"] = "\n".join(paragraphs)
                    article.pop("url", None)
                    yield json.dumps(article, ensure_ascii=False).encode() + b"\n"

    return _write(corpus.path.with_name(f"articles-times-{times}.jsonl"), lines(), corpus.origin)


def composed(wanted: int) -> Iterator[bytes]:
    """Articles made of the paragraphs of the seeds, in random company but always the same."""
    seeds = [
        article
        for path in sorted(SEEDS.rglob("*.txt"))
        for found in find([path])
        for article in read_path(found.path)
        if isinstance(article, Article)
    ]
    if not seeds:
        raise SystemExit(f"{SEEDS} holds no articles to compose a corpus from")
    paragraphs = [part for seed in seeds for part in [seed.teaser, *seed.body.split("\n\n")] if part]
    chance = random.Random(1)
    for number in count():
        if number == wanted:
            return
        seed = chance.choice(seeds)
        date = f"{chance.randint(2015, 2024)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield (
            json.dumps(
                {
                    "id": f"seed-{number}",
                    "date": f"{date}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00+01:00",
                    "title": seed.title,
                    "text": "\n".join(chance.choices(paragraphs, k=chance.randint(4, 16))),
                    "source": seed.source or "seeds",
                },
                ensure_ascii=False,
            ).encode()
            + b"\n"
        )


def _write(path: Path, lines: Iterable[bytes], origin: str) -> Corpus:
    articles = 0
    with open(path, "wb") as file:
        for line in lines:
            file.write(line)
            articles += 1
    return Corpus(path, articles, origin)
