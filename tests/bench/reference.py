"""Reference: peers' indexes of the very tokens our analysis makes, so that their counts must equal ours exactly.

Tantivy reads pre-tokenised text through its JSON documents: each token with its position, several at one position
where a compound is also joined. FTS5 has no such door: it gets stems written as plain words (their bytes in hexadecimal), without joined compounds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

import tantivy

from searcher.article import ZONES, Article
from searcher.german import STOP_WORDS, analyze, analyze_chunk
from searcher.index.document import ZONE_GAP, minutes
from searcher.readers import read_path
from tests.bench.corpus import Corpus, spread
from tests.bench.queries import Statistics, Word

TANTIVY, TABLE, STATISTICS = "tantivy", "fts5.db", "statistics.json"
SAMPLE = 8
"""Phrases are counted in every eighth article."""

SHOWN = 300
"""Articles whose tokens tell whether the analysis has changed since a reference was built."""

MOST_PHRASES = 20_000


def schema() -> tantivy.Schema:
    """`all` and `printed` hold stems and printed forms at the same positions, `start` minutes since 0001-01-01."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("all", tokenizer_name="whitespace")
    builder.add_text_field("printed", tokenizer_name="whitespace")
    builder.add_integer_field("start", indexed=True, fast=True)
    return builder.build()


def fingerprint(corpus: Corpus) -> str:
    """Changes with the articles and with this module, and with the analysis as far as some articles show it."""
    content = corpus.path.read_bytes()
    digest = hashlib.sha256(content + Path(__file__).read_bytes())
    for line in spread(content.splitlines(), SHOWN):
        digest.update(repr(analyze(json.loads(line)["text"])).encode())
    return digest.hexdigest()


def build(corpus: Corpus, directory: Path) -> None:
    """Make the reference indexes and the statistics; a directory that has those of this corpus is left alone."""
    mark, wanted = directory / "fingerprint", fingerprint(corpus)
    if mark.exists() and mark.read_text() == wanted:
        return
    shutil.rmtree(directory, ignore_errors=True)
    (directory / TANTIVY).mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(directory / TANTIVY))
    # One thread and room for everything: a single segment, which Tantivy searches fastest.
    writer = index.writer(heap_size=4_000_000_000, num_threads=1)
    table = sqlite3.connect(directory / TABLE)
    table.execute("CREATE VIRTUAL TABLE stems USING fts5(title, kicker, teaser, body, content='')")
    table.execute("CREATE TABLE dates(rowid INTEGER PRIMARY KEY, start INTEGER)")
    counted = _Counts()
    # The last of several with the same id counts, as in our index.
    articles = {each.id: each for each in read_path(corpus.path) if isinstance(each, Article)}
    for number, article in enumerate(articles.values()):
        zones = [[_chunk(chunk) for chunk in getattr(article, zone).split()] for zone in ZONES]
        start = minutes(article)[0]
        writer.add_json(_document(zones, start))
        words = [" ".join([chunk.words for chunk in zone]) for zone in zones]
        table.execute(
            "INSERT INTO stems(rowid, title, kicker, teaser, body) VALUES (?, ?, ?, ?, ?)", (number, *words)
        )
        table.execute("INSERT INTO dates VALUES (?, ?)", (number, start))
        counted.add(number, zones, article)
    writer.commit()
    writer.wait_merging_threads()
    table.commit()
    table.close()
    (directory / STATISTICS).write_text(json.dumps(asdict(counted.statistics()), ensure_ascii=False))
    mark.write_text(wanted)


def hexadecimal(stem: str) -> str:
    """A stem as a word that no tokenizer takes apart."""
    return "x" + stem.encode("utf-8", "surrogatepass").hex()


