"""Origins: entering in the ledger where articles came from, and asking it: are their files gone, is a name taken?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from searcher.index.format.columns import Array
from searcher.ingest.input_files import Intake, is_below
from searcher.ingest.ledger import NO_FILE, Ledger, Rows
from searcher.ingest.settle import WITHDRAWN, Events, Known
from searcher.report import Rejection


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


def namesakes(
    ledger: Ledger, events: Events, known: Known, intake: Intake, identity: Callable[[int], str]
) -> dict[int, Rejection]:
    """By place among the events: articles named after their path that would replace one of another file still there.

    `identity` gives the id of the article at a place. An article whose file is gone has moved: that is a new version.
    """
    found = known.find(events.keys)
    changed = (events.segment >= 0) & (found >= 0)
    changed[changed] = events.fingerprints[changed] != known.fingerprints[found[changed]]
    places = np.flatnonzero(changed)
    if not len(places):
        return {}
    files = _files(ledger.rows, events.keys[places], known)
    own = intake.digests(events.order[places] >> np.uint64(32)).tolist()
    suspects: dict[int, tuple[str, str, list[int]]] = {}
    for place, file in zip(places.tolist(), own, strict=True):
        others = files.get(int(events.keys[place]), [])
        path, name = intake.path(int(events.order[place]) >> 32), identity(place)
        if others and file not in (NO_FILE, *others) and _is_named_after(name, path):
            suspects[place] = path, name, others
    wanted = {file for _, _, others in suspects.values() for file in others}
    paths = {file: path for file, path in ledger.paths() if file in wanted} if wanted else {}
    refused = {}
    for place, (path, name, others) in suspects.items():
        for other in (paths[file] for file in others if file in paths):
            if not _is_gone(other) and not _is_same(other, path):
                refused[place] = Rejection(path, None, _same_name(name, other))
                break
    return refused


def _same_name(name: str, other: str) -> str:
    return (
        f"has the same name as {other} ('{name}'), which is in the index: "
        "index the folder above both instead, into a new index"
    )


def _files(rows: Rows, keys: Array, known: Known) -> dict[int, list[int]]:
    """The files that the articles with these ids came from, as they are in the archive."""
    at = np.flatnonzero(np.isin(rows.keys, keys))
    at = at[known.fingerprints[known.find(rows.keys[at])] == rows.prints[at]]
    files: dict[int, list[int]] = {}
    for key, file in zip(rows.keys[at].tolist(), rows.files[at].tolist(), strict=True):
        files.setdefault(key, []).append(file)
    return files


def _is_named_after(identity: str, path: str) -> bool:
    """Whether a reader made the id from the path: the last folders, and behind them what the file has many of."""
    bases = {identity, identity.partition("!/")[0], identity.rpartition("#")[0]} - {""}
    places = [Path(place).as_posix() for place in (os.path.abspath(path), os.path.realpath(path))]
    return any(place.endswith(f"/{base}") for place in places for base in bases)


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


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
