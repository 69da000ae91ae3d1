"""Long account jobs: delete a removed account's data (S7), and re-mark the user's own mail.

A command begins each job: one transaction notes in the account's row what is to be done. The
command thread does the rest as a series of short transactions, so other commands can run in
between. A job that a crash or a quit interrupted continues at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from models.accounts import account, certificates
from models.deletion import deletion, tombstones
from models.events import (
    AccountsChanged,
    ConversationsChanged,
    Event,
    LinksChanged,
    MessagesDeleted,
)
from models.mail import conversation, links
from models.store import database, ledger, profile, settings, wipe

Keep = Literal["history", "linked", "nothing"]
_CHUNK: Final = 500  # conversations, or 4 times as many messages that are only read
_ROWS: Final = 5_000  # rows of a table that no other refers to


def is_due() -> bool:
    """Whether any job has work left."""
    return _next() is not None


def step() -> list[Event] | None:
    """Do the next part of a job; return what changed, or None if no work is left."""
    found = _next()
    if found is None:
        return None
    account_id, removing = found
    return _remove_more(account_id, removing) if removing else _remark_more(account_id)


def finish(account_id: int) -> list[Event]:
    """Do all the work left for one account now, because a command waits for it."""
    events: list[Event] = []
    while (removing := _removing(account_id)) != "":
        events += _remove_more(account_id, removing)
    return events


def _next() -> tuple[int, str] | None:
    found = database.row(
        "SELECT id, removing FROM account WHERE removing <> '' OR remarking <> '' "
        "ORDER BY removing = '', id LIMIT 1"
    )
    return (int(found[0]), str(found[1])) if found else None


def _removing(account_id: int) -> str:
    return str(database.value("SELECT removing FROM account WHERE id = ?", (account_id,)) or "")


# --- removing (S7) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RemovalPreview:
    """What the ways of removing an account would leave, in mails.

    Attributes:
        linked: Mails that "keep only linked mail" keeps, out of `mails`.
        without_text: Mails whose text is still only on the server.
    """

    mails: int
    linked: int
    without_text: int


def preview_removal(account_id: int) -> RemovalPreview:
    """Count, without changing anything."""
    found = database.row(
        "SELECT count(*), sum(body_state = 'none') FROM message WHERE account_id = ?", (account_id,)
    )
    mails, without_text = found or (0, 0)
    going = database.value(
        f"SELECT sum(message_count) FROM conversation c WHERE account_id = ? {_UNLINKED}",
        (account_id,),
    )
    return RemovalPreview(mails, mails - int(going or 0), int(without_text or 0))


def begin_removal(account_id: int, keep: Keep) -> list[Event]:
    """Hide the account from the user at once; its pending operations are never sent."""
    config = account.config(account_id)
    if config is None or config.removing or (config.state == account.REMOVED and keep == "history"):
        return []  # clicked twice; but what was kept before may still be erased now
    with database.writing(durable=True):
        account.update(account_id, state=account.REMOVED, set_up=False, removing=keep, remarking="")
        for table in ("secret", "operation"):
            database.run(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
        if settings.get(account.DEFAULT) == account_id:
            settings.forget(account.DEFAULT)
        certificates.forget_unused()
    return [AccountsChanged((account_id,))]


def _remove_more(account_id: int, keep: str) -> list[Event]:
    """Remove the next part. Tombstones stay, except with `nothing`, which erases every trace."""
    with database.writing(durable=True):
        ids = _doomed(account_id, only_unlinked=keep == "linked") if keep != "history" else []
        if ids:
            return _erase(account_id, ids)
        if _forget_places(account_id) or (keep == "nothing" and _forget_ledger(account_id)):
            return []
        if keep == "nothing":
            tombstones.erase(account_id)
            database.run("DELETE FROM account WHERE id = ?", (account_id,))
            wipe.mark_due()
        else:
            account.update(account_id, removing="")
    return [AccountsChanged((account_id,))]


def _doomed(account_id: int, *, only_unlinked: bool) -> list[int]:
    """The next conversations to erase. One with a known person counts as linked too."""
    found = database.rows(
        f"SELECT id FROM conversation c WHERE account_id = ? {_UNLINKED if only_unlinked else ''}"
        f"ORDER BY id LIMIT {_CHUNK}",
        (account_id,),
    )
    return [conversation_id for (conversation_id,) in found]


_UNLINKED: Final = """AND NOT EXISTS (SELECT 1 FROM link WHERE conversation_id = c.id)
    AND NOT EXISTS (SELECT 1 FROM message m JOIN message_person p ON p.message_id = m.id
    WHERE m.conversation_id = c.id) """


def _erase(account_id: int, conversation_ids: Sequence[int]) -> list[Event]:
    message_ids = conversation.message_ids(conversation_ids)
    keys = links.affected(conversation_ids, links.persons_of(message_ids))
    ledger.write(
        ledger.Entry("delete", ledger.PERSON, account_id, message_id, evidence={"kind": "account"})
        for message_id in message_ids
    )
    deletion.erase_rows(message_ids)
    removed = conversation.refresh(conversation_ids)
    wipe.mark_due()
    profile.remove_copy_here()
    events: list[Event] = [
        MessagesDeleted(account_id, tuple(message_ids), tuple(conversation_ids)),
        ConversationsChanged(account_id, (), removed),
    ]
    return [*events, LinksChanged(keys, tuple(conversation_ids))] if keys else events


def _forget_places(account_id: int) -> bool:
    """Erase where its mail lay on the server; return whether there may be more."""
    if database.rows(_PLACES, (account_id, _ROWS)) or database.rows(_ARRIVALS, (account_id, _ROWS)):
        return True
    database.run("DELETE FROM mailbox WHERE account_id = ?", (account_id,))
    return False


_BOXES: Final = "SELECT id FROM mailbox WHERE account_id = ?"
_PLACES: Final = f"""DELETE FROM location WHERE id IN (
    SELECT id FROM location WHERE mailbox_id IN ({_BOXES}) LIMIT ?) RETURNING 1"""
_ARRIVALS: Final = f"""DELETE FROM arrival WHERE (mailbox_id, uidvalidity, uid) IN (
    SELECT mailbox_id, uidvalidity, uid FROM arrival WHERE mailbox_id IN ({_BOXES}) LIMIT ?)
    RETURNING 1"""


def _forget_ledger(account_id: int) -> bool:
    """Erase its part of the ledger; return whether there may be more."""
    sql = "DELETE FROM ledger WHERE id IN (SELECT id FROM ledger WHERE account_id = ? LIMIT ?)"
    return bool(database.rows(f"{sql} RETURNING 1", (account_id, _ROWS)))


# --- own mail ---------------------------------------------------------------------------------


def set_aliases(account_id: int, addresses: Iterable[str]) -> None:
    """Set the user's own addresses besides the account's; begin to re-mark known mail (R15)."""
    before = account.own_addresses(account_id)
    with database.writing(durable=True):
        account.set_aliases(account_id, tuple(addresses))
        gone = _pending(account_id)[1] | (before - account.own_addresses(account_id))
        if before != account.own_addresses(account_id):
            _remember(account_id, 0, gone)


def _pending(account_id: int) -> tuple[int, frozenset[str]]:
    """The last message that was checked, and the addresses that are no longer the user's own."""
    stored = database.value("SELECT remarking FROM account WHERE id = ?", (account_id,))
    if not stored:
        return 0, frozenset()
    found = json.loads(stored)
    return int(found["after"]), frozenset(found["gone"])


