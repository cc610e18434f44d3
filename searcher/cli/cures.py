"""The words of the command line for each cure of an error.

>>> words(Cure.REBUILD, "nachlass")
'run `searcher --index nachlass rebuild`'
>>> words(Cure.NONE)
''
"""

from __future__ import annotations

import shlex

from searcher.errors import Cure

_WORDS = {
    Cure.NONE: "",
    Cure.REBUILD: "run `searcher --index {index} rebuild`",
    Cure.VERIFY: "run `searcher --index {index} verify`, which names what is damaged",
    Cure.INDEX: "make one with `searcher --index {index} index PATH`",
    Cure.OTHER_INDEX: "choose another --index",
    Cure.REINDEX: "index the sources into another --index",
    Cure.WAIT: "try again later, or wait longer with --wait SECONDS",
    Cure.FREE_SPACE: "free some space and run the same command again; the index is whole",
    Cure.LARGER_FILES: "the file system or `ulimit -f` allows no larger files; the index is whole",
    Cure.PERMISSION: "check the permissions and owners of the folder and its files",
    Cure.READ_ONLY: "searching works; to write, copy the index to another file system",
    Cure.OTHER_DISK: "copy the index to another disk, and run `searcher verify` there",
    Cure.OPEN_FILES: "run `searcher --index {index} optimize`, or raise `ulimit -n`",
    Cure.MEMORY: "run the same command again with --processes 1, or with more memory",
    Cure.INSTALL: "run `pip install {detail}`",
    Cure.MAP_COLUMNS: "name the columns with --map title=COLUMN --map body=COLUMN",
    Cure.AS_TEXT: "read plain text with --format text",
    Cure.DELETE_BY_QUERY: "`searcher --index {index} delete --query QUERY` deletes what a query finds",
}


def words(cure: Cure, index: str = "", detail: str = "") -> str:
    """The cure as part of a sentence; '' for Cure.NONE.

    `index` is the folder of the index, `detail` the detail of the error; both are quoted for a shell.
    """
    return _WORDS[cure].format(index=shlex.quote(index), detail=shlex.quote(detail))
