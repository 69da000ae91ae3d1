"""Start the demo's server for tests: IMAP without SPECIAL-USE or CONDSTORE, and SMTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.demo.process import ServerFacts, ServerProcess


@pytest.fixture
def embedded_server() -> Iterator[ServerFacts]:
    """A server with the sample mail, which stops after the test."""
    with ServerProcess() as server:
        yield server.facts


@pytest.fixture
def empty_server() -> Iterator[ServerFacts]:
    """A server with the sample's mailboxes and no mail."""
    with ServerProcess(is_empty=True) as server:
        yield server.facts
