"""What callers get wrong, what they raise themselves, and what happens to the folder while an archive is open."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from searcher.archive import Archive
from searcher.article import Article
from searcher.care.error_boundary import Reading
from searcher.errors import Cure, StorageError, UsageError
from searcher.readers import find
from tests import oracle


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with oracle.without_waiting_for_the_disk(), Archive.create(tmp_path / "index") as archive:
        archive.add([Article(id="neu", title="Waffenruhe")])
        yield archive


# --- one instead of a list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["nichts", b"nichts", Path("nichts")])
def test_a_path_alone_is_not_taken_for_a_list_of_letters(archive: Archive, path: Any) -> None:
    for call in (archive.index, archive.watch, lambda paths: next(find(paths))):
        with pytest.raises(UsageError, match=r"a list of paths is wanted, not one: write \["):
            call(path)


def test_an_id_alone_is_not_taken_for_a_list_of_letters(archive: Archive) -> None:
    with pytest.raises(UsageError, match=r"write delete\(\['neu'\]\)"):
        archive.delete("neu")
    assert archive.delete(["neu"]) == 1


# --- errors that are the caller's own ----------------------------------------------------------------------------------


def refused(*_: object) -> Any:
    raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def articles() -> Iterator[Article]:
    yield Article(id="1", title="Rat")
    refused()


@pytest.mark.parametrize("dry_run", [False, True])
def test_errors_of_callbacks_stay_what_they_are(archive: Archive, tmp_path: Path, dry_run: bool) -> None:
    (tmp_path / "kaputt.jsonl").write_text('{x\\n{"id": "2", "title": "Rat", "text": "Er tagt."}\\n')
    with pytest.raises(ConnectionResetError):
        archive.index([tmp_path / "kaputt.jsonl"], on_note=refused, dry_run=dry_run)
    with pytest.raises(ConnectionResetError):
        archive.index([tmp_path / "kaputt.jsonl"], progress=refused, dry_run=dry_run)


def test_errors_of_the_articles_iterator_stay_what_they_are(archive: Archive) -> None:
    with pytest.raises(ConnectionResetError):
        archive.add(articles())
    with pytest.raises(ConnectionResetError):
        archive.add([Article(id="1", title="Rat")], progress=refused)
    assert archive.search("*").total == 1 and archive.verify() == []


def test_errors_of_the_system_are_ours(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_descriptors(path: object) -> Any:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    monkeypatch.setattr(os, "listdir", no_descriptors)
    for call in (
        archive.refresh,
        lambda: archive.index(["nichts"]),
        lambda: archive.index(["nichts"], dry_run=True),
        lambda: Archive.open_or_create(archive.place),
    ):
        with pytest.raises(StorageError, match="Too many open files") as caught:
            call()
        assert caught.value.cure is Cure.OPEN_FILES


# --- the folder changes ------------------------------------------------------------------------------------------------


def test_refresh_sees_an_index_made_anew_with_the_same_generation(archive: Archive) -> None:
    generation = archive._backend.snapshot.table.generation
    shutil.rmtree(Path(archive.place))
    with Archive.create(archive.place) as other:
        other.add([Article(id="anders", title="Hochwasser")])
        assert other._backend.snapshot.table.generation == generation
    assert archive.refresh() and not archive.refresh()
    assert [hit.id for hit in archive.search("*")] == ["anders"]


def test_open_or_create_where_another_creates_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Archive.create

    def outrun(path: Path, **options: Any) -> Archive:
        create(path).close()
        return create(path, **options)

    monkeypatch.setattr(Archive, "create", outrun)
    with Archive.open_or_create(tmp_path / "index") as archive:
        assert len(archive) == 0


def test_a_fault_holds_nothing_once_it_is_told(tmp_path: Path) -> None:
    """Files of the failed run stay open otherwise, and the full disk stays full."""

    class Held:
        pass

    held = []

    def write() -> None:
        file = Held()
        held.append(weakref.ref(file))
        raise OSError(errno.ENOSPC, "No space left on device", "halb")

    gc.disable()
    try:
        with suppress(StorageError), Reading(tmp_path):
            write()
        assert held[0]() is None
    finally:
        gc.enable()
