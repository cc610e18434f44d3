"""Inexact words: wildcards (`Waffen*`, `M?ller`) and fuzzy words (`Lukaschenka~`).

>>> Pattern("all", "m?ller").matches("müller"), Pattern("all", "m?ller").matches("mueller")
(True, True)
>>> Pattern("all", "straß*").literal_prefixes()
('strass', 'straß')
>>> within("lukaschenko", "lukaschenka", 1), within("lukashcenko", "lukaschenko", 1)
(True, True)
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from math import prod

from searcher.query import spans
from searcher.query.fields import PRINTED, is_raw
from searcher.query.spans import Places, Token
from searcher.query.tree import TreeLeaf

_MOST_LITERALS = 16


class Lexical(TreeLeaf):
    """A leaf that stands for all terms of one index field that it `matches`; every match scores its boost."""

    @abstractmethod
    def matches(self, text: str) -> bool:
        """Whether the leaf stands for this term of the index field."""

    def literal_prefixes(self) -> tuple[str, ...]:
        """Every matching term begins with one of these; none of them is a prefix of another."""
        return ("",)

    @property
    def index_field(self) -> str:
        """The field of the printed forms; a raw field itself."""
        return self.fieldname if is_raw(self.fieldname) else self.fieldname + PRINTED

    def places(self, tokens: Sequence[Token]) -> Places:
        """Every token whose printed form matches, each alone."""
        return spans.single(tokens, lambda token: self.matches(token.printed))


@dataclass(frozen=True)
class Pattern(Lexical):
    """A word with wildcards: `*` is any number of letters, `?` is one.

    In text fields the pattern is compared with printed forms. Umlauts and ß are found in both spellings (ü ue, ß ss),
    `?` is one character or, with umlauts and ß written as one letter throughout, one letter. `-` is
    optional, as in joined compounds. In raw fields only `*` is special.
    """

    fieldname: str
    text: str
    boost: float = 1.0

    def matches(self, text: str) -> bool:
        """Whether the pattern fits the whole of this term, in any spelling of its umlauts and ß."""
        if self._regex.fullmatch(text):
            return True
        return self._one_letter is not None and self._one_letter.fullmatch(_one_letter(text)) is not None

    def matching_lines(self, lines: str) -> Iterator[int]:
        """The numbers of the matching lines, from 0; some come twice. Every line has a line break before and after it.

        No term and no pattern may contain a line break.
        """
        yield from _matching_lines(self._elements, lines)
        if "?" in self.text and not is_raw(self.fieldname):
            yield from _matching_lines(self._one_letter_elements, _one_letter(lines))

    def literal_prefixes(self) -> tuple[str, ...]:
        """The spellings of what stands before the first wildcard, sorted; at most 16."""
        return self._prefixes

    @cached_property
    def is_prefix(self) -> bool:
        """Whether exactly the terms with one of the literal prefixes match."""
        *literal, last = self._elements
        ways = prod(len(element) for element in literal)
        return (
            last is _STAR
            and all(element not in (_STAR, _ONE) for element in literal)
            and 0 < ways <= _MOST_LITERALS
        )

    @cached_property
    def is_suffix(self) -> bool:
        """Whether exactly the terms with one of the literal suffixes match."""
        first, *literal = self._elements
        ways = prod(len(element) for element in literal)
        return (
            first is _STAR
            and all(element not in (_STAR, _ONE) for element in literal)
            and 0 < ways <= _MOST_LITERALS
        )

    def literal_suffixes(self) -> tuple[str, ...]:
        """Every matching term ends with one of these, sorted; none of them is a suffix of another."""
        return self._suffixes

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(_expression(self._elements), re.DOTALL)

    @cached_property
    def _one_letter(self) -> re.Pattern[str] | None:
        """For a `?` that stands for two characters, as in m?ller for mueller; compared with `_one_letter` of a term."""
        if "?" not in self.text or is_raw(self.fieldname):
            return None
        return re.compile(_expression(self._one_letter_elements), re.DOTALL)

    @cached_property
    def _one_letter_elements(self) -> list[Spellings]:
        signs = {"*": _STAR, "?": _ONE, "-": _HYPHEN}
        return [signs.get(character, (character,)) for character in _one_letter(self.text)]

    @cached_property
    def _elements(self) -> list[Spellings]:
        return _raw_elements(self.text) if is_raw(self.fieldname) else _elements(self.text)

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return _beginnings(self._elements)

    @cached_property
    def _suffixes(self) -> tuple[str, ...]:
        turned = [tuple(spelling[::-1] for spelling in element) for element in reversed(self._elements)]
        return tuple(sorted(suffix[::-1] for suffix in _beginnings(turned)))

    def _written(self) -> str:
        return self.text


@dataclass(frozen=True)
class Fuzzy(Lexical):
    """A word and all printed forms within `distance` edits of it (see `within`).

    `word` is compared with printed forms; `text` is the word as typed.
    """

    fieldname: str
    word: str
    distance: int
    boost: float = 1.0
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or self.word)

    def matches(self, text: str) -> bool:
        """Whether this term is at most `distance` steps from the word."""
        return within(self.word, text, self.distance)

    def _written(self) -> str:
        return self.text + ("~" if self.distance == 1 else f"~{self.distance}")


def within(left: str, right: str, most: int) -> bool:
    """Whether the optimal string alignment distance is at most `most`.

    An edit inserts, deletes or replaces a letter, or exchanges two neighbours.
    """
    if left == right:
        return True
    if abs(len(left) - len(right)) > most:
        return False
    width = len(right) + 1
    before: list[int] = []
    last = list(range(width))
    for row, letter in enumerate(left, 1):
        line = [row] * width
        for column in range(1, width):
            other = right[column - 1]
            steps = min(last[column], line[column - 1]) + 1
            steps = min(steps, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                steps = min(steps, before[column - 2] + 1)
            line[column] = steps
        if min(line) > most and min(last) > most:
            return False
        before, last = last, line
    return last[-1] <= most


# --- wildcards ---

Spellings = tuple[str, ...]
"""The spellings of one piece of a pattern: no spelling for `*`, the empty one for `?`."""

_STAR: Spellings = ()
_ONE: Spellings = ("",)
_HYPHEN: Spellings = ("", "-")
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))
_PIECE = re.compile(r"\*+|\?|ae|oe|ue|[sß]+|.", re.DOTALL)
# As in the index, ue after a vowel or q is no umlaut: dauer, quer.
_DOUBLE = re.compile(r"ss|(?<![aeiouyäöüq])(?:ae|oe|ue)")
_SINGLE = {"ss": "ß", "ae": "ä", "oe": "ö", "ue": "ü"}


def _elements(text: str) -> list[Spellings]:
    elements: list[Spellings] = []
    for piece in _PIECE.findall(text):
        if piece[0] == "*":
            elements.append(_STAR)
        elif piece == "?":
            elements.append(_ONE)
        elif piece[0] in "sß":
            elements.extend(_sharp(piece))
        elif piece == "-":
            elements.append(_HYPHEN)
        else:
            elements.append(next((pair for pair in _UMLAUTS if piece in pair), (piece,)))
    return elements


def _one_letter(text: str) -> str:
    """The text with every umlaut and ß as one letter, however it was spelled."""
    return _DOUBLE.sub(lambda double: _SINGLE[double[0]], text.replace("ß", "ss"))


def _raw_elements(text: str) -> list[Spellings]:
    return [_STAR if piece[0] == "*" else (piece,) for piece in re.findall(r"\*+|[^*]+", text)]


def _sharp(piece: str) -> list[Spellings]:
    """The spellings of a run of s and ß: sss, ßs and sß are equal. German has at most four s in a row."""
    length = len(piece.replace("ß", "ss"))
    if length > 4:
        return [("ss", "ß") if letter == "ß" else (letter,) for letter in piece]
    runs = [[""], ["s"]]
    for _ in range(length - 1):
        runs.append([way + "s" for way in runs[-1]] + [way + "ß" for way in runs[-2]])
    return [tuple(runs[length])]


def _expression(elements: list[Spellings]) -> str:
    segments = [
        list(group) for star, group in groupby(elements, lambda element: element is _STAR) if not star
    ]
    anchored = bool(elements) and elements[0] is not _STAR
    closed = bool(elements) and elements[-1] is not _STAR
    parts = []
    for number, segment in enumerate(segments):
        literal = "".join(_piece_expression(element) for element in segment)
        if number == 0 and anchored:
            parts.append(literal)
        elif number == len(segments) - 1 and closed:
            parts.append(".*" + literal)
        else:
            # The first match of a segment is as good as any later one. Without backtracking no word takes long.
            parts.append(f"(?>.*?{literal})")
    return "".join(parts) + ("" if closed else ".*")


def _matching_lines(elements: list[Spellings], lines: str) -> Iterator[int]:
    # Without DOTALL no star crosses a line break.
    expression = re.compile(f"\n(?:{_expression(elements)})(?=\n)")
    number, at = -1, 0
    for found in expression.finditer(lines):
        number += lines.count("\n", at, found.start() + 1)
        at = found.start() + 1
        yield number


def _piece_expression(element: Spellings) -> str:
    if element == _ONE:
        return "."
    if len(element) == 1:
        return re.escape(element[0])
    return "(?:" + "|".join(map(re.escape, element)) + ")"


def _beginnings(elements: Iterable[Spellings]) -> tuple[str, ...]:
    """All literal prefixes, at most _MOST_LITERALS; sorted, and none a prefix of another."""
    known = [""]
    for element in elements:
        if element in (_STAR, _ONE) or len(known) * len(element) > _MOST_LITERALS:
            break
        known = [beginning + spelling for beginning in known for spelling in element]
    shortest: list[str] = []
    for beginning in sorted(set(known)):
        if not shortest or not beginning.startswith(shortest[-1]):
            shortest.append(beginning)
    return tuple(shortest)
