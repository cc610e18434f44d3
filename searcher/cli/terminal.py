"""Terminal output: harmless text, highlighted marks, and streams that never fail on a character.

Articles are untrusted. A title with an escape sequence could repaint the terminal, a bidirectional override could
show one link as another: all text of an article passes through `inline` or `block` before it is printed.

>>> inline("Kreml\\x1b[2J lehnt\\nab")
'Kreml\N{REPLACEMENT CHARACTER}[2J lehnt ab'
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from searcher.characters import CONTROLS

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_BREAKS_IN_LINE = re.compile("[\t\v\f\r\x85\u2028\u2029]")
# Controls, bidirectional marks, embeddings, overrides and isolates, and halves of characters.
_HARMFUL = re.compile(rf"[{CONTROLS}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PAINT = re.compile("\x1b\\[[0-9]*m")
_WIDEST = 100
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def inline(text: str) -> str:
    """`text` for one line: line breaks and tabs as spaces, harmful characters replaced; length unchanged."""
    return _HARMFUL.sub(_REPLACEMENT, _BREAKS.sub(" ", text))


def block(text: str) -> str:
    """`text` for several lines: as `inline`, with its line feeds kept."""
    return _HARMFUL.sub(_REPLACEMENT, _BREAKS_IN_LINE.sub(" ", text))


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A table without rules: each column has the width of its widest cell, the last one is not padded."""
    shown = [tuple(inline(cell) for cell in row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


@dataclass(frozen=True)
class Screen:
    """What a stream can show; `terminal` is False for pipes and files, `width` counts characters."""

    terminal: bool = False
    colour: bool = False
    unicode: bool = True
    width: int = 80

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """What the stream can show; no colour under NO_COLOR or TERM=dumb."""
        terminal = stream.isatty()
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(
            terminal=terminal,
            colour=terminal and not plain,
            unicode=_is_utf8(stream),
            width=shutil.get_terminal_size().columns,
        )

    def bold(self, text: str) -> str:
        """The text in bold where there is colour."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def faint(self, text: str) -> str:
        """The text in grey where there is colour."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def marked(self, text: str, marks: Iterable[Sequence[int]]) -> str:
        """`text` on one line, with the spans `marks` in bold and runs of blanks reduced to one."""
        pieces: list[str] = []
        shown, at = inline(text), 0
        for start, end in marks:
            pieces += [shown[at:start], self.bold(shown[start:end])]
            at = end
        return re.sub(" {2,}", " ", "".join(pieces) + shown[at:]).strip()

    def wrapped(self, text: str, margin: int = 0) -> Iterator[str]:
        """`text` after a margin of blanks; on a terminal wrapped to at most 100 characters."""
        if not self.terminal:
            yield " " * margin + text
            return
        width = max(20, min(self.width, _WIDEST) - margin)
        line, filled = "", -1
        for word in text.split(" "):
            length = len(_PAINT.sub("", word))
            if line and filled + 1 + length > width:
                yield " " * margin + line
                line, filled = "", -1
            line += f" {word}" if line else word
            filled += 1 + length
        yield " " * margin + line


def _is_utf8(stream: TextIO) -> bool:
    return codecs.lookup(stream.encoding or "ascii").name == "utf-8"


def prepare_streams() -> None:
    """Print `?` for characters that the terminal cannot show, and discard output to a closed stream."""
    # Open as long as the process runs, like the streams they replace.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def machine_output() -> None:
    """Write UTF-8 to pipes and files, whatever the locale says."""
    if hasattr(sys.stdout, "reconfigure") and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def write(lines: Iterable[str]) -> None:
    """Print each of `lines` to standard output at once."""
    for line in lines:
        sys.stdout.write(line + "\n")


def complain(message: str, details: str = "") -> None:
    """Print one line to standard error, with `details` indented below it."""
    sys.stdout.flush()
    sys.stderr.write(f"searcher: {_clipped(inline(message))}\n")
    for line in block(details).splitlines():
        sys.stderr.write(f"  {line}\n")
    sys.stderr.flush()


def _clipped(message: str, limit: int = 600) -> str:
    return message if len(message) <= limit else f"{message[: limit // 2]} ... {message[-limit // 2 :]}"


def silence_stdout() -> None:
    """Discard buffered output after a closed pipe, so that Python's exit prints no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
