"""A service with one account behind a proxy, whose worker runs in its own thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.accounts.account import NewAccount
from models.commands.accounts import AddAccount
from models.events import Event, Phase, StatusChanged
from models.store import database
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.network_watch import Surroundings
from sync.qt.service.service import MailService
from sync.qt.service.vault import VaultAnswer
from sync.qt.worker.worker import AccountWorker
from sync.secrets.vault import VaultMode
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy

QUICK = Timing(
    cycle=3600.0,
    idle_settle=0.02,
    backoff_first=0.05,
    backoff_most=0.4,
    command=30.0,
    status=0.0,
    look_around=0.05,
    operation_retry_first=0.05,
)
PATIENCE_MS = 60_000


class Pretended(Surroundings):
    """A machine that sleeps and moves when the test says so."""

    def __init__(self) -> None:
        self.slept = 0.0
        self.own: frozenset[str] = frozenset({"127.0.0.1", "::1", "10.0.0.5"})

    def wall(self) -> float:
        return super().wall() + self.slept

    def addresses(self) -> frozenset[str]:
        return self.own


class Rig:
    """A service with one account behind a proxy, and everything it told."""

    def __init__(
        self, qtbot: QtBot, store: Path, dovecot: Dovecot, user: str, timing: Timing
    ) -> None:
        self.qtbot, self.dovecot, self.user = qtbot, dovecot, user
        self.proxy = Proxy(dovecot.port)
        self.proxy.__enter__()
        self.surroundings = Pretended()
        self.service = MailService(store, timing=timing, surroundings=self.surroundings)
        self.told: list[StatusChanged] = []
        self.seconds: list[float] = []  # of each wait for the next connection
        self.service.happened.connect(self._hear)
        self._patch = pytest.MonkeyPatch()
        self._note_waits()
        self.service.start()
        self.account_id = self._add_account()

    def close(self) -> None:
        self.proxy.thaw()
        self.service.close()
        self.proxy.__exit__()
        self._patch.undo()

    def _hear(self, event: Event) -> None:
        if isinstance(event, StatusChanged):
            self.told.append(event)

    def _note_waits(self) -> None:
        """As the worker means them: by when a busy window hears of one it may be nearly over."""
        retry_in = AccountWorker._retry_in

        def noted(worker: AccountWorker, wait_seconds: float, sentence: str) -> None:
            self.seconds.append(wait_seconds)
            retry_in(worker, wait_seconds, sentence)

        self._patch.setattr(AccountWorker, "_retry_in", noted)

    def _add_account(self) -> int:
        answers: list[VaultAnswer] = []
        self.service.vault.answered.connect(answers.append)
        self.service.vault.prepare(VaultMode.KEYRING)
        self.wait(lambda: bool(answers))
        new = replace(self.new_account("me@dealpost.example"), start="1y")
        labels = {name: {"delimiter": "/", "is_chosen": True} for name in ("INBOX", "Sent")}
        command = AddAccount(new, self.service.vault.encrypted("secret"), labels)
        done = self.run(command).done
        assert done is not None
        assert done.account_id is not None
        return done.account_id

    def new_account(self, address: str) -> NewAccount:
        """One more account of the same user of the server."""
        return NewAccount(
            address=address,
            user_name=self.user,
            imap_host="localhost",
            imap_port=self.proxy.port,
            imap_security="none",
            smtp_host="localhost",
            smtp_port=1,
            smtp_security="none",
        )

    def run(self, command: object) -> CommandDone:
        ended: list[CommandDone] = []
        self.service.commanded.connect(ended.append)
        self.service.run(command)  # type: ignore[arg-type]
        self.wait(lambda: bool(ended))
        self.service.commanded.disconnect(ended.append)
        return ended[0]

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_for(self, phase: Phase) -> None:
        self.wait(lambda: bool(self.told) and self.told[-1].phase is phase)

    def wait_for_mail(self, count: int) -> None:
        self.wait(lambda: database.value("SELECT count(*) FROM message") == count)

    def deliver(self, *subjects: str) -> None:
        self.dovecot.deliver(self.user, "INBOX", [a_mail(subject=name) for name in subjects])

    def waits(self) -> list[StatusChanged]:
        return [each for each in self.told if each.phase is Phase.WAITING]
