"""What takes long about an account goes in steps, and a crash between two of them ends nothing."""

from __future__ import annotations

import pytest

from models.accounts import account
from models.commands import account_jobs
from models.commands.account_jobs import Keep
from models.commands.accounts import ConvertAccount, RemoveAccount, UpdateAccount
from models.commands.archive import Archive
from models.commands.delete import DeleteConversations
from models.commands.done import Done
from models.commands.execute import Command, execute
from models.events import AccountsChanged, ConversationsChanged, Event, MessagesDeleted
from models.mail import conversation
from models.queries import conversation_list
from models.queries.conversation_list import ListQuery, View
from models.store import database, settings, wipe
from models.store.database import StoreError
from models.store.settings import SetOption
from tests.models.building import (
    START,
    Boxes,
    archived,
    boxes,
    conversation_of,
    message_of,
    new_account,
    one,
    operations,
)

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_jobs, "_CHUNK", 2)
    monkeypatch.setattr(account_jobs, "_ROWS", 3)


def work() -> list[Event]:
    """Everything that is left, as the command thread does it."""
    events: list[Event] = []
    while (more := account_jobs.step()) is not None:
        events += more
    return events


def full_account() -> Boxes:
    box = boxes()
    box.take(*[box.mail(f"m{number}", at=START + number) for number in range(7)])
    database.run("INSERT INTO deal (title, created_at, changed_at) VALUES ('Sale', 1, 1)")
    database.run(
        "INSERT INTO link (conversation_id, record_key, origin, linked_at) "
        "VALUES (?, 'deal:1', 'person', 1)",
        (conversation_of("m3"),),
    )
    return box


def listed(view: View, account_id: int | None = None) -> int:
    return len(conversation_list.ids(ListQuery(view, account_id)))


# --- removing ---------------------------------------------------------------------------------


def test_an_account_is_gone_at_once_and_its_mail_in_steps() -> None:
    box = full_account()
    done = execute(RemoveAccount(box.account_id, "nothing"))
    assert done.events == (AccountsChanged((box.account_id,)),)
    assert account.configs() == []
    assert one("SELECT count(*) FROM message") == 7

    first = account_jobs.step()

    assert first is not None
    assert [len(each.message_ids) for each in first if isinstance(each, MessagesDeleted)] == [2]
    assert one("SELECT count(*) FROM message") == 5
    work()
    for table in ("message", "conversation", "location", "mailbox", "ledger", "account"):
        assert one(f"SELECT count(*) FROM {table}") == 0, table
    assert account_jobs.step() is None
    assert wipe.is_due()


@pytest.mark.parametrize(("keep", "left"), [("history", 7), ("linked", 1), ("nothing", 0)])
def test_what_a_crash_cut_short_goes_on(keep: Keep, left: int) -> None:
    """Whatever step was the last one: the choice is in the account's row."""
    box = full_account()
    execute(RemoveAccount(box.account_id, keep))
    account_jobs.step()
    database.close_for_thread()  # the kill; nothing but the file knows of it
    database.open_for_thread()

    assert account_jobs.is_due()
    work()

    assert one("SELECT count(*) FROM message") == left
    assert one("SELECT count(*) FROM location") == 0
    assert one("SELECT count(*) FROM mailbox") == 0
    assert not account_jobs.is_due()
    config = account.config(box.account_id)
    assert (config is None) == (keep == "nothing")
    assert config is None or (config.state, config.removing) == ("removed", "")


def test_an_address_that_comes_back_waits_for_the_end_of_its_removal() -> None:
    box = full_account()
    execute(RemoveAccount(box.account_id, "linked"))
    assert account_jobs.is_due()

    account_jobs.finish(box.account_id)
    again = account.create(new_account())

    assert again == box.account_id
    assert not account_jobs.is_due()
    assert one("SELECT subject FROM message") == "About m3"


def test_two_removals_and_one_twice() -> None:
    box = full_account()
    other = boxes("other@example.com")
    other.take(other.mail("x"))
    execute(RemoveAccount(box.account_id, "nothing"))
    execute(RemoveAccount(other.account_id, "history"))
    assert execute(RemoveAccount(other.account_id, "nothing")).events == ()
    work()
    assert one("SELECT address FROM account") == "other@example.com"
    assert one("SELECT count(*) FROM message") == 1


