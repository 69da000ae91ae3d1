"""Moves messages on the server so that none is lost or doubled, whatever breaks in between.

Intent, identity and the target's mark (its UIDVALIDITY and UIDNEXT) are on disk before the first
byte is sent. After a crash, the copy is looked for in the target at or above the mark, then the
message in its source. An OK of the server proves nothing; COPYUID does, or the identity seen in the
target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.flags import Flag
from models.mail import message
from models.server import arrival, location, lost_operations, mailbox, operation
from models.server.arrival import ArrivalRow
from models.server.mailbox import MailboxState, Role
from models.server.operation import OperationRow, Source
from models.store import database, ledger
from sync.engine.context import SyncContext
from sync.engine.fetch import messages
from sync.engine.judge import Home
from sync.engine.outgoing import lost_move
from sync.errors import RefusedError, RetryError
from sync.session import CopyUid, Fetched

GROUP = 100  # UIDs per MOVE or COPY


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a message now lies in the target."""

    uidvalidity: int
    uid: int


def is_same(row: OperationRow, fetched_identity: bytes, server_identity: str) -> bool:
    """Whether a message on the server is the one that the operation is about."""
    if row.server_identity.startswith("gm:") and server_identity.startswith("gm:"):
        return row.server_identity == server_identity
    return row.identity == fetched_identity


def verified(context: SyncContext, rows: Sequence[OperationRow], uids: Sequence[int]) -> set[int]:
    """The operations whose UID in the open mailbox is still their message.

    Some servers renumber, and some return the next message for a UID that is gone.
    """
    found = context.session.fetch_identity(uids)
    return {
        uid
        for row, uid in zip(rows, uids, strict=True)
        if uid in found
        and is_same(row, messages.identity_of(found[uid]), found[uid].facts.server_identity)
    }


def move(
    context: SyncContext, rows: Sequence[OperationRow], source: MailboxState, target: MailboxState
) -> list[OperationRow]:
    """Move the first source of each operation. Returns those that did not move.

    All first sources are verified and in `source`, which is open for writing.

    Raises: RefusedError if the server refused. The outcome then has to be looked up.
    """
    begun = _begin(context, rows, target)
    uids = [row.payload.sources[0][2] for row in begun]
    if not begun:
        return []  # the user undid all of it
    if context.has("MOVE") and not _only_adds(context, source):
        told = context.session.move(uids, target.name)
        landed = _landings(context, begun, uids, target, told)
        for row, uid in zip(begun, uids, strict=True):
            if uid in landed:
                finish(context, row, source, target, landed[uid])
        return [row for row, uid in zip(begun, uids, strict=True) if uid not in landed]
    told = context.session.copy(uids, target.name)
    landed = _landings(context, begun, uids, target, told)
    proven = [uid for uid in uids if uid in landed]
    _remember(context, {row: landed[u] for row, u in zip(begun, uids, strict=True) if u in landed})
    if proven and not _only_adds(context, source):
        if context.session.select(source.name).uidvalidity not in {
            0,
            begun[0].payload.sources[0][1],
        }:
            raise RetryError("The label has new numbers; the mail is looked for first.")
        _remove_source(context, proven)
    for row, uid in zip(begun, uids, strict=True):
        if uid in landed:
            finish(context, row, source, target, landed[uid])
    return [row for row, uid in zip(begun, uids, strict=True) if uid not in landed]


def _only_adds(context: SyncContext, source: MailboxState) -> bool:
    """Whether a move only adds a label, as out of Gmail's All Mail, which holds every mail."""
    return context.is_gmail and source.role is Role.ALL


def _begin(
    context: SyncContext, rows: Sequence[OperationRow], target: MailboxState
) -> list[OperationRow]:
    """Store intent and mark, before the first byte is sent."""
    status = context.session.status(target.name)
    mark = (status.uidvalidity, status.uidnext)
    begun = []
    with database.writing(durable=True):
        for row in rows:
            payload = replace(row.payload, target=target.id, mark=mark)
            if operation.mark_running(row.id, payload):
                begun.append(
                    replace(row, payload=payload, state="running", attempts=row.attempts + 1)
                )
    return begun


def _remove_source(context: SyncContext, uids: Sequence[int]) -> None:
    """Remove the source, because the copy is proven.

    Without UIDPLUS it is only flagged \\Deleted, because EXPUNGE would remove other mail too.
    """
    context.session.store(uids, add=int(Flag.DELETED))
    if context.has("UIDPLUS"):
        context.session.uid_expunge(uids)


