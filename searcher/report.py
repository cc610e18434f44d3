"""Reports: what became of the records of a run, and the findings of `verify`, as plain values.

A reader gives, for every record, an `Article` or a note with the reason. The run adds remarks and ends with an
`IndexReport`.

>>> str(Rejection("news.jsonl", 17, "no text"))
'news.jsonl:17: no text'
>>> IndexReport(new=2, rejected=1).records
3
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from searcher.article import Article
from searcher.errors import Cure


@dataclass(frozen=True)
class Rejection:
    """A file or record without an article, and the reason. `line` counts from 1; None means the whole file.

    `cure` and `detail` are those of the error that caused it.
    """

    path: str
    line: int | None
    reason: str
    cure: Cure = Cure.NONE
    detail: str = ""
    kind: ClassVar[str] = "rejected"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}" if self.line else f"{self.path}: {self.reason}"


class Skipped(Rejection):
    """A record that is not meant to be an article, such as an image in a web archive: not an error, but counted."""

    kind: ClassVar[str] = "skipped"


@dataclass(frozen=True)
class Repair:
    """A record that was read after a repair: wrong encoding, entities left in the text, an invalid date.

    Counted by `reason`; `detail` differs between records.
    """

    path: str
    line: int | None
    reason: str
    id: str = ""
    detail: str = ""
    kind: ClassVar[str] = "repaired"

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return str(Rejection(self.path, self.line, self.reason + detail))


@dataclass(frozen=True)
class Withdrawal:
    """An article that its publisher has withdrawn: the index removes `id`.

    `version` is the publisher's number of this notice, 0 without one.
    """

    path: str
    line: int | None
    id: str
    reason: str
    version: int = 0
    kind: ClassVar[str] = "withdrawn"

    def __str__(self) -> str:
        return str(Rejection(self.path, self.line, self.reason))


@dataclass(frozen=True)
class Remark:
    """What became of an article beyond being new or changed: `kind` is 'outdated', 'duplicate' or 'pruned'."""

    path: str
    id: str
    reason: str
    kind: str
    line: int | None = None

    def __str__(self) -> str:
        return str(Rejection(self.path, self.line, f"{self.id}: {self.reason}"))


Note = Rejection | Repair | Withdrawal | Remark
"""Any message of a run about a single record."""


@dataclass(frozen=True)
class IndexReport:
    """What became of the records of one run: new + changed + unchanged + rejected + outdated is their number.

    `withdrawn` articles were taken back by their publisher; `absent` ones were taken back too, but the index did not
    have them. `outdated` ones have a lower version than the index has, or one that was taken back before. An article
    whose final state equals its state before the run counts as unchanged. `duplicates` counts the new and changed
    articles that have the text of another one, `pruned` those deleted because their files are gone. `repaired` counts
    repaired records by reason, `skipped` records that were never meant to be articles. `rejections` keeps the first
    thousand. `took` is in seconds; reports of equal counts are equal however long each run took.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int = 0
    absent: int = 0
    outdated: int = 0
    duplicates: int = 0
    pruned: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejections: tuple[Rejection, ...] = ()
    took: float = field(default=0.0, compare=False)

    @property
    def records(self) -> int:
        """The number of records that were read as articles, or should have been."""
        return self.new + self.changed + self.unchanged + self.rejected + self.outdated


@dataclass(frozen=True)
class Example:
    """One of the first articles of a format that a run would add: `what` is 'new' or 'changed'.

    `order` is its place in the input, comparable within one report.
    """

    order: int
    format: str
    what: str
    article: Article


@dataclass(frozen=True)
class DryRunReport(IndexReport):
    """What a run would do: the counts of its report, the same by format, and the first articles of each format.

    `formats` counts 'new', 'changed' and 'unchanged' articles by the name of the format.
    """

    formats: dict[str, Counter[str]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Damage:
    """A damage of `file`: `reason`, in `column`, at the article `article` if known."""

    file: str
    reason: str
    column: str = ""
    article: str = ""

    @property
    def told(self) -> str:
        """What is wrong with the file, without its name."""
        article = f" (article {self.article})" if self.article else ""
        return f"{self.column + ' ' if self.column else ''}{self.reason}{article}"

    def __str__(self) -> str:
        return f"{self.file}: {self.told}"
