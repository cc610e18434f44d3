"""Shared by the formats of digitised pages: blocks of text in reading order, made of lines, with confidences.

>>> block("b1", ["Die Hand-", "werker"], [0.9, 0.7]).text, confidence([block("b1", ["a"], [0.5])])
('Die Handwerker', {'ocr_confidence': '0.500'})
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from searcher.readers.base.hyphens import joined_lines, words_of


class Block(NamedTuple):
    """A block of text: its identifier, its text, and the confidences of its words or lines, between 0 and 1."""

    id: str
    text: str
    confidences: tuple[float, ...]
    joins: int = 0


def block(identity: str, lines: Sequence[str], confidences: Iterable[float] = ()) -> Block:
    """The block of these lines, words divided at their ends made whole."""
    single = [" ".join(line.split()) for line in lines]
    text, joins = joined_lines(single, words_of("\n".join(single)))
    return Block(identity, text, tuple(confidences), joins)


def confidence(blocks: Iterable[Block]) -> dict[str, str]:
    """How sure the recognition was of these words on average, between 0 and 1, as an `extra` of an article."""
    known = [each for block in blocks for each in block.confidences]
    return {"ocr_confidence": f"{sum(known) / len(known):.3f}"} if known else {}


def share(value: str | None, whole: float = 1) -> list[float]:
    """A confidence written as a number up to `whole`; none where it is no such number.

    >>> share("96", 100), share("?")
    ([0.96], [])
    """
    try:
        number = float(value or "") / whole
    except ValueError:
        return []
    return [number] if math.isfinite(number) and 0 <= number <= 1 else []