def _landings(
    context: SyncContext,
    rows: Sequence[OperationRow],
    uids: Sequence[int],
    target: MailboxState,
    told: CopyUid | None,
) -> dict[int, Landing]:
    """Where each UID went: by COPYUID, otherwise by identity at or above the mark."""
    found: dict[int, Landing] = {}
    if told is not None:
        found = {uid: Landing(told.uidvalidity, new) for uid, new in told.pairs.items()}
    lacking = [(row, uid) for row, uid in zip(rows, uids, strict=True) if uid not in found]
    if lacking:
        by_row = look_in_target(context, [row for row, _ in lacking], target)
        found |= {uid: by_row[row.id] for row, uid in lacking if row.id in by_row}
    return found


def look_in_target(
    context: SyncContext, rows: Sequence[OperationRow], target: MailboxState
) -> dict[int, Landing]:
    """The copy in the target at or above the mark, by operation."""
    marks = [row.payload.mark for row in rows if row.payload.mark is not None]
    if not marks:
        return {}
    selected = context.examine(target)
    low = min((mark[1] for mark in marks if mark[0] == selected.uidvalidity), default=1)
    uids = context.session.all_uids(low=max(low, 1)).uids
    found = context.session.fetch_identity(uids) if uids else {}
    owners = location.message_ids_at(target.id, selected.uidvalidity, found)
    free = sorted(found)
    landed: dict[int, Landing] = {}
    for row in rows:
        # A cycle may have taken in our own copy: then it is a location of this message.
        mine = [uid for uid in free if owners.get(uid, row.message_id) == row.message_id]
        uid = next((uid for uid in mine if _is_copy(row, found[uid], selected.uidvalidity)), None)
        if uid is not None:
            free.remove(uid)
            landed[row.id] = Landing(selected.uidvalidity, uid)
    lacking = [row for row in rows if row.id not in landed]
    if lacking and context.is_gmail and target.role is Role.ALL:
        landed |= _without_label(context, lacking, selected.uidvalidity)
    return landed


def _without_label(
    context: SyncContext, rows: Sequence[OperationRow], uidvalidity: int
) -> dict[int, Landing]:
    """Landings in All Mail (open now), which already had the mail: done once it left its source."""
    found: dict[int, Landing] = {}
    for row in rows:
        number = row.server_identity.removeprefix("gm:")
        told = context.session.search_gmail_message_id(int(number)) if number.isdigit() else None
        if told is not None and len(told.uids) == 1:
            found[row.id] = Landing(uidvalidity, told.uids[0])
    source = mailbox.get(rows[0].payload.sources[0][0])
    if not found or source is None:
        return {}
    context.examine(source)
    still = verified(context, rows, [row.payload.sources[0][2] for row in rows])
    return {
        row.id: found[row.id]
        for row in rows
        if row.id in found and row.payload.sources[0][2] not in still
    }


def _is_copy(row: OperationRow, fetched: Fetched, uidvalidity: int) -> bool:
    mark = row.payload.mark
    if mark is not None and mark[0] == uidvalidity and fetched.uid < mark[1]:
        return False
    return is_same(row, messages.identity_of(fetched), fetched.facts.server_identity)


def finish(
    context: SyncContext,
    row: OperationRow,
    source: MailboxState,
    target: MailboxState,
    landing: Landing,
    *,
    keeps_source: bool | None = None,
) -> None:
    """The message is in the target: update its locations and the operation in one transaction."""
    place = row.payload.sources[0]
    only_adds = _only_adds(context, source)
    is_left = only_adds or (
        not (context.has("MOVE") or context.has("UIDPLUS"))
        if keeps_source is None
        else keeps_source
    )
    with database.writing(durable=True):
        known = location.at(place[0], place[1], [place[2]]).get(place[2])
        if known is not None and not is_left:
            put_by_archive = row.kind == operation.ARCHIVE
            location.move_location(
                known.id,
                target.id,
                landing.uidvalidity,
                landing.uid,
                put_by_archive=put_by_archive,
            )
        elif known is not None:
            _leave(row, known, target, landing, is_marked=not only_adds)
        _note(context, row, landing)
        if not is_left:
            arrival.gone(place[0], place[1], [place[2]])
            mailbox.lower_count(source.id, 1)
        go_on(row)
        entry = ledger.Entry(
            "move",
            ledger.PERSON,
            context.account.id,
            row.message_id,
            evidence={
                "operation": row.id,
                "kind": row.kind,
                "from": [place[0], place[2]],
                "to": [target.id, landing.uid],
            },
        )
        ledger.write([entry])


def _leave(
    row: OperationRow,
    known: location.LocationRow,
    target: MailboxState,
    landing: Landing,
    *,
    is_marked: bool,
) -> None:
    """Update the source's location; without UIDPLUS the source stays, flagged \\Deleted."""
    flags = known.flags | Flag.DELETED if is_marked else known.flags
    location.set_flags(known.mailbox_id, known.uidvalidity, {known.uid: (flags, known.modseq)})
    location.put_location(
        known.message_id,
        target.id,
        landing.uidvalidity,
        landing.uid,
        flags=known.flags,
        put_by_archive=row.kind == operation.ARCHIVE,
    )


