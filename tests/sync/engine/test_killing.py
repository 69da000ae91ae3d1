"""A few kills in the suite; `python -m tests.sync.engine.killing` does hundreds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(600)
def test_killed_in_past_mail_arrivals_and_operations() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.engine.killing", "--count", "6", "--profiles", "2"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    facts = done.stdout.splitlines()
    assert len(facts) == 2
    assert all(line.endswith("0 lost, 0 doubled, 0 in a wrong state") for line in facts)
