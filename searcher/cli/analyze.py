"""`searcher analyze`: what each step of the German analysis makes of each word.

$ searcher analyze 'Lukaschenkos Bürger*innen'
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from searcher.cli.options import examples, json_option
from searcher.cli.output import dumps
from searcher.cli.terminal import Screen, aligned, inline, machine_output, write
from searcher.serialise import SCHEMA

if TYPE_CHECKING:
    from searcher.german import Step


@click.command(
    epilog=examples("searcher analyze 'Lukaschenkos Bürger*innen'", "searcher analyze --format json Straße")
)
@click.argument("words", metavar="TEXT...", nargs=-1, required=True)
@json_option
def analyze(words: tuple[str, ...], form: str) -> int:
    """Show step by step how words are tokenised, normalised and stemmed.

    Prints the steps that change a word, each with its reason; --format json prints all steps.
    """
    from searcher.german import trace

    chunks = [(chunk, trace(chunk)) for chunk in " ".join(words).split()]
    if form == "json":
        machine_output()
        write([dumps(_as_json(chunks), Screen.of(sys.stdout))])
    else:
        write(_steps(chunks))
    return 0


def _as_json(chunks: list[tuple[str, list[Step]]]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "chunks": [{"chunk": chunk, "steps": [step._asdict() for step in steps]} for chunk, steps in chunks],
    }


def _steps(chunks: list[tuple[str, list[Step]]]) -> Iterator[str]:
    for chunk, steps in chunks:
        yield inline(chunk)
        rows = [("  tokens", _words(steps[1]), steps[1].reason)]
        rows += [
            (f"  {step.name}", _words(step), step.reason)
            for before, step in pairwise(steps[1:])
            if step.result != before.result
        ]
        rows.append(("  indexed", _words(steps[-1]), ""))
        yield from aligned(rows)


def _words(step: Step) -> str:
    return " | ".join(step.result) or "no word"
