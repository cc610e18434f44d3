"""Interrupts: Ctrl-C, SIGTERM and the end of the terminal all end a command the same way, by one KeyboardInterrupt.

Only one, because clean-up must not be interrupted: later signals are ignored. At least one, because Python may raise it
where no code can catch it, as in a `__del__`: then it is raised again a moment later.
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
"""Seconds until an interrupt that Python dropped is raised again."""


@contextmanager
def interruptible(*, to_the_end: bool) -> Iterator[None]:
    """In this block, the first ending signal raises KeyboardInterrupt; later ones do nothing.

    A signal that the parent process ignored stays ignored. Signals reach only the main thread. With
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
        # A real signal also ends a blocking system call.
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(number)
