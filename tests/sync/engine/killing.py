"""Kill (-9) a syncing process again and again, and check that nothing is lost.

    python -m tests.sync.engine.killing --count 300 --seed 1

Each round starts a process that handles past mail, arrivals and operations, and kills it after a
random time. It lets another process finish, and compares the store and the server with what has
to be there.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path

from models.accounts import account
from models.commands.archive import Archive
from models.commands.delete import DeleteConversations
from models.commands.execute import execute
from models.server import mailbox, sync_facts
from models.store import database, settings
from models.store.profile import open_profile
from sync.engine.schedule import AccountSync
from sync.net.server import Server
from sync.session import ImapSession
from tests.support.builders import a_mail
from tests.support.other_client import OtherClient
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import FAST, new_account, subjects_in

PAST = 120
PATIENCE_SECONDS = 60.0


class Killing:
    """One profile and one user of a server. Counts the faults as `lost`, `doubled` and `wrong`."""

    def __init__(self, server: Dovecot, seed: int) -> None:
        self.server = server
        self.random = random.Random(seed)
        self.user = server.new_user()
        self.other: OtherClient = server.other(self.user)
        self.folder = Path(tempfile.mkdtemp(prefix="killing-"))
        self.seconds = 0.5
        self.count = self.killed = self.lost = self.doubled = self.wrong = 0
        self.places: dict[str, str] = {}
        self.deliver(PAST)
        open_profile(self.folder)
        database.open_for_thread()
        self.account_id = account.create(new_account(server, self.user, {}))
        for name in ("INBOX", "Sent"):
            mailbox.save(self.account_id, name, is_chosen=True)
        settings.put("archive_on_server", True)
        settings.put("delete_on_server", True)
        database.close_for_thread()

    def close(self) -> None:
        self.other.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def deliver(self, count: int) -> None:
        names = [f"mail {len(self.places) + n:05}" for n in range(count)]
        self.server.deliver(self.user, "INBOX", [a_mail(subject=name) for name in names])
        self.places |= dict.fromkeys(names, "INBOX")

    def round(self) -> None:
        """Kill one process, let the next recover, and check."""
        self.count += 1
        is_killed = self._process(self.random.uniform(0.0, self.seconds))
        self.killed += is_killed
        begun = time.monotonic()
        assert not self._process(PATIENCE_SECONDS), "the recovery does not end"
        self.seconds = max(0.05, time.monotonic() - begun) * 1.2
        self._look()
        self._act()

    def _process(self, seconds: float) -> bool:
        """Run a process that syncs until there is nothing to do. Returns whether it was killed."""
        ended, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self._sync()
            except BaseException as error:
                os.write(2, f"{error!r}\n".encode())
                os._exit(1)
            os._exit(0)
        os.close(told)
        is_over = bool(select.select([ended], [], [], seconds)[0])
        os.close(ended)
        if not is_over:
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        assert not is_over or status == 0, "the process ended with a fault"
        return not is_over

    def _sync(self) -> None:
        open_profile(self.folder)
        database.open_for_thread()
        config = account.config(self.account_id)
        assert config is not None
        session = ImapSession(Server("localhost", self.server.port, "plain"), FAST)
        session.open()
        session.sign_in(self.user, "secret")
        sync = AccountSync(
            config,
            session,
            FAST,
            read_only=False,
            report=lambda _: None,
            should_yield=lambda: False,
        )
        sync.connect_done()
        is_over = False
        while not is_over:
            step = sync.step()
            if step.doing == "cycle" and sync._cycle is None:
                sync._cycle_at = time.monotonic() + 3600
            facts = sync_facts.of_account(self.account_id)
            is_over = step.kind != "again" and facts.pending == facts.checking == 0
            if step.kind != "again" and not is_over:
                sync.news()
        database.close_for_thread()

    def _look(self) -> None:
        """Check that every mail is there once, where it belongs, here and on the server."""
        open_profile(self.folder)
        database.open_for_thread()
        there = {name: subjects_in(self.other, name) for name in ("INBOX", "Archive", "Trash")}
        here = [s for (s,) in database.rows("SELECT subject FROM message")]
        for name, place in self.places.items():
            counts = {where: names.count(name) for where, names in there.items()}
            self.lost += sum(counts.values()) == 0 or (place != "Trash" and name not in here)
            self.doubled += sum(counts.values()) > 1 or here.count(name) > 1
            is_right = counts[place] > 0 and (name in here) is (place != "Trash")
            self.wrong += not is_right
        assert database.value("PRAGMA quick_check") == "ok"
        database.close_for_thread()

    def _act(self) -> None:
        """Between two processes, deliver more mail, archive some and delete some."""
        database.open_for_thread()
        ids: dict[str, int] = dict(database.rows("SELECT subject, conversation_id FROM message"))
        fresh = [name for name, place in self.places.items() if place == "INBOX" and name in ids]
        chosen = self.random.sample(fresh, min(len(fresh), 6))
        archived, deleted = chosen[:3], chosen[3:]
        if archived:
            execute(Archive(tuple(ids[name] for name in archived)))
        if deleted:
            execute(DeleteConversations(tuple(ids[name] for name in deleted)))
        self.places |= dict.fromkeys(archived, "Archive") | dict.fromkeys(deleted, "Trash")
        database.close_for_thread()
        self.deliver(self.random.randint(0, 6))

    def facts(self) -> str:
        return (
            f"{self.count} rounds, {self.killed} killed: "
            f"{self.lost} lost, {self.doubled} doubled, {self.wrong} in a wrong state"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument(
        "--profiles", type=int, default=1, help="so many begin anew, with past mail"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    server = Dovecot().start()
    try:
        for number in range(arguments.profiles):
            killing = Killing(server, arguments.seed + number)
            for _ in range(arguments.count // arguments.profiles):
                killing.round()
            print(f"seed {arguments.seed + number}: {killing.facts()}", flush=True)  # noqa: T201
            killing.close()
            assert killing.lost == killing.doubled == killing.wrong == 0
    finally:
        server.stop()


if __name__ == "__main__":
    main()
