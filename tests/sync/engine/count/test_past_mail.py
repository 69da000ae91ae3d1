"""Count past mail before the sync: exact where possible, honest where not, always harmless."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pytest

from models.commands.delete import DeleteMessages
from models.deletion import bringing_back
from models.server import arrival, known_uids, mailbox
from models.server.mailbox import MailboxState
from models.store import database, settings
from models.store.clock import now_ms
from sync.engine.count import deleted_mail, past_mail
from sync.engine.count.deleted_mail import DeletedMail
from sync.engine.count.past_mail import LabelCount, Moments, Tally
from sync.engine.fetch.scope import Contacts
from sync.net.server import Server
from sync.session import ImapSession
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import DAY_MS, FAST, Engine

Make = Callable[..., Engine]
BARE = frozenset({"ESEARCH", "CONDSTORE", "QRESYNC", "LIST-STATUS", "SPECIAL-USE", "MOVE"})
YEAR = 365 * DAY_MS


@pytest.fixture(params=[frozenset(), BARE], ids=["all", "bare"])
def session(
    request: pytest.FixtureRequest, dovecot: Dovecot, mail_user: str
) -> Iterator[ImapSession]:
    made = ImapSession(
        Server("localhost", dovecot.port, "plain"), FAST, read_only=True, masked=request.param
    )
    made.open()
    made.sign_in(mail_user, "secret")
    yield made
    made.close()


def fill(server: Dovecot, user: str, count: int, *, name: str = "INBOX") -> int:
    """Add mails a day apart, every third from a contact. Returns their total bytes."""
    senders = ["Ada <ada@c.example>" if n % 3 == 0 else "x@y.example" for n in range(count)]
    mails = [a_mail(subject=f"n {n}", from_=sender) for n, sender in enumerate(senders)]
    times = [now_ms() - n * DAY_MS - 60_000 for n in range(count)]
    server.deliver(user, name, mails, received_at=times)
    return sum(len(mail) for mail in mails)


def make_contact() -> None:
    database.run("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)")
    database.run(
        "INSERT INTO person_address (person_id, address, key) VALUES (1, 'ADA@c.example', 1)"
    )


def last(found: Iterator[LabelCount]) -> dict[str, LabelCount]:
    return {each.name: each for each in found}


def tally(session: ImapSession, days: int, *names: str, contacts: Contacts | None = None) -> Tally:
    counts = last(past_mail.count(session, names, now_ms() - YEAR, contacts))
    found = past_mail.total(counts.values(), names, now_ms() - days * DAY_MS)
    assert found is not None
    return found


@pytest.mark.usefixtures("store")
def test_messages_bytes_and_contacts_of_each_range(
    session: ImapSession, dovecot: Dovecot, mail_user: str
) -> None:
    make_contact()
    size = fill(dovecot, mail_user, 60)
    contacts = Contacts(frozenset())
    assert tally(session, 30, "INBOX", contacts=contacts).messages == 30
    assert tally(session, 30, "INBOX", contacts=contacts).contacts == 10
    whole = tally(session, 100, "INBOX", contacts=contacts)
    assert (whole.messages, whole.size, whole.contacts) == (60, size, 20)
    assert not whole.is_about
    assert not whole.is_contacts_about


def test_labels_are_added_up_and_an_unknown_one_leaves_the_sum_open(
    session: ImapSession, dovecot: Dovecot, mail_user: str
) -> None:
    fill(dovecot, mail_user, 5)
    fill(dovecot, mail_user, 3, name="Projects")
    assert tally(session, 100, "INBOX", "Projects").messages == 8
    counts = last(past_mail.count(session, ["INBOX"], now_ms() - YEAR, None))
    assert past_mail.total(counts.values(), ["INBOX", "Projects"], 0) is None


def test_beyond_the_bound_it_is_sampled_and_says_so(
    session: ImapSession, dovecot: Dovecot, mail_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = fill(dovecot, mail_user, 300)
    monkeypatch.setattr(past_mail, "EXACT_MOST", 100)
    monkeypatch.setattr(past_mail, "SAMPLE", 50)
    found = tally(session, 350, "INBOX")
    assert found.is_about
    assert found.messages == 300
    assert found.size == pytest.approx(size, rel=0.05)
    assert tally(session, 150, "INBOX").messages == pytest.approx(150, rel=0.1)


@pytest.mark.usefixtures("store")
def test_of_many_mails_the_addresses_of_a_sample_are_read(
    session: ImapSession, dovecot: Dovecot, mail_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact()
    fill(dovecot, mail_user, 240)
    monkeypatch.setattr(past_mail, "HEADERS_MOST", 100)
    monkeypatch.setattr(past_mail, "HEADERS_SAMPLE", 80)
    found = tally(session, 350, "INBOX", contacts=Contacts(frozenset()))
    assert (found.messages, found.is_about, found.is_contacts_about) == (240, False, True)
    assert found.contacts == pytest.approx(80, rel=0.5)


def test_a_label_that_the_server_does_not_open_stops_no_other(
    session: ImapSession, dovecot: Dovecot, mail_user: str
) -> None:
    fill(dovecot, mail_user, 2)
    counts = last(past_mail.count(session, ["Nowhere", "INBOX"], now_ms() - YEAR, None))
    assert not counts["Nowhere"].is_known
    assert counts["INBOX"].tally(0).messages == 2


def test_nothing_is_changed_by_it(session: ImapSession, dovecot: Dovecot, mail_user: str) -> None:
    fill(dovecot, mail_user, 3)
    last(past_mail.count(session, ["INBOX"], now_ms() - YEAR, None))
    sent = dovecot.commands(mail_user)
    assert [line for line in sent if line.startswith(("SELECT", "UID STORE", "UID COPY"))] == []
    with dovecot.other(mail_user) as other:
        assert all("\\Seen" not in other.flags("INBOX", uid) for uid in other.uids("INBOX"))


def test_moments_of_none() -> None:
    assert Moments().since(0) == (0, 0)


# --- deleted here (R8) ----------------------------------------------------------------------------


def boxes_of(engine: Engine) -> list[MailboxState]:
    return [box for box in mailbox.of_account(engine.account_id) if box.is_synced]


def found(engine: Engine, days: int = 365) -> DeletedMail:
    assert engine.session is not None
    engine.leave_idle()
    since = now_ms() - days * DAY_MS
    return deleted_mail.find(
        engine.session, engine.account_id, boxes_of(engine), since, lambda work: work()
    )


def delete(engine: Engine, *subjects: str) -> None:
    engine.run(DeleteMessages(tuple(engine.message_id(subject) for subject in subjects)))


def test_deleted_mail_is_counted_by_when_it_came(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, 20)
    engine = engine_of()
    engine.cycle()
    assert found(engine) == DeletedMail()
    delete(engine, "n 2", "n 15")
    told = found(engine)
    assert (told.since(now_ms() - 10 * DAY_MS), told.since(0), told.is_whole) == (1, 2, True)


def test_one_mail_under_two_labels_counts_once(engine_of: Make) -> None:
    engine = engine_of(chosen=("INBOX", "Projects"))
    engine.deliver("one", "two")
    engine.other.create("Projects")
    engine.other.copy("INBOX", engine.other.uids("INBOX")[:1], "Projects")
    engine.cycle()
    engine.cycle()
    assert set(engine.places("one")) == {"INBOX", "Projects"}
    delete(engine, "one")
    assert found(engine).since(0) == 1


def test_of_equal_mails_as_many_count_as_were_deleted(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    raw = a_mail(subject="same")
    dovecot.deliver(mail_user, "INBOX", [raw, raw, raw])
    engine = engine_of()
    engine.cycle()
    ids = [id_ for (id_,) in database.rows("SELECT id FROM message")]
    engine.run(DeleteMessages(tuple(ids[:2])))
    assert found(engine).since(0) == 2
    database.run("DELETE FROM arrival")
    database.run("DELETE FROM location")
    assert found(engine).since(0) == 2  # of three that only the tombstone knows


def test_what_waits_for_the_servers_trash_does_not_count(engine: Engine) -> None:
    settings.put("delete_on_server", True)
    engine.deliver("one")
    engine.cycle()
    delete(engine, "one")
    assert bringing_back.deleted_mails(engine.account_id) == {}
    assert found(engine).since(0) == 0


def test_what_is_gone_from_the_server_does_not_count(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    delete(engine, "one", "two")
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    assert found(engine).since(0) == 1


def test_where_too_many_would_have_to_be_read_it_says_so(
    dovecot: Dovecot, mail_user: str, engine_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(dovecot, mail_user, 30)
    engine = engine_of(start="1m", start_at=now_ms() - 5 * DAY_MS)
    engine.cycle()
    delete(engine, "n 1")
    database.run("DELETE FROM arrival")  # only the tombstone still knows
    assert (found(engine).since(0), found(engine).is_whole) == (1, True)
    monkeypatch.setattr(deleted_mail, "IDENTITIES_MOST", 1)
    assert not found(engine).is_whole


def test_the_store_is_asked_for_a_few_at_a_time(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window waits for a read that runs when the user continues, so no read may be long."""
    engine.deliver("one", "two", "three", "four", "five")
    engine.cycle()
    delete(engine, "two", "five")
    monkeypatch.setattr(deleted_mail, "READ_MOST", 2)
    asked: list[int] = []

    def spied(part: Callable[..., object]) -> Callable[..., object]:
        def read(mailbox_id: int, uidvalidity: int, uids: Collection[int]) -> object:
            asked.append(len(uids))
            return part(mailbox_id, uidvalidity, uids)

        return read

    for module, name in (
        (known_uids, "located"),
        (known_uids, "known_at"),
        (arrival, "kept_out_at"),
    ):
        monkeypatch.setattr(module, name, spied(getattr(module, name)))
    assert len(found(engine).times) == 2
    box = engine.box("INBOX")
    known = deleted_mail.known(box, box.uidvalidity, (1, 2, 3, 4, 5, 6), lambda work: work())
    assert known == {1, 2, 3, 4, 5}
    assert asked
    assert max(asked) <= 2
