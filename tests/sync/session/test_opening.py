"""Connecting, TLS, sign-in, IDLE and stopping: what can go wrong, and the sentence for it."""

from __future__ import annotations

import base64
import logging
import select
import socket
import threading
import time
from pathlib import Path

import pytest

from sync.errors import (
    AppPasswordNeededError,
    CertificateError,
    ConnectionLostError,
    ConnectRefusedError,
    HostUnknownError,
    NoStartTlsError,
    ProtocolError,
    RetryError,
    SignInError,
    SyncError,
    ThrottledError,
    TimedOutError,
    TlsError,
)
from sync.net import connect, refusals
from sync.net.server import Server
from sync.session import ImapSession, ServerEvent
from sync.timing import Timing
from tests.support.certificates import Certificate, make_certificate
from tests.support.ports import free_port
from tests.support.servers.fake_imap import (
    CAPABILITIES,
    Answer,
    FakeConnection,
    FakeImap,
    hang,
    hang_up,
    wait_until,
)
from tests.sync.session.idling import wait_for_news

TIMING = Timing(connect=30, command=30, transfer=30, sign_in=30)
AT_ONCE = 5.0  # seconds: as much as a busy machine may need, and far from what a hang would take
QUICK = Timing(connect=0.5, command=0.5, transfer=0.5, sign_in=0.5)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


def plain(server: FakeImap, timing: Timing = TIMING) -> ImapSession:
    return ImapSession(Server("localhost", server.port, "plain"), timing)


def signed_in(server: FakeImap, timing: Timing = TIMING) -> ImapSession:
    session = plain(server, timing)
    session.open()
    session.sign_in("ada", "secret")
    return session


# --- connecting ----------------------------------------------------------------------------


def test_an_unknown_host_is_named() -> None:
    session = ImapSession(Server("no-such-host.invalid", 993), TIMING)

    with pytest.raises(HostUnknownError, match=r"no-such-host\.invalid"):
        session.open()


def test_a_refused_port_is_named() -> None:
    port = free_port()

    with pytest.raises(ConnectRefusedError, match=str(port)):
        ImapSession(Server("localhost", port), TIMING).open()


def test_no_greeting_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(TimedOutError, match=str(port)):
            ImapSession(Server("localhost", port, "plain"), QUICK).open()


def test_a_server_of_another_protocol_is_recognised() -> None:
    with (
        FakeImap(greeting=b"220 mail ESMTP\r\n") as server,
        pytest.raises(ProtocolError, match="not an IMAP server"),
    ):
        plain(server).open()


def test_a_greeting_that_says_bye_for_too_many_connections() -> None:
    with (
        FakeImap(greeting=b"* BYE Too many connections from you\r\n") as server,
        pytest.raises(ThrottledError, match="connection"),
    ):
        plain(server).open()


def test_tls_where_the_port_speaks_plain() -> None:
    with FakeImap() as server:
        session = ImapSession(Server("localhost", server.port, "tls"), TIMING)

        with pytest.raises(TlsError, match="STARTTLS"):
            session.open()


def test_plain_where_the_port_speaks_tls(certificate: Certificate) -> None:
    with FakeImap(is_tls=True, tls_context=certificate.server_context()) as server:
        session = ImapSession(Server("localhost", server.port, "starttls"), QUICK)

        with pytest.raises((TlsError, TimedOutError)):
            session.open()


def test_silence_on_the_port_of_tls_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setattr("sync.session.connection._TLS_PORT", port)
        monkeypatch.setattr("sync.session.connection._SILENCE", 0.1)

        with pytest.raises(TlsError, match="from the start"):
            ImapSession(Server("localhost", port, "starttls"), TIMING).open()


