"""Carries out verdicts in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.deletion import deletion
from models.events import ConversationsChanged, Event, MessagesChanged
from models.mail import conversation, message
from models.server import location, operation, vanish_cases
from models.server.mailbox import MailboxState
from models.store import database, ledger
from sync.engine.context import SyncContext
from sync.engine.judge import Kind, Verdict

Spot = tuple[int, int]  # mailbox_id and uid, under the mailbox's present UIDVALIDITY


@dataclass(slots=True)
class Round:
    """What one round of judging knows and finds out.

    Attributes:
        boxes: The existing mailboxes, by id.
        is_level: Whether the arrivals of all of them are known.
        is_grown: Whether mail came into a mailbox that the server has never opened.
        there: The flags at spots asked for in this round, or None if the UID is gone.
        taken: Spots that already explained a vanish; one copy explains only one.
        searched: Messages for which the last-resort search was made.
        held: Messages whose delete waits for the user.
    """

    context: SyncContext
    boxes: dict[int, MailboxState]
    is_level: bool
    is_grown: bool = False
    there: dict[Spot, int | None] = field(default_factory=dict)
    taken: set[Spot] = field(default_factory=set)
    searched: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)


def carry_out(this: Round, verdicts: Sequence[Verdict]) -> None:
    """Carry out the verdicts. What the user did meanwhile takes precedence."""
    account_id = this.context.account.id
    with database.writing(durable=True):
        busy = operation.pending_for_message([v.message_id for v in verdicts])
        free = [v for v in verdicts if v.message_id not in busy]
        free = [v for v in free if message.exists(v.message_id)]
        changed = [v for v in free if v.kind in {Kind.MOVED, Kind.JUNKED, Kind.MARKED}]
        _end(this, changed)
        _hold(account_id, [v for v in free if v.kind is Kind.HELD])
        alive = [v.message_id for v in free if v.kind is Kind.NOTHING and v.message_id in this.held]
        _release(alive)
        events: list[Event] = []
        for verdict in free:
            if verdict.kind in {Kind.TRASHED, Kind.DELETED}:
                events += deletion.delete_messages(
                    [verdict.message_id],
                    kind="external",
                    cause=ledger.SERVER,
                    evidence=verdict.evidence,
                )
        marked = message.mark_junk(
            {v.message_id: v.kind is Kind.JUNKED for v in changed if v.kind is not Kind.MARKED}
        )
    for event in events:
        this.context.report(event)
    if marked:
        this.context.report(MessagesChanged(account_id, tuple(marked)))
    shown = {Kind.HELD, Kind.MOVED, Kind.JUNKED}  # their rows show whether a mail is held
    turned = [v.message_id for v in free if v.kind in shown and (v.ended or v.kind is Kind.HELD)]
    turned += alive
    if turned:
        owners = tuple(conversation.of_messages(turned))
        this.context.report(ConversationsChanged(account_id, owners))


def _end(this: Round, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        for place in verdict.ended:
            if place.location_id is not None:
                location.end_location(place.location_id)
        found = verdict.found
        if found is not None and found.location_id is None:
            box = this.boxes[found.mailbox_id]
            flags = this.there.get((found.mailbox_id, found.uid)) or 0
            location.put_location(
                verdict.message_id,
                box.id,
                box.uidvalidity,
                found.uid,
                flags=flags,
            )
        if verdict.ended:
            entry = ledger.Entry(
                "move",
                ledger.SERVER,
                this.context.account.id,
                verdict.message_id,
                evidence=verdict.evidence,
            )
            ledger.write([entry])


def _release(message_ids: Sequence[int]) -> None:
    """Release mail that was held and is alive after all: nothing is left to ask."""
    for rows in location.locations_of(message_ids).values():
        vanish_cases.set_live(row.id for row in rows if row.state == "held")


def _hold(account_id: int, verdicts: Sequence[Verdict]) -> None:
    rows = location.locations_of(v.message_id for v in verdicts)
    for verdict in verdicts:
        mine = rows.get(verdict.message_id, ())
        places = [r.id for r in mine if r.state != "live"]
        # All copies are \\Deleted or in Trash; those outside Trash may still be undeleted.
        trash = verdict.found.mailbox_id if verdict.found else None
        places = places or [r.id for r in mine if r.mailbox_id == trash]
        vanish_cases.set_held(places or [r.id for r in mine])
        entry = ledger.Entry(
            "hold", ledger.SERVER, account_id, verdict.message_id, evidence=verdict.evidence
        )
        ledger.write([entry])
