"""README is a door: short, and its two set-up commands are those that are checked for every change."""

from __future__ import annotations

import re

from tests.checkout import ROOT
from tests.docs.pages import README, read


def test_it_is_no_manual() -> None:
    assert len(README.read_bytes()) <= 6144


def test_its_two_commands_are_checked_for_every_change() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```", read(README), re.DOTALL | re.MULTILINE)
    assert len(commands) == 2
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert all(command in lines for command in commands)
    assert lines[-1] == commands[-1]
