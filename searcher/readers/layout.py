"""From positioned texts on a page to lines and paragraphs in reading order, column after column.

The widths of letters are unknown, so columns are recognised by where their lines begin.

>>> page = [Fragment(50, 700, 10, "Eins"), Fragment(300, 700, 10, "Drei"), Fragment(50, 688, 10, "Zwei")]
>>> page += [Fragment(300, 688, 10, "Vier"), Fragment(50, 676, 10, "und"), Fragment(300, 676, 10, "Ende")]
>>> [line.text for line in lines_of(page)]
['Eins', 'Zwei', 'und', 'Drei', 'Vier', 'Ende']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from searcher.readers.base.hyphens import joined_lines, words_of

WIDTH = 0.5
"""Of a letter, in sizes of its font, on average."""
NEAR = 3
"""Points by which lines of one column may begin apart."""
LINES_OF_A_COLUMN = 3


class Fragment(NamedTuple):
    """A text at a place, in points from the left and from below; `size` is that of its font."""

    x: float
    y: float
    size: float
    text: str


@dataclass
class Line:
    """A line of one column."""

    x: float
    y: float
    size: float
    text: str
    column: int = 0

    @property
    def end(self) -> float:
        """Where the line ends, about."""
        return self.x + len(self.text) * self.size * WIDTH


def lines_of(fragments: Sequence[Fragment]) -> list[Line]:
    """The lines of a page in reading order."""
    edges = _edges(fragments)
    lines = _joined(fragments, edges)
    for line in lines:
        line.column = max((place for place, edge in enumerate(edges) if edge <= line.x + NEAR), default=0)
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda each: -each.y):
        if _spans(line, edges):
            ordered += [*_by_column(band), line]
            band = []
        else:
            band.append(line)
    return ordered + _by_column(band)


def paragraphs(lines: Sequence[Line]) -> list[tuple[str, float]]:
    """(text, size of its font) of each paragraph: it begins with a gap, an indent, or another size."""
    found: list[tuple[str, float]] = []
    leading = _leading(lines)
    left = _lefts(lines)
    words = words_of("\n".join(line.text for line in lines))
    waiting: list[Line] = []
    for line in lines:
        if waiting and _begins(line, waiting[-1], leading, left):
            found.append(_whole(waiting, words))
            waiting = []
        waiting.append(line)
    return [*found, _whole(waiting, words)] if waiting else found


def _whole(lines: list[Line], words: frozenset[str]) -> tuple[str, float]:
    text, _ = joined_lines([line.text for line in lines], words)
    return text, median(line.size for line in lines)


def _edges(fragments: Sequence[Fragment]) -> list[float]:
    """Where columns begin: places at which many lines do."""
    heights: dict[int, set[int]] = {}
    for each in fragments:
        heights.setdefault(round(each.x / NEAR), set()).add(round(each.y))
    rows = len({round(each.y) for each in fragments})
    least = max(LINES_OF_A_COLUMN, rows // 8)
    edges: list[float] = []
    for place in sorted(place for place, found in heights.items() if len(found) >= least):
        edge = place * NEAR
        if not edges or edge - edges[-1] > 8 * NEAR:
            edges.append(edge)
    return edges


def _joined(fragments: Iterable[Fragment], edges: Sequence[float]) -> list[Line]:
    """Texts beside each other as lines, cut where a column begins."""
    lines: list[Line] = []
    for each in fragments:
        last = lines[-1] if lines else None
        begins = any(abs(each.x - edge) <= NEAR for edge in edges)
        if last and abs(last.y - each.y) < 0.3 * each.size and each.x > last.x and not begins:
            gap = "" if last.text.endswith(" ") or each.text.startswith(" ") or _touch(last, each) else " "
            last.text += gap + each.text
            last.size = max(last.size, each.size)
        else:
            lines.append(Line(each.x, each.y, each.size, each.text.lstrip()))
    for line in lines:
        line.text = " ".join(line.text.split())
    return [line for line in lines if line.text]


def _touch(line: Line, after: Fragment) -> bool:
    """Whether a text begins where the line ends: a letter set apart, or half a word."""
    return len(line.text) < 3 and after.x - line.end < 0.15 * after.size


def _spans(line: Line, edges: Sequence[float]) -> bool:
    """Whether a line runs over the beginning of the next column, as headlines do."""
    return any(line.x + NEAR < edge < line.end - 2 * line.size for edge in edges)


def _by_column(band: list[Line]) -> list[Line]:
    return sorted(band, key=lambda each: (each.column, -each.y))


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance of two lines."""
    gaps = Counter(
        round(one.y - other.y, 1)
        for one, other in pairwise(lines)
        if one.column == other.column and one.y > other.y
    )
    return gaps.most_common(1)[0][0] if gaps else 0


def _lefts(lines: Sequence[Line]) -> dict[int, float]:
    """Where the lines of each column begin, most of them."""
    places: dict[int, Counter[float]] = {}
    for line in lines:
        places.setdefault(line.column, Counter())[round(line.x)] += 1
    return {column: found.most_common(1)[0][0] for column, found in places.items()}


def _begins(line: Line, before: Line, leading: float, left: dict[int, float]) -> bool:
    if abs(line.size - before.size) > 0.1 * before.size:
        return True
    indent = line.x - left[line.column]
    if 0.5 * line.size < indent < 4 * line.size:
        return True
    return line.column == before.column and (before.y - line.y > 1.4 * leading > 0)
