"""The account of a run: what became of every record, counted, and told to whoever listens as it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from searcher.index.intake import Intake
from searcher.index.known import ABSENT, CHANGED, NEW, OUTDATED, SAME, TAKEN_BACK, Events, Outcome, Versions
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
    a lower version than the archive. `duplicates` counts those of the new and changed ones that have the text of
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

    def settled(self, outcome: Outcome) -> None:
        """Account for the events of a round."""
        self.new += outcome.count(NEW)
        self.changed += outcome.count(CHANGED)
        self.unchanged += outcome.count(SAME)
        self.withdrawn += outcome.count(TAKEN_BACK)
        self.absent += outcome.count(ABSENT)
        self.outdated += outcome.count(OUTDATED)

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
    """One run under way: its report, who listens to it, and what it must remember from round to round."""

    def __init__(
        self,
        on_note: Callable[[Note], None] | None = None,
        intake: Intake | None = None,
        report: IndexReport | None = None,
    ) -> None:
        self.report = report or IndexReport()
        self.versions = Versions()
        self.intake = intake
        self._on_note = on_note

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
