"""DryRun: the sink that writes nothing. The run reads and judges every record; only its report remains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from searcher.article import Article
from searcher.index.format.columns import Array, Strings
from searcher.index.read.segment_reader import SegmentFiles
from searcher.index.write.segment_builder import encode
from searcher.ingest import ledger, origins
from searcher.ingest.run import Run
from searcher.ingest.settle import CHANGED, NEW, LiveIds
from searcher.ingest.sink import Judgement, Opened
from searcher.ingest.worker import Waiting, Worker, form_names
from searcher.report import DryRunReport, Example, IndexReport

EXAMPLES = 3
"""Articles shown of each format."""

AT_ONCE = 1 << 16
"""Articles whose ids lie together."""


@dataclass(frozen=True)
class Imagined:
    """In place of a segment: the ids of its articles, and the first articles of each format by document."""

    ids: Array
    ends: Array
    first: dict[int, Article]

    @classmethod
    def of(cls, ids: Sequence[bytes], first: dict[int, Article]) -> Imagined:
        """From the encoded ids; `ids` and `ends` are the arrays of `Strings`, which itself cannot be pickled."""
        strings = Strings.of(ids)
        return cls(strings.blob, strings.offsets, first)

    def id(self, doc: int) -> str:
        """The id of an article."""
        return self.ids[self.ends[doc] : self.ends[doc + 1]].tobytes().decode("utf-8", "surrogatepass")

    def article(self, doc: int) -> Article:
        """One of the first articles."""
        return self.first[doc]


class Rehearsal(Worker):
    """A worker that builds no segment; `Imagined` takes its place."""

    def __init__(self, directory: Path, known: LiveIds) -> None:
        super().__init__(directory, known)
        self._begin()

    def _begin(self) -> None:
        self._ids: list[bytes] = []
        self._first: dict[int, Article] = {}
        self._shown: Counter[int] = Counter()

    def keep(self, fresh: list[Waiting]) -> None:
        """Remember the ids of new or changed articles, and the first articles."""
        for waiting in fresh:
            if self._shown[waiting.form] < EXAMPLES:
                self._shown[waiting.form] += 1
                self._first[len(self._ids)] = waiting.record.article
            self._ids.append(encode(waiting.record.article.id))
        if len(self._ids) >= AT_ONCE:
            self._write()

    def segment(self) -> Imagined | None:
        """A stand-in for a segment of the articles since the last call; None if there are none."""
        if not self._ids:
            return None
        imagined = Imagined.of(self._ids, self._first)
        self._begin()
        return imagined


@dataclass
class DryRun:
    """What a run would do to the index in `directory`; its opened `segments` are none where there is no index yet."""

    directory: Path
    segments: list[Any]
    live: LiveIds = field(init=False)
    ledger: ledger.Ledger | None = field(init=False)
    worker: type[Worker] = field(init=False, default=Rehearsal)
    weighs: bool = field(init=False, default=True)
    _examples: list[Example] = field(init=False, default_factory=list)

    @classmethod
    def of(cls, directory: Path, segments: Sequence[SegmentFiles]) -> DryRun:
        """The sink for an index with these segments."""
        return cls(directory, list(segments))

    def __post_init__(self) -> None:
        self.live = LiveIds.of(self.segments)
        self.ledger = ledger.unlocked(self.directory)

    def open(self, number: int) -> Opened:
        """The segment, or its stand-in."""
        opened: Opened = self.segments[number]
        return opened

    def live_id(self, row: int) -> str:
        """The id of an article that would be live."""
        return self.open(int(self.live.segments[row])).id(int(self.live.docs[row]))

    def round(self, judgement: Judgement) -> None:
        """Go on as if it had been carried out."""
        self._show(judgement)
        self.live = self.live.after(judgement.events, judgement.outcome)

    def _show(self, judgement: Judgement) -> None:
        """Keep the first new or changed articles of each format."""
        events, what = judgement.events, judgement.outcome.what
        for number in np.unique(events.segment[events.segment >= 0]).tolist():
            places = np.flatnonzero(events.segment == number)
            place_of = dict(zip(events.doc[places].tolist(), places.tolist(), strict=True))
            for doc, article in self.segments[number].first.items():
                place = place_of[doc]
                if what[place] in (NEW, CHANGED):
                    word = "new" if what[place] == NEW else "changed"
                    form = form_names()[int(events.forms[place])]
                    self._examples.append(Example(int(events.order[place]), form, word, article))
            self.segments[number].first.clear()
        shown: Counter[str] = Counter()
        kept, self._examples = sorted(self._examples, key=lambda each: each.order), []
        for example in kept:
            shown[example.format] += 1
            if shown[example.format] <= EXAMPLES:
                self._examples.append(example)

    def finish(self, run: Run) -> None:
        """Name the articles that would be pruned."""
        if run.files and run.files.prune and self.ledger:
            for remark in origins.prunable(self.ledger, run.files.roots, self.live).remarks(self.live_id):
                run.note(remark)

    def report(self, run: Run, took: float) -> IndexReport:
        """The counts of the run, also by format, with examples."""
        return run.report(took, DryRunReport, formats=run.formats(), examples=tuple(self._examples))
