"""The error boundary: errors of the system and of a damaged index become ours, those of the caller stay as they are.

>>> from pathlib import Path
>>> with system_errors(Path("nachlass")):
...     raise OSError(28, "No space left on device", "nachlass/LEDGER_1")
Traceback (most recent call last):
searcher.errors.StorageError: nachlass/LEDGER_1: No space left on device
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searcher.errors import ArchiveDamaged, Cure, SearcherError
from searcher.index.format.disk import explained
from searcher.ingest.callbacks import is_theirs


@contextmanager
def system_errors(directory: Path) -> Iterator[None]:
    """The system's errors as ours, naming the file."""
    try:
        yield
    except OSError as error:
        if is_theirs(error):
            raise
        raise explained(error, directory) from error


class Reading:
    """Whatever goes wrong because the index is damaged ends as ArchiveDamaged; the rest stays what it is."""

    __slots__ = ("_directory",)

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, SearcherError) or is_theirs(error):
            return
        if isinstance(error, OSError):
            # Raised again as it is, it would hold this frame, which holds it: open files and all until a collection.
            raise explained(error, self._directory) from error
        from searcher.care.verify import verify

        with system_errors(self._directory):
            damages = verify(self._directory, deep=False)
        if damages:
            first = damages[0]
            raise ArchiveDamaged(first.told, place=first.file, cure=Cure.REBUILD) from error
