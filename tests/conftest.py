"""What every test shares: hypothesis draws the same examples everywhere, and no test looks at a clock."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from searcher.ingest import pipeline

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _no_commit_because_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine a run would be cut into more rounds, and an index into more segments."""
    monkeypatch.setattr(pipeline, "SOON", float("inf"))
