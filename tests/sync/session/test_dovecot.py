"""The session against a real server, with all of its capabilities and with fewer."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from sync.errors import (
    AppPasswordNeededError,
    ConnectionLostError,
    ReadOnlyRefused,
    ReconnectError,
    RefusedError,
    SignInError,
)
from sync.mime.identity import identity
from sync.net.server import Server
from sync.session import CHANGING, ImapSession, ServerEvent
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy
from tests.sync.session.idling import wait_for_news

TIMING = Timing(connect=30, command=30, transfer=60, sign_in=30)
MASKS = [
    frozenset[str](),
    frozenset({"QRESYNC"}),
    frozenset({"QRESYNC", "CONDSTORE"}),
    frozenset({"MOVE"}),
    frozenset({"UIDPLUS"}),
    frozenset(
        [
            "QRESYNC",
            "CONDSTORE",
            "MOVE",
            "UIDPLUS",
            "ESEARCH",
            "LIST-STATUS",
            "LIST-EXTENDED",
            "SPECIAL-USE",
            "LITERAL+",
            "IDLE",
            "ID",
            "ENABLE",
            "AUTH=PLAIN",
        ]
    ),
]


def session_of(
    dovecot: Dovecot, user: str, *, masked: frozenset[str] = frozenset(), read_only: bool = False
) -> ImapSession:
    session = ImapSession(
        Server("localhost", dovecot.port, "plain"), TIMING, masked=masked, read_only=read_only
    )
    session.open()
    session.sign_in(user, "any")
    return session


@pytest.mark.parametrize("masked", MASKS, ids=lambda mask: " ".join(sorted(mask)) or "all")
def test_reading_is_the_same_under_every_mask(
    dovecot: Dovecot, mail_user: str, masked: frozenset[str]
) -> None:
    raws = [a_mail(subject=f"Offer {n}") for n in range(5)]
    dovecot.deliver(mail_user, "INBOX", raws, received_at=1_700_000_000_000, flags=["\\Seen"])
    session = session_of(dovecot, mail_user, masked=masked)

    listed = {entry.name: entry for entry in session.list_mailboxes()}
    selected = session.examine("INBOX")
    listing = session.all_uids()
    fetched = session.fetch_messages(listing.uids)
    headers = session.fetch_identity(listing.uids)
    recent = session.search_since(1_700_000_000_000)
    facts = session.fetch_flags()
    session.close()

    status = listed["INBOX"].status
    assert status is not None
    assert (status.messages, status.uidnext) == (5, 6)
    assert (selected.exists, selected.uidvalidity) == (5, status.uidvalidity)
    assert listing.uids == (1, 2, 3, 4, 5)
    assert listing.is_complete
    assert [f.raw for f in fetched] == raws
    assert {f.facts.received_at for f in fetched} == {1_700_000_000_000}
    assert {found.flags for found in facts.values()} == {1}
    assert recent.uids == (1, 2, 3, 4, 5)
    assert set(headers) == {1, 2, 3, 4, 5}


@pytest.mark.usefixtures("store")
def test_identity_is_the_same_from_header_fields_and_from_the_whole(
    dovecot: Dovecot, mail_user: str
) -> None:
    long_subject = "A very long subject that is folded " * 6
    raws = [
        a_mail(subject=long_subject),
        a_mail(subject="Grüße aus Köln", message_id=None),
        a_mail(received=""),
        b"subject:  lower \r\n  folded\r\nFROM: x@y.example\r\n\r\nFrom: not a header\r\n",
        b"\r\nno header at all\r\n",
    ]
    dovecot.deliver(mail_user, "INBOX", raws)
    session = session_of(dovecot, mail_user)
    session.examine("INBOX")
    headers = session.fetch_identity(range(1, 6))
    wholes = session.fetch_messages(range(1, 6))
    session.close()

    assert len(wholes) == len(raws)
    for whole in wholes:
        facts, fields = whole.facts, headers[whole.uid].raw
        assert identity(whole.raw, facts.size, facts.received_at) == identity(
            fields, facts.size, facts.received_at
        )


def test_move_and_copy_tell_where_the_messages_are(dovecot: Dovecot, mail_user: str) -> None:
    dovecot.deliver(mail_user, "INBOX", [a_mail() for _ in range(3)])
    session = session_of(dovecot, mail_user)
    session.select("INBOX")

    copied = session.copy([3], "Archive")
    moved = session.move([1, 2], "Archive")
    again = session.move([1, 2], "Archive")
    gone = session.existing([1, 2])
    session.close()

    assert copied is not None
    assert copied.pairs == {3: 1}
    assert moved is not None
    assert moved.pairs == {1: 2, 2: 3}
    # The UIDs are gone: OK, no data, and no COPYUID left over from before.
    assert again is None
    assert gone == set()


def test_without_move_or_uidplus_nothing_else_is_sent_instead(
    dovecot: Dovecot, mail_user: str
) -> None:
    dovecot.deliver(mail_user, "INBOX", a_mail())
    session = session_of(dovecot, mail_user, masked=frozenset({"MOVE", "UIDPLUS"}))
    session.select("INBOX")

    with pytest.raises(RefusedError):
        session.move([1], "Archive")
    with pytest.raises(RefusedError):
        session.uid_expunge([1])
    session.close()

    sent = dovecot.commands(mail_user)
    assert not any("MOVE" in line or "EXPUNGE" in line for line in sent)


def test_store_and_uid_expunge_touch_only_what_they_name(dovecot: Dovecot, mail_user: str) -> None:
    dovecot.deliver(mail_user, "INBOX", [a_mail() for _ in range(3)])
    with dovecot.other(mail_user) as other:
        other.flag("INBOX", [1], "\\Deleted")
    session = session_of(dovecot, mail_user)
    session.select("INBOX")

    session.store([2, 3], add=8 | 1)
    session.store([3], remove=8)
    session.uid_expunge([2, 3])
    left = session.fetch_flags()
    session.close()

    assert {uid: facts.flags for uid, facts in left.items()} == {1: 8, 3: 1}


def test_append_tells_the_uid_and_keeps_bytes_and_time(dovecot: Dovecot, mail_user: str) -> None:
    raw = a_mail(text="Grüße\n" * 3)
    for masked in (frozenset[str](), frozenset({"LITERAL+"})):
        session = session_of(dovecot, mail_user, masked=masked)
        told = session.append("Sent", raw.replace(b"\r\n", b"\n"), 1, 1_700_000_000_000)
        assert told is not None
        session.examine("Sent")
        [fetched] = session.fetch_messages([told.uid])
        session.close()

        assert fetched.raw == raw
        assert (fetched.facts.flags, fetched.facts.received_at) == (1, 1_700_000_000_000)


def test_create_and_names_in_other_letters(dovecot: Dovecot, mail_user: str) -> None:
    session = session_of(dovecot, mail_user)

    session.create("Kliendid/Õ & „Ü“")
    names = [entry.name for entry in session.list_mailboxes()]
    selected = session.select("Kliendid/Õ & „Ü“")
    session.close()

    assert "Kliendid/Õ & „Ü“" in names
    assert selected.exists == 0


def test_read_only_refuses_every_changing_command_before_it_is_sent(
    dovecot: Dovecot, mail_user: str
) -> None:
    dovecot.deliver(mail_user, "INBOX", a_mail())
    session = session_of(dovecot, mail_user, read_only=True)
    session.examine("INBOX")
    attempts: list[Callable[[], object]] = [
        lambda: session.select("INBOX"),
        lambda: session.move([1], "Archive"),
        lambda: session.copy([1], "Archive"),
        lambda: session.store([1], add=1),
        lambda: session.uid_expunge([1]),
        lambda: session.create("New"),
        lambda: session.append("INBOX", a_mail()),
        lambda: session.run("DELETE", b'"Archive"'),
        lambda: session.run("RENAME", b'"Archive"', b'"B"'),
        lambda: session.run("UNSUBSCRIBE", b'"Archive"'),
    ]

    for attempt in attempts:
        with pytest.raises(ReadOnlyRefused):
            attempt()
    assert session.all_uids().uids == (1,)
    session.close()

    verbs = {word for line in dovecot.commands(mail_user) for word in line.upper().split()[:2]}
    assert not verbs & CHANGING


def test_a_bare_expunge_or_close_cannot_be_sent(dovecot: Dovecot, mail_user: str) -> None:
    session = session_of(dovecot, mail_user)
    session.select("INBOX")

    for verb in ("EXPUNGE", "CLOSE", "expunge"):
        with pytest.raises(RefusedError):
            session.run(verb)
    session.close()

    assert not any(c.upper() in ("EXPUNGE", "CLOSE") for c in dovecot.commands(mail_user))


def test_news_of_a_second_client_come_in_idle(dovecot: Dovecot, mail_user: str) -> None:
    session = session_of(dovecot, mail_user)
    session.examine("INBOX")
    session.idle_begin()

    with dovecot.other(mail_user) as other:
        other.append("INBOX", a_mail())
    events = _news(session)
    session.idle_end()
    exists = session.all_uids()
    session.close()

    assert [(event.kind, event.number) for event in events] == [("exists", 1)]
    assert exists.uids == (1,)
    assert exists.is_complete


def _news(session: ImapSession) -> list[ServerEvent]:
    """The first that come in IDLE; under TLS the socket may tell of bytes that are none."""
    deadline = time.monotonic() + 15
    events: list[ServerEvent] = []
    while not events and time.monotonic() < deadline:
        wait_for_news(session, 1)
        events = session.idle_events()
    return events


def test_idle_over_tls(dovecot: Dovecot, mail_user: str) -> None:
    server = Server(
        "localhost", dovecot.tls_port, "tls", ca_file=str(dovecot.certificate.cert_file)
    )
    session = ImapSession(server, TIMING)
    session.open()
    session.sign_in(mail_user, "pässword")
    session.examine("INBOX")
    session.idle_begin()
    dovecot.deliver(mail_user, "INBOX", [a_mail() for _ in range(2)])

    assert _news(session)[-1].kind == "exists"
    session.idle_end()
    session.close()


def test_a_wrong_password_is_a_sign_in_error(dovecot: Dovecot) -> None:
    session = ImapSession(Server("localhost", dovecot.port, "plain"), TIMING)
    session.open()

    with pytest.raises(SignInError) as found:
        session.sign_in("fixed-ada", "wrong")
    session.close()
    assert not isinstance(found.value, AppPasswordNeededError)


def test_a_part_is_fetched_in_steps(dovecot: Dovecot, mail_user: str) -> None:
    data = bytes(range(256)) * 6000
    raw = a_mail(attachments=[("x.bin", "application/octet-stream", data)])
    dovecot.deliver(mail_user, "INBOX", raw)
    session = session_of(dovecot, mail_user)
    session.examine("INBOX")

    part = session.fetch_part(1, "2")
    text = session.fetch_part(1, "1")
    session.close()

    assert len(part) > 2 * 1024 * 1024
    assert part in raw
    assert text.startswith(b"Hello,")


@pytest.mark.parametrize("cut", [1, 200, 900, 2_000, 20_000, 60_000])
def test_a_cut_line_is_an_error_to_connect_again(
    dovecot: Dovecot, mail_user: str, cut: int
) -> None:
    dovecot.deliver(mail_user, "INBOX", [a_mail(text="x" * 5_000) for _ in range(20)])
    with Proxy(dovecot.port, cut_to_client=cut) as proxy:
        session = ImapSession(Server("localhost", proxy.port, "plain"), TIMING)

        with pytest.raises(ReconnectError):
            _fetch_all(session, mail_user)
        session.close()
        assert not session.is_open


def _fetch_all(session: ImapSession, user: str) -> None:
    session.open()
    session.sign_in(user, "any")
    session.examine("INBOX")
    session.fetch_messages(range(1, 21))


def test_single_bytes_are_put_together(dovecot: Dovecot, mail_user: str) -> None:
    raw = a_mail()
    dovecot.deliver(mail_user, "INBOX", raw)
    with Proxy(dovecot.port, piece=1) as proxy:
        session = ImapSession(Server("localhost", proxy.port, "plain"), TIMING)
        session.open()
        session.sign_in(mail_user, "any")
        session.examine("INBOX")
        [fetched] = session.fetch_messages([1])
        session.close()

    assert fetched.raw == raw


def test_a_deleted_open_mailbox_is_no_empty_one(dovecot: Dovecot, mail_user: str) -> None:
    dovecot.deliver(mail_user, "Old", [a_mail() for _ in range(3)])
    session = session_of(dovecot, mail_user)
    session.examine("Old")
    with dovecot.other(mail_user) as other:
        other.delete_mailbox("Old")

    try:
        listing = session.all_uids()
    except (ConnectionLostError, RefusedError):
        listing = None
    session.close()

    assert listing is None or not listing.is_complete or len(listing.uids) == 3


def test_six_hundred_mails_come_in_batches(dovecot: Dovecot, mail_user: str) -> None:
    raws = [a_mail(subject=f"n {n}", text="words " * 1_500) for n in range(600)]
    dovecot.deliver(mail_user, "INBOX", raws)
    session = session_of(dovecot, mail_user)
    session.examine("INBOX")

    found = [f for low in range(1, 601, 200) for f in session.fetch_messages(range(low, low + 200))]
    session.close()

    assert [f.raw for f in found] == raws
