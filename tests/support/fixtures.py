"""Fixtures that start servers; tests/conftest.py loads them as a plugin."""

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
    """A private Dovecot, one for each test worker."""
    _need_dovecot()
    server = Dovecot().start()
    yield server
    server.stop()


@pytest.fixture
def mail_user(dovecot: Dovecot) -> str:
    """A fresh user of Dovecot, with empty mailboxes."""
    return dovecot.new_user()


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    """An SMTP server with STARTTLS that keeps the mail it takes."""
    sink = SmtpSink(tmp_path)
    sink.start()
    yield sink
    sink.stop()
