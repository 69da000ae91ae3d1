"""Engines, scripted servers and a vault for every test of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.secrets.vault import Vault, VaultMode
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.fake_mailboxes import Mailboxes
from tests.sync.engine.engine import Engine


@pytest.fixture
def engine_of(store: Path, dovecot: Dovecot, mail_user: str) -> Iterator[Callable[..., Engine]]:
    """Makes the engine of this test's account; columns of the account as keywords."""
    made: list[Engine] = []

    def make(**details: Any) -> Engine:
        engine = Engine(dovecot, mail_user, **details)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(engine_of: Callable[..., Engine]) -> Engine:
    """An engine after its set-up and first cycle, with empty mailboxes."""
    made = engine_of()
    made.cycle()
    return made


@pytest.fixture
def engine_with_projects(engine_of: Callable[..., Engine]) -> Engine:
    """The same with one more mailbox that is not synced."""
    made = engine_of()
    made.other.create("Projects")
    made.cycle()
    return made


@pytest.fixture
def vault(store: Path) -> Vault:
    """Secrets of this test's store, with their key in the test's keyring."""
    made = Vault()
    made.load()
    made.prepare(VaultMode.KEYRING)
    return made


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    """The scripted server, which can be told to misbehave."""
    with Mailboxes() as made:
        yield made


@pytest.fixture
def make(store: Path) -> Iterator[Callable[..., Engine]]:
    """Makes an engine on a scripted server; columns of the account as keywords."""
    made: list[Engine] = []

    def on(server: Mailboxes, **details: Any) -> Engine:
        made.append(Engine(server, "me", **details))  # type: ignore[arg-type]
        return made[-1]

    yield on
    for one in made:
        one.close()
