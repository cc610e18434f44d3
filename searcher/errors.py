"""The tree of errors. An error is a value: reason, place and cure are attributes, so no program parses messages.

SearcherError
├── UsageError             2  wrong use: an argument, an option, a value
│   ├── DateError          2  text that is no date
│   └── QuerySyntaxError   2  a query that cannot be read; carries query, position and caret
├── ArchiveError           3  the index cannot be used
│   ├── ArchiveNotFound    3  there is no index at that place
│   ├── ArchiveDamaged     3  the index is ours, but not as it was written
│   ├── VersionMismatch    3  written by another version of the format, the analysis or the stemmer
│   └── StorageError       3  the system refused to read or write: a full disk, a missing permission
├── ArchiveLocked          4  another process is writing
└── ReadError              5  a file or record that cannot be read as articles

>>> error = ArchiveDamaged("the manifest is not as it was written", place="index/a_manifest.json", cure=Cure.REBUILD)
>>> str(error), error.cure
('index/a_manifest.json: the manifest is not as it was written', <Cure.REBUILD: 'rebuild'>)
"""

from __future__ import annotations

from enum import Enum
from os import PathLike


class Cure(Enum):
    """What helps. A program acts on the member; the command line (`searcher.cli.cures`) puts it into words."""

    NONE = ""
    """No cure beyond the reason."""
    REBUILD = "rebuild"
    """`Archive.rebuild` saves every article that can still be read."""
    VERIFY = "verify"
    """`Archive.verify` names what is damaged; then rebuild."""
    INDEX = "index"
    """Make an index: `Archive.open_or_create`, then `index` or `add`."""
    OTHER_INDEX = "other-index"
    """Choose another folder for the index."""
    REINDEX = "reindex"
    """Index the sources once more, into another folder."""
    WAIT = "wait"
    """Try again when the other writer is done, or wait longer."""
    FREE_SPACE = "free-space"
    """Free some space and do the same again; the index is whole."""
    LARGER_FILES = "larger-files"
    """The file system or a limit of the process allows no larger files; the index is whole."""
    PERMISSION = "permission"
    """Check permissions and owners of the folder and its files."""
    READ_ONLY = "read-only"
    """The file system can only be read: copy the index elsewhere to write to it."""
    OTHER_DISK = "other-disk"
    """The disk reports a fault: copy the index to another one and verify the copy."""
    OPEN_FILES = "open-files"
    """Merge the segments (`Archive.optimize`), or allow the process more open files."""
    MEMORY = "memory"
    """Do the same again with one process, or with more memory; the index is whole."""
    INSTALL = "install"
    """Install the package that `detail` names, as for pip: 'tzdata', 'searcher[html]'."""
    MAP_COLUMNS = "map-columns"
    """Say which column is title and which is body: `ReadOptions(mapping={"title": ...})`."""
    AS_TEXT = "as-text"
    """Read the file as plain text: `ReadOptions(format="text")`."""
    DELETE_BY_QUERY = "delete-by-query"
    """`Archive.delete(query=...)` takes out the articles that are meant."""


class SearcherError(Exception):
    """Base of every error that a user of searcher can meet.

    `reason` is a sentence, `place` the path or value it is about ('' where there is none), `cure` what helps, `detail`
    an argument of the cure (only of INSTALL). `str` is 'place: reason'. Errors of the same kind with the same
    values are equal; they can be pickled. `exit_code` is that of the command line.
    """

    exit_code = 2

    def __init__(
        self, reason: str, *, place: str | PathLike[str] = "", cure: Cure = Cure.NONE, detail: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = str(place)
        self.cure = cure
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), self.reason, self.place))


class UsageError(SearcherError):
    """An invalid argument, option or value; `suggestion` is what to write instead, '' if unknown."""

    def __init__(self, reason: str, suggestion: str = "", *, place: str = "", cure: Cure = Cure.NONE) -> None:
        super().__init__(reason, place=place, cure=cure)
        self.suggestion = suggestion

    def __str__(self) -> str:
        return super().__str__() + (f": {self.suggestion}" if self.suggestion else "")


class DateError(UsageError, ValueError):
    """A text that is not a date."""


class QuerySyntaxError(UsageError):
    """A query that cannot be read.

    `query` is the text as typed, `position` the 0-based character at fault, between 0 and the length of the query.
    """

    SHOWN = 60

    def __init__(self, reason: str, query: str, position: int, suggestion: str = "") -> None:
        super().__init__(reason, suggestion)
        self.query = query
        self.position = max(0, min(position, len(query)))
        # pickle calls the class with these.
        self.args = (reason, query, position, suggestion)

    def __str__(self) -> str:
        return f"{self.reason} at position {self.position + 1}" + (
            f": {self.suggestion}" if self.suggestion else ""
        )

    def caret(self) -> str:
        """Two lines: the query around the fault (at most `SHOWN` characters) and a caret below the fault."""
        begin = max(0, self.position - self.SHOWN // 2)
        shown = self.query[begin : begin + self.SHOWN]
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
        return f"{shown}\n{' ' * (self.position - begin)}^"


class ArchiveError(SearcherError):
    """The index cannot be used."""

    exit_code = 3


class ArchiveNotFound(ArchiveError):
    """There is no index at that place."""


class ArchiveDamaged(ArchiveError):
    """The index is not as it was written."""


class VersionMismatch(ArchiveError):
    """The index was written by another version of the format, the analysis or the stemmer."""


class StorageError(ArchiveError):
    """The system refused to read or write: a full disk, a missing permission."""


class ArchiveLocked(SearcherError):
    """Another process is writing to the index."""

    exit_code = 4


class ReadError(SearcherError):
    """A file that cannot be read as articles."""

    exit_code = 5
