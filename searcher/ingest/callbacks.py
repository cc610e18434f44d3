"""Callbacks: functions and iterables of the caller, whose errors pass through unchanged.

An error raised in them is marked, so that it is not mistaken for an error of the index or the system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_MARK = "_raised_by_the_caller_of_searcher"


def is_theirs(error: BaseException) -> bool:
    """Whether an error was raised by the caller's own code."""
    return _MARK in vars(error)


def theirs(call: Callable[[T], None] | None) -> Callable[[T], None] | None:
    """A function of the caller's, whose errors are no fault of the index."""
    if call is None:
        return None

    def marked(value: T) -> None:
        with _marking():
            call(value)

    return marked


def each_of_theirs(items: Iterable[T]) -> Iterator[T]:
    """What an iterable of the caller's gives; its errors are no fault of the index."""
    with _marking():
        iterator = iter(items)
    while True:
        with _marking():
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


@contextmanager
def _marking() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        vars(error)[_MARK] = True
        raise
