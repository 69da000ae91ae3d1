"""Judges vanished mail: facts in, a verdict with its evidence out.

Plain code without sockets, store or Qt, so that it can be tested a million times. In IMAP a move
and a delete look the same: an EXPUNGE in the source mailbox. So a vanish is a question, answered by
where the mail is found. It is a delete only if the mail is in Trash, or proven twice to be nowhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

EMPTIED_FROM = 20  # a mailbox that had more than this many is not simply empty
CAPS = frozenset({1000, 2000, 5000, 10000})  # the sizes at which Gmail and Yahoo cap a mailbox
SURE_SHARE = 0.8  # the part of known mail that must be found again under a new UIDVALIDITY
BRAKE_LEAST = 20
BRAKE_SHARE = 0.1
BRAKE_HOUR = 50
BRAKE_LINKED = 5
BRAKE_TRASH_SHARE = 0.5


class Absence(StrEnum):
    """What a listing of UIDs proves about those that it does not name."""

    PROVEN = "proven"
    INCOMPLETE = "incomplete"  # the counts disagree: only a complete listing proves absence
    UIDVALIDITY = "uidvalidity"  # the UIDs have another meaning now
    EMPTIED = "emptied"  # empty, where there was much: more likely a fault than a clean-up
    CAPPED = "capped"  # only the oldest ones, in a mailbox whose size the server caps


@dataclass(frozen=True, slots=True)
class Listing:
    """The UIDs of a mailbox in one answer of the server.

    Attributes:
        uidvalidity: From the EXAMINE just before it.
        uids: The UIDs of the answer.
        exists: How many messages the server says there are.
        is_complete: Whether the server's own count agrees with its answer.
    """

    uidvalidity: int
    uids: frozenset[int]
    exists: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which known UIDs a listing lacks, and what that proves."""

    absence: Absence
    absent: frozenset[int] = frozenset()
    present: frozenset[int] = frozenset()


def compare(known: Iterable[int], uidvalidity: int, listing: Listing) -> Comparison:
    """Compare a listing with the UIDs that were known *before* it was asked for."""
    known = frozenset(known)
    if listing.uidvalidity != uidvalidity:
        return Comparison(Absence.UIDVALIDITY)
    present = known & listing.uids
    if not listing.is_complete or len(listing.uids) != listing.exists:
        return Comparison(Absence.INCOMPLETE, frozenset(), present)
    absent = known - listing.uids
    if absent and not listing.uids and len(known) > EMPTIED_FROM:
        return Comparison(Absence.EMPTIED, absent, present)
    if absent and listing.exists in CAPS and max(absent) < min(listing.uids):
        return Comparison(Absence.CAPPED, absent, present)
    return Comparison(Absence.PROVEN, absent, present)


class Home(StrEnum):
    """What a copy in a mailbox means as evidence."""

    LIVE = "live"  # INBOX, the archive, any label, synced or not
    TRASH = "trash"
    JUNK = "junk"
    MIRROR = "mirror"  # shows copies of other mailboxes: proves nothing


class Presence(StrEnum):
    """Whether a UID is in its mailbox, by the last exact question."""

    PRESENT = "present"
    ABSENT = "absent"  # proven: a complete listing lacks it, and a FETCH of it returned nothing
    UNKNOWN = "unknown"  # not asked, not answered, or not credible
    HIDDEN = "hidden"  # absent, but only because the server caps the mailbox


