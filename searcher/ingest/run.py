"""The account of a run: what became of every record, counted, and told to whoever listens as it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from searcher.index.format.columns import Array
from searcher.ingest.input_files import Intake
from searcher.ingest.settle import (
    ABSENT,
    CHANGED,
    NEW,
    OUTDATED,
    SAME,
    TAKEN_BACK,
    Events,
    Known,
    Versions,
    levelled,
)
from searcher.readers import Rejection, Repair, Skipped, Withdrawal

KEPT_REJECTIONS = 1000


@dataclass(frozen=True)
class Remark:
    """What became of an article beyond being new or changed: `kind` is 'outdated', 'duplicate' or 'pruned'."""

    path: str
    id: str
    reason: str
    kind: str
    line: int | None = None

    def __str__(self) -> str:
        return str(Rejection(self.path, self.line, f"{self.id}: {self.reason}"))


Note = Rejection | Repair | Withdrawal | Remark


@dataclass
class IndexReport:
    """What became of the records of one run: new + changed + unchanged + rejected + outdated is their number.

    `withdrawn` articles were taken back by their publisher, `absent` ones too, but were not there. `outdated` ones have
    a lower version than the archive, or one that was taken back before. What ends the run as it began it counts as
    unchanged, whatever it was in between. `duplicates` counts those of the new and changed ones that have the text of
    another article, `pruned` those whose files are gone. `repaired` counts mended records, `skipped` what was never
    meant to be an article, as a picture in a web archive, each by reason.
    `rejections` keeps the first thousand; `took` is in seconds.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int = 0
    absent: int = 0
    outdated: int = 0
    duplicates: int = 0
    pruned: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    took: float = 0.0

    @property
    def records(self) -> int:
        return self.new + self.changed + self.unchanged + self.rejected + self.outdated

    def settled(self, what: Array, times: int = 1) -> None:
        """Account for what events came to; `times` -1 takes it back."""
        counts = (times * np.bincount(what, minlength=OUTDATED + 1)).tolist()
        self.new += counts[NEW]
        self.changed += counts[CHANGED]
        self.unchanged += counts[SAME]
        self.withdrawn += counts[TAKEN_BACK]
        self.absent += counts[ABSENT]
        self.outdated += counts[OUTDATED]

    def note(self, note: Note) -> None:
        """Account for a record that is no article, or was mended to be one."""
        if isinstance(note, Repair):
            self.repaired[note.reason] += 1
        elif isinstance(note, Skipped):
            self.skipped[note.reason] += 1
        elif isinstance(note, Rejection):
            self.rejected += 1
            if len(self.rejections) < KEPT_REJECTIONS:
                self.rejections.append(note)
        elif isinstance(note, Remark):
            self.duplicates += note.kind == "duplicate"
            self.pruned += note.kind == "pruned"


class Run:
    """One run under way: its report, who listens to it, and what it must remember from round to round.

    `start` is what the archive holds before it, `withdrawn` what the ledger knows of withdrawals.
    """

    def __init__(
        self,
        start: Known,
        withdrawn: Mapping[int, int],
        on_note: Callable[[Note], None] | None = None,
        intake: Intake | None = None,
    ) -> None:
        self.report = IndexReport()
        self.versions = Versions(withdrawn)
        self.intake = intake
        self._start = start
        self._moved: list[tuple[Events, Array]] = []
        self._on_note = on_note

    def settled(self, events: Events, what: Array) -> None:
        """Account for the events of a round, and remember those that may prove to have changed nothing."""
        self.report.settled(what)
        known = np.flatnonzero((self._start.find(events.keys) >= 0) & (what != SAME))
        self._moved.append((events.take(known), what[known]))

    def level(self) -> None:
        """After the last round: what has become again as it was counts as unchanged."""
        if not self._moved:
            return
        events = Events.joined([each for each, _ in self._moved])
        what = np.concatenate([each for _, each in self._moved])
        self.report.settled(what, -1)
        self.report.settled(levelled(events, what, self._start))

    def note(self, note: Note) -> None:
        """Count a record that is no article, or a remark about one, and tell it."""
        self.report.note(note)
        if self.intake and isinstance(note, Rejection):
            self.intake.rejected(note)
        if self._on_note:
            self._on_note(note)

    def remark(self, events: Events, place: int, identity: str, reason: str, kind: str) -> None:
        """Tell something about the article of an event."""
        path = self.intake.path(int(events.order[place]) >> 32) if self.intake else ""
        self.note(Remark(path, identity, reason, kind))