def _remember(account_id: int, after: int, gone: Iterable[str]) -> None:
    account.update(account_id, remarking=json.dumps({"after": after, "gone": sorted(gone)}))


def _remark_more(account_id: int) -> list[Event]:
    """Mail from one of the user's addresses is own; mail in Sent is own whoever sent it."""
    with database.writing(durable=False):
        after, gone = _pending(account_id)
        own = account.own_addresses(account_id)
        seen = database.rows(
            "SELECT id, from_address, is_own FROM message WHERE id > ? AND account_id = ? "
            f"ORDER BY id LIMIT {4 * _CHUNK}",
            (after, account_id),
        )
        if not seen:
            account.update(account_id, remarking="")
            return []
        made = [id_ for id_, address, is_own in seen if not is_own and address in own]
        lost = [id_ for id_, address, is_own in seen if is_own and address in gone - own]
        changed = [*_mark(made, is_own=True), *_mark(_not_in_sent(lost), is_own=False)]
        _remember(account_id, seen[-1][0], gone)
        return _tell(account_id, changed)


def _mark(message_ids: Sequence[int], *, is_own: bool) -> list[int]:
    for chunk in database.chunks(message_ids):
        database.run(
            f"UPDATE message SET is_own = ? WHERE id IN ({database.marks(len(chunk))})",
            (is_own, *chunk),
        )
    return list(message_ids)


def _not_in_sent(message_ids: Sequence[int]) -> list[int]:
    sent: set[int] = set()
    for chunk in database.chunks(message_ids):
        found = database.rows(
            "SELECT l.message_id FROM location l JOIN mailbox b ON b.id = l.mailbox_id "
            f"WHERE b.role = 'sent' AND l.message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        sent |= {message_id for (message_id,) in found}
    return [id_ for id_ in message_ids if id_ not in sent]


def _tell(account_id: int, message_ids: Sequence[int]) -> list[Event]:
    if not message_ids:
        return []
    owners = conversation.of_messages(message_ids)
    removed = conversation.refresh(owners)
    keys = links.affected(owners, links.persons_of(message_ids))
    events: list[Event] = [ConversationsChanged(account_id, tuple(owners), removed)]
    return [*events, LinksChanged(keys, tuple(owners))] if keys else events
