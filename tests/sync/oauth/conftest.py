"""A provider on this computer, and a machine without a configuration of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.authorization_server import AuthorizationServer


@pytest.fixture(autouse=True)
def _no_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "person"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "organization"))


@pytest.fixture
def provider() -> Iterator[AuthorizationServer]:
    server = AuthorizationServer().start()
    server.user = "ann@dealpost.example"
    yield server
    server.stop()
