"""The scanner: query text becomes words, quotes, brackets and operators, each with its position and its field.

The scanner knows the characters of the language, not its grammar. Blanks separate tokens, and are required where
a query without one would be ambiguous: `"Spiegel"-Bericht` is refused rather than read as NOT Bericht.

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
"""Maximum number of characters in a query."""

DEEPEST = 100
"""Maximum depth of brackets and negations."""

LONG = 10
"""Pieces between blanks; from this length on, `-` excludes no word unless the query has other syntax."""

_LONGEST_SHOWN = 40

Kind = Literal["word", "quote", "(", ")", "AND", "OR", "NOT", "NEAR"]

_QUOTES = "".join(CLOSING.keys() - set(LONELY))

# Bürger(innen) and jede(r) are words; any other bracket separates.
_CHUNK = re.compile(
    rf"[^\s(){_QUOTES}]+"
    rf"(?:(?<=[^\W\d_]{{3}})\((?:-?[iI]n(?:nen)?|{GENDER_ENDINGS}|nen)\)(?!\w)[^\s(){_QUOTES}]*)*"
)
# A word right after a closing quote, or a quote or bracket right after a word: the whole piece is plain text.
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
# At most 99: the zones of an article lie further apart, so no NEAR crosses them.
_NEAR = re.compile(r"(?:ADJ|NEAR)(?:/\d\d?)?")
_FORBIDDEN = re.compile(f"[{CONTROLS}]")
# The ending after the colon of Bürger:innen, Lehrer:in, jede:r.
_GENDERED = re.compile(rf"(?:in(?:nen[a-zäöüß]*)?(?!\w)|(?:{GENDER_ENDINGS})(?![\w-]))")
# A minus, the dashes that word processors make of it, and the NOT of programming languages.
_BEFORE_WORDS = f"-{DASHES}!"
_KNOWN = ", ".join(field.name for field in FIELDS)
_ELSEWHERE = {"&&": "UND", "||": "ODER"}


class Token(NamedTuple):
    """One piece of a query, `start` characters into it. `named`: a field name precedes it; `weight`: '^3' as typed.

    `printed`: the piece is plain text, analysed like an article, whatever signs it contains.
    """

    kind: Kind
    text: str
    start: int
    field: QueryField
    named: bool = False
    weight: str = ""
    printed: bool = False


def scan(text: str) -> Iterator[Token]:
    """The tokens of a query, in order; QuerySyntaxError at the first position that cannot be read."""
    return _Scanner(text).tokens()


def printed(text: str) -> Iterator[Token]:
    """The pieces between blanks as plain text, to be analysed like an article."""
    return (Token("word", piece, start, DEFAULT, printed=True) for start, piece in pieces(text))


def shown(text: str) -> str:
    """A piece of the query for a message: quoted, printable, at most 40 characters."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…")


def example(word: str) -> str:
    """The word, if it can be typed as part of an example; else 'Wort'."""
    return word if word.isprintable() and 0 < len(word) <= _LONGEST_SHOWN else "Wort"


