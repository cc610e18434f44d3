"""A bounded memory of what a pure function gave: a dictionary that fills itself.

>>> lengths = Memo(len, most=2)
>>> [lengths[word] for word in ("a", "bb", "a", "ccc")], len(lengths)
([1, 2, 1, 3], 1)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Memo(dict[str, Value]):
    """`memo[key]` is `make(key)`, computed once as long as it is kept.

    At most `most` keys are kept; then all are forgotten, which is simpler than to forget the oldest, and the
    frequent ones are back at once. A key of more than `longest` characters is not kept: it hardly comes again.
    """

    def __init__(self, make: Callable[[str], Value], *, most: int, longest: int = 64) -> None:
        super().__init__()
        self.make = make
        self.most = most
        self.longest = longest

    def __missing__(self, key: str) -> Value:
        value = self.make(key)
        if len(key) <= self.longest:
            if len(self) >= self.most:
                self.clear()
            self[key] = value
        return value