def test_a_certificate_nobody_vouches_for_comes_with_its_fingerprint(
    certificate: Certificate,
) -> None:
    with (
        FakeImap(is_tls=True, tls_context=certificate.server_context()) as server,
        pytest.raises(CertificateError) as found,
    ):
        ImapSession(Server("localhost", server.port, "tls"), TIMING).open()

    assert found.value.shown.fingerprint == certificate.fingerprint
    assert "self-signed" in found.value.sentence
    assert str(server.port) in found.value.sentence


def test_starttls_secures_and_asks_again_what_the_server_can(certificate: Certificate) -> None:
    capabilities = CAPABILITIES + " STARTTLS"
    with FakeImap(tls_context=certificate.server_context(), capabilities=capabilities) as server:
        address = Server("localhost", server.port, "starttls", ca_file=str(certificate.cert_file))
        session = ImapSession(address, TIMING)
        session.open()
        session.sign_in("ada", "secret")
        session.close()

    assert server.commands[:4] == ["CAPABILITY", "STARTTLS", "CAPABILITY", "AUTHENTICATE"]


def test_starttls_with_a_wrong_certificate_tells_its_fingerprint(certificate: Certificate) -> None:
    capabilities = CAPABILITIES + " STARTTLS"
    with (
        FakeImap(tls_context=certificate.server_context(), capabilities=capabilities) as server,
        pytest.raises(CertificateError) as found,
    ):
        ImapSession(Server("localhost", server.port, "starttls"), TIMING).open()

    assert found.value.shown.fingerprint == certificate.fingerprint


def test_what_came_before_starttls_is_dropped(certificate: Certificate) -> None:
    """Somebody on the line may send answers together with the server's OK."""
    capabilities = CAPABILITIES + " STARTTLS"
    context = certificate.server_context()

    def inject(connection: FakeConnection) -> None:
        connection.send(b"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 EVIL\r\n* 99 EXISTS\r\n")
        connection.socket = context.wrap_socket(connection.socket, server_side=True)

    with FakeImap({"STARTTLS": inject}, capabilities=capabilities) as server:
        address = Server("localhost", server.port, "starttls", ca_file=str(certificate.cert_file))
        session = ImapSession(address, TIMING)
        session.open()
        events = session.take_events()
        session.close()

    assert "EVIL" not in session.capabilities
    assert events == []


def test_no_starttls_is_refused_and_nothing_secret_is_sent() -> None:
    with FakeImap() as server, pytest.raises(NoStartTlsError):
        ImapSession(Server("localhost", server.port, "starttls"), TIMING).open()

    assert "AUTHENTICATE" not in server.commands


def test_preauth_before_starttls_is_refused() -> None:
    with (
        FakeImap(greeting=b"* PREAUTH welcome\r\n", capabilities="IMAP4rev1 STARTTLS") as server,
        pytest.raises(TlsError, match="before the connection is secure"),
    ):
        ImapSession(Server("localhost", server.port, "starttls"), TIMING).open()


def test_plain_text_only_to_this_computer_or_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "is_loopback", lambda _: False)
    with FakeImap() as server:
        refused, address = plain(server), Server("localhost", server.port, "plain", True)
        with pytest.raises(TlsError, match="readable by others"):
            refused.open()
        agreed = ImapSession(address, TIMING)
        agreed.open()
        agreed.close()

    assert server.commands == ["CAPABILITY", "LOGOUT"]


# --- sign-in -------------------------------------------------------------------------------


def test_letters_beyond_ascii_go_as_sasl_plain() -> None:
    with FakeImap() as server:
        session = plain(server)
        session.open()
        session.sign_in("jörg", "pässwörd€")
        session.close()

    assert base64.b64encode("\0jörg\0pässwörd€".encode()) in server.received


def test_letters_beyond_ascii_without_sasl_go_as_literals() -> None:
    with FakeImap(capabilities="IMAP4rev1") as server:
        session = plain(server)
        session.open()
        session.sign_in("jörg", 'pä"ss')
        session.close()

    assert 'jörg {6}\r\npä"ss\r\n'.encode() in server.received


