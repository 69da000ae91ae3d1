"""Sync past emails on a real server: exactly the mail that was asked for comes in (S4 to S6, R8)."""

from __future__ import annotations

from collections.abc import Callable

from models.accounts import account
from models.commands.accounts import ChooseMailboxes
from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.events import MessagesAdded
from models.server import past_sync
from models.server.past_sync import BeginPastSync, Scope
from models.store import database
from models.store.clock import now_ms
from models.store.settings import SetOption
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import DAY_MS, Engine

Make = Callable[..., Engine]

AGES = (10, 80, 170, 350, 500)  # days


def fill(server: Dovecot, user: str, *, name: str = "INBOX", sender: str = "x@y.example") -> None:
    """A mail of each age, its subject its age."""
    mails = [a_mail(subject=f"{name} {age}", from_=sender) for age in AGES]
    times = [now_ms() - age * DAY_MS for age in AGES]
    server.deliver(user, name, mails, received_at=times)


def begin(
    engine: Engine, days: int, *, scope: Scope = "everyone", bring_back: bool = False
) -> None:
    command = BeginPastSync(
        engine.account_id,
        "date",
        now_ms() - days * DAY_MS,
        scope,
        bring_back,
    )
    engine.run(command)
    engine.cycle()


def delete(engine: Engine, *subjects: str) -> None:
    engine.run(DeleteMessages(tuple(engine.message_id(subject) for subject in subjects)))
    engine.cycle()


def inbox(*ages: int) -> list[str]:
    return sorted(f"INBOX {age}" for age in ages)


def since(days: int) -> dict[str, object]:
    return {"start": "1m", "start_at": now_ms() - days * DAY_MS, "past_started": True}


def test_an_earlier_start_adds_and_a_later_one_takes_nothing_away(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user)
    engine = engine_of(**since(30))
    engine.cycle()
    assert engine.subjects() == inbox(10)
    begin(engine, 200)
    assert sorted(engine.subjects()) == inbox(10, 80, 170)
    begin(engine, 5)
    assert sorted(engine.subjects()) == inbox(10, 80, 170)
    assert past_sync.is_over(engine.account_id)
    told = [e.notify for e in engine.events if isinstance(e, MessagesAdded)]
    assert told
    assert not any(told)


