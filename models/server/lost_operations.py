"""Handle operations whose copies were gone at their turn, and refused ones the user has revoked.

A UID that is gone proves nothing: another program may have moved the mail. Its new place is known
only after every arrival in every mailbox was taken in. Until then the operation waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.server import location, operation
from models.server.operation import OperationRow, Source
from models.store import database, ledger
from models.store.clock import now_ms
from models.store.database import chunks

ELSEWHERE, GONE = "elsewhere", "gone"  # why nothing is left to do


def lose(row: OperationRow) -> None:
    """Drop the first source, which is gone; if it was the last, wait. Inside a transaction."""
    place, rest = row.payload.sources[0], row.payload.sources[1:]
    lost = (*row.payload.lost, place)
    payload = replace(row.payload, sources=rest, lost=lost, is_found=False, mark=None)
    operation.set_payload(row.id, payload)
    if not rest:
        wait(row.id)


def wait(operation_id: int) -> None:
    """Wait for one whole look at the account; the queue shows what it waits for."""
    operation.mark_waiting(operation_id, 0, operation.LOST)


def found(row: OperationRow, place: Source) -> None:
    """Point the operation to the place where its mail was found. Inside a transaction."""
    payload = replace(row.payload, sources=(place,), is_found=True, mark=None)
    operation.set_payload(row.id, payload)


def not_needed(row: OperationRow, why: str) -> None:
    """Close an operation that has nothing left to do on the server; the ledger says why."""
    evidence = {"operation": row.id, "kind": row.kind, "why": why}
    entry = ledger.Entry(
        "not_needed", ledger.SERVER, row.account_id, row.message_id, evidence=evidence
    )
    with database.writing(durable=True):
        operation.mark_done([row.id])
        ledger.write([entry])


def is_any(account_id: int) -> bool:
    """Whether an operation of the account waits for one whole look."""
    found = database.value(
        "SELECT EXISTS(SELECT 1 FROM operation WHERE account_id = ? "
        "AND state IN ('pending', 'running', 'waiting') "
        """AND payload LIKE '%"lost": [[%' AND payload LIKE '%"sources": []%')""",
        (account_id,),
    )
    return bool(found)


def may_follow(row: OperationRow, mailbox_id: int) -> bool:
    """Whether the operation may take a copy in this mailbox instead.

    An archive or a restore is only about copies in one mailbox (R10, R13).
    """
    boxes = {box for box, _, _ in (*row.payload.sources, *row.payload.lost)}
    return row.kind in {operation.TRASH, operation.FLAGS} or mailbox_id in boxes


def live_copy(row: OperationRow) -> Source | None:
    """A live copy of the message that the operation has not tried yet."""
    if row.message_id is None:
        return None
    tried = {*row.payload.sources, *row.payload.lost}
    for copy in location.live_elsewhere(row.message_id):
        place = (copy.mailbox_id, copy.uidvalidity, copy.uid)
        if place not in tried and may_follow(row, copy.mailbox_id):
            return place
    return None


def is_of_another(row: OperationRow, place: Source) -> bool:
    """Whether another message, with an equal mail, lies at this place."""
    owners = location.message_ids_at(place[0], place[1], [place[2]])
    return any(owner != row.message_id for owner in owners.values())


def forget_refused(message_ids: Iterable[int], kind: str) -> None:
    """Cancel refused operations of this kind: a later retry would undo what the user did since."""
    for chunk in chunks(message_ids):
        database.run(
            "UPDATE operation SET state = 'cancelled', changed_at = ? WHERE state = 'refused' "
            f"AND kind = ? AND message_id IN ({database.marks(len(chunk))})",
            (now_ms(), kind, *chunk),
        )
