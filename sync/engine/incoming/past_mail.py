"""Takes in past mail, newest first, in steps; each stores its cursor in the same transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from models.deletion import tombstones
from models.events import Event, LabelProgress, PastProgress
from models.intake import intake
from models.server import arrival, known_uids, mailbox, past_sync
from models.server.mailbox import MailboxState, Role
from models.store import database
from sync.engine.context import STEP_BYTES, STEP_MESSAGES, Step, SyncContext, now
from sync.engine.fetch import messages, missing_answers, reappeared, scope
from sync.engine.fetch.messages import Wanted
from sync.engine.fetch.reappeared import Sighting
from sync.engine.fetch.scope import Contacts, envelopes
from sync.engine.incoming.overlap import while_fetching
from sync.engine.mailboxes.closed import refused
from sync.engine.quarantine import SyncPart
from sync.errors import RefusedError, RetryError, ThrottledError

WINDOW = 1000  # UIDs whose sizes and dates are read at once
_ORDER = {Role.INBOX: 0, Role.SENT: 1}


@dataclass(slots=True)
class _Range:
    """What is left of one mailbox's past mail. `uids` and `ready` are newest first.

    Attributes:
        total: The number of messages, with those taken in over an earlier connection.
        is_complete: Whether the listing was complete. If not, it is asked for again, and nothing counts as
            done.
        fetched: What was fetched while the last step was written, with what was asked for.
    """

    uids: deque[int]
    total: int
    cursor: int
    is_complete: bool
    ready: deque[Wanted] = field(default_factory=deque)
    fetched: tuple[list[Wanted], list[intake.Incoming]] | None = None

    @property
    def left(self) -> int:
        """How many messages are still to be taken in."""
        return len(self.uids) + len(self.ready) + len(self.fetched[0] if self.fetched else ())

    @property
    def done(self) -> int:
        """How many messages are done."""
        return self.total - self.left


class Backfill:
    """Takes in the past mail of one account over one connection. Its cursors are in the store."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._ranges: dict[int, _Range] = {}
        self._contacts: Contacts | None = None
        self._boxes: list[MailboxState] = []
        self._refused: set[int] = set()
        self._later: set[int] = set()
        # Mailboxes that could not be read when the others were done.
        self._put_off: set[int] = set()
        self._again_at = 0

    def step(self) -> Step | None:
        """Take in one step of past mail; None when there is none left."""
        box = self._next()
        if box is None:
            return None
        try:
            self._advance(box)
        except ThrottledError:
            raise
        except RetryError:
            self._leave_for_later(box)
        except RefusedError as fault:
            if self._context.session.place[0] == box.name:
                self._leave_for_later(box)  # it opens, but cannot be searched
            else:
                self._refused.add(box.id)
                self._ranges.pop(box.id, None)
                refused(self._context, box, fault)
        return self._said(box)

    def _leave_for_later(self, box: MailboxState) -> None:
        """Leave this label for later: the fault may be permanent, so the other labels go first."""
        self._ranges.pop(box.id, None)
        self._later.add(box.id)
        patience = self._context.ms(self._context.timing.backoff_most)
        self._again_at = self._again_at or now() + patience

    def _said(self, box: MailboxState) -> Step:
        """A step's report: what it did, how far every label is, and the time left."""
        labels = tuple(self._progress(each) for each in self._boxes)
        done, total = sum(each.done for each in labels), sum(each.total for each in labels)
        self._context.pace.note(done)
        is_counted = all(b.id in self._ranges for b in self._boxes if self._is_open(b))
        seconds = self._context.pace.seconds_left(total - done) if is_counted else None
        past = PastProgress(labels, seconds)
        return Step("again", 0.0, "backfill", box.name, done, total, past)

    def _progress(self, box: MailboxState) -> LabelProgress:
        one = self._ranges.get(box.id)
        stored = past_sync.label_progress(box)
        if one is None:
            return stored
        is_done = one.is_complete and not one.left
        return replace(stored, done=one.done, total=one.total, is_done=is_done)

    def forget_fetched(self) -> None:
        """Drop what was fetched ahead, because other work came between and it may be outdated."""
        for one in self._ranges.values():
            if one.fetched is not None:
                one.ready.extendleft(reversed(one.fetched[0]))
                one.fetched = None

    def _next(self) -> MailboxState | None:
        """The next mailbox: INBOX, then Sent, then the others."""
        known = mailbox.of_account(self._context.account.id)
        known.sort(key=lambda box: (_ORDER.get(box.role, 2), box.name))
        boxes = [box for box in known if self._is_open(box)]
        self._boxes = [box for box in known if past_sync.is_underway(box)]
        wanted = {box.id for box in known if box.is_synced and not box.backfill_done}
        self._put_off = wanted - {box.id for box in boxes} - self._later
        begun = [box for box in boxes if box.id in self._ranges]
        if begun and any(one.done for one in self._ranges.values()):
            unknown = [box for box in boxes if box.id not in self._ranges]
            return unknown[0] if unknown else boxes[0]
        return boxes[0] if boxes else None

    def _is_open(self, box: MailboxState) -> bool:
        is_put_off = box.id in self._refused or box.id in self._later
        if self._context.quarantine.is_closed(box.name, SyncPart.PAST):
            self._refused.add(box.id)
            is_put_off = True
        is_there = box.is_selectable and box.missing_since is None and not is_put_off
        return is_there and box.is_synced and not box.backfill_done

    def _advance(self, box: MailboxState) -> None:
        selected = self._context.examine(box)
        if selected.uidvalidity and box.uidvalidity and selected.uidvalidity != box.uidvalidity:
            self._refused.add(box.id)  # the cycle maps it first; then it starts again
            return
        one = self._ranges.get(box.id)
        if one is None:
            self._ranges[box.id] = self._begin(box)
            return
        if not one.ready and one.uids:
            self._look_ahead(box, one)
        self._take(box, one)

    def _begin(self, box: MailboxState) -> _Range:
        """List the UIDs of the range that are not here yet."""
        session, start_at = self._context.session, scope.past_since(self._context)
        cursor = box.backfill_uid or max(box.watermark, 1)
        listing = session.search_since(start_at) if start_at else session.all_uids()
        told = set(listing.uids)
        if not listing.is_complete:
            listing = session.all_uids(1, max(cursor - 1, 1))  # then it is cut by INTERNALDATE
            told |= set(listing.uids)
        uids = sorted(uid for uid in told if uid < cursor)
        floor = uids[0] if uids else 0
        total = max(box.past_total, len(uids))
        columns = {"backfill_uid": cursor, "backfill_floor": floor, "past_total": total}
        past_sync.advance(box, self._run, **columns)
        return _Range(deque(reversed(uids)), total, cursor, listing.is_complete)

    @property
    def _run(self) -> int:
        return self._context.account.past_run

    def _look_ahead(self, box: MailboxState, one: _Range) -> None:
        """Read sizes and dates of the next window, and drop what is too old or not wanted."""
        window = [one.uids.popleft() for _ in range(min(WINDOW, len(one.uids)))]
        here = known_uids.located(box.id, box.uidvalidity, window)
        if not box.bring_back_before:
            here |= arrival.kept_out_at(box.id, box.uidvalidity, window).keys()
        unknown = [uid for uid in window if uid not in here]
        if scope.is_of_contacts(self._context, box):
            wanted, unread = self._of_contacts(box, unknown)
        else:
            facts, unread = missing_answers.facts(self._context, unknown)
            wanted = [Wanted(uid, facts[uid]) for uid in facts]
        known_uids.note_unread(self._context.account.id, box.id, box.uidvalidity, unread)
        start_at = scope.past_since(self._context)
        inside = [w for w in wanted if not 0 < w.facts.received_at < start_at]
        one.ready.extend(sorted(inside, key=lambda item: -item.uid))
        one.cursor = window[-1]

    def _of_contacts(self, box: MailboxState, uids: Sequence[int]) -> tuple[list[Wanted], set[int]]:
        """Keep only mail with an address of a contact; the envelopes are read first."""
        if self._contacts is None:
            self._contacts = Contacts(self._context.account.addresses)
        found: list[Wanted] = []
        unread: set[int] = set()
        for start in range(0, len(uids), STEP_MESSAGES):
            read = envelopes(self._context, uids[start : start + STEP_MESSAGES])
            unread |= {*read.unread, *read.bare}
            items = [Wanted(uid, f.facts, messages.identity_of(f)) for uid, f in read.found.items()]
            asked = self._asked_back(box, items)
            found += [
                item
                for item in items
                if item.facts.received_at >= self._context.account.whole_since
                or item.identity in asked
                or self._contacts.has(read.found[item.uid].raw)
            ]
        return found, unread

    def _asked_back(self, box: MailboxState, items: Sequence[Wanted]) -> set[bytes]:
        """The identities of mails that the user wants back (R8), no matter who sent them."""
        if not box.bring_back_before:
            return set()
        names = [item.identity for item in items if item.identity is not None]
        return tombstones.deleted_here(self._context.account.id, names)

    def _take(self, box: MailboxState, one: _Range) -> None:
        """Store one step, and fetch the next one meanwhile."""
        if one.fetched is None:
            part = _portion(one)
            one.fetched = part, messages.fetch(self._context, box, part)
        (part, mails), one.fetched = one.fetched, None
        cursor = (part[-1].uid if one.ready else one.cursor) if one.is_complete else None
        is_over = not one.ready and not one.uids
        done = one.done  # before the next step is taken off the list
        mails = self._certain(box, mails)

        def write() -> None:
            """Store a step and report it at once: the next one may never come."""
            is_done = is_over and one.is_complete
            for event in self._store(box, mails, cursor, done, is_done=is_done):
                self._context.report(event)

        following = _portion(one)
        if following:
            found = while_fetching(lambda: messages.fetch(self._context, box, following), write)
            one.fetched = following, found
        else:
            write()
        if is_over and not one.is_complete:
            self._later.add(box.id)
            del self._ranges[box.id]

    def _certain(self, box: MailboxState, mails: list[intake.Incoming]) -> list[intake.Incoming]:
        """Leave out mails whose old UIDs are in doubt: deleted mail might come back (R8)."""
        waiting = reappeared.follow(self._context, box, [_sighting(mail) for mail in mails])
        known_uids.note_unread(self._context.account.id, box.id, box.uidvalidity, waiting)
        return [mail for mail in mails if mail.uid not in waiting]

    def is_due_again(self) -> bool:
        """Whether incomplete listings are to be asked for again now."""
        if self._may_go_on():
            return True
        if not self._later:
            return False
        self._again_at = self._again_at or now() + self._context.ms(self._context.timing.flags_all)
        if now() < self._again_at:
            return False
        self._later, self._again_at = set(), 0
        return True

    def _may_go_on(self) -> bool:
        """Whether a mailbox that was missing, refused, renumbered or quarantined is readable again."""
        boxes = mailbox.of_account(self._context.account.id)
        for box in boxes:
            is_refused = box.missing_since is not None or box.refused_since is not None
            if box.id in self._refused and not is_refused:
                self._refused.discard(box.id)
                self._ranges.pop(box.id, None)
        return any(self._is_open(box) for box in boxes if box.id in self._put_off)

    def _store(
        self,
        box: MailboxState,
        mails: list[intake.Incoming],
        cursor: int | None,
        done: int,
        *,
        is_done: bool,
    ) -> list[Event]:
        """Write the rows and the cursor in one transaction."""
        account_id = self._context.account.id
        with database.writing(durable=False):
            events = intake.take_in(
                account_id, mails, past=True, quiet=True, bring_back_before=box.bring_back_before
            )
            known_uids.attach_arrivals(account_id, [mail.identity for mail in mails])
            if cursor is not None:
                columns = {"backfill_uid": cursor, "backfill_done": is_done, "past_done": done}
                # Only the past sync for which the user agreed brings anything back (R8).
                before = {"bring_back_before": 0, "full_check_at": now()} if is_done else {}
                past_sync.advance(box, self._run, **columns, **before)
        return events


def _sighting(mail: intake.Incoming) -> Sighting:
    return Sighting(mail.uid, mail.identity, mail.server_identity, mail.flags)


def _portion(one: _Range) -> list[Wanted]:
    """The next step: at most 200 messages or 4 MiB, whichever comes first."""
    part: list[Wanted] = []
    size = 0
    while one.ready and len(part) < STEP_MESSAGES:
        size += one.ready[0].bytes_to_come
        if part and size > STEP_BYTES:
            break
        part.append(one.ready.popleft())
    return part


def start_at(choice: str, at: int) -> int:
    """The time in ms at which the choice `1m`, `3m`, `6m` or `1y` starts; for `now`, `at` itself."""
    months = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}.get(choice, 0)
    moment = datetime.fromtimestamp(at / 1000, UTC)
    count = moment.year * 12 + moment.month - 1 - months
    year, month = count // 12, count % 12 + 1
    day = min(moment.day, _days(year, month))
    return int(moment.replace(year=year, month=month, day=day).timestamp() * 1000)


def _days(year: int, month: int) -> int:
    first = datetime(year, month, 1, tzinfo=UTC)
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (following - first).days