class _Scanner:
    """Walks the text once. `fields` is the stack of current fields, `opened` the positions of open brackets."""

    def __init__(self, text: str) -> None:
        self.typed = text
        self.text = text.translate(CP1252)
        self.at = 0
        self.fields = [DEFAULT]
        self.opened: list[int] = []
        # In a long text `-Wort` is more likely a dash without its blank than an excluded word.
        self.may_exclude = len(text.split()) < LONG or has_syntax(text, dashes=False)

    def fail(self, reason: str, position: int, suggestion: str) -> NoReturn:
        raise QuerySyntaxError(reason, self.typed, position, suggestion)

    def tokens(self) -> Iterator[Token]:
        if len(self.text) > LONGEST:
            self.fail(f"query longer than {LONGEST:,} characters", LONGEST, "ask for less at a time")
        if unreadable := _FORBIDDEN.search(self.text):
            code = ord(unreadable[0])
            # Python decodes an invalid byte as a lone surrogate.
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
        """Move to the next character that is no blank; False at the end of the text."""
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
            # „Model C“-Schulen: the quotes belong to the text.
            self.at = start
            return self.print(field)
        return Token("quote", quoted, start, field, named, self.weight())

    def opens_quote(self) -> bool:
        """Whether a quote begins at this position."""
        opening = self.text[self.at : self.at + 1]
        return opening in CLOSING and (opening not in LONELY or self.end_of_quote() > 0)

    def end_of_quote(self) -> int:
        """The position of the closing quote; -1 without one."""
        opening = self.text[self.at]
        closing = CLOSING[opening]
        # In ‚Das war’s‘ the first ’ is an apostrophe.
        found = re.compile(rf"[{closing}]" + r"(?!\w)" * (opening == "‚")).search(self.text, self.at + 1)
        return found.start() if found else -1

    def print(self, field: QueryField) -> Token:
        """The piece up to the next blank as plain text, without a ')' that closes an earlier bracket."""
        start, depth = self.at, 0
        while self.at < len(self.text) and not self.text[self.at].isspace():
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            if depth < 0 and self.opened:
                break
            self.at += 1
        return Token("word", self.text[start : self.at], start, field, printed=True)

    def weight(self) -> str:
        """Read the weight after a quote or bracket, and skip punctuation after it."""
        start = self.at
        if found := _WEIGHT.match(self.text, start):
            self.at = found.end()
        weight = self.text[start : self.at]
        if found := _PUNCTUATION.match(self.text, self.at):
            self.at = found.end()
        self.apart()
        return weight

    def apart(self) -> None:
        """Refuse text right after an operand: whether it belongs to the operand is ambiguous."""
        behind = self.text[self.at : self.at + 1]
        if behind and behind != ")" and not behind.isspace():
            if behind in "~*":
                self.fail(f"{behind!r} belongs right after a word", self.at, "leave it out")
            self.fail("a blank is missing", self.at, f"leave one before {behind!r}")

    def chunk(self, field: QueryField) -> Token:
        """Read an operator, a field name with its operand, or a word."""
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
        """Our token for an operator of another service between two operands; QuerySyntaxError for a refused one."""
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
        """The field whose name begins the chunk; None if the colon is part of a word."""
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
        # 'Ukraine: Waffenruhe in Sicht' is a headline, 'titl: Kreml' a misspelt field.
        loose = gendered or not (rest or self.text[self.at + len(chunk) :][:1] in ("(", *CLOSING))
        close = nearest(name, likeness=0.8 if loose else 0.6)
        if loose and not close:
            return None
        cure = f"did you mean {close!r}?" if close else f"fields are {_KNOWN}; quote other words with a colon"
        self.fail(f"unknown field {shown(name)}", self.at, cure)

    def named(self, field: QueryField) -> Token:
        """Read the operand right after a field name."""
        character = self.text[self.at : self.at + 1]
        if character == "(":
            return self.opening(field, named=True)
        if self.opens_quote():
            return self.quote(field, named=True)
        if not character or character.isspace() or character == ")":
            value = "2023-03" if field.kind == "date" else "Wort"
            self.fail(
                f"nothing after '{field.name}:'", self.at, f"write {field.name}:{value} without a blank"
            )
        if field.kind == "text":
            chunk = self.peek()
            word = chunk.lstrip(_BEFORE_WORDS)
            if character == "-" or (word != chunk and word[:1].isalnum()):
                cure = f"write -{field.name}:{example(word)}"
                self.fail(f"{character!r} after a field name", self.at, cure)
            if self.name(chunk, field):
                self.fail(
                    "two field names in a row",
                    self.at,
                    "a word is searched in one field, or in all without a name",
                )
        return self.word(field, named=True)

    def negates(self, chunk: str) -> bool:
        """Whether the '-' at the start of the chunk means NOT; QuerySyntaxError for other dashes before a word."""
        if chunk == "-":
            # A dash between blanks is plain text.
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
        """Whether the query has other words: then a '?' at the end of this one is punctuation, not a wildcard."""
        return any(map(str.isalpha, self.text[:start] + self.text[start + len(chunk) :]))

    def untouched(self, field: QueryField, *, named: bool) -> Token:
        """Read an id or URL: everything up to a blank, a quote, or a ')' that closes an earlier bracket."""
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
