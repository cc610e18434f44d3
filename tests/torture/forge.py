"""Forged indexes: every column, every field of the manifest and of the table of contents altered, with right checksums.

Whatever is asked then, and whatever is done with such an index, ends in an answer or in an error of ours, within a
gigabyte of memory and twenty seconds. A forger can make an index say anything; he must not make it break.
"""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import os
import pickle
import random
import resource
import signal
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from searcher import Archive, Article, SearcherError
from searcher.cli import main
from searcher.index.format import stored_blocks
from searcher.index.format.columns import NAMES
from searcher.index.format.npy_file import HEAD, Checksums, npy_head

from .crash import article, batch
from .damage import COMMANDS, QUERIES
from .disk import Contents, contents, laid
from .place import workplace

Array = np.ndarray[Any, Any]
MEMORY = 1 << 30
"""Bytes by which the address space may grow."""

SECONDS = 20
"""For one question or one run."""

LONG = Article(
    id="lang", title="Wort", body="Wort und Kiew " * 40, section="Lokales", url="https://zeitung.example/"
)


def base(folder: Path) -> Path:
    """Two segments; the first has everything a column can hold, and a deletion."""
    with Archive.create(folder) as archive:
        archive.add([*batch(0, 30), LONG])
        archive.add(batch(30, 3))
        archive.delete(["a5"])
    return folder


@dataclass
class Forgery:
    """The files of an index, to be altered; `sealed` gives them with checksums that fit."""

    files: Contents
    columns: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.toc,) = (name for name in self.files if name.endswith(".toc"))
        self.head, line, _ = self.files[self.toc].rsplit(b"\n", 2)[0].rpartition(b"\n")[0], b"", b""
        line = self.files[self.toc].splitlines()[-2]
        self.table: dict[str, Any] = json.loads(line)
        self.name = f"MAIN_{self.table['segments'][0]['id']}"
        self.manifest: dict[str, Any] = json.loads(self.files[f"{self.name}.manifest.json"])

    def column(self, name: str) -> Array:
        """A copy of a column."""
        return np.load(io.BytesIO(self.files[f"{self.name}.{name}.npy"]))  # type: ignore[no-any-return]

    def sealed(self) -> Contents:
        """The files, every checksum computed anew."""
        files, sums = dict(self.files), list[int]()
        for name in NAMES:
            path = f"{self.name}.{name}.npy"
            if name in self.columns:
                values = np.ascontiguousarray(self.columns[name])
                files[path] = npy_head(values.dtype, values.shape) + values.tobytes()
                self.manifest["columns"][name] = {"dtype": values.dtype.str, "shape": list(values.shape)}
            checks = Checksums()
            checks.add(memoryview(files[path])[HEAD:])
            sums += checks.finish()
        made = np.array(sums, "<u4")
        files[f"{self.name}.checks.npy"] = npy_head(made.dtype, made.shape) + made.tobytes()
        self.manifest.setdefault("checks", 0)
        if self.manifest["checks"] == self._original_checks():
            self.manifest["checks"] = zlib.crc32(files[f"{self.name}.checks.npy"])
        manifest = json.dumps(self.manifest).encode()
        files[f"{self.name}.manifest.json"] = manifest
        first = self.table["segments"][0] if self._has_segments() else {}
        if first.get("seal") == json.loads(self.files[self.toc].splitlines()[-2])["segments"][0]["seal"]:
            first["seal"] = zlib.crc32(manifest)
        content = self.head + b"\n" + json.dumps(self.table).encode() + b"\n"
        files[self.toc] = content + b"%08x\n" % zlib.crc32(content)
        return files

    def _original_checks(self) -> int:
        return int(json.loads(self.files[f"{self.name}.manifest.json"])["checks"])

    def _has_segments(self) -> bool:
        found = self.table.get("segments")
        return isinstance(found, list) and bool(found) and isinstance(found[0], dict)


Change = Callable[[Forgery, random.Random], None]


# --- columns ---------------------------------------------------------------------------------------------------


def _random(values: Array, chance: random.Random) -> Array:
    made = np.random.default_rng(chance.randrange(1 << 30))
    return made.integers(0, 256, values.nbytes, np.uint8).view(values.dtype).reshape(values.shape)


