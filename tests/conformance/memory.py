"""MemoryBackend: a dict of articles and the plain matcher. The seam at its simplest, and slow; never wrong on purpose.

Every state of an archive is a new dict, so that what was read from an older one stays as it was.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from searcher import german, readers
from searcher.article import FACETS, Article
from searcher.backend import WAIT, OnNote, Progress, Source
from searcher.dates import Period
from searcher.errors import ArchiveLocked, ArchiveNotFound, Cure, UsageError
from searcher.ingest.validate import batches
from searcher.query import During, Fuzzy, Lexical, Query, TreeLeaf
from searcher.report import Damage, DryRunReport, IndexReport, Rejection, Repair, Skipped, Withdrawal
from searcher.request import By, Sort
from searcher.results import Ranked, Stats
from tests.conformance.plain_scores import Scores
from tests.oracle import plain_article
from tests.plain_matcher import distance, matches, wildcards

_SHOWN = 20
_LETTERS = {"day": 10, "month": 7, "year": 4}


@dataclass
class _Store:
    """An archive as it is committed: `states` only grows."""

    states: list[dict[str, Article]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_STORES: dict[str, _Store] = {}


class MemoryBackend:
    """The archive that is called `place` in this process."""

    def __init__(self, place: str, wait: float = WAIT) -> None:
        self.place = place
        self._wait = wait
        self._number = -1
        self._closed = False

    # --- opening -----------------------------------------------------------------------------------------------

    def create(self) -> None:
        if self.place in _STORES:
            raise UsageError("there is an index already", place=self.place)
        _STORES[self.place] = _Store([{}])

    def refresh(self) -> bool:
        if self._closed:
            raise UsageError("the archive is closed", "open it again")
        newest = len(self._store().states) - 1
        moved = newest != self._number
        self._number = newest
        return moved

    def close(self) -> None:
        self._closed = True

    def _store(self) -> _Store:
        if self.place not in _STORES:
            raise ArchiveNotFound("there is no index", place=self.place, cure=Cure.INDEX)
        return _STORES[self.place]

    @property
    def _state(self) -> dict[str, Article]:
        if self._closed or self._number < 0:
            self.refresh()
        return self._store().states[self._number]

    # --- asking ------------------------------------------------------------------------------------------------

    def adopt(self, query: object) -> Query:
        if not isinstance(query, Query):
            raise UsageError(f"a query tree is made of searcher.query, not of {type(query).__name__}")
        return query

    def check(self, tree: Query) -> None:
        """A list has no limits."""
        _ = self._state

    def _matches(self, tree: Query) -> list[Article]:
        return [article for article in self._state.values() if matches(tree, plain_article(article))]

    def top(self, tree: Query, wanted: int, sort: Sort) -> tuple[int, Sequence[Ranked]]:
        scores = Scores(map(plain_article, self._state.values()))
        found = [Ranked(scores.of(tree, plain_article(each)), each) for each in self._matches(tree)]
        found.sort(key=lambda each: each.key.id)
        if sort == "relevance":
            found.sort(key=lambda each: -each.score)
        else:
            found.sort(key=lambda each: _moment(each.key), reverse=sort == "newest")
            found.sort(key=lambda each: each.key.date is None)
        return len(found), found[:wanted]

    def id(self, key: Article) -> str:
        return key.id

    def fetch(self, keys: Sequence[Article]) -> list[Article]:
        return list(keys)

    def find(self, article_id: str) -> Article | None:
        return self._state.get(article_id)

    def count(self, tree: Query) -> int:
        return len(self._matches(tree))

    def facet(self, tree: Query, by: By) -> dict[str, int]:
        return dict(sorted(Counter(_label(each, by) for each in self._matches(tree)).items()))

    def expand(self, leaf: TreeLeaf) -> list[str]:
        if isinstance(leaf, Lexical):
            return self._printed(leaf)
        if isinstance(leaf, During):
            return [str(leaf)]
        words = getattr(leaf, "words", None)
        if words:
            return [" ".join(words)]
        # Of the other forms of a word only those that are there say why something is found.
        forms = [form for form in getattr(leaf, "forms", ()) if form.boost == 1.0 or self.count(form)]
        return [" ".join(getattr(form, "words", None) or [form.text]) for form in forms]

    def _printed(self, leaf: Lexical) -> list[str]:
        printed = {
            token.printed
            for article in self._state.values()
            for token in plain_article(article).texts.get(leaf.fieldname, ())
        }
        if isinstance(leaf, Fuzzy):
            fits = {each for each in printed if distance(leaf.word, each) <= leaf.distance}
        else:
            fits = {each for each in printed if wildcards(leaf.text, each)}
        return [*sorted(fits)[:_SHOWN], *(["…"] if len(fits) > _SHOWN else [])]

    def articles(self) -> Iterator[Article]:
        return iter(list(self._state.values()))

    def size(self) -> int:
        return len(self._state)

    def stats(self) -> Stats:
        articles = list(self._state.values())
        stems = {token.stem for each in articles for token in plain_article(each).texts["all"]}
        dates = [each.date for each in articles if each.date]
        return Stats(
            articles=len(articles),
            terms=len(stems),
            period=(_day(min(dates).start), _last_day(dates)) if dates else None,
            facets={facet: Counter(getattr(each, facet) for each in articles) for facet in FACETS},
            bytes=0,
            segments=1,
            format_version=0,
            analysis_version=german.ANALYSIS_VERSION,
            stemmer_version=german.STEMMER_VERSION,
        )

    # --- writing -----------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Article]]:
        """A copy of the newest state, which becomes the newest state if all goes well."""
        store = self._store()
        if not store.lock.acquire(timeout=self._wait):
            raise ArchiveLocked("another writer is at work", place=self.place, cure=Cure.WAIT)
        try:
            following = dict(store.states[-1])
            yield following
            store.states.append(following)
        finally:
            store.lock.release()
        self.refresh()

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        with self._writing() as state:
            return _run(state, (each for batch in batches(articles) for each in batch), progress, None)

    def index(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        with self._writing() as state:
            return _run(state, _records(source), progress, on_note)

    def preview(
        self, source: Source, progress: Progress | None = None, on_note: OnNote | None = None
    ) -> IndexReport:
        state = dict(self._state) if self.place in _STORES else {}
        report = _run(state, _records(source), progress, on_note)
        return DryRunReport(**{name: getattr(report, name) for name in IndexReport.__dataclass_fields__})

    def watch(self, source: Source, interval: float, on_note: OnNote | None = None) -> Iterator[IndexReport]:
        raise UsageError("an archive in memory cannot watch folders", "use an index in a folder")

    def delete(self, ids: Iterable[str], tree: Query | None) -> int:
        with self._writing() as state:
            self.refresh()
            gone = {
                *ids,
                *(each.id for each in (self._matches(tree) if tree is not None else ())),
            } & state.keys()
            for each in gone:
                del state[each]
            return len(gone)

    def optimize(self) -> None:
        """A dict is as fast as it can be."""
        with self._writing():
            pass

    # --- care --------------------------------------------------------------------------------------------------

    def verify(self, deep: bool) -> list[Damage]:
        _ = self._state
        return []

    def rebuild(self, processes: int | None = None, progress: Progress | None = None) -> IndexReport:
        with self._writing() as state:
            return IndexReport(new=len(state))


def _records(source: Source) -> Iterator[Any]:
    if source.prune:
        raise UsageError("an archive in memory knows no files", "index without prune")
    for each in readers.find(source.paths):
        if isinstance(each, Rejection):
            yield each
        else:
            yield from readers.read_path(each, source.options)


def _run(
    state: dict[str, Article], records: Iterable[Any], progress: Progress | None, on_note: OnNote | None
) -> IndexReport:
    counts: Counter[str] = Counter()
    repaired: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    rejections: list[Rejection] = []
    before = dict(state)
    read: list[str] = []
    for record in records:
        if isinstance(record, Article):
            state[record.id] = record
            read.append(record.id)
            if progress:
                progress(len(read))
            continue
        if isinstance(record, Repair):
            repaired[record.reason] += 1
        elif isinstance(record, Skipped):
            skipped[record.reason] += 1
        elif isinstance(record, Rejection):
            rejections.append(record)
        elif isinstance(record, Withdrawal):
            counts["withdrawn" if state.pop(record.id, None) else "absent"] += 1
        if on_note:
            on_note(record)
    for article_id in read:
        seen = before.get(article_id)
        # Of several records of one id the first is new, the others change it, unless they are the same.
        counts["new" if seen is None else "unchanged" if seen == state.get(article_id) else "changed"] += 1
        before[article_id] = state.get(article_id, seen)  # type: ignore[assignment]
    report = IndexReport(**counts, repaired=repaired, skipped=skipped, rejections=tuple(rejections))
    return replace(report, rejected=len(rejections))


def _moment(article: Article) -> Any:
    return article.date.start if article.date else Period.year(1).start


def _day(moment: Any) -> Period:
    return Period.day(moment.year, moment.month, moment.day)


def _last_day(dates: list[Period]) -> Period:
    from datetime import timedelta

    end = max(date.end for date in dates)
    return _day(end if end.microsecond else end - timedelta(minutes=1))


def _label(article: Article, by: By) -> str:
    if by in _LETTERS:
        return str(article.date or "")[: _LETTERS[by]]
    return str(getattr(article, by))