def test_mail_of_a_removed_account_is_found_and_clutters_no_list() -> None:
    box = full_account()
    other = boxes("other@example.com")
    other.take(other.mail("x"), other.mail("y"))
    execute(Archive((conversation_of("m0"), conversation_of("y"))))
    assert (listed(View.INBOX), listed(View.ARCHIVE)) == (7, 2)

    execute(RemoveAccount(box.account_id, "history"))
    work()

    assert (listed(View.INBOX), listed(View.ARCHIVE)) == (1, 1)
    assert listed(View.SEARCH) == 9
    assert len(conversation_list.ids(ListQuery(View.SEARCH, text="About m2"))) == 1
    assert len(conversation_list.ids(ListQuery(View.INBOX, text="About m2"))) == 0
    assert listed(View.SEARCH, box.account_id) == 7
    assert not conversation_list.places(ListQuery(View.INBOX), (conversation_of("m2"),))
    counts = conversation_list.counts()
    assert (counts.total.inbox, counts.total.archive) == (1, 1)
    assert box.account_id not in counts.by_account

    account.create(new_account())  # the address is added again: all is where it was

    assert (listed(View.INBOX), listed(View.ARCHIVE)) == (7, 2)
    assert archived("m0")


def test_lists_of_the_other_accounts_are_merged_by_time() -> None:
    made = [boxes(f"{name}@example.com") for name in "abc"]
    for number in range(9):
        box = made[number % 3]
        box.take(box.mail(f"m{number}", at=START + number))
    execute(RemoveAccount(made[1].account_id, "history"))
    work()
    wanted = [conversation_of(f"m{number}") for number in (8, 6, 5, 3, 2, 0)]
    assert list(conversation_list.ids(ListQuery(View.INBOX)).ids) == wanted
    assert list(conversation_list.ids(ListQuery(View.INBOX), 3).ids) == wanted[:3]
    for box in (made[0], made[2]):
        execute(RemoveAccount(box.account_id, "history"))
    assert list(conversation_list.ids(ListQuery(View.INBOX)).ids) == []


def test_acts_on_mail_of_a_removed_account_stay_here() -> None:
    box = full_account()
    execute(SetOption("archive_on_server", True))
    execute(SetOption("delete_on_server", True))
    execute(RemoveAccount(box.account_id, "history"))
    work()

    assert execute(Archive((conversation_of("m1"),))).count == 1
    assert execute(DeleteConversations((conversation_of("m2"),))).count == 1

    assert archived("m1")
    assert operations(box.account_id) == []
    box = boxes()
    box.take(box.mail("m1"), box.mail("m2"))
    assert one("SELECT count(*) FROM message WHERE subject = 'About m2'") == 0
    assert archived("m1")


def test_the_preview_counts_what_each_answer_is_about() -> None:
    box = full_account()
    box.take(box.mail("slow", raw=None))
    found = account_jobs.preview_removal(box.account_id)
    assert (found.mails, found.linked, found.without_text) == (8, 1, 1)
    assert account_jobs.preview_removal(99).mails == 0


def test_a_removed_account_is_not_edited() -> None:
    box = full_account()
    execute(RemoveAccount(box.account_id, "history"))
    execute(UpdateAccount(box.account_id, {"state": "active", "name": "Late"}, aliases=("a@b.c",)))
    config = account.config(box.account_id)
    assert config is not None
    assert (config.state, config.name) == ("removed", "")
    assert config.addresses == {"me@example.com"}


# --- the default account and the order -----------------------------------------------------------


def test_the_first_account_is_the_default_until_another_is_chosen_or_removed() -> None:
    assert account.default_id() is None
    first, second = boxes().account_id, boxes("second@example.com").account_id
    assert account.default_id() == first
    execute(SetOption(account.DEFAULT, second))
    assert account.default_id() == second

    execute(RemoveAccount(second, "history"))

    assert account.default_id() == first
    assert settings.get(account.DEFAULT) is None


def test_accounts_are_in_the_order_that_the_person_gave_them() -> None:
    ids = [boxes(f"{name}@example.com").account_id for name in "abc"]
    execute(SetOption(account.ORDER, [str(ids[2]), str(ids[0])]))
    assert [config.id for config in account.configs()] == [ids[2], ids[0], ids[1]]
    assert account.default_id() == ids[2]


# --- personal and team ---------------------------------------------------------------------------


