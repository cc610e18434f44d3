"""Leaves: one word, quote, id or date becomes a leaf of the tree, through the German analysis.

The caller passes in the analysis: `analyze(text)` gives placed tokens (see `spans.Token`). Several tokens may share a
position (spellings of one word), and one token may cover several positions (a joined compound).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice, product
from typing import NoReturn

from searcher.characters import PLAIN, QUOTES, UNSEEN
from searcher.errors import DateError, QuerySyntaxError
from searcher.query.date_range import During
from searcher.query.patterns import Fuzzy, Pattern
from searcher.query.scan import Token, scan, shown
from searcher.query.spans import Token as Placed
from searcher.query.spans import wording
from searcher.query.tree import And, Consecutive, Every, Exact, Forms, Query, Raw, Term, TreeLeaf, Word
from searcher.timespans import parse_range

Analyze = Callable[[str], Sequence[Placed]]
Alternatives = Callable[[str], Iterable[Sequence[str]]]
"""From a word as typed to its other forms: for each form its stems, one per position."""

LOOSENED = 0.4
"""Boost of the other forms of a word; the word itself has 1. Chosen on the judged sets of tests/quality."""

MOST_WORDS = 1024
"""Maximum number of words in a query, with those in quotes and compounds."""

MOST_FORMS = 64
"""Maximum number of spellings of one word."""

LIGHTEST, HEAVIEST = 0.01, 100.0

_WEIGHT = re.compile(r"\^(\d{1,3}(?:[.,]\d{1,3})?)", re.ASCII)
# As in the analysis, Bürger*in and Bürger*innenrat are words; any other star is a wildcard.
_GENDER_STAR = re.compile(r"(?<=[^\W\d_]{3})\*(?:innen[a-zäöüß]*|in)(?!\w)", re.IGNORECASE)
_STAR_IN_QUOTE = re.compile(r"\w\*|\*\w")
_NOT_IN_PATTERN = re.compile(rf"[\s()\"{QUOTES}^~]|[^\W\d_][\w-]*:")


def weight(token: Token, text: str) -> float:
    """The number after '^', 1 without one; QuerySyntaxError unless it is from 0.01 to 100."""
    if not token.weight:
        return 1.0
    found = _WEIGHT.fullmatch(token.weight)
    value = float(found[1].replace(",", ".")) if found else 0.0
    if not LIGHTEST <= value <= HEAVIEST:
        place = text.index("^", token.start + len(token.text))
        raise QuerySyntaxError(
            f"{shown(token.weight)} is no weight", text, place, "write a number from 0.01 to 100: Wort^3"
        )
    return value


class Operands:
    """Makes the leaves of one query."""

    def __init__(
        self,
        text: str,
        analyze: Analyze,
        today: date | None,
        stop_words: frozenset[str],
        alternatives: Alternatives,
    ) -> None:
        self.text = text
        self.analyze = analyze
        self.alternatives = alternatives
        self.today = today
        self.stop_words = stop_words
        self.words = 0

    def leaf(self, token: Token) -> tuple[Query | None, bool]:
        """The node of a token, None for mere punctuation; and whether it has only stop words.

        QuerySyntaxError for a token that cannot be searched.
        """
        self.count(token, 1)
        if token.field.kind == "date":
            return self.during(token), False
        if token.field.kind == "raw":
            return self.raw(token), False
        if token.printed:
            return self.print(token)
        if token.kind == "quote":
            return self.exact(token), False
        if "~" in token.text:
            return self.fuzzy(token), False
        if ("*" in token.text or "?" in token.text) and _wild(token.text):
            return self.pattern(token), False
        return self.word(token)

    def fail(self, token: Token, reason: str, suggestion: str) -> NoReturn:
        """Raise a QuerySyntaxError that points at the token; `suggestion` is its cure."""
        raise QuerySyntaxError(reason, self.text, token.start, suggestion)

    def count(self, token: Token, words: int) -> None:
        """Add to the words of the query; QuerySyntaxError above MOST_WORDS."""
        self.words += words
        if self.words > MOST_WORDS:
            self.fail(token, f"more than {MOST_WORDS:,} words", "ask for less at a time")

    def word(self, token: Token) -> tuple[Word | None, bool]:
        """The leaf of an unquoted word, None for mere punctuation; and whether it has only stop words.

        QuerySyntaxError for a word with more than MOST_FORMS spellings.
        """
        # In a query BÜRGER*INNEN is one word; in an article it would be two.
        tokens = self.analyze(_GENDER_STAR.sub(lambda mark: mark[0].lower(), token.text))
        if not tokens:
            return None, False
        field = token.field.schema
        forms = _forms(field, tokens)
        if len(forms) > MOST_FORMS:
            self.fail(token, "a word with too many ways to write it", "search its parts one by one")
        if not forms:
            return None, False
        if len(tokens) == 1:
            forms += self.loosened(field, token.text[tokens[0].start : tokens[0].end])
        self.count(token, max(len(form.words) if isinstance(form, Consecutive) else 1 for form in forms) - 1)
        query = forms[0] if len(forms) == 1 else Forms(forms)
        stop = all(placed.printed in self.stop_words for placed in tokens)
        return Word(field, token.text, query, weight(token, self.text)), stop

    def print(self, token: Token) -> tuple[Query | None, bool]:
        """The words of a piece of pasted text: one leaf if it can be typed as one word, else an And of all its words.

        The printed tree has to parse to the same tree, and signs in the piece would be syntax there.
        """
        tokens = self.analyze(token.text)
        words = [placed.printed for placed in tokens if placed.width == 1]
        for typed in (_bare(token.text), *(mark.join(words) for mark in "-/")):
            if _is_one_word(typed) and _same(self.analyze(typed), tokens):
                return self.word(token._replace(text=typed))
        leaves = [self.word(token._replace(text=word)) for word in words if _is_one_word(word)]
        nodes: list[Query] = [leaf for leaf, _ in leaves if leaf]
        # A word that cannot be typed unquoted can be quoted.
        nodes += [self.exact(token._replace(text=word)) for word in words if not _is_one_word(word)]
        stop = bool(leaves) and all(each for _, each in leaves)
        return (nodes[0] if len(nodes) == 1 else And(nodes) if nodes else None), stop

    def loosened(self, field: str, word: str) -> list[Query]:
        """The other forms of a word, with boost LOOSENED."""
        return [
            Term(field, stems[0], LOOSENED) if len(stems) == 1 else Consecutive(field, stems, LOOSENED)
            for stems in self.alternatives(word)
        ]

    def exact(self, token: Token) -> Exact:
        """The leaf of a quote; QuerySyntaxError for one without a word, or with a wildcard."""
        text = " ".join(token.text.replace('"', " ").split())
        if _STAR_IN_QUOTE.search(_GENDER_STAR.sub("in", text)):
            self.fail(token, "'*' within quotes", "leave out the '*', or search the word without quotes")
        words = wording(self.analyze(text))
        if not words:
            self.fail(token, "nothing to search for in quotes", "put words between them")
        self.count(token, len(words) - 1)
        printed, stems = [placed.printed for placed in words], [placed.stem for placed in words]
        return Exact(token.field.schema, printed, text, weight(token, self.text), stems)

    def fuzzy(self, token: Token) -> Fuzzy:
        """The leaf of `Wort~` or `Wort~2`; QuerySyntaxError for another distance, or a word too short for it."""
        word, _, distance = token.text.partition("~")
        if distance not in ("", "1", "2"):
            self.fail(
                token,
                f"{shown('~' + distance)} is no distance",
                "write Wort~ or Wort~2; quote a word that has a '~'",
            )
        if _wild(word):
            self.fail(token, "wildcards and '~' in one word", "use one of the two")
        most = int(distance or 1)
        tokens = self.analyze(word)
        whole = [placed.printed for placed in tokens if placed.width == _width(tokens)]
        if not whole:
            self.fail(token, "'~' needs a single word before it", "write Wort~")
        if len(whole[0]) <= most:
            self.fail(token, f"{shown(word)} is too short for '~{most}'", "write a longer word")
        return Fuzzy(token.field.schema, whole[0], most, weight(token, self.text), text=word)

    def pattern(self, token: Token) -> Query:
        """The leaf of a word with wildcards, Every for a mere `*`.

        QuerySyntaxError for a pattern without a letter, or with a character that no word has.
        """
        field, factor = token.field.schema, weight(token, self.text)
        text = _printed_pattern(token.text)
        if text == "*":
            if factor != 1.0:
                self.fail(token, "'*' has no weight", "every article has the same: leave out the '^'")
            return Every(None if field == "all" else field)
        if not any(character.isalnum() for character in text):
            self.fail(token, "a pattern without a letter", "write a letter or digit beside * and ?")
        if strange := _NOT_IN_PATTERN.search(text):
            self.fail(token, f"{shown(strange[0])} in a pattern", "a pattern is one word with * or ?")
        return Pattern(field, text, factor)

    def raw(self, token: Token) -> Query:
        """The leaf of an id or URL: Raw, Pattern where it has a `*`, Every for a mere `*`.

        QuerySyntaxError for a weight, or an empty quote.
        """
        field = token.field.schema
        if token.weight:
            self.fail(token, f"an {field} has no weight", "leave out the '^'")
        if not token.text:
            self.fail(token, "nothing to search for in quotes", f"put an {field} between them")
        if token.kind == "quote" or "*" not in token.text:
            return Raw(field, token.text)
        text = re.sub(r"\*+", "*", token.text)
        return Every(field) if text == "*" else Pattern(field, text)

    def during(self, token: Token) -> TreeLeaf:
        """The leaf of a date or period; QuerySyntaxError, with the cure of the DateError, for anything else."""
        if token.weight:
            self.fail(token, "a date has no weight", "leave out the '^'")
        if token.text.strip() == "*":
            return During(None, None)
        try:
            start, end = parse_range(token.text, today=self.today)
        except DateError as error:
            suggestion = error.suggestion
            # The suggestion may quote the query, invisible marks included.
            self.fail(
                token,
                error.reason,
                suggestion if suggestion.isprintable() else "write a date like 2023-03-31",
            )
        return During.between(start, end, token.text)


def _same(one: Sequence[Placed], other: Sequence[Placed]) -> bool:
    """Whether two analyses have the same words at the same relative positions."""
    return [_place(placed, one[0]) for placed in one] == [_place(placed, other[0]) for placed in other]


def _place(placed: Placed, first: Placed) -> tuple[str, str, int, int]:
    return placed.stem, placed.printed, placed.position - first.position, placed.width


def _bare(piece: str) -> str:
    """The piece without the signs around it."""
    while piece and not piece[0].isalnum():
        piece = piece[1:]
    while piece and not piece[-1].isalnum():
        piece = piece[:-1]
    return piece


def _is_one_word(typed: str) -> bool:
    """Whether a query of this text in brackets is one word, without a wildcard or a weight."""
    try:
        _, token, _ = scan(f"({typed})")
    except (QuerySyntaxError, ValueError):
        return False
    is_plain = not token.weight and not token.named and not set("*?~") & set(token.text)
    return token.kind == "word" and token.text == typed and (token.printed or is_plain)


def _wild(text: str) -> bool:
    # Decided on the printed pattern, so that the printed tree parses to the same kind of leaf.
    rest = _GENDER_STAR.sub("in", _printed_pattern(text))
    return "*" in rest or "?" in rest


def _width(tokens: Sequence[Placed]) -> int:
    first = min((placed.position for placed in tokens), default=0)
    return max((placed.position + placed.width for placed in tokens), default=0) - first


def _forms(field: str, tokens: Sequence[Placed]) -> list[Query]:
    """The spellings of one word: joined, or its parts one after the other."""
    if len(tokens) == 1:
        return [Term(field, tokens[0].stem)]
    first = min(placed.position for placed in tokens)
    width = _width(tokens)
    forms: dict[Query, None] = {}
    parts: list[dict[str, None]] = [{} for _ in range(width)]
    for placed in tokens:
        if placed.width == width:
            forms[Term(field, placed.stem)] = None
        if placed.width == 1:
            parts[placed.position - first][placed.stem] = None
    if width > 1:
        for words in islice(product(*parts), MOST_FORMS + 1):
            forms[Consecutive(field, list(words))] = None
    return list(forms)


def _printed_pattern(text: str) -> str:
    """The pattern as printed forms are written: lower-case, composed, without signs at its edges."""
    if not text.isascii() or "`" in text:
        visible = "".join(each for each in text if each not in UNSEEN and unicodedata.category(each) != "Cf")
        text = unicodedata.normalize("NFKC", visible.translate(PLAIN)).translate(PLAIN).lower()
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    begin, end = 0, len(text)
    while begin < end and not _belongs(text[begin]):
        begin += 1
    while end > begin and not _belongs(text[end - 1]):
        end -= 1
    return re.sub(r"\*+", "*", text[begin:end])


def _belongs(character: str) -> bool:
    return character.isalnum() or character in "*?_" or unicodedata.category(character)[0] == "M"
