"""Random work in the app and in another program at once, over a connection that breaks.

After every settle: what the user deleted is not here; what lives on the server in a synced
mailbox is here once; what was here and lives anywhere is still here; what lives nowhere is not;
the archive state is the user's; and the server has every mail that the other program left.
`--hypothesis-profile=long` runs many more examples.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations
from models.store import database
from models.store import settings as choices
from models.store.profile import open_profile
from sync.errors import ReconnectError, SyncError
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy
from tests.sync.engine.engine import MASKS, Engine

RECONNECTS = 3
SYNCED = ("INBOX", "Sent")
PLACES = ("INBOX", "Archive", "Projects", "Junk", "Trash")
BOUNDED = settings(
    max_examples=8,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
mails = strategies.integers(0, 9)
places = strategies.sampled_from(PLACES)


class Machine(RuleBasedStateMachine):
    """One account; `server` is set by the test."""

    server: Dovecot

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        open_profile(self.folder)
        database.open_for_thread()
        self.proxy = Proxy(self.server.port)
        self.proxy.__enter__()
        self.names: list[str] = []
        self.raws: dict[str, bytes] = {}
        self.copies: dict[str, int] = {}
        self.deleted: set[str] = set()
        self.archived: set[str] = set()
        self.unsure: set[str] = set()
        self.engine: Engine | None = None

    @initialize(mask=strategies.sampled_from(sorted(MASKS)), past=strategies.integers(0, 3))
    def begin(self, mask: str, past: int) -> None:
        user = self.server.new_user()
        raws = [self._new() for _ in range(past)]
        self.server.deliver(user, "Projects", [])
        self.server.deliver(user, "INBOX", raws)
        self.engine = Engine(self.server, user, masked=MASKS[mask], port=self.proxy.port)
        self._settle()

    def teardown(self) -> None:
        if self.engine is not None:
            self.engine.close()
        self.proxy.__exit__()
        database.close_for_thread()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the other program -----------------------------------------------------------------

    @rule(count=strategies.integers(1, 2))
    def arrive(self, count: int) -> None:
        assume(len(self.names) < 10)
        self._on.server.deliver(self._on.user, "INBOX", [self._new() for _ in range(count)])

    @rule(mail=mails, to=places, which=strategies.integers(0, 3))
    def move(self, mail: int, to: str, which: int) -> None:
        found = self._find(mail, which)
        # Two in one mailbox are two messages by the rules: tests of their own.
        assume(found is not None and to not in self._where(self.names[mail % len(self.names)]))
        assert found is not None
        self._on.other.move(found[0], [found[1]], to)

    @rule(mail=mails, over=places, which=strategies.integers(0, 3))
    def move_away_and_back(self, mail: int, over: str, which: int) -> None:
        found = self._find(mail, which)
        assume(found is not None and over not in self._where(self.names[mail % len(self.names)]))
        assert found is not None
        before = set(self._on.other.uids(over))
        self._on.other.move(found[0], [found[1]], over)
        self._on.other.move(over, sorted(set(self._on.other.uids(over)) - before), found[0])

    @rule(mail=mails, to=places, which=strategies.integers(0, 3))
    def copy(self, mail: int, to: str, which: int) -> None:
        found = self._find(mail, which)
        assume(found is not None and to not in self._where(self.names[mail % len(self.names)]))
        assert found is not None
        self._on.other.copy(found[0], [found[1]], to)
        self.copies[self.names[mail % len(self.names)]] += 1

    @rule(mail=mails, which=strategies.integers(0, 3))
    def expunge(self, mail: int, which: int) -> None:
        found = self._find(mail, which)
        assume(found is not None)
        assert found is not None
        self._on.other.expunge(found[0], [found[1]])
        self.copies[self.names[mail % len(self.names)]] -= 1

    @rule()
    def renumber(self) -> None:
        raws = [self._on.other.raw("Projects", uid) for uid in self._on.other.uids("Projects")]
        self._on.other.delete_mailbox("Projects")
        self._on.server.deliver(self._on.user, "Projects", raws)

    # --- the user ---------------------------------------------------------------------------

    @rule(archive=strategies.booleans(), delete=strategies.booleans())
    def choose(self, archive: bool, delete: bool) -> None:
        choices.put("archive_on_server", archive)
        choices.put("delete_on_server", delete)

    @rule(mail=mails)
    def archive(self, mail: int) -> None:
        name = self._here(mail)
        self._on.leave_idle()
        self._on.run(Archive((self._on.conversation_id(name),)))
        self.archived.add(name)

    @rule(mail=mails)
    def restore(self, mail: int) -> None:
        name = self._here(mail)
        assume(name in self.archived)
        self._on.leave_idle()
        self._on.run(Restore((self._on.conversation_id(name),)))
        self.archived.discard(name)

    @rule(mail=mails)
    def delete(self, mail: int) -> None:
        name = self._here(mail)
        self._on.leave_idle()
        self._on.run(DeleteConversations((self._on.conversation_id(name),)))
        self.deleted.add(name)

    # --- the line -----------------------------------------------------------------------------

    @rule(
        count=strategies.integers(1, 12),
        size=strategies.integers(1, 6000),
        is_up=strategies.booleans(),
    )
    def steps_until_cut(self, count: int, size: int, is_up: bool) -> None:
        """Some steps. The connection is cut in one of them, after a number of bytes."""
        if is_up:
            self.proxy.cut_to_server = self.proxy.to_server + size // 10
        else:
            self.proxy.cut_to_client = self.proxy.to_client + size
        self._steps(count)
        self.proxy.cut_to_client = self.proxy.cut_to_server = None
        self.proxy.cut()
        self._on.connect()

    @rule(count=strategies.integers(1, 12))
    def steps(self, count: int) -> None:
        self._steps(count)

    @rule()
    def restart(self) -> None:
        self._on.drop()
        database.close_for_thread()
        open_profile(self.folder)
        database.open_for_thread()
        self._on.connect()

    @rule()
    def settle_and_check(self) -> None:
        self._settle()
        self._check()

    # --- the model --------------------------------------------------------------------------

    @property
    def _on(self) -> Engine:
        assert self.engine is not None
        return self.engine

    def _new(self) -> bytes:
        name = f"mail {len(self.names)}"
        self.names.append(name)
        self.raws[name] = a_mail(subject=name)
        self.copies[name] = 1
        return self.raws[name]

    def _where(self, name: str) -> list[str]:
        return [place for place in (*PLACES, "Sent") if name in self._on.server_subjects(place)]

    def _find(self, mail: int, which: int) -> tuple[str, int] | None:
        """A copy of a mail on the server."""
        if not self.names:
            return None
        wanted = f"Subject: {self.names[mail % len(self.names)]}\r\n".encode()
        found = [
            (place, uid)
            for place in PLACES
            for uid in self._on.other.uids(place)
            if wanted in self._on.other.raw(place, uid)
            and "\\Deleted" not in self._on.other.flags(place, uid)
        ]
        return found[which % len(found)] if found else None

    def _here(self, mail: int) -> str:
        assume(self.names)
        name = self.names[mail % len(self.names)]
        assume(name in self._on.subjects())
        return name

    def _steps(self, count: int) -> None:
        try:
            self._on.leave_idle()
            self._on.sync.news()
            for _ in range(count):
                if self._on.sync.step().kind != "again":
                    break
        except SyncError:
            self._on.drop()  # what the cut left behind is looked at by the next connection

    def _settle(self) -> None:
        self._patiently(self._settle_once)

    def _settle_once(self) -> None:
        for _ in range(3):
            self._on.settle()
        self._on.until(lambda: self._on.facts().pending == 0)
        self._on.settle()

    def _patiently(self, work: Callable[[], None]) -> None:
        """Reconnect as the worker does: Dovecot sends BYE when the open mailbox is deleted."""
        for _ in range(RECONNECTS):
            try:
                return work()
            except ReconnectError:
                self._on.connect()
        return work()

    def _check(self) -> None:
        before = set(self._on.subjects())
        self._settle()
        here = self._on.subjects()
        assert len(here) == len(set(here)), f"doubled: {here}"
        # Most of a renumbered mailbox was not found again: the user is asked, nothing deleted.
        held = {
            subject
            for (subject,) in database.rows(
                "SELECT m.subject FROM message m JOIN location l ON l.message_id = m.id "
                "WHERE l.state = 'held'"
            )
        }
        on_server = {place: self._on.server_subjects(place) for place in (*PLACES, "Sent")}
        for name in self.names:
            live = {place for place in on_server if name in on_server[place]} - {"Trash"}
            total = sum(subjects.count(name) for subjects in on_server.values())
            assert total == self.copies[name], f"{name}: {total} copies, not {self.copies[name]}"
            if name in self.deleted:
                assert name not in here, f"{name} is back from the dead"
            elif live & set(SYNCED) or (live and name in before):
                assert name in here, f"{name} is lost, it lies in {live}"
            elif not live and name not in held:
                assert name not in here, f"{name} was deleted elsewhere and is here"
        self._check_archive(set(here))
        self._patiently(self._on.cycle)
        self._on.commands.clear()
        self._on.cycle()
        changing = ("UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE")
        assert not [text for text in self._on.commands if text.startswith(changing)]

    def _check_archive(self, here: set[str]) -> None:
        """What is gone meanwhile may come back with its archive state or without."""
        self.unsure |= {name for name in self.names if name not in here}
        rows = database.rows(
            "SELECT m.subject FROM message m JOIN conversation c ON c.id = m.conversation_id "
            "WHERE c.is_archived = 1"
        )
        archived = {subject for (subject,) in rows} - self.unsure
        assert archived == (self.archived & here) - self.unsure


@pytest.mark.timeout(600)
def test_random_work_on_both_sides(dovecot: Dovecot) -> None:
    Machine.server = dovecot
    is_long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(Machine, settings=None if is_long else BOUNDED)