def _small(values: Array, chance: random.Random) -> Array:
    made = np.random.default_rng(chance.randrange(1 << 30))
    return made.integers(0, 40, values.shape).astype(values.dtype)


def _one(value: int, dtype: str | None = None) -> Callable[[Array, random.Random], Array]:
    """One value somewhere becomes another one."""

    def change(values: Array, chance: random.Random) -> Array:
        values = values if dtype is None or values.dtype == np.uint8 else values.astype(dtype)
        info = np.iinfo(values.dtype)
        values.reshape(-1)[chance.randrange(max(values.size, 1)) : :][:1] = min(
            max(value, info.min), info.max
        )
        return values

    return change


def _wide(value: int, dtype: str) -> Callable[[Array, random.Random], Array]:
    """All values but the first and the last."""

    def change(values: Array, chance: random.Random) -> Array:
        values = values if values.dtype == np.uint8 else values.astype(dtype)
        values.reshape(-1)[1:-1] = min(value, np.iinfo(values.dtype).max)
        return values

    return change


VALUES: dict[str, Callable[[Array, random.Random], Array]] = {
    "zeros": lambda values, chance: np.zeros_like(values),
    "greatest": lambda values, chance: np.full_like(values, np.iinfo(values.dtype).max),
    "one more": lambda values, chance: values + values.dtype.type(1),
    "one less": lambda values, chance: values - values.dtype.type(1),
    "rolled": lambda values, chance: np.roll(values, 1),
    "reversed": lambda values, chance: values[..., ::-1],
    "swapped": lambda values, chance: np.roll(values, values.size // 2),
    "inner reversed": lambda values, chance: np.concatenate(
        (values[..., :1], values[..., 1:-1][..., ::-1], values[..., -1:]), axis=-1
    ),
    "random": _random,
    "small": _small,
    "one zero": _one(0),
    "one great": _one(1 << 64),
    "one of 2^31": _one(1 << 31, "<u4"),
    "one of 2^40": _one(1 << 40, "<u8"),
    "one of 2^63": _one(1 << 63, "<u8"),
    "all of 2^40": _wide(1 << 40, "<u8"),
    "all of 2^63": _wide(1 << 63, "<u8"),
    "all of a million": _wide(1_000_000, "<u4"),
    "negative": lambda values, chance: -np.abs(values.astype("<i8")),
    "wider": lambda values, chance: values.astype("<u8"),
    "narrower": lambda values, chance: values.astype("u1"),
    "foreign order": lambda values, chance: values.astype(">u4"),
    "shorter": lambda values, chance: values[..., :-1],
    "longer": lambda values, chance: np.concatenate((values, values[..., -1:]), axis=-1),
    "doubled": lambda values, chance: np.concatenate((values, values), axis=-1),
    "empty": lambda values, chance: values[..., :0],
    "sorted": lambda values, chance: np.sort(values),
}


def _column(name: str, kind: str) -> Change:
    def change(forgery: Forgery, chance: random.Random) -> None:
        with np.errstate(over="ignore"):
            forgery.columns[name] = VALUES[kind](forgery.column(name), chance)

    return change


# --- manifest and table of contents ----------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    *(-1, 0, 1, 29, 32, 1 << 31, 1 << 32, (1 << 48) - 1, 1 << 63, 1 << 64, 10**400, 1.5, 1e300, float("inf")),
    *(float("nan"), True, None, "", "x", "9" * 5000, [], [0], [0, 0], [0, 1, 2], [[]], {}, {"all": [0, 1]}),
    *([1 << 40, 1 << 41], [5, 2], [-1, 3], ["<u4"], "<u4", "|u1", "<u8", "<i8", "|O", "<f8", ">u4"),
)


