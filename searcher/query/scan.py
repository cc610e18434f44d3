"""From query text to tokens: words, quotes, brackets and operators, each with its place and its field.

Knows the characters of the language and nothing of its grammar. Blanks part tokens, and are required where
leaving one out would be read in two ways: `"Spiegel"-Bericht` is refused rather than read as NOT Bericht.

>>> [(token.kind, token.text, token.field.name) for token in scan('titel:(Kreml ODER "die Lage")')]
[('(', '(', 'titel'), ('word', 'Kreml', 'titel'), ('OR', 'ODER', 'titel'), ('quote', 'die Lage', 'titel'), \
(')', ')', 'titel')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, NoReturn

from searcher.characters import CLOSING, CONTROLS, CP1252, DASHES, GENDER_ENDINGS, LONELY
from searcher.errors import QuerySyntaxError
from searcher.query import foreign
from searcher.query.fields import DEFAULT, FIELDS, OPERATORS, RESERVED, QueryField, lookup, nearest
from searcher.query.prose import has_syntax, pieces

LONGEST = 10_000
"""Characters a query may have."""

DEEPEST = 100
"""Levels of brackets and negations a query may have."""

LONG = 10
"""Pieces between blanks from which a text without other syntax excludes no words."""

_LONGEST_SHOWN = 40

Kind = Literal["word", "quote", "(", ")", "AND", "OR", "NOT", "NEAR"]

_QUOTES = "".join(CLOSING.keys() - set(LONELY))

# Bürger(innen) and jede(r) are words; any other bracket parts.
_CHUNK = re.compile(
    rf"[^\s(){_QUOTES}]+"
    rf"(?:(?<=[^\W\d_]{{3}})\((?:-?[iI]n(?:nen)?|{GENDER_ENDINGS}|nen)\)(?!\w)[^\s(){_QUOTES}]*)*"
)
# What stands right behind a closing quote, or an opening one or a bracket right behind a word, makes all of it print.
_GLUED = re.compile(r"-?\w")
_GLUED_AHEAD = re.compile(rf"[({_QUOTES}]")
_PART_IN_BRACKETS = re.compile(r"\([^\s()]+\)-?\w")
_BLANK_OR_OPEN = " \t\n\r\v\f\N{NO-BREAK SPACE}("
_ASKED = re.compile(r"(?<=\w)[?!]*\?[?!]*$")
_RAW = re.compile(rf"[^\s{_QUOTES}]+")
_WEIGHT = re.compile(rf"\^[^\s(){_QUOTES}]*")
_PUNCTUATION = re.compile(r"[.,;:!?…]*(?=[\s)]|\Z)")
_CLOCK = re.compile(r"\s+\d\d?:\d\d(?!\d)")
_NAME = re.compile(r"([^\W\d_][\w-]*)[:=](.*)", re.DOTALL)
# The zones of an article lie more than 99 positions apart, so that nothing is near across them.
_NEAR = re.compile(r"(?:ADJ|NEAR)(?:/\d\d?)?")
_FORBIDDEN = re.compile(f"[{CONTROLS}]")
# What stands behind the colon of Bürger:innen, Lehrer:in, jede:r.
_GENDERED = re.compile(rf"(?:in(?:nen[a-zäöüß]*)?(?!\w)|(?:{GENDER_ENDINGS})(?![\w-]))")
# A minus, what word processors make of it, and the NOT of other languages.
_BEFORE_WORDS = f"-{DASHES}!"
_KNOWN = ", ".join(field.name for field in FIELDS)
_ELSEWHERE = {"&&": "UND", "||": "ODER"}


class Token(NamedTuple):
    """One piece of a query. `named`: its field's name stands right before it; `weight`: '^3' as typed.

    `printed`: a piece between blanks that is read as the articles are, whatever signs it holds.
    """

    kind: Kind
    text: str
    start: int
    field: QueryField
    named: bool = False
    weight: str = ""
    printed: bool = False


def scan(text: str) -> Iterator[Token]:
    """The tokens of a query, in order; raises QuerySyntaxError at the first place that cannot be read."""
    return _Scanner(text).tokens()


def printed(text: str) -> Iterator[Token]:
    """Every piece between blanks, to be read as the articles are."""
    return (Token("word", piece, start, DEFAULT, printed=True) for start, piece in pieces(text))


def shown(text: str) -> str:
    """A piece of the query for a message: in quotes, printable and short."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…")


