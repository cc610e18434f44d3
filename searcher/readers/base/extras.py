"""Optional parsers: loaded when a file needs them; a missing one is an error that names the package to install.

>>> load("json", "html").loads("[]")
[]
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from searcher.errors import Cure, ReadError


def load(module: str, extra: str) -> Any:
    """The module, or a ReadError that says which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ReadError(
            f"{error.name or module} is not installed", cure=Cure.INSTALL, detail=f"searcher[{extra}]"
        ) from None


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Whatever a parser raises as a ReadError that says `what` failed: parsers of others have errors of any kind."""
    try:
        yield
    except Exception as error:
        raise ReadError(f"{what}: {type(error).__name__}: {' '.join(str(error).split())[:100]}") from error
