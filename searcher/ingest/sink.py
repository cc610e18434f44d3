"""Where the records of a run go: what a sink offers, and the judgement it carries out after each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from searcher.article import Article
from searcher.ingest.ledger import Ledger
from searcher.ingest.run import Run
from searcher.ingest.settle import LiveIds, Outcome, RecordEvents
from searcher.ingest.worker import Worker
from searcher.report import IndexReport


class Opened(Protocol):
    """A segment that gives its articles by document number."""

    def id(self, doc: int) -> str:
        """The id of an article."""
        ...

    def article(self, doc: int) -> Article:
        """An article as it is stored."""
        ...


@dataclass(frozen=True)
class Judgement:
    """The events of a round and what was decided about them.

    `links` names, for each event whose article stays and has the text of another one, the id of the one that had the
    text first; in the order of the input.
    """

    events: RecordEvents
    outcome: Outcome
    links: Mapping[int, str]


class Sink(Protocol):
    """Where the records of a run go.

    `worker` is the class that takes the records in each process, `segments` all segments of the index and of the run by
    number, `live` the articles that are there now. Without a `ledger`, nothing is entered, and neither namesakes nor
    duplicates are looked for. `weighs` says whether the publisher's versions decide.
    """

    directory: Path
    worker: type[Worker]
    segments: list[Any]
    live: LiveIds
    ledger: Ledger | None
    weighs: bool

    def open(self, number: int) -> Opened:
        """The ids and articles of a segment."""
        ...

    def round(self, judgement: Judgement) -> None:
        """Carry out what was decided; `live` is the state after it."""
        ...

    def finish(self, run: Run) -> None:
        """After the last round."""
        ...

    def report(self, run: Run, took: float) -> IndexReport:
        """The report of the run, with its duration in seconds."""
        ...
