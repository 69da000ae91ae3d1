"""The session against servers that answer wrongly: every trap of IMAPClient and of servers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sync.errors import (
    ConnectionLostError,
    ProtocolError,
    RefusedError,
    ThrottledError,
    TimedOutError,
)
from sync.net.server import Server
from sync.session import MAX_UID, ImapSession, uid_sets
from sync.session.fetch_parser import all_fetched, fetched_of, flag_bits, flag_names, received_at
from sync.timing import Timing
from tests.support.servers.fake_imap import CAPABILITIES, Answer, FakeConnection, FakeImap, hang

TIMING = Timing(connect=30, command=30, transfer=30, sign_in=30)


def opened(server: FakeImap, timing: Timing = TIMING, **options: object) -> ImapSession:
    session = ImapSession(Server("localhost", server.port, "plain"), timing, **options)  # type: ignore[arg-type]
    session.open()
    session.sign_in("ada", "secret")
    return session


def examined(server: FakeImap, timing: Timing = TIMING) -> ImapSession:
    session = opened(server, timing)
    session.examine("INBOX")
    return session


def fetch_answer(*lines: bytes) -> dict[str, Answer]:
    return {"UID FETCH": b"".join(line + b"\r\n" for line in lines) + b"{tag} OK done\r\n"}


def test_uid_sets_are_compact_and_no_line_is_longer_than_servers_take() -> None:
    scattered = range(1, 100_000, 2)

    sets = uid_sets(scattered)

    assert uid_sets([5, 1, 2, 3, 9, 2]) == ["1:3,5,9"]
    assert uid_sets(range(7, MAX_UID + 1)) == [f"7:{MAX_UID}"]
    assert uid_sets([]) == []
    assert uid_sets(range(0)) == []
    assert max(len(text) for text in sets) <= 8_000
    assert [int(uid) for text in sets for uid in text.split(",")] == list(scattered)


def test_a_fetch_line_without_uid_is_dropped() -> None:
    answers = fetch_answer(b"* 2 FETCH (FLAGS (\\Seen))", b"* 3 FETCH (UID 9 FLAGS ())")
    with FakeImap(answers) as server:
        session = examined(server)

        assert set(session.fetch_flags([2, 9])) == {9}
        session.close()


def test_a_fetch_line_nobody_asked_for_is_news_and_no_answer() -> None:
    answers = fetch_answer(
        b"* 1 FETCH (UID 1 FLAGS (\\Seen))", b"* 7 FETCH (UID 70 FLAGS (\\Flagged))"
    )
    with FakeImap(answers) as server:
        session = examined(server)

        assert set(session.fetch_flags([1])) == {1}
        events = session.take_events()

        assert [(e.kind, e.facts.uid if e.facts else 0) for e in events] == [("fetch", 70)]
        session.close()


def test_missing_fetch_lines_are_missing_and_not_invented() -> None:
    with FakeImap(fetch_answer(b"* 1 FETCH (UID 1 FLAGS ())")) as server:
        session = examined(server)

        assert session.existing([1, 2, 3]) == {1}
        session.close()


def test_one_unreadable_record_does_not_cost_the_batch() -> None:
    answers = fetch_answer(
        b"* 1 FETCH (UID 1 FLAGS () ENVELOPE (NIL",
        b"* 2 FETCH (UID 2 FLAGS (\\Seen))",
    )
    with FakeImap(answers) as server:
        session = examined(server)

        assert session.fetch_facts([1, 2])[2].flags == 1
        session.close()


def test_a_broken_bodystructure_is_none() -> None:
    with FakeImap(fetch_answer(b"* 1 FETCH (UID 1 BODYSTRUCTURE NIL)")) as server:
        session = examined(server)

        assert session.fetch_structure(1) is None
        session.close()


def test_a_message_that_the_server_refuses_does_not_cost_the_others() -> None:
    def answer(connection: FakeConnection) -> None:
        uids = connection.line.split(b" ")[2]
        if uids in (b"1:4", b"3:4", b"3"):
            connection.send(b"{tag} NO [SERVERBUG-X] cannot read\r\n")
            return
        found = {b"1:2": (1, 2), b"4": (4,)}[uids]
        for uid in found:
            connection.send(b"* %d FETCH (UID %d BODY[] {5}\r\nhello)\r\n" % (uid, uid))
        connection.send(b"{tag} OK done\r\n")

    with FakeImap({"UID FETCH": answer}) as server:
        session = examined(server)

        assert [f.uid for f in session.fetch_messages(range(1, 5))] == [1, 2, 4]
        session.close()


def test_a_search_without_an_answer_line_proves_nothing() -> None:
    with FakeImap({"UID SEARCH": b"{tag} OK done\r\n"}) as server:
        session = examined(server)
        listing = session.all_uids()
        session.close()

    assert listing.uids == ()
    assert not listing.is_complete


@pytest.mark.parametrize(
    ("lines", "uids", "is_complete"),
    [
        (b"", (), False),
        (b"* SEARCH 1 2 3\r\n", (1, 2, 3), True),
        (b"* SEARCH 1 2 3 (MODSEQ 9)\r\n", (1, 2, 3), True),
        (b"* SEARCH 1 2\r\n* SEARCH 3\r\n", (1, 2, 3), False),
        (b"* SEARCH 1 2\r\n", (1, 2), False),
        (b"* SEARCH 0 1 2\r\n", (1, 2), False),
        (b"* SEARCH 1 2 2 3\r\n", (1, 2, 3), False),
        (b"* SEARCH\r\n", (), False),
        (b"* SEARCH 1 2 3\r\n* OK [MESSAGELIMIT 3 1] cut\r\n", (1, 2, 3), False),
    ],
)
def test_a_plain_search_is_complete_only_as_one_line_that_adds_up(
    lines: bytes, uids: tuple[int, ...], is_complete: bool
) -> None:
    capabilities = CAPABILITIES.replace("ESEARCH", "")
    answers: dict[str, Answer] = {"UID SEARCH": lines + b"{tag} OK done\r\n"}
    with FakeImap(answers, capabilities=capabilities) as server:
        session = examined(server)
        listing = session.all_uids()
        session.close()

    assert listing.uids == uids
    assert listing.is_complete is is_complete


@pytest.mark.parametrize(
    ("line", "is_complete"),
    [
        (b"* ESEARCH (TAG x) UID COUNT 3 ALL 1:3\r\n", True),
        (b"* ESEARCH (TAG x) UID ALL 1,2:3 COUNT 3\r\n", True),
        (b"* ESEARCH (TAG x) UID COUNT 4 ALL 1:3\r\n", False),
        (b"* ESEARCH (TAG x) COUNT 3 ALL 1:3\r\n", False),
        (b"* ESEARCH (TAG x) UID COUNT 2 ALL 1:2\r\n", False),
        (b"* ESEARCH (TAG x) UID COUNT 0\r\n", False),
    ],
)
def test_an_esearch_is_complete_only_if_its_numbers_add_up(line: bytes, is_complete: bool) -> None:
    with FakeImap({"UID SEARCH": line + b"{tag} OK done\r\n"}) as server:
        session = examined(server)
        listing = session.all_uids()
        session.close()

    assert listing.is_complete is is_complete


def test_exists_that_changed_since_examine_counts() -> None:
    answer = b"* 4 EXISTS\r\n* ESEARCH (TAG x) UID COUNT 4 ALL 1:4\r\n{tag} OK done\r\n"
    with FakeImap({"UID SEARCH": answer}) as server:
        session = examined(server)

        assert session.all_uids().is_complete
        session.close()


def test_exists_counts_also_after_its_events_were_taken() -> None:
    news = (
        b"* 2 EXPUNGE\r\n* 4 EXISTS\r\n* VANISHED 9\r\n* VANISHED (EARLIER) 8\r\n{tag} OK done\r\n"
    )
    with FakeImap({"NOOP": news}) as server:
        session = examined(server)
        session.noop()
        session.take_events()

        assert session.all_uids().is_complete
        session.close()


def test_a_search_line_beyond_a_million_bytes_is_read() -> None:
    count = 150_000
    line = b"* SEARCH " + b" ".join(b"%d" % (n + 1_000_000) for n in range(count)) + b"\r\n"
    capabilities = CAPABILITIES.replace("ESEARCH", "")
    with FakeImap({"UID SEARCH": line + b"{tag} OK\r\n"}, capabilities=capabilities) as server:
        session = examined(server)

        assert len(session.search_since(dt.date(2020, 1, 1)).uids) == count
        session.close()


def test_select_takes_the_last_exists_and_modseq() -> None:
    answer = (
        b"* 1 EXISTS\r\n* OK [HIGHESTMODSEQ 5] x\r\n* 9 EXISTS\r\n* OK [HIGHESTMODSEQ 6] x\r\n"
        b"* OK [UIDVALIDITY 3] x\r\n{tag} OK [READ-ONLY] x\r\n"
    )
    with FakeImap({"EXAMINE": answer}) as server:
        session = opened(server)
        selected = session.examine("INBOX")
        session.close()

    assert (selected.exists, selected.highestmodseq, selected.uidnext) == (9, 6, 0)


def test_select_without_exists_is_no_empty_mailbox() -> None:
    with FakeImap({"EXAMINE": b"* OK [UIDVALIDITY 3] x\r\n{tag} OK x\r\n"}) as server:
        session = opened(server)

        with pytest.raises(ProtocolError):
            session.examine("INBOX")
        assert session.selected is None
        session.close()


def test_a_refused_examine_leaves_no_mailbox_open() -> None:
    with FakeImap() as server:
        session = examined(server)
        server.answers["EXAMINE"] = b"{tag} NO [NONEXISTENT] gone\r\n"

        with pytest.raises(RefusedError):
            session.examine("Other")
        assert session.selected is None
        session.close()


@pytest.mark.parametrize(
    "hostile", ["<a\r\nD9 DELETE INBOX>", '<a" b>', "<a b>", "<ä@x>", "<" + "a" * 300]
)
def test_a_hostile_message_id_is_never_sent(hostile: str) -> None:
    with FakeImap() as server:
        session = examined(server)
        before = len(server.commands)
        listing = session.search_header_message_id(hostile)
        after = len(server.commands)
        session.close()

    assert (listing.uids, listing.is_complete) == ((), False)
    assert before == after


def test_control_characters_are_refused_at_the_gate() -> None:
    with FakeImap() as server:
        session = opened(server)

        with pytest.raises(RefusedError):
            session.run("STATUS", b'"x"\r\nD9 DELETE INBOX', b"(MESSAGES)")
        session.noop()
        session.close()

    assert b"DELETE" not in server.received


def test_a_mailbox_named_with_a_line_break_is_encoded() -> None:
    with FakeImap() as server:
        session = opened(server)
        session.status("a\r\nb")
        session.close()

    assert b'"a&AA0ACg-b"' in server.received


def test_dripping_bytes_meet_the_deadline_of_the_command() -> None:
    def drip(connection: FakeConnection) -> None:
        connection.drip(b"* OK still here\r\n" * 1000)

    with FakeImap({"NOOP": drip}) as server:
        session = opened(server)
        session.timing = replace(TIMING, command=0.3)

        with pytest.raises(TimedOutError):
            session.noop()
        assert not session.is_open


def test_after_a_time_out_the_connection_is_not_used_again() -> None:
    with FakeImap({"NOOP": hang}) as server:
        session = opened(server)
        session.timing = replace(TIMING, command=0.2)
        with pytest.raises(TimedOutError):
            session.noop()

        with pytest.raises(ConnectionLostError):
            session.status("INBOX")


def test_a_huge_literal_is_refused_before_it_is_read() -> None:
    answers = fetch_answer(b"* 1 FETCH (UID 1 BODY[] {9900000000}")
    with FakeImap(answers) as server:
        session = examined(server)

        with pytest.raises(ProtocolError):
            session.fetch_messages([1])
        assert not session.is_open


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.net.stream.LINE_MOST", 1000)
    with FakeImap({"NOOP": b"* OK " + b"x" * 600_000}) as server:
        session = opened(server)

        with pytest.raises(ProtocolError):
            session.noop()


def test_bye_is_a_lost_connection_with_the_servers_words() -> None:
    with FakeImap({"NOOP": b"* BYE Shutting down\r\n"}) as server:
        session = opened(server)

        with pytest.raises(ConnectionLostError) as found:
            session.noop()
    assert "Shutting down" in found.value.sentence


def test_a_bye_for_too_much_ends_the_connection_and_names_the_time() -> None:
    words = b"* BYE Request is throttled. Suggested Backoff Time: 9000 milliseconds\r\n"
    with FakeImap({"NOOP": words}) as server:
        session = opened(server)

        with pytest.raises(ThrottledError) as found:
            session.noop()
        assert not session.is_open
    assert found.value.wait_seconds == 9


def test_events_keep_their_order() -> None:
    lines = b"* 2 EXPUNGE\r\n* 3 EXISTS\r\n* VANISHED 4:5\r\n* VANISHED (EARLIER) 9\r\n"
    with FakeImap({"NOOP": lines + b"* 1 FETCH (UID 8 FLAGS (\\Seen))\r\n{tag} OK\r\n"}) as server:
        session = opened(server)
        session.noop()
        events = session.take_events()
        assert session.take_events() == []
        session.close()

    assert [e.kind for e in events] == ["expunge", "exists", "vanished", "vanished", "fetch"]
    assert events[2].ranges == ((4, 5),)
    assert [e.is_earlier for e in events] == [False, False, False, True, False]


def test_empty_list_status_falls_back_to_status() -> None:
    answers: dict[str, Answer] = {
        "LIST": b'* LIST () "/" INBOX\r\n* LIST () "/" A\r\n* STATUS INBOX ()\r\n{tag} OK\r\n',
    }
    with FakeImap(answers, capabilities=CAPABILITIES + " LIST-STATUS") as server:
        session = opened(server)
        listed = session.list_mailboxes(names=["INBOX"])
        session.list_mailboxes(status=False)
        session.close()

    assert not session.can_list_status
    assert [(e.name, e.status is not None) for e in listed] == [("INBOX", True), ("A", False)]
    assert server.commands.count("STATUS") == 1


def test_names_of_every_shape_are_listed_and_sent_back_as_they_came() -> None:
    lines = (
        b'* LIST (\\HasNoChildren) "/" 123\r\n'
        b"* LIST (\\Noselect) NIL NIL\r\n"
        b'* LIST (\\Sent) "." "INBOX.Gel&APY-scht"\r\n'
        b'* LIST () "/" {3}\r\na"b\r\n'
        b'* LIST () "/" "broken &-&&"\r\n'
        b'* LIST ( "/"\r\n'
    )
    with FakeImap({"LIST": lines + b"{tag} OK\r\n"}) as server:
        session = opened(server)
        names = [entry.name for entry in session.list_mailboxes(status=False)]
        session.status("INBOX.Gelöscht")
        session.status('a"b')
        session.close()

    assert names[0] == "123"
    assert "INBOX.Gelöscht" in names
    assert 'a"b' in names
    assert b'STATUS "INBOX.Gel&APY-scht"' in server.received
    assert b'STATUS "a\\"b"' in server.received


def test_gmail_and_objectid_numbers_become_one_kind_of_text() -> None:
    gm = fetched_of([b"* 1 FETCH (X-GM-MSGID 1278455344230334865 UID 3)"])
    email = fetched_of([b"* 1 FETCH (EMAILID (M6d99ac3275bb4e) UID 3)"])
    digits = fetched_of([b"* 1 FETCH (EMAILID (123) X-GM-LABELS (123 NIL) UID 3)"])

    assert gm is not None
    assert gm.facts.server_identity == "gm:1278455344230334865"
    assert email is not None
    assert email.facts.server_identity == "em:M6d99ac3275bb4e"
    assert digits is not None
    assert digits.facts.server_identity == "em:123"


def test_words_inside_a_quoted_body_are_not_items() -> None:
    record = [b'* 1 FETCH (UID 3 BODY[HEADER.FIELDS ("MESSAGE-ID")] "UID 9 \\" FLAGS (\\\\Seen)")']
    found = fetched_of(record)

    assert found is not None
    assert (found.uid, found.facts.flags) == (3, None)
    assert found.raw == b'UID 9 " FLAGS (\\Seen)'


def test_two_lines_of_one_message_are_put_together() -> None:
    records = [
        [b"* 1 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 5 BODY[] {2}", b"ab", b")"],
        [b"* 1 FETCH (UID 3 FLAGS ())"],
    ]

    found = all_fetched(records)[3]

    assert (found.facts.flags, found.facts.size, found.raw) == (0, 5, b"ab")


def test_flags_and_dates() -> None:
    assert flag_bits(b"\\seen $Label1 \\Deleted \\Recent") == 9
    assert flag_names(9) == "(\\Seen \\Deleted)"
    assert received_at(b"14-Nov-2023 22:13:20 +0000") == 1_700_000_000_000
    assert received_at(b" 4-Nov-2023 00:13:20 +0200") == 1_699_049_600_000
    assert received_at(b"32-Foo-2023 00:13:20 +0200") == 0
    assert received_at(b"") == 0
