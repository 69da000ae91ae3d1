"""A town for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.detection.town import Town, build


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no slow network: what a test does not limit itself has time."""
    monkeypatch.setattr("sync.detection.search.LOOK_UP_SECONDS", 30.0)
    monkeypatch.setattr("sync.detection.fence.LOOK_UP_SECONDS", 30.0)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = build(tmp_path).start()
    yield made
    made.stop()
