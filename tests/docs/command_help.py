"""The help of each command as the program prints it, and the table of commands."""

from __future__ import annotations

import tomllib

import click

from searcher.cli.program import program
from tests.docs.pages import DOCS

WIDTH = 100


def _help(arguments: list[str]) -> str:
    command: click.Command = program
    context = click.Context(program, info_name="searcher", terminal_width=WIDTH, **program.context_settings)
    for argument in arguments:
        command = program.commands[argument]
        context = click.Context(command, info_name=argument, parent=context, terminal_width=WIDTH)
    return command.get_help(context)


def help_of(_language: str, *arguments: str) -> str:
    """What `searcher ARGUMENTS --help` prints."""
    shown = " ".join(["searcher", *arguments, "--help"])
    return f'```text title="{shown}"\n{_help(list(arguments))}\n```'


def commands(language: str) -> str:
    """A table of the commands and a section with the help of each, in the order of `searcher --help`."""
    words = tomllib.loads((DOCS / "commands.toml").read_text(encoding="utf-8"))
    said = {name: words.get(name, {}).get(language) or _short(name) for name in program.commands}
    rows = [f"| [`searcher {name}`](#{name}) | {text} |" for name, text in said.items()]
    head = {"de": "| Befehl | Aufgabe |", "en": "| command | does |"}[language]
    sections = [f"## {name}\n\n{text}.\n\n{help_of(language, name)}" for name, text in said.items()]
    return "\n".join([head, "|---|---|", *rows]) + "\n\n" + "\n\n".join(sections)


def _short(name: str) -> str:
    return program.commands[name].get_short_help_str(200).rstrip(".")
