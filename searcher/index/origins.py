"""Origins: entering in the ledger where articles came from, and finding out which of their files are gone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from searcher.index.columns import Array
from searcher.index.intake import Intake, is_below
from searcher.index.known import WITHDRAWN, Events
from searcher.index.ledger import NO_FILE, Ledger, Rows


def enter(ledger: Ledger, events: Events, entered: Array, intake: Intake | None) -> None:
    """Add a row for each of the articles that are `entered`, also for unchanged ones: they have one more file.

    And for each withdrawal whose publisher counts versions: nobody shall bring back what it took out.
    """
    is_withdrawal = events.segment == WITHDRAWN
    places = np.flatnonzero(entered & ~is_withdrawal)
    places = places[np.argsort(events.order[places], kind="stable")]
    numbers = events.order[places] >> np.uint64(32)
    files = intake.digests(numbers) if intake else np.full(len(places), NO_FILE, np.uint64)
    rows = Rows(events.keys[places], events.fingerprints[places], events.texts[places], files)
    taken = np.flatnonzero(entered & is_withdrawal & (events.versions > 0))
    withdrawn = sorted(zip(events.versions[taken].tolist(), events.keys[taken].tolist(), strict=True))
    ledger.add(rows, withdrawn={key: version for version, key in withdrawn})


def gone(ledger: Ledger, roots: Mapping[str, str]) -> dict[int, str]:
    """Digest and path of each file below the `roots` (absolute -> as given) that is not there any more.

    The path is shown as the others of the run: below the root as it was given.
    """
    found = {}
    for file, path in ledger.paths():
        root = next((root for root in roots if is_below(path, root)), None)
        if root is not None and _is_gone(path):
            found[file] = str(Path(roots[root], os.path.relpath(path, root)))
    return found


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
