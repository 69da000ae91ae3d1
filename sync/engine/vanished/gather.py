"""Gathers the open cases of a cycle, asks for their copies, and hands the verdicts on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from models.flags import Flag
from models.mail import links, message
from models.server import (
    arrival,
    known_uids,
    location,
    mailbox,
    operation,
    vanish_cases,
)
from models.server.location import LocationRow
from models.server.mailbox import MailboxState
from models.store import database
from models.store.clock import now_ms
from sync.engine import judge
from sync.engine.context import STEP_MESSAGES, Steps, SyncContext, again
from sync.engine.fetch import messages, missing_answers
from sync.engine.judge import Case, Home, Kind, Place, Presence, Verdict
from sync.engine.mailboxes.closed import has_grown_unseen, may_hide_mail, refused
from sync.engine.mailboxes.seen import SeenMailbox
from sync.engine.vanished.apply import Round, Spot, carry_out
from sync.errors import UNOPENED, RefusedError
from sync.session import is_searchable

HOUR_MS = 3600 * 1000
UNREAD_MS = 24 * HOUR_MS


def judge_all(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> Steps:
    """Judge every message that lacks a copy, or that may have no live copy left."""
    boxes = {seen.mailbox.id: seen.mailbox for seen in mailboxes if seen.is_there}
    is_grown = any(has_grown_unseen(context, seen) for seen in mailboxes)
    this = Round(context, boxes, is_whole(context, mailboxes), is_grown)
    cases = [row for row in location.open_cases(context.account.id) if row.state == "missing"]
    held = {r.message_id for r in location.open_cases(context.account.id) if r.state == "held"}
    suspects = {row.message_id for row in cases} | held | location.in_trash(context.account.id)
    verdicts: list[Verdict] = []
    known = location.counts(context.account.id)
    ids = sorted(suspects)
    for start in range(0, len(ids), STEP_MESSAGES):
        verdicts += _judge(this, ids[start : start + STEP_MESSAGES])
        yield again("vanishes")
    this.held = held
    verdicts = [v for v in verdicts if v.message_id not in held or _is_release(v)]
    hour = vanish_cases.deleted_since(context.account.id, now_ms() - HOUR_MS)
    verdicts = _braked_before_search(verdicts, known, hour)
    to_search = [v.message_id for v in verdicts if v.kind is Kind.SEARCH]
    if to_search:
        yield from _search(this, to_search)
        again_judged = _judge(this, to_search)
        verdicts = [v for v in verdicts if v.kind is not Kind.SEARCH] + again_judged
        verdicts = judge.brake(verdicts, known=known, deleted_last_hour=hour)
    for start in range(0, len(verdicts), STEP_MESSAGES):
        carry_out(this, verdicts[start : start + STEP_MESSAGES])
        yield again("vanishes")


def is_whole(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> bool:
    """Whether everything that has appeared in any mailbox is noted."""
    boxes = {seen.mailbox.id: seen.mailbox for seen in mailboxes if seen.is_there}
    if any(may_hide_mail(context, seen.mailbox) for seen in mailboxes):
        return False
    return all(seen.is_level or not seen.is_there for seen in mailboxes) and not _is_unread(
        context, boxes
    )


def _is_unread(context: SyncContext, boxes: dict[int, MailboxState]) -> bool:
    """Whether something unreadable came within a day: it may be the missing mail."""
    line = now_ms() - UNREAD_MS
    return any(
        since > line and mailbox_id in boxes and context.home(boxes[mailbox_id]) is not Home.MIRROR
        for mailbox_id, waiting in known_uids.unread(context.account.id).items()
        for _, _, since in waiting
    )


def _is_release(verdict: Verdict) -> bool:
    """Whether a held delete is released: by the user, or because the mail is alive after all."""
    is_alive = verdict.kind is Kind.NOTHING and verdict.found is not None
    return is_alive or verdict.kind in {Kind.MOVED, Kind.JUNKED}


def _braked_before_search(
    verdicts: list[Verdict], known: dict[int, int], hour: int
) -> list[Verdict]:
    """Apply the brake first: what it holds needs no search, and that may save thousands."""
    as_if = [
        Verdict(
            v.message_id, Kind.DELETED, v.ended, v.found, v.evidence, v.is_linked, v.mailbox_ids
        )
        if v.kind is Kind.SEARCH
        else v
        for v in verdicts
    ]
    braked = judge.brake(as_if, known=known, deleted_last_hour=hour)
    return [b if b.kind is Kind.HELD else v for v, b in zip(verdicts, braked, strict=True)]


# --- gathering -------------------------------------------------------------------------------


def _judge(this: Round, message_ids: Sequence[int]) -> list[Verdict]:
    context = this.context
    located = location.locations_of(message_ids)
    linked = links.linked_messages(message_ids)
    busy = operation.pending_for_message(message_ids)
    mine = operation.open_identities(context.account.id)
    found: list[Verdict] = []
    spots = {id_: _spots(this, id_, located.get(id_, [])) for id_ in message_ids}
    _ask(this, {spot for each in spots.values() for spot in each})
    for message_id in message_ids:
        known = message.identity_of(message_id)
        if known is None:
            continue
        case = Case(
            message_id,
            _places(this, located.get(message_id, []), spots[message_id]),
            has_open_operation=message_id in busy or known[0] in mine,
            is_linked=message_id in linked,
            is_level=this.is_level,
            is_searched=message_id in this.searched,
            is_knowable=_is_knowable(this),
            is_grown=this.is_grown,
        )
        verdict = judge.judge(
            case, now=now_ms(), second_sitting=context.ms(context.timing.second_sitting)
        )
        _take_spot(this, verdict)
        found.append(verdict)
    return found


def _is_knowable(this: Round) -> bool:
    return not this.context.is_gmail or any(b.role == "all" for b in this.boxes.values())


def _take_spot(this: Round, verdict: Verdict) -> None:
    if verdict.found is not None and verdict.found.location_id is None:
        this.taken.add((verdict.found.mailbox_id, verdict.found.uid))


def _spots(this: Round, message_id: int, rows: Iterable[LocationRow]) -> set[Spot]:
    """Where to ask: its live locations, and arrivals of its identity without another owner."""
    own = {(row.mailbox_id, row.uid) for row in rows if _is_current(this, row)}
    live = {(r.mailbox_id, r.uid) for r in rows if r.state == "live" and _is_current(this, r)}
    known = message.identity_of(message_id)
    if known is None:
        return live
    for row in arrival.explain(this.context.account.id, known[0], known[1]):
        box, spot = this.boxes.get(row.mailbox_id), (row.mailbox_id, row.uid)
        if box is None or box.uidvalidity != row.uidvalidity or spot in own:
            continue
        if this.context.home(box) is not Home.MIRROR and _is_free(this, message_id, box, row.uid):
            live.add(spot)
    return live


def _is_current(this: Round, row: LocationRow) -> bool:
    box = this.boxes.get(row.mailbox_id)
    return box is not None and box.uidvalidity == row.uidvalidity


def _is_free(this: Round, message_id: int, box: MailboxState, uid: int) -> bool:
    """Whether a spot belongs to no other message, or to a twin that has another live copy."""
    row = location.at(box.id, box.uidvalidity, [uid]).get(uid)
    if row is None or row.message_id == message_id:
        return True
    return bool(location.live_elsewhere(row.message_id, but={row.id}))


def _ask(this: Round, spots: set[Spot]) -> None:
    """Ask each mailbox for exactly these UIDs: what exists now, with which flags."""
    by_box: defaultdict[int, set[int]] = defaultdict(set)
    for mailbox_id, uid in spots - this.there.keys():
        by_box[mailbox_id].add(uid)
    for mailbox_id, uids in by_box.items():
        box = this.boxes[mailbox_id]
        try:
            selected = this.context.examine(box)
            if selected.uidvalidity in {0, box.uidvalidity}:
                _ask_box(this, box, uids)
        except UNOPENED as fault:
            refused(this.context, box, fault)


def _ask_box(this: Round, box: MailboxState, uids: set[int]) -> None:
    flags = this.context.session.fetch_flags(uids)
    lacking = uids - flags.keys()
    still = this.context.session.existing(lacking) if lacking else set()
    gone = lacking - still
    for uid, facts in flags.items():
        this.there[box.id, uid] = facts.flags or 0
    for uid in gone:
        this.there[box.id, uid] = None
    if gone:
        located = known_uids.located(box.id, box.uidvalidity, gone)
        arrival.gone(box.id, box.uidvalidity, gone - located)


def _places(this: Round, rows: Iterable[LocationRow], spots: Iterable[Spot]) -> tuple[Place, ...]:
    known = {(row.mailbox_id, row.uid): row for row in rows if _is_current(this, row)}
    places = [_place(this, row) for row in rows]
    for mailbox_id, uid in sorted(set(spots) - known.keys() - this.taken):
        flags = this.there.get((mailbox_id, uid), -1)
        if flags is None:
            continue
        box = this.boxes[mailbox_id]
        presence = Presence.UNKNOWN if flags < 0 else Presence.PRESENT
        marked = flags > 0 and bool(flags & Flag.DELETED)
        places.append(Place(mailbox_id, uid, this.context.home(box), presence, marked))
    return tuple(places)


def _place(this: Round, row: LocationRow) -> Place:
    box = this.boxes.get(row.mailbox_id)
    flags = this.there.get((row.mailbox_id, row.uid), -1)
    presence = Presence.UNKNOWN
    if box is not None and box.uidvalidity == row.uidvalidity:
        if row.state in {"missing", "held"}:
            presence = Presence.ABSENT if row.asks or row.state == "missing" else Presence.UNKNOWN
        elif row.state == "hidden":
            presence = Presence.HIDDEN
        elif flags is not None and flags >= 0:
            presence = Presence.PRESENT  # gone by now (None): the next check opens its case
    marked = flags is not None and flags > 0 and bool(flags & Flag.DELETED)
    return Place(
        row.mailbox_id,
        row.uid,
        this.context.home(box) if box else Home.LIVE,
        presence,
        marked,
        row.id,
        row.asks,
        row.missing_since,
        row.last_ask_at,
    )


# --- the last resort ---------------------------------------------------------------------------


def _search(this: Round, message_ids: Sequence[int]) -> Steps:
    """Search every mailbox by Message-ID: copies from before set-up are below all watermarks."""
    context = this.context
    for box in this.boxes.values():
        if context.home(box) not in {Home.LIVE, Home.JUNK}:
            continue
        try:
            context.examine(box)
        except UNOPENED as fault:
            refused(context, box, fault)
            known = mailbox.get(box.id)
            if known is not None and may_hide_mail(context, known):
                return
            continue
        for message_id in message_ids:
            if not _search_in(this, box, message_id):
                return  # an incomplete answer proves nothing
        yield again("vanishes", box.name)
    this.searched |= set(message_ids)


def _search_in(this: Round, box: MailboxState, message_id: int) -> bool:
    known = message.identity_of(message_id)
    if known is None or not known[2]:
        return True  # nothing to search by without a Message-ID
    try:
        told = this.context.session.search_header_message_id(known[2])
        read = missing_answers.headers(this.context, told.uids)
    except RefusedError:
        return False  # let other work go first
    if not told.is_complete:
        return not is_searchable(known[2])  # a hostile Message-ID is never sent
    if read.bare or read.unread:
        return False  # it has a mail with this Message-ID, which may be this one
    same = [f for f in read.found.values() if messages.identity_of(f) == known[0]]
    with database.writing(durable=False):
        arrivals = [f for f in same if _is_free(this, message_id, box, f.uid)]
        arrival.note(_arrival(this, box, f.uid, known, f.facts.flags or 0) for f in arrivals)
    return True


def _arrival(
    this: Round, box: MailboxState, uid: int, known: tuple[bytes, str, str], flags: int
) -> arrival.ArrivalRow:
    return arrival.ArrivalRow(
        box.id, box.uidvalidity, uid, this.context.account.id, known[0], known[1], flags
    )