def test_a_converted_account_keeps_what_counted_until_its_own_option_is_changed() -> None:
    box = full_account()
    execute(SetOption("archive_on_server", True))
    execute(ConvertAccount(box.account_id, "team"))
    assert account.archive_option(box.account_id)
    assert not account.delete_option(box.account_id)

    execute(SetOption("archive_on_server", False))
    assert account.archive_option(box.account_id)
    execute(UpdateAccount(box.account_id, {"archive_on_server": False}))
    assert not account.archive_option(box.account_id)

    execute(SetOption("delete_on_server", True))
    assert not account.delete_option(box.account_id)
    execute(ConvertAccount(box.account_id, "personal"))
    assert account.delete_option(box.account_id)


def test_converting_queues_nothing() -> None:
    box = full_account()
    execute(Archive((conversation_of("m1"),)))
    execute(SetOption("archive_on_server", True))
    execute(ConvertAccount(box.account_id, "team"))
    assert operations(box.account_id) == []


# --- aliases ----------------------------------------------------------------------------------


def test_mail_from_a_new_alias_becomes_own() -> None:
    box = boxes()
    for number in range(5):
        box.take(box.mail(f"a{number}", sender="alias@example.com"))
    box.take(box.mail("customer"))
    assert (listed(View.INBOX), listed(View.SENT)) == (6, 0)

    execute(UpdateAccount(box.account_id, aliases=("Alias@example.com",)))
    events = work()

    assert (listed(View.INBOX), listed(View.SENT)) == (1, 5)
    told = [each for each in events if isinstance(each, ConversationsChanged)]
    assert {id_ for each in told for id_ in each.conversation_ids} == {
        conversation_of(f"a{number}") for number in range(5)
    }
    assert (
        one("SELECT parties FROM conversation WHERE id = ?", conversation_of("a0")) == '[["", ""]]'
    )


def test_mail_from_an_address_that_is_own_no_more() -> None:
    box = boxes()
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    work()
    box.take(box.mail("here", sender="alias@example.com"))
    box.take(box.mail("sent", box="Sent", sender="alias@example.com"))
    box.take(box.mail("mine", sender="me@example.com"))
    assert listed(View.INBOX) == 0

    execute(UpdateAccount(box.account_id, aliases=()))
    work()

    assert listed(View.INBOX) == 1
    own = {
        name for name in ("here", "sent", "mine")
        if one("SELECT is_own FROM message WHERE id = ?", message_of(name))
    }  # fmt: skip
    assert own == {"sent", "mine"}


def test_own_mail_that_left_sent_stays_own() -> None:
    """It was own because it lay in Sent; that another address is given up says nothing of it."""
    box = boxes()
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    work()
    box.take(box.mail("assistant", box="Sent", sender="assistant@elsewhere.example"))
    database.run("DELETE FROM location")
    execute(UpdateAccount(box.account_id, aliases=()))
    work()
    assert one("SELECT is_own FROM message") == 1


def test_marking_goes_on_after_a_crash_and_follows_a_second_change() -> None:
    box = boxes()
    box.take(*[box.mail(f"a{n}", sender="alias@example.com") for n in range(12)])
    box.take(*[box.mail(f"b{n}", sender="beta@example.com") for n in range(3)])
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    account_jobs.step()
    assert 0 < listed(View.SENT) < 12
    execute(UpdateAccount(box.account_id, aliases=("beta@example.com",)))
    database.close_for_thread()
    database.open_for_thread()

    work()

    own = database.rows("SELECT DISTINCT from_address FROM message WHERE is_own = 1")
    assert own == [("beta@example.com",)]


def test_the_same_aliases_again_are_no_work() -> None:
    box = boxes()
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    work()
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    assert not account_jobs.is_due()


def test_aliases_and_signature_come_back_with_the_address() -> None:
    box = boxes()
    execute(UpdateAccount(box.account_id, {"signature": "Ann"}, aliases=("alias@example.com",)))
    execute(RemoveAccount(box.account_id, "history"))
    work()
    account.create(new_account())
    with pytest.raises(StoreError, match="already"):
        account.create(new_account())
    config = account.config(box.account_id)
    assert config is not None
    assert (config.signature, "alias@example.com" in config.addresses) == ("Ann", True)


def test_a_conversation_of_own_mail_keeps_its_archive_state() -> None:
    box = boxes()
    box.take(box.mail("a", sender="alias@example.com"))
    done: Done[Command] = execute(Archive((conversation_of("a"),)))
    assert done.count == 1
    execute(UpdateAccount(box.account_id, aliases=("alias@example.com",)))
    work()
    assert archived("a")
    assert conversation.message_ids([conversation_of("a")]) == [message_of("a")]
