"""Operations whose copies were gone when their turn came, and refused ones that an act revoked.

That a UID is gone says nothing: another program may have moved the mail, and its new place is
known only after everything that arrived anywhere was taken in. Until then the operation waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.server import location, operation
from models.server.operation import OperationRow, Source
from models.store import database, ledger
from models.store.clock import now_ms
from models.store.database import chunks

ELSEWHERE, GONE = "elsewhere", "gone"  # why nothing is left to be done


def lose(row: OperationRow) -> None:
    """Its first source is not there: the next one, or wait. Inside a transaction."""
    place, rest = row.payload.sources[0], row.payload.sources[1:]
    lost = (*row.payload.lost, place)
    payload = replace(row.payload, sources=rest, lost=lost, is_found=False, mark=None)
    operation.set_payload(row.id, payload)
    if not rest:
        wait(row.id)


def wait(operation_id: int) -> None:
    """Not tried again before one whole look at the account; the queue says what it waits for."""
    operation.mark_waiting(operation_id, 0, operation.LOST)


def found(row: OperationRow, place: Source) -> None:
    """The mail lies here now: the operation is about this copy. Inside a transaction."""
    payload = replace(row.payload, sources=(place,), is_found=True, mark=None)
    operation.set_payload(row.id, payload)


def not_needed(row: OperationRow, why: str) -> None:
    """Nothing is left to be done on the server; the ledger says why."""
    evidence = {"operation": row.id, "kind": row.kind, "why": why}
    entry = ledger.Entry(
        "not_needed", ledger.SERVER, row.account_id, row.message_id, evidence=evidence
    )
    with database.writing(durable=True):
        operation.mark_done([row.id])
        ledger.write([entry])


def is_any(account_id: int) -> bool:
    """Whether an operation waits for one whole look."""
    found = database.value(
        "SELECT EXISTS(SELECT 1 FROM operation WHERE account_id = ? "
        "AND state IN ('pending', 'running', 'waiting') "
        """AND payload LIKE '%"lost": [[%' AND payload LIKE '%"sources": []%')""",
        (account_id,),
    )
    return bool(found)


def may_follow(row: OperationRow, mailbox_id: int) -> bool:
    """Whether a copy in this mailbox is what the operation is about.

    An archive or a restore is about copies of one mailbox alone (R10, R13).
    """
    boxes = {box for box, _, _ in (*row.payload.sources, *row.payload.lost)}
    return row.kind in {operation.TRASH, operation.FLAGS} or mailbox_id in boxes


def live_copy(row: OperationRow) -> Source | None:
    """A live copy of the message that the operation was not about yet."""
    if row.message_id is None:
        return None
    tried = {*row.payload.sources, *row.payload.lost}
    for copy in location.live_elsewhere(row.message_id):
        place = (copy.mailbox_id, copy.uidvalidity, copy.uid)
        if place not in tried and may_follow(row, copy.mailbox_id):
            return place
    return None


def is_of_another(row: OperationRow, place: Source) -> bool:
    """Whether an equal mail lies there, which is a message of its own."""
    owners = location.message_ids_at(place[0], place[1], [place[2]])
    return any(owner != row.message_id for owner in owners.values())


def forget_refused(message_ids: Iterable[int], kind: str) -> None:
    """What the server refused is not wanted any more: a later retry would undo this act."""
    for chunk in chunks(message_ids):
        database.run(
            "UPDATE operation SET state = 'cancelled', changed_at = ? WHERE state = 'refused' "
            f"AND kind = ? AND message_id IN ({database.marks(len(chunk))})",
            (now_ms(), kind, *chunk),
        )
