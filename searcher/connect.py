"""The choice of a backend by the place of an archive.

A folder is a Whoosh index on this machine. The scheme of an address such as `opensearch+https://host:9200/name` is
looked up in `SCHEMES`; a new backend adds a row there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from searcher.backend import WAIT, Backend
from searcher.errors import UsageError
from searcher.local import LocalBackend

SCHEMES: dict[str, Callable[[str, float], Backend]] = {}
"""Scheme of an address -> constructor of its backend, given the address and the seconds to wait for another writer."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


def connect(place: str | os.PathLike[str], wait: float = WAIT) -> Backend:
    """The backend of a place, not opened yet; UsageError for an unknown scheme."""
    address = _ADDRESS.match(place) if isinstance(place, str) else None
    if address is None:
        return LocalBackend(Path(place), wait)
    make = SCHEMES.get(address[1].lower())
    if make is None:
        known = "".join(f", or an address that begins with {scheme}://" for scheme in sorted(SCHEMES))
        raise UsageError(f"there are no archives at {address[0]} addresses", f"name a folder{known}")
    return make(str(place), wait)
