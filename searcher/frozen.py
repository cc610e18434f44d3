"""FrozenDict: an immutable dict, for the mappings inside frozen values.

>>> counts = FrozenDict({"dpa": 3})
>>> counts == {"dpa": 3}
True
>>> counts["dpa"] = 4
Traceback (most recent call last):
TypeError: this mapping cannot be changed: make a dict() of it first
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """Equal to a dict with the same items; can be pickled, dumped as JSON, and hashed if its values can."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping cannot be changed: make a dict() of it first")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return f"FrozenDict({dict.__repr__(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The protocol for dicts would set items one by one.
        return FrozenDict, (dict(self),)