def _paths(values: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a JSON object, inner ones too."""
    for key in values if isinstance(values, dict) else range(len(values)):
        yield (*path, key)
        if isinstance(values[key], (dict, list)):
            yield from _paths(values[key], (*path, key))


def _field(part: str, path: tuple[Any, ...], value: Any) -> Change:
    def change(forgery: Forgery, chance: random.Random) -> None:
        inner = getattr(forgery, part)
        for key in path[:-1]:
            inner = inner[key]
        if value is ...:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value

    return change


def _swap_ranges(kind: str, one: str, other: str) -> Change:
    def change(forgery: Forgery, chance: random.Random) -> None:
        values = forgery.manifest[kind]
        values[one], values[other] = values[other], values[one]

    return change


def _deleted(bitmap: bytes) -> Change:
    def change(forgery: Forgery, chance: random.Random) -> None:
        forgery.table["segments"][0]["deleted"] = base64.b64encode(zlib.compress(bitmap)).decode()

    return change


# --- stored articles -------------------------------------------------------------------------------------------


def _stored(content: Callable[[list[bytes]], bytes]) -> Change:
    """The stored articles of the first block become others."""

    def change(forgery: Forgery, chance: random.Random) -> None:
        ends = forgery.column("block_ends").astype("<u8")
        frames = forgery.column("block_bytes")
        first = stored_blocks.lines(frames[: int(ends[1])].tobytes())
        packed = np.frombuffer(stored_blocks.pack(content(first)), np.uint8)
        forgery.columns["block_bytes"] = np.concatenate((packed, frames[int(ends[1]) :]))
        ends[1:] += np.uint64(len(packed)) - ends[1]
        forgery.columns["block_ends"] = ends

    return change


def _each(change: Callable[[dict[str, Any]], Any]) -> Callable[[list[bytes]], bytes]:
    def content(lines: list[bytes]) -> bytes:
        made = []
        for line in lines:
            values = json.loads(line)
            made.append(json.dumps(change(values) or values).encode())
        return b"\n".join(made)

    return content


STORED: dict[str, Callable[[list[bytes]], bytes]] = {
    "of another": lambda lines: b"\n".join(reversed(lines)),
    "no lines": lambda lines: b"",
    "no JSON": lambda lines: b"\n".join([b"{"] * len(lines)),
    "a list": lambda lines: b"\n".join([b"[]"] * len(lines)),
    "deep": lambda lines: b"\n".join([b"[" * 100_000] * len(lines)),
    "line feeds": lambda lines: b"\n" * (1 << 27),
    "one article": lambda lines: lines[0],
    "no bytes of UTF-8": lambda lines: b"\n".join([b"\xff\xfe"] * len(lines)),
    "id is a number": _each(lambda values: values.update(id=7)),
    "no id": _each(lambda values: values.pop("id") and None),
    "another id": _each(lambda values: values.update(id="ä")),
    "title is a list": _each(lambda values: values.update(title=[1])),
    "body is null": _each(lambda values: values.update(body=None)),
    "date is odd": _each(lambda values: values.update(date="99999-99")),
    "date is a number": _each(lambda values: values.update(date=5)),
    "keywords are a text": _each(lambda values: values.update(keywords="ab")),
    "keywords are many": _each(lambda values: values.update(keywords=["a"] * 3000)),
    "extra is a list": _each(lambda values: values.update(extra=[])),
    "extra holds lists": _each(lambda values: values.update(extra={"a": [{}]})),
    "unknown fields": _each(lambda values: values.update(unknown=1)),
    "lone surrogates": _each(lambda values: values.update(title="\ud800", source="\udfff")),
}


def forgeries(start: Contents) -> dict[str, Change]:
    """Every forgery by its name."""
    whole = Forgery(start)
    found: dict[str, Change] = {
        f"{name}: {kind}": _column(name, kind) for name, kind in itertools.product(NAMES, VALUES)
    }
    for part in ("manifest", "table"):
        for number, path in enumerate(_paths(getattr(whole, part))):
            # Every field gets some of the odd values, so that all of them are met often.
            chosen = ODD if len(path) == 1 else ODD[number % 4 :: 4]
            for value in (*chosen, ...):
                found[f"{part} {'.'.join(map(str, path))}: {value!r:.30}"] = _field(part, path, value)
    for kind in ("terms", "forms"):
        for one, other in itertools.combinations(whole.manifest[kind], 2):
            found[f"{kind} of {one} and {other} swapped"] = _swap_ranges(kind, one, other)
    for name, bitmap in {
        "all": b"\xff" * 4,
        "none": bytes(4),
        "short": b"\1",
        "long": bytes(1 << 24),
    }.items():
        found[f"deleted: {name}"] = _deleted(bitmap)
    found |= {f"stored: {name}": _stored(content) for name, content in STORED.items()}
    return found


# --- what is asked of them -------------------------------------------------------------------------------------

MORE_QUERIES = (
    *("id:a*", "url:https*", "B?richt~", 'titel:"Bericht über"', "(Kiew ODER Bericht) -Krieg", "Bericht^3"),
    *(
        "text:B*t",
        "*e*",
        "K* NEAR/3 B*",
        '"Gespräche gehen" ADJ/2 weiter',
        "NICHT Kiew",
        "quelle:*",
        "Kommission~2",
    ),
)


def operations(folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Everything that can be done with an index; reading before writing."""
    archive = Archive.at(folder)
    yield "open", archive.refresh
    for query in (*QUERIES, *MORE_QUERIES):
        yield f"search {query}", lambda query=query: _read(archive.search(query, limit=40))
        yield f"count {query}", lambda query=query: archive.count(query)
        yield f"explain {query}", lambda query=query: repr(archive.explain(query))
    for sort in ("newest", "oldest"):
        yield f"sort {sort}", lambda sort=sort: _read(archive.search("*", sort=sort, limit=40))
    for by in ("day", "month", "year", "source", "section"):
        yield f"counts {by}", lambda by=by: archive.counts("*", by=by)
    yield "filters", lambda: archive.count("Kiew", since="2020", until="2022", source="Quelle 1")
    yield "get", lambda: [archive.get(each) for each in ("a3", "a5", "a31", "lang", "fehlt")]
    yield "iterate", lambda: list(archive)
    yield "stats", archive.stats
    yield "verify", lambda: archive.verify()
    yield "verify deep", lambda: archive.verify(deep=True)
    for command in COMMANDS:
        yield " ".join(command), lambda command=command: _command(folder, command)
    yield "add", lambda: archive.add([article(3, version=2), *batch(40, 2)])
    yield "delete", lambda: archive.delete(["a7", "a31"])
    yield "delete by query", lambda: archive.delete(query="Wort3")
    yield "optimize", archive.optimize
    yield "rebuild", lambda: archive.rebuild(processes=1)
    yield "verify at last", lambda: archive.verify(deep=True)


def _read(results: Any) -> list[Any]:
    return [(hit.id, hit.article, hit.snippet) for hit in results]


def _command(folder: Path, command: list[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        code = main(["--index", str(folder), *command])
    assert code in (0, 1, 3), (code, said.getvalue())


def _late(*_: object) -> NoReturn:
    raise TimeoutError(f"more than {SECONDS} s")


def trial(folder: Path) -> dict[str, str]:
    """What goes wrong with the index in the folder: operation -> trace; run in a process of its own."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _late)
    wrong: dict[str, str] = {}
    for name, run in operations(folder):
        signal.alarm(SECONDS)
        try:
            run()
        except SearcherError:
            if name.startswith("verify"):
                # It may refuse another version, and nothing else.
                wrong |= {} if "version" in traceback.format_exc() else {name: traceback.format_exc()}
        except BaseException:
            wrong[name] = traceback.format_exc()
        finally:
            signal.alarm(0)
    return wrong


def in_a_process(folder: Path) -> dict[str, str]:
    """The trial in a forked process, which is ended when it hangs or dies."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        with os.fdopen(into, "wb") as file:
            try:
                found = trial(folder)
            except BaseException:
                found = {"the trial": traceback.format_exc()}
            pickle.dump(found, file)
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as file:
        content = file.read()
    os.waitpid(child, 0)
    return pickle.loads(content) if content else {"the process": "died"}


def torture(
    share: float, seed: int = 0, report: Callable[[str, dict[str, str]], None] | None = None
) -> dict[str, int]:
    """That share of all forgeries; AssertionError with the traces where one ends otherwise than it should."""
    tally: Counter[str] = Counter()
    failed: dict[str, dict[str, str]] = {}
    with workplace() as work:
        start = contents(base(work / "base"))
        names = forgeries(start)
        chosen = sorted(random.Random(seed).sample(sorted(names), max(1, round(len(names) * share))))
        for name in chosen:
            forgery = Forgery(start)
            names[name](forgery, random.Random(f"{seed}/{name}"))
            wrong = in_a_process(laid(forgery.sealed(), work / "forged"))
            tally["forgeries"] += 1
            if wrong:
                failed[name] = wrong
                if report:
                    report(name, wrong)
    tally["ended raw"] = len(failed)
    if not report:
        assert not failed, "\n".join(f"{name}: {each}" for name, each in failed.items())
    return dict(tally)
