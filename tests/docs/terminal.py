"""The picture of a terminal on README: an SVG of what commands print there, drawn from a run of them.

The commands run on a pseudo-terminal, so that found words are painted as a user sees them.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

from tests.docs.blocks import FIRST, prepare, steady
from tests.docs.pages import DOCS

PICTURES = [DOCS / "de" / "terminal.svg", DOCS / "en" / "terminal.svg"]
COMMANDS = [
    FIRST,
    "searcher search 'Waffenruhe UND Ukraine datum:2023-03'",
    "searcher analyze 'Petrenkos Bürger*innen'",
]
COLUMNS = 100
ADVANCE, LINE, FONT, EDGE, BAR = 8.4, 20, 14, 18, 34
PAINT = re.compile(r"\x1b\[(\d*)m")
STYLES = {"1": "b", "2": "f"}


def drawn() -> str:
    """The picture as it is drawn today."""
    return svg(transcript())


def transcript() -> list[str]:
    """What stands on the screen: commands after a prompt, and what they print, escapes included."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "reader"
        folder.mkdir()
        environment = prepare(folder) | {"TERM": "xterm"}
        environment.pop("NO_COLOR", None)
        lines = []
        for command in COMMANDS:
            lines += [
                f"\x1b[2m$\x1b[0m {command}",
                *steady(_on_a_terminal(command, folder, environment)).split("\n"),
                "",
            ]
        return lines[:-1]


def _on_a_terminal(command: str, folder: Path, environment: dict[str, str]) -> str:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 65536):
                printed += piece
        except OSError as error:
            if error.errno != errno.EIO:  # how Linux tells that the other end is closed
                raise
        finally:
            os.close(ours)
    text = printed.decode("utf-8").replace("\r\n", "\n")
    # A progress line is painted over; what stays on the screen is what follows the last carriage return.
    return "\n".join(line.rpartition("\r")[2] for line in re.sub(r"\x1b\[\d*K", "", text).split("\n"))


def svg(lines: list[str]) -> str:
    """Lines with escapes for bold and faint as a drawn terminal."""
    width = round(COLUMNS * ADVANCE + 2 * EDGE)
    height = BAR + LINE * len(lines) + EDGE
    dots = "".join(
        f'<circle cx="{20 + 18 * at}" cy="18" r="6" fill="{colour}"/>'
        for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    body = "\n".join(
        f'<text x="{EDGE}" y="{BAR + LINE * at + FONT}">{_painted(line)}</text>'
        for at, line in enumerate(lines)
        if line
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>searcher</title>
<style>
text {{ font: {FONT}px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d6deeb; white-space: pre }}
.b {{ font-weight: bold; fill: #ffd479 }}
.f {{ fill: #7f8ea3 }}
</style>
<rect width="{width}" height="{height}" rx="10" fill="#14202e"/>
{dots}
{body}
</svg>
"""


def _painted(line: str) -> str:
    style, at, column, parts = "", 0, 0, []
    for match in [*PAINT.finditer(line), None]:
        piece = line[at : match.start() if match else len(line)]
        blank = len(piece) - len(piece.lstrip())
        if shown := piece.strip():
            # A width for each piece, so that columns stay in line whatever font the reader has.
            place = f'x="{EDGE + (column + blank) * ADVANCE:.1f}" textLength="{len(shown) * ADVANCE:.1f}"'
            styled = f' class="{style}"' if style else ""
            parts.append(f"<tspan {place}{styled}>{escape(shown, quote=False)}</tspan>")
        column += len(piece)
        if match:
            style, at = STYLES.get(match[1], ""), match.end()
    return "".join(parts)
