"""$ python -m tests.torture [crash] [kill] [interrupt] [damage] [fuzz] [forge] [space] [crowd] [endure] [guided] [--share 0.1] [--seed 1]

Without a part, all of them: about an hour. `--share` is how much of the full size is done.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore", category=SyntaxWarning)
warnings.filterwarnings("ignore", category=DeprecationWarning)

Part = Callable[[float, int, Path | None], Iterable[tuple[str, Any]]]


def crash(share: float, seed: int, corpus: Path | None) -> Iterator[tuple[str, Any]]:
    from .crash import RUNS, matrix

    step = max(1, round(1 / share))
    for kind in RUNS:
        yield kind, {"crashes": matrix((kind,), step=step, processes=os.cpu_count() or 1)}


def kill(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .kill import torture

    return [("kill", torture(max(2, round(200 * share)), corpus, seed))]


def interrupt(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .interrupt import torture

    return [("interrupt", torture(max(1, round(200 * share)), seed))]


def damage(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .damage import torture

    return [("damage", torture(round(2000 * share), seed))]


def fuzz(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .fuzz import inputs, queries

    return [
        ("queries", queries(round(100_000 * share), seed)),
        ("files", inputs(round(10_000 * share), seed)),
    ]


def forge(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .forge import torture

    return [("forge", torture(share, seed))]


def space(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .space import NoMount, torture

    try:
        return [("space", torture())]
    except NoMount:
        return [("space", "skipped: no right to mount a file system here")]


def crowd(share: float, seed: int, corpus: Path | None) -> list[tuple[str, Any]]:
    from .crowd import torture

    return [("crowd", torture(round(1000 * share)))]


def endure(share: float, seed: int, corpus: Path | None) -> Iterator[tuple[str, Any]]:
    from .endure import cycles, opened, reads

    for part in (cycles, opened, reads):
        yield part.__name__, part(round(2000 * share))


def guided(share: float, seed: int, corpus: Path | None) -> Iterator[tuple[str, Any]]:
    from .guided import TARGETS, NoGuide, torture

    for target in TARGETS:
        try:
            yield target, torture(target, 300 * share, seed)
        except NoGuide:
            yield target, "skipped: Atheris is not installed (pip install atheris)"


PARTS: dict[str, Part] = {
    "crash": crash,
    "kill": kill,
    "interrupt": interrupt,
    "damage": damage,
    "fuzz": fuzz,
    "forge": forge,
    "space": space,
    "crowd": crowd,
    "endure": endure,
    "guided": guided,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--share", type=float, default=1.0, help="how much of the full size is done")
    parser.add_argument("--seed", type=int, default=0, help="what chance begins with")
    parser.add_argument("--corpus", type=Path, help="articles for `kill`, any file the readers know")
    arguments = parser.parse_args()
    for name in arguments.parts or PARTS:
        began = time.perf_counter()
        for what, figures in PARTS[name](arguments.share, arguments.seed, arguments.corpus):
            print(f"{name} {what}: {figures}", flush=True)
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
