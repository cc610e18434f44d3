"""The files to read, in a fixed order, with a line for every file that is skipped.

Hidden files, READMEs and licences are skipped, unless the caller names them. Folders are walked in the order of names.

>>> [str(each) for each in find(["does-not-exist"])]
['does-not-exist: no such file or folder']
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from searcher.errors import UsageError
from searcher.readers.base.records import STANDARD_INPUT, Found
from searcher.report import Rejection, Skipped

HIDDEN = "hidden: the name begins with a dot"
PASSED_OVER = ("readme", "license", "licence", "copying", "changelog")
ABOUT_FILES = "a README, licence or changelog by its name"
KINDS = (
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)
_INDEX = re.compile(r"_MAIN_[0-9]+\.toc")
"""The table of contents of an index, which `index .` must not read as articles."""


def listed(paths: Iterable[str | os.PathLike[str]]) -> list[str | os.PathLike[str]]:
    """The paths as a list; UsageError for one alone: a text is a list of letters, and the first of them may be `/`."""
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise UsageError("a list of paths is wanted, not one", f"write [{str(paths)!r}]")
    return list(paths)


def find(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found | Rejection]:
    """Every file at or below `paths`; a Rejection for what is missing, unreadable, special or empty.

    A file reached twice is given once. Two files of one name below different places would be one article to
    the index: the second is refused, and the line says how to index both.
    """
    given = listed(paths)
    if len(given) == 1:
        # Names below one place are different: nothing has to be remembered of millions of files.
        yield from _below(given[0])
        return
    seen: dict[str, str] = {}
    for path in given:
        for each in _below(path):
            if isinstance(each, Found) and each.name in seen and str(each) != STANDARD_INPUT:
                if not os.path.samefile(seen[each.name], each.path):
                    yield Rejection(str(each), None, _same_name(each, seen[each.name]))
                continue
            if isinstance(each, Found):
                seen[each.name] = str(each)
            yield each


def _same_name(file: Found, other: str) -> str:
    return f"has the same name as {other} ('{file.name}'): index the folder above both instead"


def _below(given: str | os.PathLike[str]) -> Iterator[Found | Rejection]:
    shown = os.fspath(given)
    if shown == STANDARD_INPUT:
        yield Found(Path(STANDARD_INPUT), STANDARD_INPUT)
        return
    root = Path(given)
    try:
        if root.is_dir():
            yield from _walk(root)
        else:
            yield _file(root, top(root.parent) + root.name, "")
    except (OSError, ValueError) as error:
        yield Rejection(shown, None, why(error))


def _walk(root: Path) -> Iterator[Found | Rejection]:
    """The files below a folder, in the order of names; a link to a folder above is not followed.

    Nor is a second link to the same folder: a few links in each of thirty folders would make exponentially many paths.
    """
    waiting: list[tuple[str, tuple[tuple[int, int], ...], bool]] = [("", (), False)]
    linked: set[tuple[int, int]] = set()
    while waiting:
        below, above, by_link = waiting.pop()
        folder = root / below
        try:
            status = folder.stat()
            # Names only, for there may be millions of them in one folder.
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield Rejection(str(folder), None, why(error))
            continue
        identity = status.st_dev, status.st_ino
        if identity in above:
            yield Rejection(str(folder), None, "a link to a folder above itself")
            continue
        if by_link and identity in linked:
            yield Rejection(str(folder), None, "a folder that another link has led to already")
            continue
        if by_link:
            linked.add(identity)
        if any(map(_INDEX.fullmatch, names)):
            yield Skipped(str(folder), None, "an index, not articles")
            continue
        above += (identity,)
        prefix = below or top(root)
        folders = []
        for name in names:
            path = f"{folder}{os.sep}{name}"
            if name.startswith("."):
                yield Skipped(path, None, HIDDEN)
            elif _is_folder(path):
                folders.append((f"{below}{name}/", above, by_link or os.path.islink(path)))
            elif reason := passed_over(name):
                yield Skipped(path, None, reason)
            else:
                yield _file(folder / name, prefix + name, Path(below).name)
        waiting.extend(reversed(folders))


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        # Gone, or a link to itself: not a folder, and `_file` says what is wrong with it.
        return False


def top(folder: Path) -> str:
    """The folder's own name, for a file directly in it: `seeds/` and `seeds/x/` agree on `x/1.txt`."""
    name = os.path.basename(os.path.realpath(folder))
    return f"{name}/" if name else ""


def _file(path: Path, name: str, folder: str) -> Found | Rejection:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        return Rejection(str(path), None, why(error))
    for test, kind in KINDS:
        if test(status.st_mode):
            return Rejection(str(path), None, kind)
    if status.st_size == 0:
        return Rejection(str(path), None, "empty file")
    return Found(path, name, folder, status.st_size, status.st_mtime_ns)


def passed_over(name: str) -> str:
    """Why a file of this name, below the place pointed at, is no article; '' where nothing speaks against it.

    >>> passed_over("zeitung/.git/x.txt"), passed_over("zeitung/x.txt")
    ('hidden: the name begins with a dot', '')
    """
    parts = name.split("/")
    if any(part.startswith(".") for part in parts):
        return HIDDEN
    return ABOUT_FILES if parts[-1].lower().startswith(PASSED_OVER) else ""


def why(error: OSError | ValueError) -> str:
    """The reason why a file cannot be read, in words."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, PermissionError):
        return "no permission to read"
    text = getattr(error, "strerror", None) or str(error)
    return f"cannot be read: {text.lower()}"
