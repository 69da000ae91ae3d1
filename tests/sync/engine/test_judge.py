"""The judge decides every vanish right, whatever is known and whatever is not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.engine.judge import (
    Absence,
    Case,
    Home,
    Kind,
    Listing,
    MailboxFacts,
    Place,
    Presence,
    Verdict,
    adds_up,
    brake,
    compare,
    judge,
    remap,
    renamed,
    same_mail,
)

SITTING = 60_000
NOW = 10_000_000
INBOX, ARCHIVE, TRASH, JUNK, ALL = 1, 2, 3, 4, 5


def gone(*, asks: int = 2, apart: int = SITTING) -> Place:
    return Place(
        INBOX,
        7,
        Home.LIVE,
        Presence.ABSENT,
        location_id=70,
        asks=asks,
        first_ask_at=NOW - apart,
        last_ask_at=NOW,
    )


def there(mailbox_id: int, home: Home, *, is_deleted: bool = False) -> Place:
    return Place(mailbox_id, 9, home, Presence.PRESENT, is_deleted)


def kind_of(*places: Place, **known: bool) -> Kind:
    facts = {"is_searched": True, **known}
    return judge(Case(1, places, **facts), now=NOW, second_sitting=SITTING).kind


def test_moved_to_any_live_mailbox_is_not_a_delete() -> None:
    assert kind_of(gone(), there(ARCHIVE, Home.LIVE)) is Kind.MOVED


def test_in_trash_and_nowhere_else_is_a_delete_at_once() -> None:
    assert kind_of(gone(asks=1), there(TRASH, Home.TRASH)) is Kind.TRASHED


def test_in_trash_while_a_live_copy_is_left_is_a_move() -> None:
    verdict = kind_of(gone(), there(TRASH, Home.TRASH), there(ARCHIVE, Home.LIVE))
    assert verdict is Kind.MOVED


def test_a_deleted_copy_outside_trash_is_not_live() -> None:
    marked = there(ARCHIVE, Home.LIVE, is_deleted=True)
    assert kind_of(gone(), marked, there(TRASH, Home.TRASH)) is Kind.TRASHED


def test_only_marked_deleted_is_nothing_until_expunged() -> None:
    assert kind_of(there(INBOX, Home.LIVE, is_deleted=True)) is Kind.MARKED


def test_moved_to_junk_is_kept_and_marked() -> None:
    assert kind_of(gone(), there(JUNK, Home.JUNK)) is Kind.JUNKED


def test_a_mirror_proves_nothing() -> None:
    assert kind_of(gone(), there(ALL, Home.MIRROR)) is Kind.DELETED


@pytest.mark.parametrize(("asks", "apart"), [(0, 0), (1, SITTING), (2, SITTING - 1)])
def test_one_sitting_is_not_enough(asks: int, apart: int) -> None:
    assert kind_of(gone(asks=asks, apart=apart)) is Kind.ASK_AGAIN


def test_before_a_delete_old_copies_are_searched() -> None:
    assert kind_of(gone(), is_searched=False) is Kind.SEARCH


def test_twice_proven_and_searched_is_a_delete() -> None:
    assert kind_of(gone()) is Kind.DELETED


def test_an_own_operation_is_never_judged() -> None:
    assert kind_of(gone(), there(TRASH, Home.TRASH), has_open_operation=True) is Kind.WAIT


def test_arrivals_come_before_judging() -> None:
    assert kind_of(gone(), is_level=False) is Kind.WAIT


def test_a_copy_nobody_asked_about_keeps_the_message() -> None:
    unknown = Place(ARCHIVE, 3, Home.LIVE, Presence.UNKNOWN)
    assert kind_of(gone(), unknown) is Kind.WAIT
    assert kind_of(gone(), unknown, there(TRASH, Home.TRASH)) is Kind.WAIT


def test_gmail_without_all_mail_cannot_be_known() -> None:
    assert kind_of(gone(), is_knowable=False) is Kind.WAIT


def test_hidden_by_a_cap_is_kept() -> None:
    hidden = Place(INBOX, 1, Home.LIVE, Presence.HIDDEN, location_id=70)
    assert kind_of(hidden) is Kind.HIDDEN


# Every kind of place, with the times around the limit: one draw each instead of nine.
PLACES = st.sampled_from(
    [
        Place(number % 5 + 1, number % 9 + 1, *facts)
        for number, facts in enumerate(
            itertools.product(
                Home,
                Presence,
                (False, True),
                (None, 1, 9),
                range(4),
                (None, *(NOW - SITTING + late for late in (-SITTING, -1, 0, 1, SITTING))),
                (None, NOW - SITTING, NOW - 1, NOW),
            )
        )
    ]
)
CASES = st.builds(
    Case,
    message_id=st.just(1),
    places=st.lists(PLACES, max_size=5).map(tuple),
    has_open_operation=st.booleans(),
    is_linked=st.booleans(),
    is_level=st.booleans(),
    is_searched=st.booleans(),
    is_knowable=st.booleans(),
)


@pytest.mark.timeout(600)
@settings(max_examples=3000, deadline=None)
@given(CASES)
def test_nothing_alive_or_unknown_is_ever_deleted(case: Case) -> None:
    verdict = judge(case, now=NOW, second_sitting=SITTING)
    if verdict.kind not in {Kind.DELETED, Kind.TRASHED}:
        assert verdict.kind is not Kind.HELD
        return
    assert not case.has_open_operation
    assert case.is_level
    assert not any(place.is_live for place in case.places)
    others = [p for p in case.places if p.home is not Home.MIRROR]
    assert not any(p.presence is Presence.UNKNOWN for p in others)
    if verdict.kind is Kind.DELETED:
        assert case.is_searched
        assert case.is_knowable
        assert verdict.ended
        assert not any(p.presence is Presence.PRESENT for p in others)
        assert all(p.asks >= 2 for p in verdict.ended)
    else:
        assert verdict.found is not None
        assert verdict.found.home is Home.TRASH


def listing(uids: set[int], *, exists: int | None = None, complete: bool = True) -> Listing:
    return Listing(9, frozenset(uids), len(uids) if exists is None else exists, complete)


def test_a_complete_listing_proves_absence() -> None:
    found = compare({1, 2, 3}, 9, listing({1, 3, 4}))
    assert (found.absence, found.absent) == (Absence.PROVEN, frozenset({2}))


@pytest.mark.parametrize(
    ("answer", "absence"),
    [
        (listing({1}, exists=3), Absence.INCOMPLETE),
        (listing({1}, complete=False), Absence.INCOMPLETE),
        (Listing(8, frozenset({1}), 1, True), Absence.UIDVALIDITY),
    ],
)
def test_a_doubtful_listing_proves_nothing(answer: Listing, absence: Absence) -> None:
    found = compare({1, 2, 3}, 9, answer)
    assert (found.absence, found.absent) == (absence, frozenset())


def test_a_mailbox_that_is_suddenly_empty_is_held() -> None:
    assert compare(range(1, 22), 9, listing(set())).absence is Absence.EMPTIED
    assert compare(range(1, 21), 9, listing(set())).absence is Absence.PROVEN


def test_the_oldest_of_a_capped_mailbox_are_hidden() -> None:
    shown = set(range(11, 1011))
    assert compare(range(1, 1011), 9, listing(shown)).absence is Absence.CAPPED
    assert compare(range(1, 1012), 9, listing(shown)).absence is Absence.PROVEN
    assert compare(range(1, 1011), 9, listing(shown | {1011})).absence is Absence.PROVEN


def deleted(count: int, kind: Kind = Kind.DELETED, *, linked: bool = False) -> list[Verdict]:
    boxes = frozenset({INBOX})
    return [Verdict(n, kind, is_linked=linked, mailbox_ids=boxes) for n in range(count)]


def held(verdicts: list[Verdict]) -> int:
    return sum(v.kind is Kind.HELD for v in verdicts)


@pytest.mark.parametrize(
    ("count", "known", "last_hour", "expected"),
    [
        (20, 30, 0, 0),
        (21, 30, 0, 21),
        (30, 300, 0, 0),
        (31, 300, 0, 31),
        (10, 30, 40, 0),
        (10, 30, 41, 10),
    ],
)
def test_unusually_many_are_held(count: int, known: int, last_hour: int, expected: int) -> None:
    found = brake(deleted(count), known={INBOX: known}, deleted_last_hour=last_hour)
    assert held(found) == expected


def test_more_than_five_linked_are_held_alone() -> None:
    few = deleted(3)
    linked = [Verdict(100 + n, Kind.DELETED, is_linked=True) for n in range(6)]
    found = brake(few + linked, known={INBOX: 100}, deleted_last_hour=0)
    assert [v.message_id for v in found if v.kind is Kind.HELD] == list(range(100, 106))
    assert held(brake(few + linked[:5], known={INBOX: 100}, deleted_last_hour=0)) == 0


def test_moves_to_trash_are_held_only_beyond_half() -> None:
    assert held(brake(deleted(21, Kind.TRASHED), known={INBOX: 42}, deleted_last_hour=0)) == 0
    assert held(brake(deleted(21, Kind.TRASHED), known={INBOX: 41}, deleted_last_hour=0)) == 21
    assert held(brake(deleted(20, Kind.TRASHED), known={INBOX: 20}, deleted_last_hour=0)) == 0


def test_more_than_twenty_whose_label_became_the_trash_are_held() -> None:
    in_place = [Verdict(n, Kind.TRASHED) for n in range(21)]
    assert held(brake(in_place, known={}, deleted_last_hour=0)) == 21
    assert held(brake(in_place[:20], known={}, deleted_last_hour=0)) == 0


def test_remap_follows_identities_and_needs_most_of_them() -> None:
    known = {n: bytes([n]) for n in range(1, 11)}
    there = {n + 100: bytes([n]) for n in range(1, 9)}
    found = remap(known, there, is_complete=True)
    assert found.uids[3] == 103
    assert found.unmatched == {9, 10}
    assert found.is_certain
    del there[101]
    assert not remap(known, there, is_complete=True).is_certain
    assert not remap(known, {n + 9: i for n, i in known.items()}, is_complete=False).is_certain


def test_remap_pairs_equal_mails_in_order() -> None:
    assert remap({1: b"a", 2: b"a"}, {5: b"a", 8: b"a"}, is_complete=True).uids == {
        1: 5,
        2: 8,
    }


def test_renamed_mailboxes_are_known_by_their_numbers() -> None:
    old = MailboxFacts("A", "", 5, 100, 40)
    new = MailboxFacts("B", "", 5, 100, 40)
    assert renamed(old, [new, MailboxFacts("C", "", 6, 100, 40)]) == new
    assert renamed(old, [new, MailboxFacts("C", "", 5, 100, 40)]) is None
    assert renamed(MailboxFacts("A", "m1", 5, 1, 0), [MailboxFacts("B", "m1", 5, 1, 0)])
    assert renamed(MailboxFacts("A", "", 5, 1, 0), [MailboxFacts("B", "", 5, 1, 0)]) is None
    assert same_mail({1: b"a"}, {4: b"a"})
    assert not same_mail({}, {4: b"a"})


def test_numbers_that_add_up_need_no_listing() -> None:
    assert adds_up(count_before=5, arrived=2, count_now=7)
    assert not adds_up(count_before=5, arrived=2, count_now=6)