class _Chunk:
    """The tokens of a piece of text between white space, ready to be written down wherever it stands again."""

    __slots__ = ("pairs", "places", "printed", "steps", "tokens", "words")

    def __init__(self, chunk: str) -> None:
        self.tokens = analyze_chunk(chunk)
        self.places = [
            (token.step, f"{json.dumps(token.stem)},1]", f"{json.dumps(token.printed)},1]")
            for token in self.tokens
        ]
        self.steps = sum(token.step for token in self.tokens)
        single = [token for token in self.tokens if token.width == 1]
        self.words = " ".join(hexadecimal(token.stem) for token in single)
        self.printed = [token.printed for token in single]
        self.pairs = {(token.stem, token.printed) for token in single}


_chunk = cache(_Chunk)


def _document(zones: list[list[_Chunk]], start: int) -> str:
    """The JSON of one document; a token is an array in the order of Tantivy's own struct."""
    stems, printed = [], []
    position = -1
    for zone in zones:
        for chunk in zone:
            for step, stem, form in chunk.places:
                position += step
                place = f"[0,0,{position},"
                stems.append(place + stem)
                printed.append(place + form)
        position += ZONE_GAP
    return f'{{"all":{_pretokenised(stems)},"printed":{_pretokenised(printed)},"start":{start}}}'


def _pretokenised(tokens: list[str]) -> str:
    return '[{"text":"","tokens":[' + ",".join(tokens) + "]}]"


class _Counts:
    """Gathers what queries are chosen from."""

    def __init__(self) -> None:
        self.articles = 0
        self.stems: Counter[str] = Counter()
        self.forms: Counter[tuple[str, str]] = Counter()
        self.joined: set[str] = set()
        self.phrases: Counter[tuple[str, ...]] = Counter()
        self.days: list[str] = []

    def add(self, number: int, zones: list[list[_Chunk]], article: Article) -> None:
        self.articles += 1
        chunks = set(chain.from_iterable(zones))
        pairs = set().union(*[chunk.pairs for chunk in chunks])
        self.forms.update(pairs)
        self.stems.update({stem for stem, _ in pairs})
        for chunk in chunks:
            if len(chunk.tokens) > 1:
                self.joined.update(token.stem for token in chunk.tokens if token.width > 1)
        if article.date is not None:
            self.days.append(f"{article.date.start:%Y-%m-%d}")
        if number % SAMPLE == 0:
            words = [word for chunk in zones[-1] for word in chunk.printed]
            triples = zip(words, words[1:], words[2:], strict=False)
            self.phrases.update({*pairwise(words), *triples})

    def statistics(self) -> Statistics:
        """Only words that the query language reads as one plain word, and that are no joined compound."""
        found = Statistics(self.articles, days=sorted(self.days)[:: max(len(self.days) // 1000, 1)])
        commonest: dict[str, tuple[int, str]] = {}
        for (stem, printed), articles in self.forms.items():
            row = (-articles, printed)
            commonest[stem] = min(commonest.get(stem, row), row)
        for stem, (_, printed) in sorted(commonest.items()):
            articles = self.stems[stem]
            if articles > 2 and stem not in self.joined and _plain(printed):
                words = found.stop if printed in STOP_WORDS else found.content
                if words is found.stop or len(printed) > 3:
                    words.append(Word(printed, stem, articles))
        found.phrases = list(self._best(lambda words: not any(word in STOP_WORDS for word in words)))
        found.stop_phrases = list(self._best(_mixed))
        return found

    def _best(self, wanted: Callable[[tuple[str, ...]], bool]) -> Iterator[tuple[tuple[str, ...], int]]:
        rows = ((words, count) for words, count in self.phrases.items() if count > 2 and wanted(words))
        for words, count in sorted(rows, key=lambda row: (-row[1], row[0]))[:MOST_PHRASES]:
            if all(_plain(word) for word in words):
                yield words, count * SAMPLE


def _plain(printed: str) -> bool:
    return printed.isalpha() and [token.printed for token in analyze_chunk(printed)] == [printed]


def _mixed(words: tuple[str, ...]) -> bool:
    return 0 < sum(word in STOP_WORDS for word in words) < len(words)