def test_quotes_in_a_password_are_no_end_of_it() -> None:
    with FakeImap(capabilities="IMAP4rev1") as server:
        session = plain(server)
        session.open()
        session.sign_in("ada x", 'a"b\\c')
        session.close()

    assert b'LOGIN "ada x" "a\\"b\\\\c"' in server.received


def test_a_token_goes_as_xoauth2_and_its_error_ends_the_exchange() -> None:
    def answer(connection: FakeConnection) -> None:
        connection.send(b"+ \r\n")
        connection.read_line()
        connection.send(b"+ " + base64.b64encode(b'{"status":"401"}') + b"\r\n")
        assert connection.read_line() == b""
        connection.send(b"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")

    with FakeImap({"AUTHENTICATE": answer}, capabilities="IMAP4rev1 AUTH=XOAUTH2") as server:
        session = plain(server)
        session.open()
        with pytest.raises(SignInError) as found:
            session.sign_in("ada@x.example", "token-1", "oauth2")
        session.close()

    assert "401" in found.value.server_words
    assert base64.b64encode(b"user=ada@x.example\1auth=Bearer token-1\1\1") in server.received


def test_oauthbearer_where_only_that_is_offered() -> None:
    with FakeImap(capabilities="IMAP4rev1 AUTH=OAUTHBEARER") as server:
        session = plain(server)
        session.open()
        session.sign_in("a=b@x.example", "token-1", "oauth2")
        session.close()

    sent = server.received.splitlines()[2]
    assert base64.b64decode(sent).startswith(b"n,a=a=3Db@x.example,\1host=localhost")


def test_no_password_where_login_is_disabled() -> None:
    with FakeImap(capabilities="IMAP4rev1 LOGINDISABLED") as server:
        session = plain(server)
        session.open()
        with pytest.raises(SignInError, match="TLS"):
            session.sign_in("ada", "secret")
        session.close()

    assert b"secret" not in server.received


def test_id_is_sent_after_sign_in_and_only_where_offered() -> None:
    with FakeImap() as offering, FakeImap(capabilities="IMAP4rev1") as silent:
        for server in (offering, silent):
            signed_in(server).close()

    assert offering.commands == ["CAPABILITY", "AUTHENTICATE", "CAPABILITY", "ID", "LOGOUT"]
    assert "ID" not in silent.commands


@pytest.mark.parametrize(
    ("host", "words", "kind", "said"),
    [
        ("imap.x.example", "[AUTHENTICATIONFAILED] wrong", SignInError, "user name and password"),
        (
            "imap.gmail.com",
            "[ALERT] Application-specific password required: https://x/185833 (Failure)",
            AppPasswordNeededError,
            "2-step",
        ),
        (
            "imap.gmail.com",
            "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            AppPasswordNeededError,
            "app password",
        ),
        (
            "imap.mail.yahoo.com",
            "[AUTHENTICATIONFAILED] (#MBR1) wrong",
            AppPasswordNeededError,
            "Yahoo",
        ),
        (
            "imap.mail.me.com",
            "[AUTHENTICATIONFAILED] failed",
            AppPasswordNeededError,
            "app-specific",
        ),
        ("outlook.office365.com", "LOGIN failed.", AppPasswordNeededError, "Microsoft"),
        ("imap.x.example", "Use an app password", AppPasswordNeededError, "app password"),
        ("imap.gmail.com", "[ALERT] Please log in via your web browser", SignInError, "browser"),
        ("imap.x.example", "[UNAVAILABLE] Temporary failure", RetryError, "later"),
        ("imap.x.example", "[LIMIT] Too many simultaneous connections", ThrottledError, "too many"),
        ("imap.x.example", "User is authenticated but not connected.", SignInError, "may not use"),
    ],
)
def test_what_a_refused_sign_in_means(
    host: str, words: str, kind: type[SyncError], said: str
) -> None:
    fault = refusals.sign_in_refusal(f"{host}:993", words)

    assert type(fault) is kind
    assert said in fault.sentence


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 29000 milliseconds", 29.0),
        ("[LIMIT] slow down, retry after 2 minutes", 120.0),
        ("[THROTTLED] Account exceeded command or bandwidth limits.", refusals.PATIENCE),
        ("Too many requests, try again in 5 s", 5.0),
    ],
)
def test_a_throttled_server_is_obeyed(words: str, seconds: float) -> None:
    fault = refusals.refusal("x.example:993", "UID FETCH", words)

    assert isinstance(fault, ThrottledError)
    assert fault.wait_seconds == seconds


