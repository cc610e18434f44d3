"""Judging a round: decides what becomes of each record, by version, file and text, before the commit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from searcher.index.format.columns import Array
from searcher.ingest import duplicates, origins
from searcher.ingest.run import Run
from searcher.ingest.settle import CHANGED, NEW, OUTDATED, Outcome, RecordEvents, settle
from searcher.ingest.sink import Judgement, Sink
from searcher.readers import version_number


def judge(events: RecordEvents, sink: Sink, run: Run) -> Judgement:
    """Decide about all events of a round, enter them in the ledger, and tell and count what became of them."""
    outdated = np.zeros(len(events), bool)
    if sink.weighs:
        outdated = run.versions.outdated(events, sink.live, partial(_version, sink, run))
    refused = _refused(events, outdated, sink, run)
    outcome = settle(events, sink.live, outdated | refused)
    links = _links(events, outcome, sink, run)
    if sink.ledger:
        origins.enter(sink.ledger, events, ~(outdated | refused), run.files)
    run.settled(events.take(~refused), outcome.what[~refused])
    for place in np.flatnonzero(outdated & ~refused & (events.segment >= 0)).tolist():
        is_withdrawn = run.versions.is_withdrawn(int(events.keys[place]), int(events.versions[place]))
        reason = "withdrawn by its publisher before" if is_withdrawn else "the index has a higher version"
        run.remark(events, place, _id(sink, events, place), reason, "outdated")
    return Judgement(events, outcome, links)


def _version(sink: Sink, run: Run, row: int) -> int:
    """The publisher's version of a live article, 0 where there is none.

    It is asked once for each id of a run. Articles that the run itself has added before have none: `Versions` knows
    all others.
    """
    number = int(sink.live.segments[row])
    if number >= run.segments_before:
        return 0
    return version_number(sink.open(number).article(int(sink.live.docs[row])).extra.get("version", ""))


def _id(sink: Sink, events: RecordEvents, place: int) -> str:
    """The id of the article of an event, also of one that was not written anew."""
    if events.segment[place] >= 0:
        return sink.open(int(events.segment[place])).id(int(events.doc[place]))
    return _live_id(sink, int(sink.live.find(events.keys[[place]])[0]))


def _live_id(sink: Sink, row: int) -> str:
    return sink.open(int(sink.live.segments[row])).id(int(sink.live.docs[row]))


def _refused(events: RecordEvents, outdated: Array, sink: Sink, run: Run) -> Array:
    """Mask of the articles that would replace one of another file that has the same name by chance; each is told."""
    refused = np.zeros(len(events), bool)
    if sink.ledger and run.files:
        identity = partial(_id, sink, events)
        found = origins.namesakes(sink.ledger, events, ~outdated, sink.live, run.files, identity)
        refused[list(found)] = True
        for rejection in found.values():
            run.note(rejection)
    return refused


def _links(events: RecordEvents, outcome: Outcome, sink: Sink, run: Run) -> dict[int, str]:
    """Tell each new or changed article that has the text of another one; the links of those that stay."""
    if not sink.ledger:
        return {}
    living = np.flatnonzero(outcome.what != OUTDATED)
    found = duplicates.find(events.take(living), sink.live, sink.ledger.rows)
    firsts = {int(living[at]): key for at, key in found.items()}
    ids = _ids(firsts.values(), events, sink)
    places = sorted(firsts, key=lambda place: int(events.order[place]))
    for place in places:
        if outcome.what[place] in (NEW, CHANGED):
            reason = f"the same text as {ids[firsts[place]]}"
            run.remark(events, place, _id(sink, events, place), reason, "duplicate")
    superseded = set(outcome.superseded.tolist())
    return {place: ids[firsts[place]] for place in places if place not in superseded}


def _ids(keys: Iterable[int], events: RecordEvents, sink: Sink) -> dict[int, str]:
    """The ids with these digests; each is that of a live article or of one that the round has written."""
    wanted = np.unique(np.array(list(keys), np.uint64))
    rows = sink.live.find(wanted)
    found = {
        key: _live_id(sink, row) for key, row in zip(wanted.tolist(), rows.tolist(), strict=True) if row >= 0
    }
    for place in np.flatnonzero((events.segment >= 0) & np.isin(events.keys, wanted[rows < 0])).tolist():
        found.setdefault(int(events.keys[place]), _id(sink, events, place))
    return found
