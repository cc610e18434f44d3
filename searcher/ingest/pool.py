"""Pool: worker processes, fed and gathered by the parent over pipes."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from searcher.errors import Cure, SearcherError, StorageError
from searcher.index.format.disk import explained
from searcher.ingest.settle import LiveIds, RecordEvents
from searcher.ingest.worker import Worker, Written
from searcher.readers import Unit

Read = Callable[[Any], Iterable[Any]]
"""Turns a unit of work into records, each with the name of its format; must be importable in a worker."""

AHEAD = 2
"""Parcels a worker has at hand: one it works on, one that waits."""

PARCEL = 1 << 18
"""Bytes of small files that are sent to a worker together: a message takes as long as reading such a file. A web page
takes as long as a hundred messages, and a few of them are enough for all workers to have some."""

IN_PARCEL = 100
"""Most files that are sent together."""


_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end a program. They reach all of its group; the parent decides what they mean, workers ignore them."""


@contextmanager
def _held() -> Iterator[None]:
    """Keep signals that end the program waiting to the end of the block, where Python can do so.

    A process that starts in the block inherits this: no signal can reach it before it has chosen to ignore them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Pool:
    """`processes` workers; with one, the work is done in this process. To be used in `with`.

    Workers ignore every signal but SIGKILL, so whatever ends this process must kill them. `close` does; should an
    interrupt keep it from being called, the exit of this process does, before `multiprocessing` waits for them there;
    and a worker whose parent is gone ends itself.
    """

    def __init__(
        self, directory: Path, known: LiveIds, read: Read, processes: int, worker: type[Any] = Worker
    ) -> None:
        """`worker` is the class that takes the records: Worker, or one with the same methods."""
        self._local = worker(directory, known) if processes == 1 else None
        self._read = read
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        if self._local is None:
            self._start(processes, (directory, known, read, worker))

    def _start(self, processes: int, arguments: tuple[Any, ...]) -> None:
        # Forking is quick and needs no importable main module, but is safe only without other threads.
        methods = multiprocessing.get_all_start_methods()
        method = "fork" if "fork" in methods and threading.active_count() == 1 else "spawn"
        context: Any = multiprocessing.get_context(method)
        if method == "spawn" and os.name != "nt":
            # It would let the signals through again in the middle of a start.
            from multiprocessing import resource_tracker

            resource_tracker.ensure_running()
        atexit.register(self.close)
        try:
            with _held():
                for _ in range(processes):
                    ours, theirs = context.Pipe()
                    self._pipes.append(ours)
                    process = context.Process(target=_work, args=(theirs, *arguments), daemon=True)
                    self._processes.append(process)
                    process.start()
                    theirs.close()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def run(self, units: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, list[Any]]]:
        """Work through numbered units; yields (articles, notes) of one or several as they are done."""
        if self._local is not None:
            for number, unit in units:
                yield self._local.take(number, self._read(unit), _path(unit))
            return
        source = _parcels(units)
        busy = dict.fromkeys(self._pipes, 0)
        more = True
        while more or any(busy.values()):
            while more and busy[pipe := min(busy, key=busy.__getitem__)] < AHEAD:
                following = next(source, None)
                more = following is not None
                if more:
                    self._send(pipe, ("take", following))
                    busy[pipe] += 1
            working = [pipe for pipe, count in busy.items() if count]
            # No worker is busy where the previous round took the last unit: wait([]) would block.
            for ready in wait(working) if working else ():
                busy[ready] -= 1  # type: ignore[index]
                yield self._receive(ready)

    def flush(self) -> tuple[list[Written], list[RecordEvents]]:
        """All segments written since the last flush, and the events of records that are in none of them."""
        if self._local is not None:
            flushed: tuple[list[Written], list[RecordEvents]] = self._local.flush()
            return flushed
        for pipe in self._pipes:
            self._send(pipe, ("flush",))
        results = [self._receive(pipe) for pipe in self._pipes]
        return [each for written, _ in results for each in written], [
            each for _, others in results for each in others
        ]

    def refresh(self, known: LiveIds) -> None:
        """Tell all workers what the archive holds after a commit."""
        if self._local is not None:
            self._local.known = known
        for pipe in self._pipes:
            self._send(pipe, ("known", known))

    def close(self) -> None:
        """Kill the workers, whatever they are doing; once more does nothing."""
        with _held():
            started = [process for process in self._processes if process.pid is not None]
            for process in started:
                process.kill()
            for process in started:
                process.join()
            for pipe in self._pipes:
                pipe.close()
            self._processes, self._pipes = [], []
            atexit.unregister(self.close)

    def _send(self, pipe: Connection, message: tuple[Any, ...]) -> None:
        try:
            pipe.send(message)
        except OSError:
            raise _died() from None

    def _receive(self, pipe: Any) -> Any:
        try:
            result = pipe.recv()
        except (EOFError, OSError):
            raise _died() from None
        if isinstance(result, Exception):
            raise result
        return result


def _died() -> SearcherError:
    return StorageError(
        "a worker process was ended from outside (out of memory?); nothing of this round was kept",
        cure=Cure.MEMORY,
    )


def _parcels(units: Iterable[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    """The units one by one, but small files together."""
    parcel, size = [], 0
    for each in units:
        parcel.append(each)
        unit = each[1]
        size += max(unit.size, len(unit.data or b"")) if isinstance(unit, Unit) else PARCEL
        if size >= PARCEL or len(parcel) == IN_PARCEL:
            yield parcel
            parcel, size = [], 0
    if parcel:
        yield parcel


def _path(unit: Any) -> str:
    """The file a unit of work is a piece of; '' for articles that a program made."""
    return str(getattr(unit, "path", ""))


def _work(pipe: Any, directory: Path, known: LiveIds, read: Read, kind: type[Any]) -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = kind(directory, known)
    inbox: SimpleQueue[Any] = SimpleQueue()
    # A pipe holds less than a parcel: without a thread that empties it, the parent would block on a busy worker.
    threading.Thread(target=_receive_all, args=(pipe, inbox), daemon=True).start()
    while message := inbox.get():
        answer = _answer(worker, message, read, directory)
        if answer is not None:
            try:
                pipe.send(answer)
            except OSError:
                return


def _end_with_parent() -> None:
    """End this process when its parent is gone, whatever it is doing.

    A forked worker holds ends of its own and its brothers' pipes, so none of them need ever close: who sends, or
    receives half a message, would wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _receive_all(pipe: Any, inbox: SimpleQueue[Any]) -> None:
    """Messages as they come, and None at the end."""
    with suppress(EOFError, OSError):
        while True:
            inbox.put(pipe.recv())
    inbox.put(None)


def _answer(worker: Any, message: Any, read: Read, directory: Path) -> Any:
    """What a worker sends back: a result, an error for the parent to raise, or None for no answer at all."""
    try:
        if message[0] == "take":
            done = [worker.take(number, read(unit), _path(unit)) for number, unit in message[1]]
            return sum(articles for articles, _ in done), [note for _, notes in done for note in notes]
        if message[0] == "flush":
            return worker.flush()
        worker.known = message[1]
        return None
    except OSError as error:
        return explained(error, directory)
    except Exception as error:
        return error