def test_a_secret_is_neither_in_errors_nor_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers: dict[str, Answer] = {"LOGIN": b"{tag} NO I do not like top-secret-9\r\n"}
    with FakeImap(answers, capabilities="IMAP4rev1") as server:
        session = plain(server)
        session.open()
        with pytest.raises(SignInError) as found:
            session.sign_in("ada", "top-secret-9")
        session.close()

    assert "top-secret-9" not in found.value.server_words + found.value.sentence
    assert "top-secret-9" not in caplog.text
    assert base64.b64encode(b"top-secret-9").decode() not in caplog.text


@pytest.mark.parametrize("mechanism", ["LOGIN", "AUTHENTICATE"])
def test_a_server_that_repeats_what_it_got_tells_no_secret(mechanism: str) -> None:
    answer = base64.b64encode(b"\0ada\0top-secret-9").decode()
    alone = base64.b64encode(b"top-secret-9").decode()
    words = f"{{tag}} NO what is {answer} or {alone}?\r\n".encode()
    capabilities = "IMAP4rev1 AUTH=PLAIN" if mechanism == "AUTHENTICATE" else "IMAP4rev1"
    with FakeImap({mechanism: words}, capabilities=capabilities) as server:
        session = plain(server)
        session.open()
        with pytest.raises(SignInError) as found:
            session.sign_in("ada", "top-secret-9")
        session.close()

    assert "what is" in found.value.server_words
    assert alone not in found.value.server_words
    if mechanism == "AUTHENTICATE":
        assert answer not in found.value.server_words


# --- IDLE ----------------------------------------------------------------------------------


def test_news_before_the_servers_leave_is_an_event() -> None:
    def answer(connection: FakeConnection) -> None:
        connection.send(b"* 5 EXISTS\r\n+ idling\r\n* 6 EXISTS\r\n")
        assert connection.read_line() == b"DONE"
        connection.send(b"* 7 EXISTS\r\n{tag} OK done\r\n")

    with FakeImap({"IDLE": answer}) as server:
        session = signed_in(server)
        session.idle_begin()
        assert session.idle_pending()
        first = session.idle_events()
        while len(first) < 2:
            assert wait_for_news(session, 15)
            first += session.idle_events()
        session.idle_end()
        last = session.take_events()
        session.close()

    assert [event.number for event in first + last] == [5, 6, 7]


def test_idle_ends_before_the_goodbye() -> None:
    """Within IDLE a server would answer nothing: each quit would wait for it in vain."""

    def answer(connection: FakeConnection) -> None:
        connection.send(b"+ idling\r\n")
        assert connection.read_line() == b"DONE"
        connection.send(b"{tag} OK done\r\n")

    with FakeImap({"IDLE": answer}) as server:
        session = signed_in(server)
        session.idle_begin()
        session.close()

    assert server.commands[-2:] == ["IDLE", "LOGOUT"]
    assert not session.is_idling


def test_data_in_the_buffer_is_pending_though_no_select_tells() -> None:
    def answer(connection: FakeConnection) -> None:
        connection.send(b"+ idling\r\n* 5 EXISTS\r\n")
        connection.read_line()
        connection.send(b"{tag} OK done\r\n")

    with FakeImap({"IDLE": answer}) as server:
        session = signed_in(server)
        session.idle_begin()
        wait_until(lambda: session.idle_pending() or bool(_readable(session)))
        events = session.idle_events()
        assert not session.idle_pending()
        session.idle_end()
        session.close()

    assert [event.number for event in events] == [5]


