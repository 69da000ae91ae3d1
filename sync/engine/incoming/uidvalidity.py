"""Maps a renumbered mailbox: its UIDVALIDITY is new or its UIDNEXT fell.

Its UIDs now mean other mail. The identities of everything in it are fetched, and the locations are
mapped by them. What a tombstone keeps out (R8) is counted again. If most mail was found again, the
rest becomes open cases under the new numbers, which need full proof before a delete. Otherwise the
user is asked. A new UIDVALIDITY alone never deletes anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from models.events import ConversationsChanged, MailboxesChanged
from models.mail import conversation, message
from models.server import arrival, known_uids, location, mailbox, operation
from models.server.arrival import ArrivalRow
from models.server.location import LocationRow
from models.server.mailbox import MailboxState
from models.store import database, ledger
from sync.engine import judge
from sync.engine.context import STEP_MESSAGES, Steps, SyncContext, again, now
from sync.engine.fetch import messages, missing_answers, scope
from sync.engine.incoming import arrivals
from sync.engine.mailboxes.seen import SeenMailbox
from sync.session import Fetched


@dataclass(frozen=True, slots=True)
class _Content:
    """Everything that is in a renumbered mailbox.

    Attributes:
        count: How many messages.
        top: A number above every UID.
        there: What could be read, by UID.
        names: The identities of these.
        unread: UIDs that cannot be read now.
    """

    uidvalidity: int
    count: int
    top: int
    there: Mapping[int, Fetched]
    names: Mapping[int, bytes]
    unread: frozenset[int]


def is_renumbered(seen: SeenMailbox) -> bool:
    """Whether the known UIDs of this mailbox may mean other mail now."""
    box, status = seen.mailbox, seen.status
    if status is None or not status.uidvalidity or not seen.is_there:
        return False
    if status.uidvalidity != box.uidvalidity:
        return True
    return 0 < status.uidnext < box.uidnext


def follow(context: SyncContext, seen: SeenMailbox) -> Steps:
    """Map the locations of a renumbered mailbox."""
    box = seen.mailbox
    selected = context.examine(box)
    listing = context.session.all_uids()
    if not listing.is_complete or not selected.uidvalidity:
        return  # asked again in the next cycle; until then nothing in it is judged
    there: dict[int, Fetched] = {}
    unread: set[int] = set()
    for start in range(0, len(listing.uids), STEP_MESSAGES):
        read = missing_answers.headers(context, listing.uids[start : start + STEP_MESSAGES])
        there |= read.found
        unread |= {*read.unread, *read.bare}
        yield again("arrivals", box.name)
    names = {uid: messages.identity_of(fetched) for uid, fetched in there.items()}
    top = max(listing.uids, default=0) + 1
    content = _Content(
        selected.uidvalidity, len(listing.uids), top, there, names, frozenset(unread)
    )
    held = _store(context, box, content, _map(box, content))
    context.report(MailboxesChanged(context.account.id))
    if held:
        owners = tuple(conversation.of_messages(held))
        context.report(ConversationsChanged(context.account.id, owners))
    yield from _take_rest(context, box, content)


def _take_rest(context: SyncContext, box: MailboxState, content: _Content) -> Steps:
    """Take in what came meanwhile. It was noted as unread, so a lost connection loses nothing."""
    moved = mailbox.get(box.id)
    if moved is not None and arrivals.is_synced(moved):
        noted = known_uids.unread(context.account.id).get(box.id, [])
        uids = [uid for validity, uid, _ in noted if validity == content.uidvalidity]
        yield from arrivals.read_again(context, moved, uids)


def _map(box: MailboxState, content: _Content) -> judge.Remap:
    known = known_uids.identities_in(box.id, box.uidvalidity)
    found = judge.remap(known, content.names, is_complete=True)
    if content.uidvalidity != box.uidvalidity:
        return found
    same = {uid: uid for uid, name in known.items() if content.names.get(uid) == name}
    share = len(same) / len(known) if known else 1.0
    is_certain = share >= judge.SURE_SHARE
    return judge.Remap(same, frozenset(known) - frozenset(same), is_certain)


def _store(
    context: SyncContext, box: MailboxState, content: _Content, found: judge.Remap
) -> list[int]:
    """Store everything in one transaction. Returns the messages that the user is asked about."""
    with database.writing(durable=True):
        rows = {row.uid: row for row in location.locations(box.id, box.uidvalidity)}
        kept_out = _kept_out(box, content, set(found.uids.values()))
        if content.uidvalidity != box.uidvalidity:
            mapping = {rows[old].id: new for old, new in found.uids.items() if old in rows}
            location.remap_uidvalidity(box.id, content.uidvalidity, mapping)
            arrival.forget_numbers(box.id, content.uidvalidity)
        held = _unplace(context, box, content, found)
        _note(context, box, content, found, kept_out)
        mailbox.update(
            box.id,
            uidvalidity=content.uidvalidity,
            uidnext=content.top,
            message_count=content.count,
            highestmodseq=0,
            watermark=content.top,
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
        ledger.write(
            [ledger.Entry("mailbox", ledger.SERVER, context.account.id, evidence=evidence)]
        )
    return held


def _kept_out(box: MailboxState, content: _Content, matched: set[int]) -> set[int]:
    """The new UIDs that tombstones keep out, as many copies of each mail as before."""
    free: defaultdict[bytes, list[int]] = defaultdict(list)
    for uid in sorted(content.names.keys() - matched, reverse=True):
        free[content.names[uid]].append(uid)
    kept: set[int] = set()
    for row in arrival.kept_out_before(box.id):
        is_here = row.uidvalidity == content.uidvalidity and row.uid in free[row.identity]
        if is_here:
            free[row.identity].remove(row.uid)
            kept.add(row.uid)
        elif free[row.identity]:
            kept.add(free[row.identity].pop())
        if not is_here:
            arrival.gone(box.id, row.uidvalidity, [row.uid])
    return kept


def _unplace(
    context: SyncContext, box: MailboxState, content: _Content, found: judge.Remap
) -> list[int]:
    """Settle locations that were not found again: ended, open cases, or held for the user."""
    is_new = content.uidvalidity != box.uidvalidity
    lost = [
        row
        for row in location.locations(box.id)
        if row.uidvalidity != content.uidvalidity or (not is_new and row.uid in found.unmatched)
    ]
    alone = [row for row in lost if not location.live_elsewhere(row.message_id, but={row.id})]
    for row in lost:
        if row not in alone:
            location.end_location(row.id)
    busy = operation.pending_for_message(row.message_id for row in alone)
    is_proof = is_new and found.is_certain and not content.unread
    # New numbers release nothing that is held or cannot be looked at.
    kept = {"held", "hidden"}
    held = [
        row for row in alone if row.message_id not in busy and (not is_proof or row.state in kept)
    ]
    cases = [row for row in alone if row not in held]
    location.unplace((row.id for row in cases), content.uidvalidity, "missing", now())
    location.unplace((row.id for row in held), content.uidvalidity, "held", now())
    _report_held(context, box, held)
    return [row.message_id for row in held]


def _report_held(context: SyncContext, box: MailboxState, held: list[LocationRow]) -> None:
    evidence = {"held": "renumbered", "mailbox": box.id}
    ledger.write(
        ledger.Entry("hold", ledger.SERVER, context.account.id, row.message_id, evidence=evidence)
        for row in held
    )


def _note(
    context: SyncContext,
    box: MailboxState,
    content: _Content,
    found: judge.Remap,
    kept_out: set[int],
) -> None:
    """Note what is there without a location: kept out, to be taken in, or unwanted past mail."""
    free = content.names.keys() - set(found.uids.values())
    wanted = _wanted(context, box, content, free - kept_out)
    arrival.note(
        ArrivalRow(
            box.id,
            content.uidvalidity,
            uid,
            context.account.id,
            content.names[uid],
            content.there[uid].facts.server_identity,
            content.there[uid].facts.flags or 0,
            is_kept_out=uid in kept_out,
        )
        for uid in free - wanted
    )
    unread = content.unread | wanted
    known_uids.note_unread(
        context.account.id, box.id, content.uidvalidity, unread, is_renumbered=True
    )


def _wanted(context: SyncContext, box: MailboxState, content: _Content, free: set[int]) -> set[int]:
    """What may have come meanwhile: known mail, mail in the range, and mail that is not old."""
    if not arrivals.is_synced(box):
        return set()
    known = message.by_identity(context.account.id, (content.names[uid] for uid in free))
    since = scope.since(context, box)
    return {
        uid
        for uid in free
        if content.names[uid] in known
        or content.there[uid].facts.received_at >= since
        or not arrivals.is_old(context, content.there[uid].facts.received_at)
    }
