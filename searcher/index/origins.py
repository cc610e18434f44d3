"""Origins: entering in the ledger where articles came from, and finding out which of their files are gone."""

from __future__ import annotations

import os

import numpy as np

from searcher.index.columns import Array
from searcher.index.intake import Intake, is_below
from searcher.index.known import WITHDRAWN, Events
from searcher.index.ledger import NO_FILE, Ledger, Rows


def enter(ledger: Ledger, events: Events, entered: Array, intake: Intake | None) -> None:
    """Add a row for each of the articles that are `entered`, also for unchanged ones: they have one more file."""
    places = np.flatnonzero(entered & (events.segment != WITHDRAWN))
    places = places[np.argsort(events.order[places], kind="stable")]
    numbers = events.order[places] >> np.uint64(32)
    files = intake.digests(numbers) if intake else np.full(len(places), NO_FILE, np.uint64)
    ledger.add(Rows(events.keys[places], events.fingerprints[places], events.texts[places], files), {})


def finish(ledger: Ledger, intake: Intake) -> None:
    """After the last commit: enter which files were read, and that they need not be read again as they are."""
    nothing = np.zeros(0, np.uint64)
    ledger.add(Rows(nothing, nothing, nothing, nothing), intake.seen())


def gone(ledger: Ledger, roots: list[str]) -> dict[int, str]:
    """Digest and path of each file below the `roots` that is not there any more."""
    return {
        file: path
        for file, path in ledger.paths().items()
        if any(is_below(path, root) for root in roots) and _is_gone(path)
    }


def orphans(ledger: Ledger, gone: dict[int, str]) -> tuple[Array, list[str]]:
    """Digests of the ids of articles all of whose files are `gone`, with one of the files each."""
    rows = ledger.rows
    lost = np.isin(rows.files, np.array(list(gone), np.uint64))
    keys, first = np.unique(rows.keys[lost], return_index=True)
    orphaned = ~np.isin(keys, rows.keys[~lost])
    files = rows.files[lost][first]
    return keys[orphaned], [gone[file] for file in files[orphaned].tolist()]


def _is_gone(path: str) -> bool:
    """Whether there is certainly no such file: a link that leads nowhere may be a disk that is not at hand."""
    try:
        os.stat(path)
        return False
    except (FileNotFoundError, NotADirectoryError):
        place = path
        while not os.path.lexists(place) and place != os.path.dirname(place):
            place = os.path.dirname(place)
        return not os.path.islink(place)
    except OSError:
        return False