def example(word: str) -> str:
    """The word where it can stand in a line to be typed, else a stand-in."""
    return word if word.isprintable() and 0 < len(word) <= _LONGEST_SHOWN else "Wort"


class _Scanner:
    """Walks the text once. `fields` and `opened`: the field in force, and where each open bracket stands."""

    def __init__(self, text: str) -> None:
        self.typed = text
        self.text = text.translate(CP1252)
        self.at = 0
        self.fields = [DEFAULT]
        self.opened: list[int] = []
        # In a long text a dash that lost its blank is likelier than a word to exclude.
        self.may_exclude = len(text.split()) < LONG or has_syntax(text, dashes=False)

    def fail(self, reason: str, position: int, suggestion: str) -> NoReturn:
        raise QuerySyntaxError(reason, self.typed, position, suggestion)

    def tokens(self) -> Iterator[Token]:
        if len(self.text) > LONGEST:
            self.fail(f"query longer than {LONGEST:,} characters", LONGEST, "ask for less at a time")
        if unreadable := _FORBIDDEN.search(self.text):
            code = ord(unreadable[0])
            # Python keeps a byte that it cannot decode as half a surrogate pair.
            what, cure = (
                (f"the byte {code - 0xDC00:02X} is not of the terminal's encoding", "use a UTF-8 locale")
                if 0xDC80 <= code < 0xDD00
                else (f"control character U+{code:04X}", "leave it out")
            )
            self.fail(what, unreadable.start(), cure)
        while self.skip_blanks():
            yield self.token()
        if self.opened:
            self.fail("bracket without its ')'", self.opened[-1], "close it, or leave it out")

    def skip_blanks(self) -> bool:
        """Go to the next character that is no blank; whether there is one."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def token(self) -> Token:
        character = self.text[self.at]
        if character == ")":
            return self.closing()
        if character == "(":
            if self.fields[-1].kind == "text" and _PART_IN_BRACKETS.match(self.text, self.at):
                return self.print(self.fields[-1])
            return self.opening(self.fields[-1], named=False)
        if self.opens_quote():
            return self.quote(self.fields[-1], named=False)
        return self.chunk(self.fields[-1])

    def opening(self, field: QueryField, *, named: bool) -> Token:
        start = self.at
        self.opened.append(start)
        self.fields.append(field)
        if len(self.opened) > DEEPEST:
            self.fail(f"brackets nested deeper than {DEEPEST} levels", start, "leave out brackets")
        self.at += 1
        return Token("(", "(", start, field, named)

    def closing(self) -> Token:
        start = self.at
        if not self.opened:
            self.fail("bracket without its '('", start, "open it, or leave it out")
        self.opened.pop()
        self.at += 1
        return Token(")", ")", start, self.fields.pop(), weight=self.weight())

    def quote(self, field: QueryField, *, named: bool) -> Token:
        start = self.at
        end = self.end_of_quote()
        if end < 0:
            self.fail("quote without its end", start, f"close it with {CLOSING[self.text[start]][0]}")
        self.at = end + 1
        quoted = self.text[start + 1 : self.at - 1]
        if not named and _GLUED.match(self.text, self.at):
            # „Model C“-Schulen: the quotes belong to the print.
            self.at = start
            return self.print(field)
        return Token("quote", quoted, start, field, named, self.weight())

    def opens_quote(self) -> bool:
        """Whether a quote begins here."""
        opening = self.text[self.at : self.at + 1]
        return opening in CLOSING and (opening not in LONELY or self.end_of_quote() > 0)

    def end_of_quote(self) -> int:
        """Where the quote that begins here ends; -1 without an end."""
        opening = self.text[self.at]
        closing = CLOSING[opening]
        # In ‚Das war’s‘ the first is an apostrophe.
        found = re.compile(rf"[{closing}]" + r"(?!\w)" * (opening == "‚")).search(self.text, self.at + 1)
        return found.start() if found else -1

    def print(self, field: QueryField) -> Token:
        """The piece up to the next blank, as it is printed; a ')' that closes a bracket outside of it is left."""
        start, depth = self.at, 0
        while self.at < len(self.text) and not self.text[self.at].isspace():
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            if depth < 0 and self.opened:
                break
            self.at += 1
        return Token("word", self.text[start : self.at], start, field, printed=True)

    def weight(self) -> str:
        """The weight behind a quote or bracket, and over the punctuation there."""
        start = self.at
        if found := _WEIGHT.match(self.text, start):
            self.at = found.end()
        weight = self.text[start : self.at]
        if found := _PUNCTUATION.match(self.text, self.at):
            self.at = found.end()
        self.apart()
        return weight

    def apart(self) -> None:
        """Refuse what stands right behind an operand: it could belong to it or not."""
        behind = self.text[self.at : self.at + 1]
        if behind and behind != ")" and not behind.isspace():
            if behind in "~*":
                self.fail(f"{behind!r} stands only behind a word", self.at, "leave it out")
            self.fail("a blank is missing", self.at, f"leave one before {behind!r}")

    def chunk(self, field: QueryField) -> Token:
        """An operator, a field's name with its operand, or a word."""
        start = self.at
        chunk = self.peek()
        if RESERVED.fullmatch(chunk):
            self.at += len(chunk)
            return self.operator(chunk, start, field)
        if named := self.name(chunk, field):
            self.at += re.search("[:=]", chunk).end()  # type: ignore[union-attr]
            return self.named(named)
        if field.kind == "text":
            if between := self.foreign(chunk, start, field):
                return between
            if chunk[0] in _BEFORE_WORDS and self.negates(chunk):
                self.at += 1
                return Token("NOT", chunk[0], start, field)
            if _GLUED_AHEAD.match(self.text, self.at + len(chunk)):
                return self.print(field)
        return self.word(field, named=False)

    def foreign(self, chunk: str, start: int, field: QueryField) -> Token | None:
        """An operator of another service between two operands; refused where there is none like it here."""
        if refusal := foreign.refused(chunk):
            self.fail(refusal.reason, start, refusal.cure)
        ours = foreign.operator(chunk)
        if (
            ours is None
            or not self.text[:start].strip(_BLANK_OR_OPEN)
            or not self.text[start + len(chunk) :].strip()
        ):
            return None
        self.at += len(chunk)
        return Token(OPERATORS.get(ours, "NEAR"), ours, start, field)

    def peek(self) -> str:
        found = _CHUNK.match(self.text, self.at)
        return found[0] if found else ""

    def operator(self, chunk: str, start: int, field: QueryField) -> Token:
        if _NEAR.fullmatch(chunk):
            return Token("NEAR", chunk, start, field)
        if chunk in _ELSEWHERE:
            self.fail(f"{shown(chunk)} is no operator", start, f"write {_ELSEWHERE[chunk]}")
        if chunk not in OPERATORS:
            name = "ADJ" if chunk.startswith("ADJ") else "NEAR"
            self.fail(
                f"{shown(chunk)} has no distance from 0 to 99",
                start,
                f"write {name}/5, or quote it to search for it",
            )
        return Token(OPERATORS[chunk], chunk, start, field)

    def name(self, chunk: str, field: QueryField) -> QueryField | None:
        """The field that the chunk begins with the name of; None where its colon is part of a word."""
        found = _NAME.match(chunk)
        if not found:
            return None
        name, rest = found.groups()
        known = lookup(name)
        gendered = bool(_GENDERED.match(rest))
        # Autor:innen are people; autor:innen is a word in a field.
        if known and not (gendered and known.schema == "author" and name[0].isupper()):
            return known
        if known or field.kind != "text" or rest.startswith("//") or (gendered and name[0].isupper()):
            return None
        # 'Ukraine: Waffenruhe in Sicht' is a headline, 'titl: Kreml' a slip.
        loose = gendered or not (rest or self.text[self.at + len(chunk) :][:1] in ("(", *CLOSING))
        close = nearest(name, likeness=0.8 if loose else 0.6)
        if loose and not close:
            return None
        cure = f"did you mean {close!r}?" if close else f"fields are {_KNOWN}; quote other words with a colon"
        self.fail(f"unknown field {shown(name)}", self.at, cure)

    def named(self, field: QueryField) -> Token:
        """The operand right behind a field's name."""
        character = self.text[self.at : self.at + 1]
        if character == "(":
            return self.opening(field, named=True)
        if self.opens_quote():
            return self.quote(field, named=True)
        if not character or character.isspace() or character == ")":
            value = "2023-03" if field.kind == "date" else "Wort"
            self.fail(
                f"nothing behind '{field.name}:'", self.at, f"write {field.name}:{value} without a blank"
            )
        if field.kind == "text":
            chunk = self.peek()
            word = chunk.lstrip(_BEFORE_WORDS)
            if character == "-" or (word != chunk and word[:1].isalnum()):
                cure = f"write -{field.name}:{example(word)}"
                self.fail(f"{character!r} behind a field's name", self.at, cure)
            if self.name(chunk, field):
                self.fail(
                    "two field names in a row",
                    self.at,
                    "a word is searched in one field, or in all without a name",
                )
        return self.word(field, named=True)

    def negates(self, chunk: str) -> bool:
        """Whether the '-' that begins the chunk means NOT; refuses what only looks like it."""
        if chunk == "-":
            # A dash between blanks is print.
            return self.text[self.at + 1 : self.at + 2] in ("(", *CLOSING)
        word = chunk.lstrip(_BEFORE_WORDS)
        if not word:
            return False
        if chunk[0] == "-" and chunk[1] not in _BEFORE_WORDS:
            return self.may_exclude
        if word[0].isalnum():
            self.fail(
                f"{shown(chunk[: -len(word)])} before a word",
                self.at,
                f"write -{example(word)} to exclude it, or leave a blank between",
            )
        return False

    def word(self, field: QueryField, *, named: bool) -> Token:
        start = self.at
        if field.kind == "raw":
            return self.untouched(field, named=named)
        chunk = self.peek()
        if field.kind == "date":
            return self.date(chunk, field, named=named)
        self.at += len(chunk)
        self.apart()
        if not named and _ASKED.search(chunk) and self.has_other_words(start, chunk):
            chunk = _ASKED.sub("", chunk)
        word, caret, weight = chunk.partition("^")
        if not word:
            self.fail("no word before '^'", start, "write Wort^3")
        return Token("word", word, start, field, named, caret + weight)

    def has_other_words(self, start: int, chunk: str) -> bool:
        """Whether there are words beside this one: then a question mark behind it asks, and stands for no letter."""
        return any(map(str.isalpha, self.text[:start] + self.text[start + len(chunk) :]))

    def untouched(self, field: QueryField, *, named: bool) -> Token:
        """An id or URL: everything up to a blank, a quote, or a ')' that closes a bracket outside of it."""
        start = self.at
        found = _RAW.match(self.text, start)
        depth = 0
        for self.at in range(start, found.end() if found else start):
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            if depth < 0:
                break
        else:
            self.at += 1
        if depth > 0:
            self.fail("bracket without its ')'", start, f'quote it: {field.name}:"…"')
        self.apart()
        return Token("word", self.text[start : self.at], start, field, named)

    def date(self, chunk: str, field: QueryField, *, named: bool) -> Token:
        start = self.at
        if chunk[0] == "[":
            end = self.text.find("]", start) + 1
            if not end:
                self.fail("range without its ']'", start, "write datum:[2023-03 TO 2023-05]")
            chunk = self.text[start:end]
        self.at += len(chunk)
        self.apart()
        if clock := _CLOCK.match(self.text, self.at):
            self.fail(
                "date and time in two pieces",
                start,
                f'write {field.name}:"{example(chunk + " " + clock[0].strip())}"',
            )
        return Token("word", chunk, start, field, named)