def _readable(session: ImapSession) -> list[int]:
    return select.select([session.fileno()], [], [], 0)[0]


def test_half_a_line_waits_for_its_rest() -> None:
    go_on = threading.Event()

    def answer(connection: FakeConnection) -> None:
        connection.send(b"+ idling\r\n* 5 EX")
        go_on.wait(60)
        connection.send(b"ISTS\r\n")
        connection.read_line()
        connection.send(b"{tag} OK done\r\n")

    with FakeImap({"IDLE": answer}) as server:
        session = signed_in(server)
        session.idle_begin()
        assert session.idle_events() == []
        go_on.set()
        events: list[ServerEvent] = []
        while not events:
            assert wait_for_news(session, 15)
            events = session.idle_events()
        session.idle_end()
        session.close()

    assert [event.number for event in events] == [5]


@pytest.mark.parametrize("end", [b"* BYE bored\r\n", b""])
def test_bye_or_a_hang_up_in_idle_is_a_lost_connection(end: bytes) -> None:
    def answer(connection: FakeConnection) -> None:
        connection.send(b"+ idling\r\n" + end)
        hang_up(connection)

    with FakeImap({"IDLE": answer}) as server:
        session = signed_in(server)
        with pytest.raises(ConnectionLostError):
            _idle_for_ever(session)
        assert not session.is_open


def _idle_for_ever(session: ImapSession) -> None:
    session.idle_begin()
    while wait_for_news(session, 15):
        session.idle_events()


def test_a_refused_idle_is_no_idle() -> None:
    with FakeImap({"IDLE": b"{tag} NO not now\r\n"}) as server:
        session = signed_in(server)
        with pytest.raises(SyncError):
            session.idle_begin()
        assert not session.is_idling
        session.noop()
        session.close()


# --- stopping ------------------------------------------------------------------------------


def _aborted(session: ImapSession, work: object) -> float:
    """How long a call lasts after `abort()` from another thread."""
    aborted_at: list[float] = []

    def abort() -> None:
        aborted_at.append(time.monotonic())
        session.abort()

    threading.Timer(0.1, abort).start()
    with pytest.raises(ConnectionLostError):
        work()  # type: ignore[operator]
    return time.monotonic() - aborted_at[0]


def test_abort_ends_a_command_at_once() -> None:
    with FakeImap({"NOOP": hang}) as server:
        session = signed_in(server)

        assert _aborted(session, session.noop) < AT_ONCE
        session.close()


def test_abort_ends_the_wait_for_a_greeting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        session = ImapSession(Server("localhost", listener.getsockname()[1], "plain"), TIMING)

        assert _aborted(session, session.open) < AT_ONCE


def test_abort_ends_a_tls_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        session = ImapSession(Server("localhost", listener.getsockname()[1], "tls"), TIMING)

        assert _aborted(session, session.open) < AT_ONCE


def test_abort_ends_a_look_up_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(*_: object, **__: object) -> list[object]:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    session = ImapSession(Server("slow.example", 993), TIMING)

    assert _aborted(session, session.open) < AT_ONCE
    release.set()


def test_abort_ends_a_connect_that_hangs() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        # The queue of a listener that accepts nobody fills up; the next one hangs.
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        session = ImapSession(Server("127.0.0.1", port, "plain"), TIMING)

        assert _aborted(session, session.open) < AT_ONCE
        for filler in fillers:
            filler.close()


def test_an_aborted_session_does_not_connect() -> None:
    with FakeImap() as server:
        session = plain(server)
        session.abort()

        with pytest.raises(ConnectionLostError):
            session.open()
    assert server.commands == []
