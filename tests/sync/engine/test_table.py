"""The decision table, row by row: which tests hold it. Rows of no other file are tested here."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from models.accounts import account
from models.commands.archive import Archive
from models.commands.delete import DeleteConversations
from models.store import database, settings
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.sync.engine.engine import SELDOM, Engine

Make = Callable[..., Engine]

# Each name is `module test`, in tests/sync. Those of test_cycle run on Dovecot under five masks.
TABLE: dict[str, tuple[str, ...]] = {
    "moved to Archive, All Mail or another mailbox": (
        "engine.test_cycle test_moved_to_an_unsynced_mailbox_is_nothing",
        "engine.test_cycle test_moved_to_archive_is_nothing",
        "engine.test_gmail test_a_label_that_goes_is_no_delete",
    ),
    "moved to Trash": (
        "engine.test_cycle test_moved_to_trash_is_a_delete",
        "engine.test_cycle test_archived_and_later_trashed_is_a_delete",
        "engine.test_cycle test_copied_to_trash_and_marked_deleted_is_a_delete",
        "engine.test_gmail test_moved_to_trash_elsewhere_is_a_delete",
    ),
    "moved to Junk": ("engine.test_cycle test_moved_to_junk_is_kept_and_marked",),
    "copied now, expunged hours later": (
        "engine.test_cycle test_copied_now_and_expunged_later_is_nothing",
        "engine.test_cycle test_a_copy_older_than_the_set_up_explains",
    ),
    "expunged first, appended elsewhere later": (
        "engine.test_cycle test_expunged_first_and_appended_later_is_kept",
    ),
    "marked deleted, not expunged": (
        "engine.test_cycle test_marked_deleted_is_nothing_until_expunged",
        "engine.test_cycle test_marked_deleted_when_first_met_waits_for_the_flag_to_go",
    ),
    "expunged, nowhere else": (
        "engine.test_cycle test_expunged_is_a_delete_after_two_sittings",
        "engine.test_table test_an_open_case_outlives_a_restart",
    ),
    "UIDVALIDITY changed": (
        "engine.test_cycle test_a_new_uidvalidity_keeps_everything",
        "engine.guards.test_vices_numbers test_a_lower_uidvalidity_counts_too",
        "engine.guards.test_vices_numbers test_what_a_new_uidvalidity_does_not_find_is_proven_before_a_delete",
        "engine.guards.test_vices_numbers test_where_most_is_not_found_the_person_is_asked",
        "engine.guards.test_vices_numbers test_a_cut_while_following_a_new_uidvalidity_loses_nothing",
        "engine.fetch.test_reappeared test_deleted_here_stays_away_through_a_new_uidvalidity",
    ),
    "mailbox renamed": (
        "engine.test_cycle test_a_renamed_mailbox_is_followed",
        "engine.fetch.test_reappeared test_deleted_here_stays_away_in_a_renamed_and_a_recreated_mailbox",
    ),
    "mailbox deleted, hidden, refused, no longer chosen": (
        "engine.test_cycle test_a_deleted_mailbox_deletes_nothing",
        "engine.guards.test_vices test_a_refused_mailbox_deletes_nothing_and_comes_back",
        "engine.guards.test_vices test_cyrus_storm_of_expunges_and_an_empty_search_deletes_nothing",
        "engine.test_table test_a_mailbox_that_is_no_longer_chosen_deletes_nothing",
        "engine.guards.test_refused test_what_came_into_a_refused_mailbox_may_be_what_vanished",
        "engine.guards.test_refused test_a_copy_from_before_the_set_up_may_lie_in_a_refused_mailbox",
        "engine.guards.test_refused test_a_mailbox_that_never_could_be_read_holds_deletes_for_a_day",
        "engine.guards.test_refused test_what_vanished_while_a_mailbox_never_opened_grew_is_held",
        "engine.guards.test_refused test_one_broken_mailbox_stops_no_other",
        "engine.test_quarantine_mailboxes test_a_mailbox_at_which_the_server_hangs_up_starves_no_other",
        "engine.test_quarantine_mailboxes test_nothing_is_deleted_while_a_mailbox_hangs_up",
        "engine.test_quarantine_mailboxes test_a_refused_mailbox_is_tried_again_though_nothing_is_new_in_it",
    ),
    "emptied; numbers lower than before; partial answers": (
        "engine.test_cycle test_an_emptied_mailbox_is_held_for_the_full_check",
        "engine.test_cycle test_a_recreated_empty_mailbox_holds",
        "engine.guards.test_vices_numbers test_a_uidnext_that_fell_is_asked_about",
        "engine.guards.test_vices_numbers test_a_highestmodseq_that_fell_holds_vanishes_until_the_next_look",
        "engine.guards.test_vices_numbers test_a_search_that_lies_deletes_nothing",
        "engine.guards.test_vices_fetch test_dropped_fetch_lines_delete_nothing",
        "engine.guards.test_vices_numbers test_counts_that_lie_delete_nothing",
        "engine.guards.test_vices test_a_capped_mailbox_hides_its_oldest_and_deletes_none",
    ),
    "Gmail: label removed": (
        "engine.test_gmail test_a_label_that_goes_is_no_delete",
        "engine.test_gmail test_without_all_mail_nobody_can_know",
    ),
    "same identity twice": (
        "engine.test_table test_one_mail_in_two_mailboxes_is_one_message",
        "engine.test_cycle test_twins_in_one_mailbox_are_two_messages",
        "engine.test_cycle test_one_of_twins_moved_is_kept",
        "engine.fetch.test_reappeared test_a_true_second_copy_is_still_a_second_message",
        "engine.fetch.test_reappeared test_of_two_equal_mails_one_deleted_stays_one",
    ),
    "restored from Trash by another program": (
        "engine.test_cycle test_restored_from_trash_comes_back",
        "engine.test_table test_deleted_here_and_restored_from_trash_stays_away",
    ),
    "moved into a synced mailbox, old": (
        "engine.test_table test_old_mail_moved_in_comes_without_a_word",
        "engine.fetch.test_reappeared test_a_live_message_moved_away_and_back_is_one_message",
    ),
    "own operation": (
        "engine.outgoing.test_runner test_while_an_operation_waits_nothing_is_judged",
        "engine.outgoing.test_runner test_cut_at_every_step_loses_and_doubles_nothing",
        "engine.fetch.test_reappeared test_its_waiting_operation_follows",
        "engine.outgoing.test_lost_operations test_what_is_not_there_waits_for_one_whole_look",
        "engine.outgoing.test_lost_operations test_a_delete_follows_its_mail_to_a_mailbox_that_is_not_synced",
        "engine.outgoing.test_lost_operations test_an_equal_mail_is_never_taken_instead",
        "engine.outgoing.test_lost_move test_an_archive_whose_label_was_deleted_before_a_look_keeps_the_mail",
        "engine.outgoing.test_lost_move test_a_label_that_was_made_anew_meanwhile_is_asked_about",
        "engine.outgoing.test_lost_move test_a_delete_of_what_went_with_its_label_waits_for_nothing",
        "engine.outgoing.test_lost_operations test_a_cycle_between_copy_and_expunge_doubles_nothing",
    ),
    "brake": (
        "engine.test_cycle test_unusually_many_are_held",
        "engine.test_cycle test_much_moved_to_trash_at_once_is_held",
        "engine.test_cycle test_held_deletes_are_kept_if_the_person_says_so",
        "engine.test_cycle test_held_deletes_are_checked_again",
    ),
    "a mirror proves nothing": (
        "engine.test_judge test_a_mirror_proves_nothing",
        "engine.guards.test_vices test_a_mirror_is_known_by_what_it_does",
        "engine.guards.test_judge test_a_mailbox_for_all_mail_proves_nothing",
    ),
    "each guard alone": (
        "engine.guards.test_proof test_numbers_of_before_stay_until_the_arrivals_are_known",
        "engine.guards.test_proof test_what_is_kept_out_is_counted_under_a_new_uidvalidity",
        "engine.guards.test_proof test_what_an_exact_question_still_finds_is_not_gone",
        "engine.guards.test_proof test_a_mailbox_that_left_the_list_proves_nothing_any_more",
        "engine.guards.test_proof test_uids_of_another_uidvalidity_are_not_taken_in",
        "engine.guards.test_proof test_what_was_unread_is_not_read_under_other_numbers",
        "engine.guards.test_proof test_two_quick_looks_are_one_sitting",
        "engine.guards.test_proof test_another_mail_with_its_message_id_is_no_copy",
        "engine.guards.test_proof test_a_last_search_without_an_answer_deletes_nothing",
        "engine.guards.test_proof test_the_brake_counts_what_was_deleted_within_the_hour",
        "engine.guards.test_proof test_a_copy_that_is_not_proven_leaves_its_source",
        "engine.guards.test_proof test_a_group_that_is_refused_is_looked_for_and_then_tried_alone",
        "engine.guards.test_proof test_the_uidvalidity_is_looked_at_before_anything_is_changed",
        "engine.outgoing.test_lost_operations test_another_messages_copy_is_no_proof_of_a_move",
        "engine.guards.test_vices_numbers test_what_cannot_be_read_under_new_numbers_is_held_and_not_missing",
        "engine.guards.test_vices_numbers test_new_numbers_are_followed_only_by_a_complete_listing",
    ),
    "Microsoft": (
        "engine.test_quirks test_microsoft_names_are_roles_and_its_trash_is_known",
        "engine.test_quirks test_microsoft_throttles_with_a_time_that_is_obeyed",
        "engine.test_quirks test_microsoft_refuses_fetch_in_an_empty_mailbox",
        "engine.test_quirks test_microsoft_tells_a_uidnext_that_is_old",
        "engine.test_quirks test_microsoft_says_no_to_one_mail_and_gives_the_others",
        "engine.test_quirks test_copyuid_tagged_untagged_or_not_at_all",
    ),
    "Yahoo": (
        "engine.test_quirks test_yahoo_and_gmail_cap_a_mailbox_and_the_oldest_only_hide",
        "engine.test_quirks test_a_search_cut_off_by_messagelimit_proves_nothing",
        "engine.test_quirks test_yahoo_gives_idle_three_minutes",
        "engine.guards.test_vices_fetch test_dropped_fetch_lines_lose_no_past_mail",
        "engine.guards.test_vices_fetch test_dropped_fetch_lines_lose_no_new_mail",
    ),
    "numbers that are missing or wrong": (
        "engine.test_quirks test_a_server_without_uidnext_in_status",
        "engine.test_quirks test_exists_that_is_too_high_or_too_low_deletes_nothing",
    ),
    "one mail ends every connection": (
        "engine.test_quarantine_mails test_of_a_new_mail_with_dangerous_words_the_header_comes",
        "engine.test_quarantine_mails test_a_new_mail_whose_header_is_dangerous_waits_and_the_others_come",
        "engine.test_quarantine_mails test_what_vanishes_while_it_waits_is_not_deleted",
        "engine.test_quarantine_mails test_in_past_mail_it_alone_is_left_out",
        "engine.test_quarantine_mails test_a_line_that_breaks_anywhere_leaves_no_mail_out",
    ),
    "the clock is set back": (
        "engine.guards.test_time test_an_operation_does_not_wait_for_a_clock_that_was_set_back",
        "engine.guards.test_time test_a_case_does_not_wait_for_a_clock_that_was_set_back",
    ),
    "read-only": (
        "engine.outgoing.test_runner test_read_only_sends_nothing_that_changes",
        "engine.guards.test_time test_read_only_holds_from_the_moment_the_person_says_so",
        "test_connecting test_one_account_may_be_read_only_and_another_not",
    ),
    "connections": (
        "qt.test_connections test_idle_is_renewed_and_hears_on",
        "qt.test_connections test_a_line_that_hangs_while_idling_is_noticed_at_the_renewal",
        "qt.test_connections test_a_line_that_hangs_within_a_command_is_noticed_in_time",
        "qt.test_connections test_a_server_that_hangs_up_at_once_is_asked_ever_more_seldom",
        "qt.test_connections test_a_connection_that_lived_begins_anew_with_short_waits",
        "qt.test_connections test_after_a_sleep_the_line_is_a_new_one_at_once",
        "qt.test_connections test_another_network_ends_the_line_and_the_wait",
        "qt.test_connections test_at_most_three_connections_with_the_wizard_and_bodies",
        "qt.test_connections test_a_sign_in_that_expires_within_a_session_keeps_the_queue",
        "engine.guards.test_pace test_numbers_that_never_agree_are_looked_at_once_more",
        "engine.guards.test_pace test_a_server_that_does_not_idle_is_asked_at_the_usual_pace",
        "engine.guards.test_pace test_a_throttle_without_a_time_still_waits",
    ),
}
NAMES = sorted({name for names in TABLE.values() for name in names})


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_its_tests(name: str) -> None:
    module, _, test = name.partition(" ")
    assert callable(getattr(importlib.import_module(f"tests.sync.{module}"), test))


@pytest.fixture
def engine(engine_with_projects: Engine) -> Engine:
    return engine_with_projects


def test_an_open_case_outlives_a_restart(engine_of: Make) -> None:
    engine = engine_of(timing=SELDOM)
    engine.cycle()
    engine.deliver("one", "two")
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    engine.cycle()
    engine.connect()
    assert engine.facts().checking == 1
    engine.cycle()
    assert engine.subjects() == ["one", "two"]
    engine.make_due()
    engine.settle()
    assert engine.subjects() == ["two"]


def test_a_mailbox_that_is_no_longer_chosen_deletes_nothing(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    database.run("UPDATE mailbox SET is_chosen = 0 WHERE id = ?", (engine.box("INBOX").id,))
    engine.sync.wake()
    engine.settle()
    assert engine.subjects() == ["one", "two"]


def test_one_mail_in_two_mailboxes_is_one_message(engine: Engine) -> None:
    engine.deliver("one")
    engine.other.copy("INBOX", engine.other.uids("INBOX"), "Sent")
    engine.cycle()
    assert engine.subjects() == ["one"]
    assert engine.places("one") == {"INBOX": "live", "Sent": "live"}


@pytest.mark.parametrize("on_server", [True, False])
def test_deleted_here_and_restored_from_trash_stays_away(engine: Engine, on_server: bool) -> None:
    settings.put("delete_on_server", on_server)
    engine.deliver("one", "two")
    engine.cycle()
    engine.run(DeleteConversations((engine.conversation_id("one"),)))
    engine.settle()
    if not on_server:
        engine.other.move("INBOX", engine.other.uids("INBOX")[:1], "Trash")
        engine.settle()
    engine.other.move("Trash", engine.other.uids("Trash"), "INBOX")
    engine.settle()
    assert engine.server_subjects("INBOX") == ["one", "two"]
    assert engine.subjects() == ["two"]


def test_old_mail_moved_in_comes_without_a_word(engine: Engine) -> None:
    engine.server.deliver(
        engine.user, "Projects", a_mail(subject="old"), received_at=1_600_000_000_000
    )
    engine.cycle()
    engine.events.clear()
    engine.other.move("Projects", engine.other.uids("Projects"), "INBOX")
    engine.settle()
    assert engine.subjects() == ["old"]
    assert not any(getattr(event, "notify", False) for event in engine.events)


def test_two_dealposts_on_one_account(engine_of: Make) -> None:
    """Both archive and delete at once; each mail ends up in one place, and both agree."""
    settings.put("archive_on_server", True)
    settings.put("delete_on_server", True)
    first = engine_of()
    first.cycle()
    second = engine_of(address="me.too@dealpost.example")
    second.cycle()
    names = [f"mail {n}" for n in range(4)]
    first.deliver(*names)
    first.cycle()
    second.cycle()
    own = {engine.account_id: _conversations(engine) for engine in (first, second)}
    for engine in (first, second):
        ids = own[engine.account_id]
        engine.leave_idle()
        engine.run(Archive((ids["mail 0"],)))
        engine.run(DeleteConversations((ids["mail 1"],)))
    first.run(DeleteConversations((own[first.account_id]["mail 2"],)))
    second.run(Archive((own[second.account_id]["mail 3"],)))
    for _ in range(4):
        first.settle()
        second.settle()
    assert first.server_subjects("INBOX") == []
    assert first.server_subjects("Archive") == ["mail 0", "mail 3"]
    assert first.server_subjects("Trash") == ["mail 1", "mail 2"]
    for engine in (first, second):
        assert sorted(_conversations(engine)) == ["mail 0", "mail 3"]
    assert account.config(first.account_id) is not None


def _conversations(engine: Engine) -> dict[str, int]:
    return dict(
        database.rows(
            "SELECT subject, conversation_id FROM message WHERE account_id = ?",
            (engine.account_id,),
        )
    )


@pytest.mark.parametrize(
    "hostile",
    [
        '<x"\r\n D99 DELETE Archive@customer.example>',
        '<x" UID 1:* D99 EXPUNGE@customer.example>',
        "<" + "y" * 900 + "@customer.example>",
        "<x\\@customer.example>",
        "<x {3}@customer.example>",
    ],
)
def test_a_command_in_a_message_id_is_never_sent(engine: Engine, hostile: str) -> None:
    """The last resort before a delete searches by Message-ID."""
    raw = a_mail(subject="one", message_id=None)
    raw = raw.replace(b"Subject: ", b"Message-ID: " + hostile.encode() + b"\r\nSubject: ", 1)
    engine.server.deliver(engine.user, "INBOX", [raw, a_mail(subject="two")])
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    engine.settle()
    assert engine.subjects() == ["two"]
    sent = engine.server.commands(engine.user)
    assert not [line for line in sent if line.startswith(("DELETE", "EXPUNGE", "UID EXPUNGE"))]
    assert not [line for line in sent if "D99" in line or "yyyy" in line]


def test_a_case_that_waits_for_an_operation_stays_open(engine_of: Make) -> None:
    slow = Timing(second_sitting=0.05, cycle=0.0, operation_retry_first=3600.0)
    engine = engine_of(timing=slow)
    settings.put("archive_on_server", True)
    engine.cycle()
    engine.deliver("one")
    engine.cycle()
    engine.run(Archive((engine.conversation_id("one"),)))
    database.run("UPDATE operation SET next_try_at = 99999999999999")
    engine.other.expunge("INBOX", engine.other.uids("INBOX"))
    for _ in range(5):
        engine.cycle()
    assert engine.subjects() == ["one"]
