"""Guided fuzzing: inputs that reach new lines of the query parser and of the readers, found by Atheris.

$ python -m tests.torture.guided queries -max_total_time=60

Behind the target stand options of libFuzzer. Needs Atheris (`pip install atheris`; Linux, some versions of Python).
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from tests.checkout import ROOT

from .place import workplace

SOON = 5.0
"""Seconds of work that no input may take."""
STUCK = 60
"""Seconds, by the clock, after which an input is given up: on a busy machine a process may wait for long."""
LARGEST = 4_000
"""Bytes of an input."""
LONGEST_QUERY = 10_000


class NoGuide(Exception):
    """Atheris is not installed here."""


def _query(data: bytes) -> None:
    """Any text is a query, which prints as one that means the same, or an error with a place in it."""
    from searcher import QuerySyntaxError, german
    from searcher.query import parse

    read = partial(parse, analyze=german.analyze, stop_words=german.STOP_WORDS, today=date(2024, 2, 29))
    text = data.decode("utf-8", "replace")
    try:
        parsed = read(text)
    except QuerySyntaxError as error:
        assert error.caret() is not None and 0 <= error.position <= len(text)
        return
    printed = str(parsed.tree)
    # A query at the bound of its length may print longer than the bound.
    again = read(printed) if len(printed) <= LONGEST_QUERY else parsed
    assert (again.tree, str(again.tree)) == (parsed.tree, printed), (text, printed)


def _file(data: bytes) -> None:
    """Any bytes are records and lines about what is none; the first byte says as what they are read."""
    from searcher import Article, SearcherError
    from searcher.readers.base.records import Rejection, Unit
    from searcher.readers.dispatch import pieces, read
    from searcher.readers.formats import FORMATS

    kind = data[0] if data else 0
    # Beyond the table: whatever the bytes look like.
    name = FORMATS[kind].name if kind < len(FORMATS) else ""
    file = Unit("datei", "datei", format=name)
    found: list[object] = []
    with contextlib.suppress(SearcherError):
        for piece in pieces(io.BufferedReader(io.BytesIO(data[1:])), file):  # type: ignore[arg-type]
            found += [piece] if isinstance(piece, Rejection) else read(piece)
    for each in found:
        if isinstance(each, Article):
            assert each.id and (each.title or each.kicker or each.teaser or each.body), each
        else:
            # A parser's error that no reader foresaw is a rejection too, for the user; here it is a defect.
            assert "reader failed" not in str(each) and "\n" not in str(each), str(each)


def _soon(target: Callable[[bytes], None], data: bytes) -> None:
    began = time.process_time()
    target(data)
    assert time.process_time() - began < SOON


TARGETS = {"queries": _query, "files": _file}


def torture(target: str, seconds: float, seed: int = 0) -> dict[str, int]:
    """Let Atheris look for so long. Returns how many inputs it tried and how many edges of the code they reached."""
    if importlib.util.find_spec("atheris") is None:
        raise NoGuide
    with workplace() as work:
        _begin_with(target, work)
        options = [f"-max_total_time={round(seconds)}", f"-seed={seed + 1}", f"-artifact_prefix={work}/"]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.torture.guided", target, *options, str(work)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
        )  # fmt: skip
        said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
        broken = {each.name: each.read_bytes() for each in work.glob("*-*") if each.name[0] in "clto"}
        assert done.returncode == 0, (said[-6000:], broken)
    inputs, edges = re.findall(r"Done (\d+) runs", said), re.findall(r"cov: (\d+)", said)
    return {"inputs": int(inputs[-1]), "edges reached": int(edges[-1])}


def _begin_with(target: str, work: Path) -> None:
    """The inputs to change: what the other fuzzing is made of."""
    from .fuzz import PIECES, samples

    if target == "queries":
        for number, piece in enumerate(PIECES):
            (work / f"input{number}").write_bytes(f"{piece} Waffenruhe".encode("utf-8", "replace"))
        return
    from searcher.readers.formats import FORMATS

    for number, (suffix, content) in enumerate(samples(work)):
        kinds = {255, *(i for i, each in enumerate(FORMATS) if suffix in each.suffixes)}
        for kind in kinds:
            (work / f"input{number}-{kind}").write_bytes(bytes([kind]) + content[:LARGEST])
    for number in range(len(FORMATS)):
        (work / f"none{number}").write_bytes(bytes([number]) + b"<a>x</a>")


def main() -> None:
    """What runs below Atheris, which never returns."""
    import atheris

    warnings.simplefilter("ignore")
    target = partial(_soon, TARGETS[sys.argv[1]])
    with atheris.instrument_imports(include=["searcher"]):
        import searcher.query
        import searcher.readers
        from searcher.readers.formats import FORMATS

        for each in FORMATS:
            with contextlib.suppress(searcher.SearcherError, ImportError):
                each.load()
    options = [f"-timeout={STUCK}", f"-max_len={LARGEST}", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
