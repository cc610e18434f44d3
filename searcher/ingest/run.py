"""Run: the running account of one run. It counts what became of every record and passes each note on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from searcher.index.format.columns import Array
from searcher.ingest.input_files import InputFiles
from searcher.ingest.settle import CHANGED, NEW, OUTDATED, SAME, LiveIds, RecordEvents, Versions, levelled
from searcher.ingest.worker import form_names
from searcher.report import IndexReport, Note, Rejection, Remark, Repair, Skipped

KEPT_REJECTIONS = 1000
"""Rejections that a report names; `on_note` gets all of them."""

COUNTED = ("new", "changed", "unchanged", "withdrawn", "absent", "outdated")
"""The counts of a report, in the order of the codes NEW to OUTDATED."""


class Run:
    """One run under way: its counts, who listens to it, and what it must remember from round to round.

    `start` is what the index holds before it, `withdrawn` what the ledger knows of withdrawals.
    """

    def __init__(
        self,
        start: LiveIds,
        withdrawn: Mapping[int, int],
        on_note: Callable[[Note], None] | None = None,
        files: InputFiles | None = None,
    ) -> None:
        self.versions = Versions(withdrawn)
        self.files = files
        self.segments_before = int(start.segments.max(initial=-1)) + 1
        self._start = start
        self._moved: list[tuple[RecordEvents, Array]] = []
        self._on_note = on_note
        self._counts: Array = np.zeros((256, OUTDATED + 1), np.int64)
        self._kinds: Counter[str] = Counter()
        self._repaired: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._rejections: list[Rejection] = []

    def settled(self, events: RecordEvents, what: Array) -> None:
        """Count the events of a round, and remember those that may prove to have changed nothing."""
        self._count(events, what)
        known = np.flatnonzero((self._start.find(events.keys) >= 0) & (what != SAME))
        self._moved.append((events.take(known), what[known]))

    def _count(self, events: RecordEvents, what: Array, times: int = 1) -> None:
        pairs = events.forms.astype(np.int64) * (OUTDATED + 1) + what
        self._counts += times * np.bincount(pairs, minlength=self._counts.size).reshape(self._counts.shape)

    def level(self) -> None:
        """After the last round: an article whose final state equals its state before the run counts as unchanged."""
        if not self._moved:
            return
        events = RecordEvents.joined([each for each, _ in self._moved])
        what = np.concatenate([each for _, each in self._moved])
        self._moved = []
        self._count(events, what, -1)
        self._count(events, levelled(events, what, self._start))

    def note(self, note: Note) -> None:
        """Count a record that is no article, or a remark about one, and tell it."""
        if isinstance(note, Repair):
            self._repaired[note.reason] += 1
        elif isinstance(note, Skipped):
            self._skipped[note.reason] += 1
        else:
            self._kinds[note.kind] += 1
        if isinstance(note, Rejection) and not isinstance(note, Skipped):
            if self.files:
                self.files.rejected(note)
            if len(self._rejections) < KEPT_REJECTIONS:
                self._rejections.append(note)
        if self._on_note:
            self._on_note(note)

    def remark(self, events: RecordEvents, place: int, identity: str, reason: str, kind: str) -> None:
        """Tell something about the article of an event."""
        path = self.files.path(int(events.order[place]) >> 32) if self.files else ""
        self.note(Remark(path, identity, reason, kind))

    @property
    def rejected(self) -> int:
        """How many records have been rejected so far."""
        return self._kinds["rejected"]

    def formats(self) -> dict[str, Counter[str]]:
        """The numbers of 'new', 'changed' and 'unchanged' articles by the name of their format."""
        words = dict(zip((NEW, CHANGED, SAME), COUNTED, strict=False))
        return {
            name: Counter({word: int(counts[code]) for code, word in words.items()})
            for name, counts in zip(form_names(), self._counts, strict=False)
            if name and counts[[NEW, CHANGED, SAME, OUTDATED]].any()
        }

    def report(self, took: float, kind: type[IndexReport] = IndexReport, **more: Any) -> IndexReport:
        """The report as of now, after `took` seconds; of a subclass `kind` with `more` members."""
        return kind(
            **dict(zip(COUNTED, self._counts.sum(0).tolist(), strict=True)),
            rejected=self._kinds["rejected"],
            duplicates=self._kinds["duplicate"],
            pruned=self._kinds["pruned"],
            repaired=Counter(self._repaired),
            skipped=Counter(self._skipped),
            rejections=tuple(self._rejections),
            took=took,
            **more,
        )