@dataclass(frozen=True, slots=True)
class Place:
    """A UID that is, or was, a copy of the message.

    Attributes:
        mailbox_id: Its mailbox.
        uid: Its UID.
        home: What this mailbox means as evidence.
        presence: Whether it is there now.
        is_deleted: Whether it has the \\Deleted flag: such a copy is not live.
        location_id: The location's id, or None for a mere arrival.
        asks: Checks that proved its absence, this one included.
        first_ask_at: When the first of them was, or None.
        last_ask_at: When the last of them was, or None.
    """

    mailbox_id: int
    uid: int
    home: Home
    presence: Presence
    is_deleted: bool = False
    location_id: int | None = None
    asks: int = 0
    first_ask_at: int | None = None
    last_ask_at: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether it exists, is not \\Deleted, and is in a mailbox that proves the mail alive."""
        return self.home is Home.LIVE and self.presence is Presence.PRESENT and not self.is_deleted


@dataclass(frozen=True, slots=True)
class Case:
    """A message with a vanished location, and everything known about its copies.

    Attributes:
        message_id: The message.
        places: Its locations, and arrivals that have its identity and belong to no other message.
        has_open_operation: Whether a change by this user still waits for the server.
        is_linked: Whether it belongs to a deal, lead or project.
        is_level: Whether the arrivals of every selectable mailbox are known up to now.
        is_searched: Whether the last resort, SEARCH HEADER in every mailbox, found nothing more.
        is_knowable: False on Gmail if All Mail is hidden from IMAP.
        is_grown: Whether mail came into a mailbox that the server has never opened.
    """

    message_id: int
    places: tuple[Place, ...]
    has_open_operation: bool = False
    is_linked: bool = False
    is_level: bool = True
    is_searched: bool = False
    is_knowable: bool = True
    is_grown: bool = False


class Kind(StrEnum):
    """What to do about a case."""

    NOTHING = "nothing"  # no location is proven absent
    WAIT = "wait"  # something is unknown: ask again in the next cycle
    MOVED = "moved"  # alive elsewhere: absent locations end, the message stays as it is
    JUNKED = "junked"  # the same, but marked "junk on the server"
    MARKED = "marked"  # only \Deleted copies are left: do nothing until they are expunged
    HIDDEN = "hidden"  # the server's cap hides it: keep it for good
    ASK_AGAIN = "ask_again"  # absent everywhere once: check again later
    SEARCH = "search"  # absent everywhere twice: look for copies older than the account's set-up
    TRASHED = "trashed"  # deleted: in Trash and nowhere else
    DELETED = "deleted"  # deleted: proven twice to be nowhere
    HELD = "held"  # the brake: the user decides


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about one message, and why.

    Attributes:
        message_id: The message.
        kind: What to do.
        ended: Its places that are proven absent.
        found: The place that decided it, or None.
        evidence: For the ledger. Holds no words of a mail.
        is_linked: As in the case. The brake counts linked messages.
        mailbox_ids: The mailboxes where it lay, for the brake.
    """

    message_id: int
    kind: Kind
    ended: tuple[Place, ...] = ()
    found: Place | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    is_linked: bool = False
    mailbox_ids: frozenset[int] = frozenset()


def judge(case: Case, *, now: int, second_sitting: int) -> Verdict:
    """Judge one message. Times are in ms UTC.

    If anything is unknown, the message stays: a delete requires that every copy is accounted for.
    """
    ended = tuple(
        place
        for place in case.places
        if place.location_id is not None and place.presence is Presence.ABSENT
    )
    marked = [p for p in case.places if p.presence is Presence.PRESENT and p.is_deleted]
    if case.has_open_operation:
        return _verdict(case, Kind.WAIT, why="operation")
    if live := _first(p for p in case.places if p.is_live):
        return _verdict(case, Kind.MOVED if ended else Kind.NOTHING, ended, live)
    if any(p.presence is Presence.UNKNOWN for p in case.places if p.home is not Home.MIRROR):
        return _verdict(case, Kind.WAIT, why="unknown")
    if not case.is_level:
        return _verdict(case, Kind.WAIT, why="arrivals")
    if trash := _first(_there(case, Home.TRASH)):
        return _verdict(case, Kind.TRASHED, ended, trash)
    if junk := _first(_there(case, Home.JUNK)):
        return _verdict(case, Kind.JUNKED, ended, junk)
    if any(p.presence is Presence.HIDDEN for p in case.places):
        return _verdict(case, Kind.HIDDEN)
    if outside := _first(p for p in marked if p.home is Home.LIVE):
        return _verdict(case, Kind.MARKED, ended, outside)
    if not ended:
        return _verdict(case, Kind.NOTHING)
    if not case.is_knowable:
        return _verdict(case, Kind.WAIT, why="all mail is hidden")
    return _absent_everywhere(case, ended, now, second_sitting)


def _absent_everywhere(
    case: Case, ended: tuple[Place, ...], now: int, second_sitting: int
) -> Verdict:
    for place in ended:
        if place.asks < 2 or place.first_ask_at is None or place.last_ask_at is None:
            return _verdict(case, Kind.ASK_AGAIN, ended)
        if place.last_ask_at - place.first_ask_at < second_sitting or place.last_ask_at > now:
            return _verdict(case, Kind.ASK_AGAIN, ended)
    if not case.is_searched:
        return _verdict(case, Kind.SEARCH, ended)
    if case.is_grown:
        return _held(_verdict(case, Kind.DELETED, ended), "refused")
    return _verdict(case, Kind.DELETED, ended)


def _there(case: Case, home: Home) -> Iterable[Place]:
    return (p for p in case.places if p.home is home and p.presence is Presence.PRESENT)


def _first(places: Iterable[Place]) -> Place | None:
    return next(iter(places), None)


def _verdict(
    case: Case,
    kind: Kind,
    ended: tuple[Place, ...] = (),
    found: Place | None = None,
    why: str = "",
) -> Verdict:
    evidence: dict[str, object] = {"verdict": kind.value}
    if why:
        evidence["why"] = why
    if ended:
        evidence["gone"] = [[place.mailbox_id, place.uid, place.asks] for place in ended]
    if found:
        evidence["found"] = [found.mailbox_id, found.uid, found.home.value]
    mailbox_ids = frozenset(
        p.mailbox_id for p in case.places if p.location_id is not None and p.home is Home.LIVE
    )
    return Verdict(case.message_id, kind, ended, found, evidence, case.is_linked, mailbox_ids)


