"""Fixtures of the flows: a mailbox on a real server, and an open window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resources.demo.process import ServerProcess
from tests.flows.desk import Desk
from tests.flows.rig import Rig, dovecot_rig, embedded_rig
from tests.support.servers.dovecot import Dovecot


@pytest.fixture
def rig(dovecot: Dovecot, mail_user: str) -> Rig:
    """An empty mailbox on Dovecot."""
    return dovecot_rig(dovecot, mail_user, smtp_port=9)


@pytest.fixture(params=["dovecot", "embedded"])
def any_rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """An empty mailbox on each kind of server: with every extension, and with few."""
    if request.param == "dovecot":
        server = request.getfixturevalue("dovecot")
        yield dovecot_rig(server, server.new_user(), smtp_port=9)
        return
    with ServerProcess(is_empty=True) as server:
        yield embedded_rig(server.facts)


@pytest.fixture
def desk(qtbot: QtBot, profile: Path) -> Iterator[Desk]:
    """An open window on an empty profile, with the wizard closed."""
    made = Desk(qtbot, profile)
    yield made
    made.close()
