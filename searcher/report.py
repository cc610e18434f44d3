"""Damage: one thing that `verify` found, as a line for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """`file` is not as it was written: `reason`, in `column`, at the article `article` where that can be told."""

    file: str
    reason: str
    column: str = ""
    article: str = ""

    def __str__(self) -> str:
        article = f" (article {self.article})" if self.article else ""
        return f"{self.file}: {self.column + ' ' if self.column else ''}{self.reason}{article}"
