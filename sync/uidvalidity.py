"""A mailbox with a new UIDVALIDITY, or a UIDNEXT that fell: its UIDs mean other mail now.

Identities of everything in it are fetched and the locations mapped. What is not found again
keeps its location under the old number: nobody judges it, so it is never a delete.
"""

from __future__ import annotations

from collections.abc import Mapping

from models import arrival, database, ledger, location, mailbox, sync_state
from models.arrival import ArrivalRow
from models.events import MailboxesChanged
from models.mailbox import MailboxState
from sync import arrivals, bodies, judge
from sync.mailboxes import Seen
from sync.session import Fetched, Selected
from sync.work import STEP_MESSAGES, Steps, Work, again, now


def is_renumbered(one: Seen) -> bool:
    """Whether UIDs known of this mailbox may be other mail by now."""
    box, status = one.mailbox, one.status
    if status is None or not status.uidvalidity or not one.is_there:
        return False
    if status.uidvalidity != box.uidvalidity:
        return True
    return 0 < status.uidnext < box.uidnext


def follow(work: Work, one: Seen) -> Steps:
    """Map the locations of a renumbered mailbox."""
    box = one.mailbox
    selected = work.examine(box)
    listing = work.session.all_uids()
    if not listing.is_complete or not selected.uidvalidity:
        return  # asked again in the next cycle; nothing of it is judged before
    there: dict[int, Fetched] = {}
    for start in range(0, len(listing.uids), STEP_MESSAGES):
        there |= work.session.fetch_identity(listing.uids[start : start + STEP_MESSAGES])
        yield again("arrivals", box.name)
    names = {uid: bodies.identity_of(fetched) for uid, fetched in there.items()}
    found = _map(box, selected.uidvalidity, names)
    new = _unmatched(work, there, set(found.uids.values()))
    _store(work, box, selected, there, names, found, one)
    moved = mailbox.get(box.id)
    if moved is not None and arrivals.is_synced(moved):
        yield from arrivals.take_uids(work, moved, new)


def _map(box: MailboxState, uidvalidity: int, names: Mapping[int, bytes]) -> judge.Remap:
    known = sync_state.identities_in(box.id, box.uidvalidity)
    found = judge.remap(known, names, is_complete=True)
    if uidvalidity != box.uidvalidity:
        return found
    same = {uid: uid for uid, name in known.items() if names.get(uid) == name}
    share = len(same) / len(known) if known else 1.0
    is_certain = share >= judge.SURE_SHARE
    return judge.Remap(same, frozenset(known) - frozenset(same), is_certain)


def _unmatched(work: Work, there: Mapping[int, Fetched], matched: set[int]) -> list[int]:
    """Mail that came meanwhile: not known here, and not older than the last success."""
    return [
        uid
        for uid, fetched in there.items()
        if uid not in matched and not arrivals.is_old(work, fetched.facts.received_at)
    ]


def _store(
    work: Work,
    box: MailboxState,
    selected: Selected,
    there: Mapping[int, Fetched],
    names: Mapping[int, bytes],
    found: judge.Remap,
    one: Seen,
) -> None:
    rows = {row.uid: row for row in location.locations(box.id, box.uidvalidity)}
    uidvalidity = selected.uidvalidity
    with database.writing(durable=True):
        if uidvalidity != box.uidvalidity:
            mapping = {rows[old].id: new for old, new in found.uids.items() if old in rows}
            location.remap_uidvalidity(box.id, uidvalidity, mapping)
        else:
            sync_state.set_stale(rows[uid].id for uid in found.unmatched if uid in rows)
        free = there.keys() - set(found.uids.values())
        arrival.note(
            ArrivalRow(
                box.id,
                uidvalidity,
                uid,
                work.account.id,
                names[uid],
                there[uid].facts.server_identity,
                there[uid].facts.flags or 0,
            )
            for uid in free
        )
        _drop_stale(box, uidvalidity)
        top = max(there, default=0) + 1
        mailbox.update(
            box.id,
            uidvalidity=uidvalidity,
            uidnext=top,
            message_count=len(there),
            highestmodseq=0,
            watermark=top,
            backfill_uid=0,
            full_check_at=now(),
            held_reason="" if found.is_certain else "uidvalidity",
        )
        evidence = {
            "mailbox": box.id,
            "what": "renumbered",
            "matched": len(found.uids),
            "unmatched": len(found.unmatched),
        }
        entry = ledger.Entry("mailbox", ledger.SERVER, work.account.id, evidence=evidence)
        ledger.write([entry])
    work.report(MailboxesChanged(work.account.id))


def _drop_stale(box: MailboxState, uidvalidity: int) -> None:
    """Old locations of messages that are alive elsewhere say nothing any more."""
    for row in location.locations(box.id):
        if row.uidvalidity != uidvalidity and location.live_elsewhere(row.message_id, but={row.id}):
            location.end_location(row.id)
