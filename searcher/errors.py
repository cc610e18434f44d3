"""The tree of errors. Every message names the place and the cure; every error knows its exit code.

SearcherError
├── UsageError             2  wrong use: an argument, an option, a date
│   ├── DateError          2  text that is no date
│   └── QuerySyntaxError   2  a query that cannot be read; carries position, caret and suggestion
├── ArchiveError           3  the index cannot be used
│   ├── ArchiveNotFound    3  there is no index at that place
│   ├── ArchiveDamaged     3  the index is ours, but not as it was written
│   └── VersionMismatch    3  written by another format, analysis or stemmer version
├── ArchiveLocked          4  another process is writing
├── ReadError              5  a file or record that cannot be read as articles
└── StorageError           3  the system refused to read or write (disk full, no permission)
"""


class SearcherError(Exception):
    """Base of every error a user of searcher can meet.

    `exit_code` is what the command line ends with (see README, "Exit codes").
    """

    exit_code = 2


class UsageError(SearcherError):
    """An argument or option that cannot be meant."""


class DateError(UsageError, ValueError):
    """A text that is no date."""


class QuerySyntaxError(UsageError):
    """A query that cannot be read.

    `reason` says what is wrong, `query` is the text as typed, `position` the 0-based character at fault,
    `suggestion` what to write instead ('' where there is none).
    """

    SHOWN = 60

    def __init__(self, reason: str, query: str, position: int, suggestion: str = "") -> None:
        self.reason = reason
        self.query = query
        self.position = max(0, min(position, len(query)))
        self.suggestion = suggestion
        super().__init__(
            f"{reason} at position {self.position + 1}" + (f": {suggestion}" if suggestion else "")
        )

    def caret(self) -> str:
        """Two lines: the query around the fault (at most `SHOWN` characters) and a caret below the fault."""
        begin = max(0, self.position - self.SHOWN // 2)
        shown = self.query[begin : begin + self.SHOWN]
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
        return f"{shown}\n{' ' * (self.position - begin)}^"


class ArchiveError(SearcherError):
    """The index at hand cannot be used as it is."""

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