def test_past_mail_after_now(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    fill(dovecot, mail_user)
    engine = engine_of(start="now", start_at=now_ms())
    engine.cycle()
    assert engine.subjects() == []
    begin(engine, 100)
    assert sorted(engine.subjects()) == inbox(10, 80)


def test_with_now_old_mail_moved_in_later_comes_without_a_word(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    hour = 3600 * 1000
    dovecot.deliver(
        mail_user, "Projects", [a_mail(subject="an hour old"), a_mail(subject="old")],
        received_at=[now_ms() - hour, now_ms() - 90 * DAY_MS],
    )  # fmt: skip
    engine = engine_of(start="now", start_at=now_ms())
    engine.cycle()
    engine.other.move("Projects", engine.other.uids("Projects"), "INBOX")
    engine.deliver("new")
    engine.cycle()
    assert sorted(engine.subjects()) == ["an hour old", "new", "old"]
    added = [e for e in engine.events if isinstance(e, MessagesAdded)]
    told = {id_ for event in added if event.notify for id_ in event.message_ids}
    assert told == {engine.message_id("new")}


def test_a_label_chosen_later_under_now_brings_what_came_since_then(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, name="Projects")
    engine = engine_of(start="now", start_at=now_ms())
    engine.cycle()
    soon = now_ms() + 2000  # INTERNALDATE knows whole seconds
    dovecot.deliver(mail_user, "Projects", a_mail(subject="since then"), received_at=soon)
    engine.cycle()
    assert engine.subjects() == []
    engine.run(ChooseMailboxes(engine.account_id, (engine.box("Projects").id,)))
    engine.cycle()
    assert engine.subjects() == ["since then"]


# --- whose mail (S5) -------------------------------------------------------------------------


def make_contacts() -> None:
    rows = (
        "INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)",
        "INSERT INTO person_address (person_id, address, key) VALUES (1, 'Ada@c.example', 1)",
        "INSERT INTO person_address (person_id, address, key) VALUES (1, 'me@dealpost.example', 3)",
        "INSERT INTO organization (id, name, created_at, changed_at) VALUES (1, 'O', 1, 1)",
        "INSERT INTO organization_domain VALUES (1, 1, 'firm.example', 2)",
    )
    for row in rows:
        database.run(row)


def fill_parties(server: Dovecot, user: str, *, days: int = 20, name: str = "INBOX") -> None:
    mails = [
        a_mail(subject="person", from_="Ada <ada@c.example>"),
        a_mail(subject="organization", from_="x@y.example", cc="Bob <bob@firm.example>"),
        a_mail(subject="stranger", from_="x@y.example"),
        a_mail(subject="only me", from_="me@dealpost.example", to="me@dealpost.example"),
        a_mail(subject="blind", from_="x@y.example", headers=[("Bcc", "ADA@C.EXAMPLE")]),
    ]
    server.deliver(user, name, mails, received_at=now_ms() - days * DAY_MS)


OF_CONTACTS = ["blind", "organization", "person"]
OF_EVERYONE = sorted([*OF_CONTACTS, "only me", "stranger"])


def test_only_contacts_at_the_first_past_sync_and_all_at_the_next(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    make_contacts()
    fill_parties(dovecot, mail_user)
    engine = engine_of(start="now", start_at=now_ms())
    engine.cycle()
    engine.deliver("future", from_="s@y.example")
    engine.cycle()
    begin(engine, 60, scope="contacts")
    assert sorted(engine.subjects()) == sorted([*OF_CONTACTS, "future"])
    begin(engine, 60, scope="contacts")
    assert sorted(engine.subjects()) == sorted([*OF_EVERYONE, "future"])


def test_a_whole_listing_brings_no_stranger_whom_nobody_asked_for(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    make_contacts()
    fill_parties(dovecot, mail_user)
    fill(dovecot, mail_user)
    engine = engine_of(scope="contacts", **since(60))
    engine.cycle()
    database.run("UPDATE mailbox SET full_check_at = 0")
    engine.cycle()
    assert sorted(engine.subjects()) == OF_CONTACTS
    begin(engine, 15)  # everyone, but only of the last 15 days
    database.run("UPDATE mailbox SET full_check_at = 0")
    engine.cycle()
    assert sorted(engine.subjects()) == sorted([*OF_CONTACTS, "INBOX 10"])


def test_a_label_chosen_after_the_first_past_sync_comes_whole(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    make_contacts()
    fill_parties(dovecot, mail_user, name="Projects")
    dovecot.deliver(mail_user, "INBOX", a_mail(subject="stays out", from_="x@y.example"),
                    received_at=now_ms() - 9 * DAY_MS)  # fmt: skip
    engine = engine_of(scope="contacts", **since(60))
    engine.cycle()
    assert engine.subjects() == []
    ids = (engine.box("INBOX").id, engine.box("Projects").id)
    engine.run(ChooseMailboxes(engine.account_id, ids))
    engine.cycle()
    assert sorted(engine.subjects()) == OF_EVERYONE
    database.run("UPDATE mailbox SET full_check_at = 0")
    engine.cycle()
    assert sorted(engine.subjects()) == OF_EVERYONE


def test_one_that_was_cut_keeps_its_scope_when_it_goes_on(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    make_contacts()
    strangers = [a_mail(subject="s", from_="x@y.example") for _ in range(300)]
    friends = [a_mail(subject=f"friend {n:03}", from_="ada@c.example") for n in range(300)]
    mixed = [mail for pair in zip(strangers, friends, strict=True) for mail in pair]
    dovecot.deliver(mail_user, "INBOX", mixed, received_at=now_ms() - DAY_MS)
    engine = engine_of(scope="contacts", **since(60))
    engine.step_until(lambda: bool(engine.subjects()))
    assert 0 < len(engine.subjects()) < 300
    account.update(engine.account_id, state=account.STOPPED)
    engine.drop()
    told = past_sync.progress(engine.account_id)[0]
    assert 0 < told.done < told.total == 600
    account.update(engine.account_id, state=account.ACTIVE)
    engine.connect()
    engine.cycle()
    assert sorted(engine.subjects()) == [f"friend {n:03}" for n in range(300)]


# --- labels (S6) ----------------------------------------------------------------------------


def test_labels_more_and_fewer(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    fill(dovecot, mail_user)
    fill(dovecot, mail_user, name="Projects")
    engine = engine_of(**since(30))
    engine.cycle()
    assert engine.subjects() == ["INBOX 10"]
    ids = (engine.box("INBOX").id, engine.box("Projects").id)
    engine.run(ChooseMailboxes(engine.account_id, ids))
    engine.cycle()
    assert sorted(engine.subjects()) == ["INBOX 10", "Projects 10"]
    engine.run(ChooseMailboxes(engine.account_id, ids[:1]))
    engine.deliver("not wanted", to="Projects")
    engine.settle()
    assert sorted(engine.subjects()) == ["INBOX 10", "Projects 10"]
    engine.run(ChooseMailboxes(engine.account_id, ids))
    engine.cycle()
    assert sorted(engine.subjects()) == ["INBOX 10", "Projects 10", "not wanted"]


def test_a_label_made_later_and_chosen_after_that(engine: Engine) -> None:
    engine.deliver("before", to="Made later")
    engine.cycle()
    assert engine.subjects() == []
    engine.run(ChooseMailboxes(engine.account_id, (engine.box("Made later").id,)))
    engine.cycle()
    assert engine.subjects() == ["before"]


# --- bringing back (R8) -----------------------------------------------------------------------


def test_skip_leaves_them_away_and_bring_back_brings_the_range_alone(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user)
    engine = engine_of(**since(400))
    engine.cycle()
    delete(engine, "INBOX 10", "INBOX 80", "INBOX 350")
    begin(engine, 400)
    assert sorted(engine.subjects()) == inbox(170)
    begin(engine, 100, bring_back=True)
    assert sorted(engine.subjects()) == inbox(10, 80, 170)
    begin(engine, 400)
    assert sorted(engine.subjects()) == inbox(10, 80, 170)
    assert {e.notify for e in engine.events if isinstance(e, MessagesAdded)} == {False}


def test_after_it_nothing_else_is_brought_back(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user)
    engine = engine_of(**since(400))
    engine.cycle()
    begin(engine, 400, bring_back=True)
    assert database.value("SELECT max(bring_back_before) FROM mailbox") == 0
    delete(engine, "INBOX 80")
    engine.other.create("Elsewhere")
    engine.other.move("INBOX", engine.other.uids("INBOX")[1:2], "Elsewhere")
    engine.cycle()
    engine.other.move("Elsewhere", engine.other.uids("Elsewhere"), "INBOX")
    engine.cycle()
    database.run("UPDATE mailbox SET full_check_at = 0")
    engine.settle()
    ids = (engine.box("INBOX").id, engine.box("Elsewhere").id)
    engine.run(ChooseMailboxes(engine.account_id, ids))
    engine.settle()
    assert sorted(engine.subjects()) == inbox(10, 170, 350)


def test_brought_back_it_is_a_new_mail(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    conversation_id = engine.conversation_id("one")
    database.run("INSERT INTO deal (id, title, created_at, changed_at) VALUES (7, 'Deal', 1, 1)")
    database.run(
        "INSERT INTO link (conversation_id, record_key, origin, linked_at) "
        "VALUES (?, 'deal:7', 'person', 1)",
        (conversation_id,),
    )
    engine.run(Archive((conversation_id,)))
    engine.cycle()
    before = engine.message_id("one")
    delete(engine, "one")
    begin(engine, 10, bring_back=True)
    assert engine.subjects() == ["one"]
    assert engine.message_id("one") != before
    row = database.row("SELECT is_archived, link_key FROM conversation")
    assert row == (0, "")
    assert database.value("SELECT count(*) FROM link") == 0
    assert database.value("SELECT count(*) FROM tombstone") == 0


def test_what_went_to_the_servers_trash_is_not_brought_back(engine: Engine) -> None:
    engine.run(SetOption("delete_on_server", True))
    engine.deliver("one", "two")
    engine.cycle()
    delete(engine, "one")
    assert engine.server_subjects("Trash") == ["one"]
    begin(engine, 10, bring_back=True)
    assert engine.subjects() == ["two"]
    # Another program takes it out again: it stays away, until the user asks (R8).
    engine.other.move("Trash", engine.other.uids("Trash"), "INBOX")
    engine.settle()
    assert engine.subjects() == ["two"]
    begin(engine, 10, bring_back=True)
    assert sorted(engine.subjects()) == ["one", "two"]


def test_it_survives_a_cut_in_the_middle(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    mails = [a_mail(subject=f"m {n:03}") for n in range(450)]
    dovecot.deliver(mail_user, "INBOX", mails, received_at=now_ms() - DAY_MS)
    engine = engine_of(**since(30))
    engine.cycle()
    everything = sorted(engine.subjects())
    ids = [id_ for (id_,) in database.rows("SELECT id FROM message")]
    engine.run(DeleteMessages(tuple(ids)))
    engine.run(BeginPastSync(engine.account_id, "1m", now_ms() - 30 * DAY_MS, bring_back=True))
    engine.step_until(lambda: bool(engine.subjects()))
    assert len(engine.subjects()) < 450
    engine.drop()
    delete_again = engine.subjects()[:3]
    engine.connect()
    delete(engine, *delete_again)  # after the question: these stay away
    assert sorted(engine.subjects()) == sorted(set(everything) - set(delete_again))


def test_known_as_deleted_from_an_earlier_account(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    """The account was removed and added again, so only the tombstone still knows."""
    fill(dovecot, mail_user)
    engine = engine_of(**since(400))
    engine.cycle()
    delete(engine, "INBOX 170")
    database.run("DELETE FROM account WHERE id = ?", (engine.account_id,))
    again = engine_of(**since(30))
    again.cycle()
    assert again.subjects() == inbox(10)
    begin(again, 400)
    assert sorted(again.subjects()) == inbox(10, 350, 80)
    begin(again, 400, bring_back=True)
    assert sorted(again.subjects()) == inbox(10, 170, 350, 80)
