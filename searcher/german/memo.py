"""A bounded cache of a pure function: a dictionary that fills itself.

>>> letters = Memo(list, most=2)
>>> [len(letters[word]) for word in ("a", "bb", "a", "ccc")], len(letters)
([1, 2, 1, 3], 1)
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import TypeVar

Value = TypeVar("Value", bound=Sized)


class Memo(dict[str, Value]):
    """`memo[key]` is `make(key)`, computed once while it is cached.

    When `most` keys are cached, all are dropped: that is simpler than dropping the oldest, and the frequent ones return
    at once. A key of more than `longest` characters, or with a value of more than `widest` items, is not cached: it
    rarely recurs, and hostile input cannot fill the memory with such keys.
    """

    def __init__(
        self, make: Callable[[str], Value], *, most: int, longest: int = 32, widest: int = 4
    ) -> None:
        super().__init__()
        self.make = make
        self.most = most
        self.longest = longest
        self.widest = widest

    def __missing__(self, key: str) -> Value:
        value = self.make(key)
        if len(key) <= self.longest and len(value) <= self.widest:
            if len(self) >= self.most:
                self.clear()
            self[key] = value
        return value
