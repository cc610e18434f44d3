"""Interrupts: Ctrl-C, SIGTERM and the end of the terminal all end a command the same way, by one KeyboardInterrupt.

One, because clearing up must not be interrupted: the signals that follow are ignored. Certainly one, because Python
may have to raise it where nothing can catch it, as in a `__del__`: then it is raised again a moment later.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_DEFAULT = (signal.SIG_DFL, signal.default_int_handler)
_AGAIN = 0.01
"""Seconds after which an interrupt is raised again that Python had to drop."""


@contextmanager
def interruptible(*, to_the_end: bool) -> Iterator[None]:
    """In this block, the first of the ending signals raises KeyboardInterrupt; those that follow do nothing.

    A signal that whoever started this program had ignored stays ignored. Signals reach only the main thread. With
    `to_the_end` they are ignored after the block too: the process has nothing left to do but to end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    ours = [number for number in ENDING if before[number] in _DEFAULT]

    def listen() -> None:
        for number in ours:
            signal.signal(number, interrupt)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    def dropped(raised: sys.UnraisableHookArgs) -> None:
        if not isinstance(raised.exc_value, KeyboardInterrupt) or not ours:
            hook(raised)
            return
        listen()
        timer = threading.Timer(_AGAIN, _interrupt_main_thread, [ours[0]])
        timer.daemon = True
        timer.start()

    hook: Any = sys.unraisablehook
    try:
        sys.unraisablehook = dropped
        listen()
        yield
    finally:
        # CPython notes a KeyboardInterrupt that leaves a text given to `exec`, as in the import of a module that makes
        # dataclasses. It would end the process by SIGINT, caught or not; running any text makes it forget.
        exec("")
        sys.unraisablehook = hook
        for number in ours:
            signal.signal(number, signal.SIG_IGN if to_the_end else before[number])


def _interrupt_main_thread(number: signal.Signals) -> None:
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        # A real signal: it also ends a system call that waits.
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(number)
