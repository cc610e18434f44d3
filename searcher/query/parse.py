"""The parser: tokens become a tree. NICHT binds tightest, then ADJ and NEAR, then UND or a blank, then ODER.

The parser walks the tokens once and keeps open brackets on its own stack, so that no query, however deep, reaches
Python's recursion limit.

>>> from searcher.german import analyze
>>> parsed = parse("Kreml (Moskau ODER Kiew) -Putin", analyze=analyze)
>>> str(parsed.tree)
'(Kreml AND (Moskau OR Kiew) AND NOT Putin)'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from searcher.characters import QUOTES
from searcher.errors import QuerySyntaxError
from searcher.query.leaves import Alternatives, Analyze, Operands, weight
from searcher.query.loosen import loosened
from searcher.query.patterns import Lexical
from searcher.query.prose import has_syntax, is_prose, is_shouted, pieces
from searcher.query.scan import DEEPEST, LONG, LONGEST, Token, printed, scan, shown
from searcher.query.tree import NEAR_GAP, And, Exact, Near, Not, Or, Query, TreeLeaf, Word
from searcher.results import Notice

_SHORT = 4
"""Pieces up to which 'nicht' or 'oder' may have been meant as an operator; in longer text they are only words."""

_SMALL_OPERATORS = frozenset(("nicht", "oder", "ohne", "not", "or"))
_SYNTAX_SIGNS = frozenset('()"*?:|^~' + QUOTES)

_FIRST, _THREE = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}")


@dataclass(frozen=True)
class ParsedQuery:
    """A query as typed, its tree, and what of it does not count: stop words and mere punctuation.

    `loose` asks for any of the words instead of all; None where operators say what must occur, or there is one word.
    `notices` say where its writer may have meant something else.
    """

    text: str
    tree: Query
    ignored: tuple[str, ...] = ()
    loose: Query | None = None
    notices: tuple[Notice, ...] = ()


def parse(
    text: str,
    *,
    analyze: Analyze,
    today: date | None = None,
    stop_words: frozenset[str] = frozenset(),
    alternatives: Alternatives = lambda word: (),
) -> ParsedQuery:
    """Parse a query; QuerySyntaxError, with its position, if that fails.

    `analyze` is the analysis of the index, `today` the date of 'heute'. The parser leaves out `stop_words`, as printed
    forms, if the query has other words. `alternatives` gives the other forms of a word; they are found too and rank
    lower.
    """
    if not text.strip():
        raise QuerySyntaxError("empty query", text, 0, "write a word, or * for every article")
    operands = Operands(text, analyze, today, stop_words, alternatives)
    if is_shouted(text):
        return _read(text, printed(text), operands, as_print=True)
    try:
        return _read(text, scan(text), operands)
    except QuerySyntaxError:
        if len(text) > LONGEST or not is_prose(text) or has_syntax(text, dashes=len(text.split()) < LONG):
            raise
    operands = Operands(text, analyze, today, stop_words, alternatives)
    return _read(text, printed(text), operands, as_print=True)


def _read(text: str, tokens: Iterable[Token], operands: Operands, as_print: bool = False) -> ParsedQuery:
    parser = _Parser(text, operands)
    for token in _numbers_joined(tokens):
        parser.read(token)
    tree = parser.close().asked
    ignored = tuple(word for _, word in sorted(parser.ignored))
    loose = None if parser.has_operators else loosened(tree)
    return ParsedQuery(text, tree, ignored, loose, tuple(_notices(text, ignored, as_print)))


def _notices(text: str, ignored: tuple[str, ...], as_print: bool) -> Iterator[Notice]:
    words = [word for word in ignored if any(map(str.isalnum, word))]
    is_short = len(text.split()) <= _SHORT
    operators = [word for word in words if word in _SMALL_OPERATORS and is_short]
    if left := tuple(word for word in words if word not in operators):
        yield Notice("left out", left)
    if operators:
        yield Notice("small operator", tuple(operators))
    if as_print and (signs := tuple(piece for _, piece in pieces(text) if set(piece) & _SYNTAX_SIGNS)):
        yield Notice("print", signs)


def _numbers_joined(tokens: Iterable[Token]) -> Iterator[Token]:
    """Join 20 000 to one number: a first group of one to three digits, then groups of three, each after one blank."""
    number: Token | None = None
    for token in tokens:
        if number is not None:
            end = number.start + len(number.text)
            if _THREE.fullmatch(token.text) and token.kind == "word" and token.start == end + 1:
                number = number._replace(text=f"{number.text}.{token.text}", weight=token.weight)
                continue
            yield number
            number = None
        if (
            token.kind == "word"
            and token.field.kind == "text"
            and _FIRST.fullmatch(token.text)
            and not token.weight
        ):
            number = token
        else:
            yield token
    if number is not None:
        yield number


@dataclass(slots=True)
class _Item:
    """One operand; `node` is None for mere punctuation.

    `depth` counts the levels of the tree, its own included; `stop`: it may be left out beside words;
    `words`: it asks for words.
    """

    node: Query | None
    token: Token
    depth: int = 1
    stop: bool = False
    words: bool = False

    @property
    def asked(self) -> Query:
        """The node, of an item that is known to have one."""
        if self.node is None:
            raise TypeError(f"{self.token.text!r} asks for nothing")
        return self.node


@dataclass(slots=True)
class _Group:
    """The content of a pair of brackets, as far as it is read.

    `branches` are the finished sides of ODER, `items` the operands since then; `operator` waits for its right
    side, `negations` for their operand.
    """

    opened: Token | None
    branches: list[_Item] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    operator: Token | None = None
    negations: list[Token] = field(default_factory=list)


class _Parser:
    def __init__(self, text: str, operands: Operands) -> None:
        self.text = text
        self.operands = operands
        self.ignored: list[tuple[int, str]] = []
        self.group = _Group(None)
        self.outer: list[_Group] = []
        self.has_operators = False

    def fail(self, reason: str, token: Token | None, suggestion: str) -> NoReturn:
        raise QuerySyntaxError(reason, self.text, token.start if token else 0, suggestion)

    def read(self, token: Token) -> None:
        if token.kind in ("word", "quote"):
            node, stop = self.operands.leaf(token)
            stop = stop and not (token.named or token.weight)
            self.operand(_Item(node, token, stop=stop, words=isinstance(node, (Word, Exact, Lexical, And))))
        elif token.kind == "(":
            self.outer.append(self.group)
            self.group = _Group(token)
        elif token.kind == ")":
            item = self.weighted(self.close(), token)
            self.group = self.outer.pop()
            self.operand(item)
        elif token.kind == "NOT":
            if self.group.operator and self.group.operator.kind == "NEAR":
                self.fail(
                    f"{token.text!r} after {self.group.operator.text!r}",
                    token,
                    "ADJ and NEAR need two words",
                )
            self.has_operators |= token.text.isalpha()
            self.group.negations.append(token)
        else:
            self.operator(token)

    def operand(self, item: _Item) -> None:
        """Add an operand, with the NICHTs before it and the operator on its left."""
        group, operator = self.group, self.group.operator
        if group.negations or (operator and operator.kind != "OR"):
            self.require(item)
        for _ in group.negations:
            item = _Item(Not(item.asked), item.token, self.deeper(item))
        if operator and operator.kind == "NEAR":
            item = self.near(group.items.pop(), operator, item)
        group.items.append(item)
        group.negations = []
        group.operator = None

    def operator(self, token: Token) -> None:
        group = self.group
        self.has_operators = True
        if group.operator or group.negations:
            self.unfinished()
        if not group.items:
            self.fail(f"nothing before {token.text!r}", token, f"put a word on both sides of {token.text}")
        if token.kind == "OR":
            group.branches.append(self.conjunction(group.items))
            group.items = []
        else:
            self.require(group.items[-1])
        group.operator = token

    def unfinished(self) -> NoReturn:
        """Refuse an operator or NICHT without an operand after it."""
        token = self.group.negations[-1] if self.group.negations else self.group.operator
        name = token.text if token else ""
        self.fail(f"nothing after {name!r}", token, f"put a word after it, or quote it to search for {name}")

    def require(self, item: _Item) -> None:
        """Keep the operand of an operator, stop word or not; refuse mere punctuation."""
        if item.node is None:
            self.fail(f"nothing to search for in {shown(item.token.text)}", item.token, "put a word there")
        item.stop = False

    def near(self, left: _Item, operator: Token, right: _Item) -> _Item:
        before, behind = self.side(left, operator), self.side(right, operator)
        if before.fieldname != behind.fieldname:
            cure = f"write titel:(Wort {operator.text} Wort)"
            self.fail(f"{operator.text!r} between two fields", right.token, cure)
        name, _, number = operator.text.partition("/")
        ordered = name == "ADJ"
        gap = int(number) if number else 0 if ordered else NEAR_GAP
        depth = self.deeper(left, right)
        return _Item(Near(before, behind, gap, ordered), left.token, depth, words=True)

    def side(self, item: _Item, operator: Token) -> TreeLeaf:
        if isinstance(item.node, (Word, Exact, Near)):
            return item.node
        if isinstance(item.node, Not):
            self.fail(
                f"NICHT beside {operator.text!r}", item.token, f"write NICHT (Wort {operator.text} Wort)"
            )
        cure = "it takes words, quotes and other ADJ or NEAR, no wildcards, dates or groups"
        self.fail(f"{operator.text!r} cannot take this", item.token, cure)

    def weighted(self, item: _Item, closing: Token) -> _Item:
        if closing.weight:
            if not isinstance(item.node, Near) or item.node.boost != 1.0:
                self.fail("a weight after a bracket", closing, "put it after each word: (Wort^3 ODER Ort^3)")
            node = item.node
            item.node = Near(node.left, node.right, node.gap, node.ordered, weight(closing, self.text))
        return item

    def deeper(self, *items: _Item) -> int:
        depth = 1 + max(item.depth for item in items)
        if depth > DEEPEST:
            reason = f"brackets, NICHT or ADJ nested deeper than {DEEPEST} levels"
            self.fail(reason, items[-1].token, "ask for less at a time")
        return depth

    def conjunction(self, items: list[_Item]) -> _Item:
        """One side of ODER, without its stop words if other words remain."""
        enough = any(item.words and not item.stop for item in items)
        kept = []
        for item in items:
            if item.node is None or (enough and item.stop):
                self.ignored.append((item.token.start, item.token.text))
            else:
                kept.append(item)
        if not kept:
            self.require(items[0])
        if len(kept) == 1:
            return kept[0]
        words = any(item.words for item in kept)
        return _Item(And([item.asked for item in kept]), kept[0].token, self.deeper(*kept), words=words)

    def close(self) -> _Item:
        """The current group as one item; the group ends here."""
        group = self.group
        if group.operator or group.negations:
            self.unfinished()
        if not group.items:
            self.fail("nothing between the brackets", group.opened, "put a word there, or leave them out")
        last = self.conjunction(group.items)
        if not group.branches:
            return _Item(last.node, group.opened or last.token, last.depth, words=last.words)
        sides = [*group.branches, last]
        node = Or([side.asked for side in sides])
        return _Item(
            node, group.opened or sides[0].token, self.deeper(*sides), words=all(s.words for s in sides)
        )
