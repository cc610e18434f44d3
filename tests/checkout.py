"""Where the tests find the checkout, their suites, and the data that not every machine has."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
SUITES = ROOT / "tests" / "suites"
SHARED = ROOT.parent / "shared" / "data"
"""Real articles to measure on; a test that needs them is skipped with a reason where they are missing."""