def _remember(context: SyncContext, landed: Mapping[OperationRow, Landing]) -> None:
    """Store our copies before the sources go, so that no cycle takes them for new mail."""
    with database.writing(durable=True):
        for row, landing in landed.items():
            id_, target = row.message_id, row.payload.target
            if target is not None and id_ is not None and message.exists(id_):
                location.put_location(
                    id_,
                    target,
                    landing.uidvalidity,
                    landing.uid,
                    put_by_archive=row.kind == operation.ARCHIVE,
                )
            _note(context, row, landing)


def _note(context: SyncContext, row: OperationRow, landing: Landing) -> None:
    """Note an arrival that we made, so that it never looks like another program's."""
    assert row.payload.target is not None
    arrival.note(
        [
            ArrivalRow(
                row.payload.target,
                landing.uidvalidity,
                landing.uid,
                context.account.id,
                row.identity,
                row.server_identity,
                is_kept_out=row.kind == operation.TRASH,
            )
        ]
    )


def go_on(row: OperationRow) -> None:
    """The first source is done: go on with the next, or finish."""
    rest = row.payload.sources[1:]
    is_lacking = bool(row.payload.lost) and not row.payload.is_found
    if rest or is_lacking:
        operation.set_payload(row.id, replace(row.payload, sources=rest, mark=None))
    if not rest and is_lacking:
        lost_operations.wait(row.id)
    elif not rest:
        operation.mark_done([row.id])


def resume(context: SyncContext, row: OperationRow, target: MailboxState) -> None:
    """The outcome is unknown: look in the target, then in the source, and only then act."""
    source = mailbox.get(row.payload.sources[0][0]) if row.payload.sources else None
    if source is None:
        operation.mark_done([row.id])
        return
    # A copy in it went with the label; look in the source for the mail.
    landing = None if target.is_gone else look_in_target(context, [row], target).get(row.id)
    if landing is None:
        if not lost_move.keep(context, row, source, target):
            operation.clear_mark(row.id)
            return
        with database.writing(durable=True):
            go_on(row)
        return
    _remember(context, {row: landing})
    place = row.payload.sources[0]
    is_left = False
    try:
        selected = context.session.select(source.name)
    except RefusedError:
        if not source.is_gone:
            raise  # the mail may still be there, so the operation is not done yet
        selected = None
    is_same_box = selected is not None and selected.uidvalidity == place[1]
    if is_same_box and not _only_adds(context, source) and verified(context, [row], [place[2]]):
        _remove_source(context, [place[2]])
        is_left = not context.has("UIDPLUS")
    finish(context, row, source, target, landing, keeps_source=is_left)


def found_again(
    context: SyncContext, row: OperationRow, target: MailboxState | None
) -> Source | None:
    """Where the message lies now, if another program has moved it."""
    known = lost_operations.live_copy(row)
    if known is not None:
        return known
    tried = {*row.payload.sources, *row.payload.lost}
    boxes = {box.id: box for box in mailbox.of_account(context.account.id)}
    for found in arrival.explain(context.account.id, row.identity, row.server_identity):
        box = boxes.get(found.mailbox_id)
        place = (found.mailbox_id, found.uidvalidity, found.uid)
        if box is None or (target is not None and box.id == target.id) or place in tried:
            continue
        if not lost_operations.may_follow(row, box.id) or lost_operations.is_of_another(row, place):
            continue
        if box.uidvalidity != found.uidvalidity or context.home(box) is not Home.LIVE:
            continue
        if _is_there(context, row, box, found.uid):
            return place
        arrival.gone(box.id, box.uidvalidity, [found.uid])
    return None


def why_not_needed(context: SyncContext, row: OperationRow, target: MailboxState | None) -> str:
    """Why nothing is left to do: `ELSEWHERE` if the mail is at its target, otherwise `GONE`.

    Without a target, any mailbox counts.
    """
    boxes = {box.id: box for box in mailbox.of_account(context.account.id)}
    for seen in arrival.explain(context.account.id, row.identity, row.server_identity):
        box = boxes.get(seen.mailbox_id)
        if (seen.mailbox_id, seen.uidvalidity, seen.uid) in row.payload.lost:
            continue
        is_current = box is not None and box.uidvalidity == seen.uidvalidity
        if box is not None and is_current and (target is None or box.id == target.id):
            return lost_operations.ELSEWHERE
    return lost_operations.GONE


def _is_there(context: SyncContext, row: OperationRow, box: MailboxState, uid: int) -> bool:
    try:
        context.examine(box)
    except RefusedError:
        return False
    return bool(verified(context, [row], [uid]))
