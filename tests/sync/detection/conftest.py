"""A town for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.detection.town import Town, build


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = build(tmp_path).start()
    yield made
    made.stop()
