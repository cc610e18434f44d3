"""Full-text search over German news archives: read articles, analyse German, write a Whoosh index, search it.

`Archive` is the central class; the command line has the same functions.

    from searcher import Archive, Article

    with Archive.create("index") as archive:
        archive.add([Article(title="Waffenruhe in Sicht", body="Die Gespräche gehen weiter.")])
        for hit in archive.search("Waffenruhe", limit=5):
            print(hit.article.title, hit.snippet)

Names are loaded on first use, so `import searcher` alone is fast.
"""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

from searcher.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveLocked,
    ArchiveNotFound,
    Cure,
    DateError,
    QuerySyntaxError,
    ReadError,
    SearcherError,
    StorageError,
    UsageError,
    VersionMismatch,
)

__version__ = "0.1.0"

if TYPE_CHECKING:
    from searcher.archive import Archive as Archive
    from searcher.article import Article as Article
    from searcher.dates import Period as Period
    from searcher.dates import Precision as Precision
    from searcher.query import Query as Query
    from searcher.readers import ReadOptions as ReadOptions
    from searcher.report import Damage as Damage
    from searcher.report import DryRunReport as DryRunReport
    from searcher.report import Example as Example
    from searcher.report import IndexReport as IndexReport
    from searcher.report import Note as Note
    from searcher.report import Rejection as Rejection
    from searcher.report import Remark as Remark
    from searcher.report import Repair as Repair
    from searcher.report import Skipped as Skipped
    from searcher.report import Withdrawal as Withdrawal
    from searcher.request import By as By
    from searcher.request import Filters as Filters
    from searcher.request import Match as Match
    from searcher.request import Sort as Sort
    from searcher.results import Explanation as Explanation
    from searcher.results import Hit as Hit
    from searcher.results import Leaf as Leaf
    from searcher.results import Notice as Notice
    from searcher.results import Results as Results
    from searcher.results import Snippet as Snippet
    from searcher.results import Stats as Stats

_LAZY = {
    "Archive": "searcher.archive",
    "Article": "searcher.article",
    "By": "searcher.request",
    "Damage": "searcher.report",
    "DryRunReport": "searcher.report",
    "Example": "searcher.report",
    "Explanation": "searcher.results",
    "Filters": "searcher.request",
    "Hit": "searcher.results",
    "IndexReport": "searcher.report",
    "Leaf": "searcher.results",
    "Note": "searcher.report",
    "Period": "searcher.dates",
    "Precision": "searcher.dates",
    "Query": "searcher.query",
    "ReadOptions": "searcher.readers",
    "Rejection": "searcher.report",
    "Remark": "searcher.report",
    "Repair": "searcher.report",
    "Match": "searcher.request",
    "Notice": "searcher.results",
    "Results": "searcher.results",
    "Skipped": "searcher.report",
    "Snippet": "searcher.results",
    "Sort": "searcher.request",
    "Stats": "searcher.results",
    "Withdrawal": "searcher.report",
}

__all__ = [
    "Archive",
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveLocked",
    "ArchiveNotFound",
    "Article",
    "By",
    "Cure",
    "Damage",
    "DateError",
    "DryRunReport",
    "Example",
    "Explanation",
    "Filters",
    "Hit",
    "IndexReport",
    "Leaf",
    "Match",
    "Note",
    "Notice",
    "Period",
    "Precision",
    "Query",
    "QuerySyntaxError",
    "ReadError",
    "ReadOptions",
    "Rejection",
    "Remark",
    "Repair",
    "Results",
    "SearcherError",
    "Skipped",
    "Snippet",
    "Sort",
    "Stats",
    "StorageError",
    "UsageError",
    "VersionMismatch",
    "Withdrawal",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'searcher' has no attribute {name!r}")
    with warnings.catch_warnings():
        # Python warns about the old source of Whoosh 2.7.4; a user cannot fix that.
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
