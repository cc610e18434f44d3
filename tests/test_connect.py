"""Places: a folder is a Whoosh index, an address is looked up, and an archive stays in its process."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from searcher import Archive, UsageError
from searcher.connect import SCHEMES, connect
from searcher.local import LocalBackend


@pytest.mark.parametrize("place", ["index", "./a:b", "C:/index", "tief/unten", "http:/x"])
def test_a_folder_is_a_whoosh_index(place: str) -> None:
    for given in (place, Path(place)):
        backend = connect(given)
        assert isinstance(backend, LocalBackend)
        assert backend.directory == Path(place)


@pytest.mark.parametrize(
    "place",
    ["opensearch+https://host:9200/name", "OpenSearch+HTTPS://host", "https://x.de", "file:///srv/index"],
)
def test_an_address_without_a_backend_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for use in (Archive.open, Archive.create, Archive.open_or_create, Archive.at):
        with pytest.raises(UsageError, match=r"there are no archives at \S+:// addresses: name a folder$"):
            use(place)
    monkeypatch.setitem(SCHEMES, "opensearch+https", lambda place, wait: LocalBackend(Path("entered"), wait))
    if place.lower().startswith("opensearch"):
        assert Archive.at(place).place == "entered"
    else:
        with pytest.raises(
            UsageError, match=r"a folder, or an address that begins with opensearch\+https://"
        ):
            Archive.at(place)


def test_secrets_of_an_address_are_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        Archive.open("opensearch+http://ich:geheim@host/name")
    assert "geheim" not in str(refused.value)


def test_an_archive_refuses_pickling_in_words(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "index") as archive:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(UsageError, match=r"holds open files: open it again in the other process"):
                attempt(archive)
        assert repr(archive) == f"<Archive {tmp_path / 'index'}>"
