"""Origins: records in the ledger the files of every article, and looks up whether files are gone or a name is taken."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from searcher.index.format.columns import Array
from searcher.ingest.input_files import InputFiles, is_below
from searcher.ingest.ledger import NO_FILE, NO_ROWS, Ledger, Rows
from searcher.ingest.settle import WITHDRAWN, LiveIds, RecordEvents
from searcher.report import Rejection, Remark


def enter(ledger: Ledger, events: RecordEvents, entered: Array, intake: InputFiles | None) -> None:
    """Add a row for each of the articles that are `entered`, also for unchanged ones: they may have one more file.

    A withdrawal with a version is entered too: no older version of the article may come back.
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
    ledger: Ledger,
    events: RecordEvents,
    counted: Array,
    live: LiveIds,
    intake: InputFiles,
    identity: Callable[[int], str],
) -> dict[int, Rejection]:
    """By place among the events: articles named after their path that would replace one of another file still there.

    `counted` is a mask of the events that take part, `identity` gives the id of the article at a place. The state just
    before each record decides, be it of the index or of this round. An article whose file is gone has moved: that is a
    new version.
    """
    keys = _in_question(events, live)
    places = np.flatnonzero(np.isin(events.keys, keys) & counted)
    places = places[np.argsort(events.order[places], kind="stable")]
    state = _Files(ledger, keys, live, intake)
    refused: dict[int, Rejection] = {}
    numbers = events.order[places] >> np.uint64(32)
    files = intake.digests(numbers).tolist()
    for place, number, file in zip(places.tolist(), numbers.tolist(), files, strict=True):
        key, version = int(events.keys[place]), int(events.fingerprints[place])
        if events.segment[place] == WITHDRAWN:
            state.withdraw(key)
            continue
        others = state.replaced(key, version, file)
        other = _namesake(others, intake.path(number), partial(identity, place)) if others else ""
        if other:
            refused[place] = Rejection(intake.path(number), None, _same_name(identity(place), other))
        else:
            state.put(key, version, file)
    return refused


def _in_question(events: RecordEvents, live: LiveIds) -> Array:
    """Ids of which the round has another version than the index, or several."""
    rows = live.find(events.keys)
    changed = (events.segment >= 0) & (rows >= 0)
    changed[changed] = events.fingerprints[changed] != live.fingerprints[rows[changed]]
    written = events.keys[events.segment >= 0]
    values, counts = np.unique(written, return_counts=True)
    return np.union1d(events.keys[changed], values[counts > 1])


class _Files:
    """Which version of each article is there, and from which files each version came."""

    def __init__(self, ledger: Ledger, keys: Array, live: LiveIds, intake: InputFiles) -> None:
        self._ledger = ledger
        self._intake = intake
        rows = live.find(keys)
        self._versions: dict[int, int] = dict(
            zip(keys[rows >= 0].tolist(), live.fingerprints[rows[rows >= 0]].tolist(), strict=True)
        )
        self._files: dict[tuple[int, int], list[int]] = {}
        entered = ledger.rows.where(np.isin(ledger.rows.keys, keys)) if len(keys) else NO_ROWS
        columns = entered.keys.tolist(), entered.prints.tolist(), entered.files.tolist()
        for key, version, file in zip(*columns, strict=True):
            self._files.setdefault((key, version), []).append(file)

    @cached_property
    def _paths(self) -> dict[int, str]:
        wanted = {file for files in self._files.values() for file in files}
        return {file: path for file, path in self._ledger.paths() if file in wanted}

    def withdraw(self, key: int) -> None:
        """The article is gone."""
        self._versions.pop(key, None)

    def put(self, key: int, version: int, file: int) -> None:
        """A file has brought this version."""
        self._versions[key] = version
        files = self._files.setdefault((key, version), [])
        if file not in files:
            files.append(file)

    def replaced(self, key: int, version: int, file: int) -> list[str]:
        """Paths of the files of the other version that one of `file` would replace; none where that is its own."""
        there = self._versions.get(key, version)
        files = self._files.get((key, there), [])
        if there == version or file in (NO_FILE, *files):
            return []
        return [path for each in files if (path := self._path(each))]

    def _path(self, file: int) -> str:
        """The absolute path of a file, of this run or entered before; '' where it is not known."""
        return self._intake.absolute(file) or self._paths.get(file, "")


def _namesake(others: Sequence[str], path: str, identity: Callable[[], str]) -> str:
    """The first of the other files that is still there and not the same one; '' where the article may replace it."""
    if not _is_named_after(identity(), path):
        return ""
    return next((each for each in others if not _is_gone(each) and not _is_same(each, path)), "")


def _same_name(name: str, other: str) -> str:
    return (
        f"has the same name as {other} ('{name}'), which is in the index: "
        "index the folder above both instead, into a new index"
    )


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


@dataclass(frozen=True)
class Prunable:
    """Rows of live articles all of whose files are gone, with one path each; `files` are digests of all such files."""

    rows: Array
    paths: list[str]
    files: Array

    def remarks(self, identity: Callable[[int], str]) -> list[Remark]:
        """A remark for each article; `identity` gives the id of a live article by its row."""
        told = zip(self.paths, self.rows.tolist(), strict=True)
        return [Remark(path, identity(row), "its file is gone", "pruned") for path, row in told]


def prunable(ledger: Ledger, roots: Mapping[str, str], live: LiveIds) -> Prunable:
    """What is to be pruned below the `roots` (absolute -> as given)."""
    lost = gone(ledger, roots)
    keys, paths = orphans(ledger, lost)
    rows = live.find(keys)
    there = [path for path, row in zip(paths, rows.tolist(), strict=True) if row >= 0]
    return Prunable(rows[rows >= 0], there, np.array(list(lost), np.uint64))


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
