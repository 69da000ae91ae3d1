"""Fixtures around servers; loaded by tests/conftest.py as a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.dovecot import PROGRAM, Dovecot
from tests.support.servers.smtp import SmtpSink


def _need_dovecot() -> None:
    if not Path(PROGRAM).exists():
        pytest.fail("Dovecot is needed: install the package dovecot-imapd.", pytrace=False)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A private Dovecot, one a worker."""
    _need_dovecot()
    server = Dovecot().start()
    yield server
    server.stop()


@pytest.fixture
def mail_user(dovecot: Dovecot) -> str:
    """A user with empty mailboxes."""
    return dovecot.new_user()


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    """A server that takes mail and keeps it, with STARTTLS."""
    sink = SmtpSink(tmp_path)
    sink.start()
    yield sink
    sink.stop()
