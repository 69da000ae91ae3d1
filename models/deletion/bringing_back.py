"""Bring back mail that was deleted here, if the user asks for it with a past sync (R8).

When a mail comes back, its tombstone goes, one copy at a time, and with it everything that kept
the copies out. Mail that is deleted after the user asked stays deleted. So does mail whose move
to the server's Trash still waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.deletion.tombstones import OWN, TombstoneRow, address_key
from models.store import database

Place = tuple[int, int, int]  # mailbox_id, uidvalidity, uid


@dataclass(slots=True)
class Lifted:
    """Collects the tombstones that a batch of mail lifts, and writes the result.

    Attributes:
        before: Deletes until this time are taken back, ms UTC; 0: none.
        busy: Identities whose move to the server's Trash still waits.
        message_ids: The messages that are here again.
    """

    account_id: int = 0
    before: int = 0
    busy: frozenset[bytes] = frozenset()
    message_ids: set[int] = field(default_factory=set)
    _counts: dict[int, int] = field(default_factory=dict)
    _graves: dict[int, TombstoneRow] = field(default_factory=dict)

    def has_left(self, grave: TombstoneRow) -> bool:
        """Whether one more mail of this tombstone may come back."""
        is_wanted = grave.deleted_at <= self.before and grave.identity not in self.busy
        return is_wanted and self.count(grave) < grave.copies

    def count(self, grave: TombstoneRow) -> int:
        """How many mails of this tombstone the batch has brought back."""
        return self._counts.get(grave.id, 0)

    def take(self, grave: TombstoneRow, message_id: int) -> None:
        """Count this message as one that the tombstone lets back."""
        self._counts[grave.id] = self.count(grave) + 1
        self._graves[grave.id] = grave
        self.message_ids.add(message_id)

    def settle(self, places: Iterable[Place]) -> None:
        """Store the result: lower or remove the tombstones, and keep these places out no more."""
        if not self._counts:
            return
        database.run_many(
            "UPDATE arrival SET is_kept_out = 0 WHERE mailbox_id = ? AND uidvalidity = ? "
            "AND uid = ? AND is_kept_out = 1",
            list(places),
        )
        for grave in self._graves.values():
            self._lower(grave)

    def _lower(self, grave: TombstoneRow) -> None:
        left = grave.copies - self.count(grave)
        if left > 0:
            database.run("UPDATE tombstone SET copies = ? WHERE id = ?", (left, grave.id))
            return
        database.run("DELETE FROM tombstone WHERE id = ?", (grave.id,))
        database.run(
            "UPDATE arrival SET is_kept_out = 0 WHERE account_id = ? AND identity = ? "
            "AND is_kept_out = 1",
            (self.account_id, grave.identity),
        )


def lifted(account_id: int, before: int) -> Lifted:
    """A new `Lifted` for one batch; it lifts nothing if `before` is 0."""
    if not before:
        return Lifted(account_id)
    return Lifted(account_id, before, _on_the_way(account_id))


def has_deleted(account_id: int) -> bool:
    """Whether anything was deleted here that might come back."""
    sql = "SELECT EXISTS (SELECT 1 FROM tombstone WHERE address_key = ? AND kind = ?)"
    return bool(database.value(sql, (address_key(account_id), OWN)))


def deleted_mails(account_id: int) -> dict[bytes, int]:
    """How many copies the account's tombstones keep out, by identity."""
    rows = database.rows(
        "SELECT identity, copies FROM tombstone WHERE address_key = ? AND kind = ?",
        (address_key(account_id), OWN),
    )
    busy = _on_the_way(account_id)
    return {bytes(identity): copies for identity, copies in rows if identity not in busy}


def _on_the_way(account_id: int) -> frozenset[bytes]:
    """Identities that the server still has to move to its Trash."""
    rows = database.rows(
        "SELECT identity FROM operation WHERE account_id = ? AND kind = 'trash' "
        "AND state IN ('pending', 'running', 'waiting')",
        (account_id,),
    )
    return frozenset(bytes(identity) for (identity,) in rows)
