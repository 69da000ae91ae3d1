"""For the tests of quarantine: a server that hangs up, and an account that keeps reconnecting."""

from __future__ import annotations

from collections.abc import Callable

from models.store import database
from sync.engine.quarantine import TRIES
from sync.errors import ReconnectError
from tests.sync.engine.engine import Engine

FAR = 3600.0  # an hour, in seconds: longer than any test


def at(verb: str, name: str) -> Callable[[str, str], bool]:
    """Hang up at this command in this mailbox."""
    return lambda told, where: (told, where) == (verb, name)


def cycles(engine: Engine, most: int = TRIES + 1) -> int:
    """Connect as the worker does until a cycle completes. Returns how many connections it took."""
    for count in range(1, most + 1):
        try:
            if engine.session is None or not engine.session.is_open:
                engine.connect()
            engine.cycle()
        except ReconnectError:
            continue
        return count
    raise AssertionError("no cycle went through")


def later(engine: Engine) -> None:
    """Let the waits of quarantined mailboxes and mails run out."""
    for trouble in engine.quarantine._known.values():
        trouble.closed_until -= FAR
    for mails_ in engine.quarantine.mails._known.values():
        for one in mails_.values():
            one.until = min(one.until, 1.0)


def told(what: str) -> int:
    return int(
        database.value(
            "SELECT count(*) FROM ledger WHERE kind = 'mailbox' "
            "AND json_extract(evidence, '$.what') = ?",
            (what,),
        )
    )
