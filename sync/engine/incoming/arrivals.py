"""Takes in arrivals: what appeared in a mailbox since its watermark.

From a chosen mailbox, whole messages come in. From any other, only identities: they show later where
a vanished mail went. Each UID is taken in once, because the watermark moves in the same transaction
as the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.flags import Flag
from models.intake import intake
from models.mail import message
from models.parsed_mail import ParsedMail
from models.server import arrival, known_uids, location, mailbox
from models.server.arrival import ArrivalRow
from models.server.mailbox import MailboxState
from models.store import database
from sync.engine.context import STEP_BYTES, STEP_MESSAGES, Steps, SyncContext, again, now
from sync.engine.fetch import messages, missing_answers, reappeared, scope
from sync.engine.fetch.messages import Wanted
from sync.engine.fetch.missing_answers import Headers
from sync.engine.fetch.reappeared import Sighting
from sync.engine.mailboxes.seen import SeenMailbox
from sync.session import Facts, Fetched

MANY = 500  # this many at once are an import or a move of old mail: no notification
FRESH_MS = 24 * 3600 * 1000


def is_synced(box: MailboxState) -> bool:
    """Whether whole messages are taken in from this mailbox."""
    return box.is_synced


def take_in(context: SyncContext, seen: SeenMailbox) -> Steps:
    """Take in everything at and above the watermark, at most 200 messages a step."""
    box = seen.mailbox
    selected = context.examine(box)
    if selected.uidvalidity and selected.uidvalidity != box.uidvalidity:
        return  # renumbered meanwhile: the next cycle maps the UIDs
    listing = context.session.all_uids(low=box.watermark)
    is_many = len(listing.uids) > MANY
    for start in range(0, len(listing.uids), STEP_MESSAGES):
        uids = listing.uids[start : start + STEP_MESSAGES]
        mark = uids[-1] + 1 if listing.is_complete else None
        if is_synced(box):
            yield from _take_mail(context, box, uids, mark, is_many=is_many)
        else:
            _take_identities(context, box, uids, mark)
            yield again("arrivals", box.name)
    if listing.is_complete and seen.status:
        last = listing.uids[-1] + 1 if listing.uids else 0
        mailbox.update(box.id, watermark=max(seen.status.uidnext, last, box.watermark))


def _take_identities(
    context: SyncContext, box: MailboxState, uids: Sequence[int], mark: int | None
) -> None:
    read = missing_answers.headers(context, uids)
    with database.writing(durable=False):
        note(context.account.id, box, read.found.values())
        # Without its header it is unknown whether it explains a vanish.
        _note_rest(context, box, uids, read, unread={*read.unread, *read.bare})
        if mark is not None:
            mailbox.update(box.id, watermark=mark)


def _note_rest(
    context: SyncContext, box: MailboxState, uids: Sequence[int], read: Headers, *, unread: set[int]
) -> None:
    """Note what could not be read, so that it is asked for again. Drop what is gone."""
    known_uids.note_unread(context.account.id, box.id, box.uidvalidity, unread)
    went = set(uids) - read.found.keys() - read.bare.keys() - read.unread
    arrival.gone(box.id, box.uidvalidity, went)


def note(account_id: int, box: MailboxState, found: Iterable[Fetched]) -> None:
    """Keep the identities of a mailbox that is not synced, as further places of known messages."""
    rows = [_row(account_id, box, fetched) for fetched in found]
    arrival.note(rows)
    known = message.by_identity(account_id, (row.identity for row in rows))
    gmail = message.by_server_identity(account_id, (r.server_identity for r in rows))
    places = location.places_in(
        box.id, [id_ for ids in (*known.values(), *gmail.values()) for id_ in ids]
    )
    located = known_uids.located(box.id, box.uidvalidity, (row.uid for row in rows))
    for row in rows:
        candidates = gmail.get(row.server_identity) or known.get(row.identity) or []
        owner = next((id_ for id_ in candidates if id_ not in places), None)
        if owner is None or row.uid in located or row.flags & Flag.DELETED:
            continue
        places.add(owner)
        location.put_location(owner, box.id, box.uidvalidity, row.uid, flags=row.flags)


def _row(account_id: int, box: MailboxState, fetched: Fetched) -> ArrivalRow:
    facts = fetched.facts
    return ArrivalRow(
        mailbox_id=box.id,
        uidvalidity=box.uidvalidity,
        uid=fetched.uid,
        account_id=account_id,
        identity=messages.identity_of(fetched),
        server_identity=facts.server_identity,
        flags=facts.flags or 0,
    )


def _take_mail(
    context: SyncContext, box: MailboxState, uids: Sequence[int], mark: int | None, *, is_many: bool
) -> Steps:
    """Take in whole messages. A message that is already here only gets one more location."""
    read = missing_answers.headers(context, uids)
    sightings = [_sighting(fetched) for fetched in read.found.values()]
    waiting = reappeared.follow(context, box, sightings)
    with database.writing(durable=False):
        _note_rest(context, box, uids, read, unread={*read.unread, *waiting})
    names = {sighting.uid: sighting.identity for sighting in sightings}
    wanted = [Wanted(uid, read.found[uid].facts, names[uid]) for uid in names.keys() - waiting]
    wanted += [Wanted(uid, facts) for uid, facts in read.bare.items()]
    for part in in_steps(sorted(wanted, key=lambda item: item.uid)):
        mails = _with_bodies(context, box, part)
        last = part[-1].uid + 1 if part[-1].uid != uids[-1] else mark
        _store(context, box, mails, last if mark is not None else None, is_many=is_many)
        yield again("arrivals", box.name)
    if not wanted and mark is not None:
        mailbox.update(box.id, watermark=mark)


def _sighting(fetched: Fetched) -> Sighting:
    facts = fetched.facts
    return Sighting(
        fetched.uid, messages.identity_of(fetched), facts.server_identity, facts.flags or 0
    )


def in_steps(wanted: Sequence[Wanted]) -> Iterable[list[Wanted]]:
    """Split messages into steps of at most 200 messages or 4 MiB, whichever comes first."""
    part: list[Wanted] = []
    size = 0
    for item in wanted:
        if part and (len(part) == STEP_MESSAGES or size + item.bytes_to_come > STEP_BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += item.bytes_to_come
    if part:
        yield part


def _with_bodies(
    context: SyncContext, box: MailboxState, wanted: Sequence[Wanted]
) -> list[intake.Incoming]:
    names = [item.identity for item in wanted if item.identity is not None]
    known = message.by_identity(context.account.id, names)
    counts: dict[bytes, int] = {}
    fresh: list[Wanted] = []
    there: list[intake.Incoming] = []
    here = known_uids.located(box.id, box.uidvalidity, [item.uid for item in wanted])
    free = {identity: location.without_place(box.id, ids) for identity, ids in known.items()}
    for item in wanted:
        identity = item.identity or b""
        if item.uid in here:
            there.append(_bare(box, item.facts, identity))
            continue
        counts[identity] = counts.get(identity, 0) + 1
        if counts[identity] <= free.get(identity, 0) or (item.facts.flags or 0) & Flag.DELETED:
            there.append(_bare(box, item.facts, identity))
        else:
            fresh.append(item)
    return there + messages.fetch(context, box, fresh)


def _bare(box: MailboxState, facts: Facts, identity: bytes) -> intake.Incoming:
    """A mail without a body: the store has it, or does not take it in while it is \\Deleted."""
    return messages.incoming(box, facts, facts, identity, ParsedMail())


def _store(
    context: SyncContext,
    box: MailboxState,
    mails: Sequence[intake.Incoming],
    mark: int | None,
    *,
    is_many: bool,
) -> None:
    """Write rows and watermark in one transaction, then report the events."""
    quiet = [mail for mail in mails if is_many or is_old(context, mail.received_at)]
    fresh = [mail for mail in mails if mail not in quiet] if quiet else list(mails)
    with database.writing(durable=False):
        events = intake.take_in(context.account.id, fresh, past=False, quiet=False)
        events += intake.take_in(context.account.id, quiet, past=False, quiet=True)
        known_uids.attach_arrivals(context.account.id, [mail.identity for mail in mails])
        if mark is not None:
            mailbox.update(box.id, watermark=mark)
    for event in events:
        context.report(event)


def is_old(context: SyncContext, received_at: int) -> bool:
    """Whether a mail is old: moved here by another program, or imported. No notification then."""
    since = context.last_success_at or context.account.created_at
    start_at = context.account.start_at // 1000 * 1000  # INTERNALDATE has whole seconds only
    is_before_start = 0 < received_at < start_at
    return is_before_start or received_at < min(now(), since) - FRESH_MS


def take_uids(context: SyncContext, box: MailboxState, uids: Sequence[int]) -> Steps:
    """Take in UIDs below the watermark: they lost \\Deleted, or a listing named them."""
    if uids:
        yield from _take_mail(context, box, sorted(uids), None, is_many=len(uids) > MANY)


def read_again(context: SyncContext, box: MailboxState, uids: Sequence[int]) -> Steps:
    """Try once more to read UIDs that could not be read before."""
    if context.examine(box).uidvalidity not in {0, box.uidvalidity}:
        return
    if is_synced(box):
        yield from take_uids(context, box, scope.future(context, box, uids))
        return
    for start in range(0, len(uids), STEP_MESSAGES):
        _take_identities(context, box, uids[start : start + STEP_MESSAGES], None)
        yield again("arrivals", box.name)