def brake(
    verdicts: Sequence[Verdict], *, known: Mapping[int, int], deleted_last_hour: int
) -> list[Verdict]:
    """Hold back deletes of another program if there are unusually many (X3).

    Args:
        verdicts: Everything judged in one cycle.
        known: How many messages of each mailbox were known before the cycle.
        deleted_last_hour: Unexplained deletes carried out within the last hour.
    """
    unexplained = [v for v in verdicts if v.kind is Kind.DELETED]
    trashed = [v for v in verdicts if v.kind is Kind.TRASHED]
    held: dict[int, str] = {}
    for mailbox_id, count in _by_mailbox(unexplained).items():
        if count > max(BRAKE_LEAST, BRAKE_SHARE * known.get(mailbox_id, 0)):
            held.update((v.message_id, "many") for v in _of_mailbox(unexplained, mailbox_id))
    if unexplained and len(unexplained) + deleted_last_hour > BRAKE_HOUR:
        held.update((v.message_id, "hour") for v in unexplained)
    linked = [v for v in unexplained if v.is_linked]
    if len(linked) > BRAKE_LINKED:
        held.update((v.message_id, "linked") for v in linked)
    for mailbox_id, count in _by_mailbox(trashed).items():
        if count > max(BRAKE_LEAST, BRAKE_TRASH_SHARE * known.get(mailbox_id, 0)):
            held.update((v.message_id, "trash") for v in _of_mailbox(trashed, mailbox_id))
    # They did not vanish: their mailbox became the Trash.
    in_place = [v for v in trashed if not v.mailbox_ids]
    if len(in_place) > BRAKE_LEAST:
        held.update((v.message_id, "role") for v in in_place)
    return [_held(v, held[v.message_id]) if v.message_id in held else v for v in verdicts]


def _by_mailbox(verdicts: Iterable[Verdict]) -> Counter[int]:
    return Counter(mailbox_id for verdict in verdicts for mailbox_id in verdict.mailbox_ids)


def _of_mailbox(verdicts: Iterable[Verdict], mailbox_id: int) -> list[Verdict]:
    return [v for v in verdicts if mailbox_id in v.mailbox_ids]


def _held(verdict: Verdict, why: str) -> Verdict:
    return replace(verdict, kind=Kind.HELD, evidence={**verdict.evidence, "held": why})


@dataclass(frozen=True, slots=True)
class Remap:
    """How known UIDs map to those of a new UIDVALIDITY.

    Attributes:
        uids: Old UID to new UID.
        unmatched: Old UIDs that were not found again.
        is_certain: Whether enough were found to call this the same mailbox.
    """

    uids: Mapping[int, int]
    unmatched: frozenset[int]
    is_certain: bool


def remap(known: Mapping[int, bytes], there: Mapping[int, bytes], *, is_complete: bool) -> Remap:
    """Map locations by identity after a new UIDVALIDITY (or a UIDNEXT that fell).

    Equal identities are paired in the order of their UIDs, which servers keep when they renumber.
    """
    free: defaultdict[bytes, list[int]] = defaultdict(list)
    for uid in sorted(there, reverse=True):
        free[there[uid]].append(uid)
    uids: dict[int, int] = {}
    for uid in sorted(known):
        if free[known[uid]]:
            uids[uid] = free[known[uid]].pop()
    share = len(uids) / len(known) if known else 1.0
    return Remap(uids, frozenset(known) - frozenset(uids), is_complete and share >= SURE_SHARE)


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """What identifies a mailbox after a change of its name."""

    name: str
    mailbox_id_server: str
    uidvalidity: int
    uidnext: int
    message_count: int


def renamed(gone: MailboxFacts, appeared: Sequence[MailboxFacts]) -> MailboxFacts | None:
    """The new mailbox that `gone` was renamed to, or None if no numbers say so."""
    if gone.mailbox_id_server:
        same = [m for m in appeared if m.mailbox_id_server == gone.mailbox_id_server]
        return same[0] if len(same) == 1 else None
    if gone.message_count == 0 or not gone.uidvalidity:
        return None  # empty mailboxes all look alike
    numbers = (gone.uidvalidity, gone.uidnext, gone.message_count)
    same = [m for m in appeared if (m.uidvalidity, m.uidnext, m.message_count) == numbers]
    return same[0] if len(same) == 1 else None


def same_mail(known: Mapping[int, bytes], there: Mapping[int, bytes]) -> bool:
    """Whether a sample of identities says that a new mailbox is an old one renamed."""
    found = remap(known, there, is_complete=True)
    return bool(known) and found.is_certain


def adds_up(*, count_before: int, arrived: int, count_now: int) -> bool:
    """Whether two counts show that nothing vanished, so that no listing is needed."""
    return count_now == count_before + arrived
