"""The wizard's try against real servers: what lets us in, and each failure by its name."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.server.mailbox import Role
from sync.detection import Detected, Network
from sync.errors import SignInError
from sync.providers import Security, ServerPlace
from sync.qt.probes.probe import FailureKind, Probe, SignIn, Tried, _failure
from sync.timing import Timing
from tests.support.certificates import make_certificate
from tests.support.ports import free_port
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink

QUICK = Timing(connect=1.0, command=1.0, sign_in=1.0)  # for servers that never answer
PATIENT = Timing(connect=30.0, command=30.0, sign_in=30.0)
PASSWORD = "secret"


@pytest.fixture
def probe(qtbot: QtBot) -> Iterator[Probe]:
    made = Probe(PATIENT)
    yield made
    made.cancel()


@pytest.fixture
def plain_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    sink = SmtpSink(tmp_path, "plain").start()
    yield sink
    sink.stop()


@pytest.fixture
def sign_in(dovecot: Dovecot, plain_sink: SmtpSink) -> SignIn:
    """A sign-in that works, over open lines on this computer."""
    return SignIn(
        address="ann@example.org",
        password=PASSWORD,
        imap=ServerPlace("localhost", dovecot.port, Security.NONE),
        smtp=ServerPlace("localhost", plain_sink.port, Security.NONE),
        user_name=dovecot.new_user("fixed"),
    )


def tried(probe: Probe, qtbot: QtBot, sign_in: SignIn) -> Tried:
    with qtbot.waitSignal(probe.tried, timeout=60_000) as answered:
        probe.try_sign_in(sign_in)
    assert answered.args is not None
    answer = answered.args[0]
    assert isinstance(answer, Tried)
    return answer


def imap_failure(answer: Tried) -> tuple[FailureKind, str]:
    assert answer.imap_failure is not None
    return answer.imap_failure.kind, answer.imap_failure.sentence


def smtp_failure(answer: Tried) -> tuple[FailureKind, str]:
    assert answer.smtp_failure is not None
    return answer.smtp_failure.kind, answer.smtp_failure.sentence


def test_both_servers_let_us_in_and_the_labels_come_with_their_roles(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, plain_sink: SmtpSink
) -> None:
    answer = tried(probe, qtbot, sign_in)

    assert answer.is_good
    roles = {label.name: label.role for label in answer.labels}
    assert roles["INBOX"] is Role.INBOX
    assert roles["Sent"] is Role.SENT
    assert roles["Trash"] is Role.TRASH
    assert plain_sink.sign_ins == ["ann@example.org"]
    assert plain_sink.taken == []


def test_tls_with_a_known_certificate(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, dovecot: Dovecot
) -> None:
    place = ServerPlace("localhost", dovecot.tls_port, Security.TLS)
    ca_file = str(dovecot.certificate.cert_file)

    answer = tried(probe, qtbot, replace(sign_in, imap=place, ca_file=ca_file))

    assert answer.is_good


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_smtp_over_tls_and_starttls(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, tmp_path: Path, security: str
) -> None:
    folder = tmp_path / security
    folder.mkdir()
    sink = SmtpSink(folder, security).start()
    place = ServerPlace("localhost", sink.port, Security(security))

    answer = tried(
        probe, qtbot, replace(sign_in, smtp=place, ca_file=str(sink.certificate.cert_file))
    )
    sink.stop()

    assert answer.smtp_failure is None
    assert sink.sign_ins == ["ann@example.org"]


def test_a_password_with_any_character_reaches_the_smtp_server(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, dovecot: Dovecot, plain_sink: SmtpSink
) -> None:
    anyone = replace(sign_in, password="zażółć gęślą", user_name=dovecot.new_user())

    answer = tried(probe, qtbot, anyone)

    assert answer.is_good
    assert len(plain_sink.sign_ins) == 1


def test_a_wrong_password_is_named_for_both(probe: Probe, qtbot: QtBot, sign_in: SignIn) -> None:
    answer = tried(probe, qtbot, replace(sign_in, password="refused"))

    kind, sentence = imap_failure(answer)
    assert kind is FailureKind.SIGN_IN
    assert "does not accept this user name and password" in sentence
    kind, sentence = smtp_failure(answer)
    assert kind is FailureKind.SIGN_IN
    assert "does not accept this user name and password" in sentence


def test_an_unknown_host_is_named(probe: Probe, qtbot: QtBot, sign_in: SignIn) -> None:
    nowhere = ServerPlace("imap.no-such-host.invalid", 993, Security.TLS)
    answer = tried(probe, qtbot, replace(sign_in, imap=nowhere, smtp=nowhere))

    for kind, sentence in (imap_failure(answer), smtp_failure(answer)):
        assert kind is FailureKind.HOST_UNKNOWN
        assert "imap.no-such-host.invalid" in sentence


def test_a_closed_port_is_named(probe: Probe, qtbot: QtBot, sign_in: SignIn) -> None:
    port = free_port()
    closed = ServerPlace("127.0.0.1", port, Security.TLS)

    answer = tried(probe, qtbot, replace(sign_in, imap=closed, smtp=closed))

    for kind, sentence in (imap_failure(answer), smtp_failure(answer)):
        assert kind is FailureKind.REFUSED
        assert f"accepts no connection on port {port}" in sentence


@contextmanager
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("security", list(Security))
def test_a_silent_server_is_named_in_time(
    qtbot: QtBot, sign_in: SignIn, security: Security
) -> None:
    with silent_port() as port:
        silent = ServerPlace("127.0.0.1", port, security)
        begun = time.monotonic()
        answer = tried(Probe(QUICK), qtbot, replace(sign_in, imap=silent, smtp=silent))

    assert time.monotonic() - begun < 15
    assert imap_failure(answer)[0] is FailureKind.TIMED_OUT
    assert smtp_failure(answer)[0] is FailureKind.TIMED_OUT


def test_tls_where_the_server_speaks_starttls_is_named(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, dovecot: Dovecot, plain_sink: SmtpSink
) -> None:
    imap = ServerPlace("localhost", dovecot.port, Security.TLS)
    smtp = ServerPlace("localhost", plain_sink.port, Security.TLS)

    answer = tried(probe, qtbot, replace(sign_in, imap=imap, smtp=smtp))

    kind, sentence = imap_failure(answer)
    assert kind is FailureKind.TLS
    assert "does not speak TLS from the start" in sentence
    assert "993" in sentence
    kind, sentence = smtp_failure(answer)
    assert kind is FailureKind.TLS
    assert "465" in sentence


def test_starttls_that_is_not_offered_is_named(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, plain_sink: SmtpSink
) -> None:
    place = ServerPlace("localhost", plain_sink.port, Security.STARTTLS)

    kind, sentence = smtp_failure(tried(probe, qtbot, replace(sign_in, smtp=place)))

    assert kind is FailureKind.NO_STARTTLS
    assert "does not offer STARTTLS" in sentence


def test_a_self_signed_certificate_is_named(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    imap = ServerPlace("localhost", dovecot.tls_port, Security.TLS)
    smtp = ServerPlace("localhost", smtp_sink.port, Security.STARTTLS)

    answer = tried(probe, qtbot, replace(sign_in, imap=imap, smtp=smtp))

    for kind, sentence in (imap_failure(answer), smtp_failure(answer)):
        assert kind is FailureKind.CERTIFICATE
        assert "is self-signed" in sentence


def test_a_certificate_for_another_host_is_named(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    sink = SmtpSink(folder, "tls")
    sink.certificate = make_certificate(folder, host="mail.example.org")
    sink.start()
    place = ServerPlace("localhost", sink.port, Security.TLS)
    ca_file = str(sink.certificate.cert_file)

    kind, _ = smtp_failure(tried(probe, qtbot, replace(sign_in, smtp=place, ca_file=ca_file)))
    sink.stop()

    assert kind is FailureKind.CERTIFICATE


def test_the_wrong_protocol_is_named(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, dovecot: Dovecot
) -> None:
    swapped = ServerPlace("localhost", dovecot.port, Security.NONE)

    _, sentence = smtp_failure(tried(probe, qtbot, replace(sign_in, smtp=swapped)))

    assert "does not answer like a mail server (SMTP)" in sentence


def test_a_provider_that_wants_an_app_password_says_where_to_make_one() -> None:
    gmail = SignIn(
        "ann@gmail.com",
        "x",
        ServerPlace("imap.fastmail.com", 993, Security.TLS),
        ServerPlace("smtp.fastmail.com", 465, Security.TLS),
    )

    failure = _failure(SignInError("no"), gmail)

    assert failure.kind is FailureKind.APP_PASSWORD
    assert "Manage app passwords" in failure.sentence


def test_cancel_abandons_at_once_and_a_late_answer_is_dropped(
    probe: Probe, qtbot: QtBot, sign_in: SignIn
) -> None:
    answers: list[Tried] = []
    probe.tried.connect(answers.append)
    with silent_port() as port:
        silent = ServerPlace("127.0.0.1", port, Security.NONE)
        first = probe.try_sign_in(replace(sign_in, imap=silent, smtp=silent))
        probe.cancel()
        assert not probe.is_running
        second = probe.try_sign_in(sign_in)
        qtbot.waitUntil(lambda: len(answers) > 0, timeout=60_000)

    assert second > first
    assert [answer.ticket for answer in answers] == [second]


def test_a_search_that_fails_for_a_fault_of_ours_ends_as_well(
    probe: Probe, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a letter, as broken programs put it into the clipboard; the user still goes on."""
    network = Network(("127.0.0.1", free_port()))
    with qtbot.waitSignal(probe.detected, timeout=60_000) as answered:
        probe.detect("ann\udcff@firma.test", network)

    assert answered.args is not None
    assert answered.args[0].detected == Detected(None, None)
    assert not probe.is_running
    told = [record.message for record in caplog.records if record.name == "sync.qt.probes.probe"]
    assert told == ["a search failed"]


def test_no_password_is_logged_or_told(
    probe: Probe, qtbot: QtBot, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "refused-Tr0ub4dor"
    wrong = replace(sign_in, password=secret)

    answer = tried(probe, qtbot, replace(wrong, user_name="fixed-nobody"))

    assert answer.imap_failure is not None
    for text in (caplog.text, repr(answer), repr(wrong)):
        assert secret not in text
