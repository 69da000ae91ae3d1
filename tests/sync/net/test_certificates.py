"""Certificates that are not valid: told apart, told in words, trusted by hand and never silently."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.shown_certificate import CertificateFault, ShownCertificate
from sync.errors import CertificateError, NoStartTlsError, SyncError, TlsError
from sync.net import certificate, tls
from sync.net.server import Security as Line
from sync.net.server import Server
from sync.providers import Security
from sync.session import ImapSession
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing
from tests.support.certificates import Certificate, make_certificate
from tests.support.servers.fake_imap import CAPABILITIES, FakeImap
from tests.support.servers.smtp import SmtpSink

TIMING = Timing(connect=30.0, command=30.0, sign_in=30.0)
LINES: list[Line] = ["tls", "starttls"]
Fault = CertificateFault


@contextmanager
def imap(made: Certificate, line: Line) -> Iterator[FakeImap]:
    with FakeImap(
        is_tls=line == "tls",
        tls_context=made.server_context(),
        capabilities=f"{CAPABILITIES} STARTTLS",
    ) as server:
        yield server


@contextmanager
def smtp(folder: Path, made: Certificate, line: Line) -> Iterator[SmtpSink]:
    sink = SmtpSink(folder, line, made).start()
    try:
        yield sink
    finally:
        sink.stop()


def sign_in_imap(
    port: int, line: Line, trusted: frozenset[str] = frozenset(), ca_file: str = ""
) -> None:
    session = ImapSession(Server("localhost", port, line, trusted=trusted, ca_file=ca_file), TIMING)
    try:
        session.open()
        session.sign_in("ada", "secret")
    finally:
        session.close()


def sign_in_smtp(
    port: int, line: Line, trusted: frozenset[str] = frozenset(), ca_file: str = ""
) -> None:
    place = SmtpPlace("localhost", port, Security(line), ca_file=ca_file, trusted=trusted)
    SmtpTry(place, TIMING).sign_in("ada", "secret")


def refused_imap(made: Certificate, line: Line = "tls", ca_file: str = "") -> CertificateError:
    with imap(made, line) as server:
        with pytest.raises(CertificateError) as found:
            sign_in_imap(server.port, line, ca_file=ca_file)
        assert "AUTHENTICATE" not in server.commands
    return found.value


def shown_of(error: CertificateError) -> ShownCertificate:
    return error.shown


@pytest.mark.parametrize("line", LINES)
def test_imap_names_a_self_signed_certificate(tmp_path: Path, line: Line) -> None:
    made = make_certificate(tmp_path)

    error = refused_imap(made, line)

    assert shown_of(error).faults == (Fault.SELF_SIGNED,)
    assert shown_of(error).fingerprint == made.fingerprint
    assert shown_of(error).subject == shown_of(error).issuer == "localhost"
    assert shown_of(error).names == ("localhost", "127.0.0.1")
    assert not shown_of(error).is_changed
    assert "is self-signed: only the server itself vouches for it." in error.sentence
    assert error.sentence.endswith(" Nothing was sent to it.")


@pytest.mark.parametrize("line", LINES)
def test_smtp_names_a_self_signed_certificate(tmp_path: Path, line: Line) -> None:
    made = make_certificate(tmp_path)

    with smtp(tmp_path, made, line) as sink, pytest.raises(CertificateError) as found:
        sign_in_smtp(sink.port, line)

    assert found.value.shown.fingerprint == made.fingerprint
    assert "is self-signed: only the server itself vouches for it." in found.value.sentence
    assert sink.sign_ins == []


def test_each_fault_has_its_words(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "other.example", stem="other", is_vouched=True)
    ended = make_certificate(tmp_path, days=-2, stem="ended", is_vouched=True)
    early = make_certificate(tmp_path, starts=2, stem="early", is_vouched=True)
    unknown = make_certificate(tmp_path, stem="unknown", is_vouched=True)

    wrong = refused_imap(other, ca_file=str(other.ca_file))
    expired = refused_imap(ended, ca_file=str(ended.ca_file))
    not_yet = refused_imap(early, ca_file=str(early.ca_file))
    nobody = refused_imap(unknown)

    assert wrong.shown.faults == (Fault.WRONG_NAME,)
    assert "is for other.example, 127.0.0.1, not for localhost." in wrong.sentence
    assert expired.shown.faults == (Fault.EXPIRED,)
    assert " expired on 20" in expired.sentence
    assert not_yet.shown.faults == (Fault.NOT_YET_VALID,)
    assert "is valid only from 20" in not_yet.sentence
    assert "clock" in not_yet.sentence
    assert nobody.shown.faults == (Fault.UNKNOWN_ISSUER,)
    assert "was issued by “Nobody’s Authority”, whom this computer does not know." in (
        nobody.sentence
    )


def test_several_faults_are_all_named(tmp_path: Path) -> None:
    """OpenSSL stops at the first; the user must not find the next one after each yes."""
    made = make_certificate(tmp_path, "other.example", days=-2)

    error = refused_imap(made)

    assert error.shown.faults == (Fault.SELF_SIGNED, Fault.EXPIRED, Fault.WRONG_NAME)
    for words in ("is self-signed", ", expired on 20", ", and is for other.example"):
        assert words in error.sentence


@pytest.mark.parametrize("line", LINES)
def test_a_trusted_certificate_lets_us_in(tmp_path: Path, line: Line) -> None:
    """Also an expired one for another name: the user said yes to exactly this one."""
    made = make_certificate(tmp_path, "other.example", days=-2)
    trusted = frozenset({made.fingerprint})

    with imap(made, line) as server:
        sign_in_imap(server.port, line, trusted)
    with smtp(tmp_path, made, line) as sink:
        sign_in_smtp(sink.port, line, trusted)

    assert "AUTHENTICATE" in server.commands
    assert sink.sign_ins == ["ada"]


@pytest.mark.parametrize("line", LINES)
def test_another_certificate_than_the_trusted_one_is_named_and_gets_nothing(
    tmp_path: Path, line: Line
) -> None:
    known = make_certificate(tmp_path, stem="known")
    new = make_certificate(tmp_path, stem="new")
    trusted = frozenset({known.fingerprint})

    with imap(new, line) as server, pytest.raises(CertificateError) as found:
        sign_in_imap(server.port, line, trusted)
    with smtp(tmp_path, new, line) as sink, pytest.raises(CertificateError) as found_smtp:
        sign_in_smtp(sink.port, line, trusted)

    assert "AUTHENTICATE" not in server.commands
    assert sink.sign_ins == []
    for error, port in ((found.value, server.port), (found_smtp.value, sink.port)):
        assert error.shown.is_changed
        assert error.shown.fingerprint == new.fingerprint
        lead = (
            f"localhost:{port} shows another certificate than you trusted for this host. This one"
        )
        assert error.sentence.startswith(lead)


@pytest.mark.parametrize("line", LINES)
def test_a_valid_certificate_needs_no_trust(tmp_path: Path, line: Line) -> None:
    """The server got a proper one: the old trust is in nobody's way."""
    made = make_certificate(tmp_path, stem="new", is_vouched=True)
    old = make_certificate(tmp_path, stem="old")

    with imap(made, line) as server:
        sign_in_imap(server.port, line, frozenset({old.fingerprint}), str(made.ca_file))

    assert "AUTHENTICATE" in server.commands


def test_the_certificate_is_compared_on_the_connection_that_carries_the_password(
    tmp_path: Path,
) -> None:
    """A man in the middle lets the first connections through, and steps in on a later one."""
    known = make_certificate(tmp_path, stem="known")
    forged = make_certificate(tmp_path, stem="forged")
    trusted = frozenset({known.fingerprint})
    for honest in range(3):
        with swapping(known, forged, honest) as server:
            for _ in range(honest):
                sign_in_imap(server.port, "tls", trusted)
            with pytest.raises(CertificateError):
                sign_in_imap(server.port, "tls", trusted)
            assert server.commands.count("AUTHENTICATE") == honest


@contextmanager
def swapping(first: Certificate, then: Certificate, after: int) -> Iterator[FakeImap]:
    """A server that shows another certificate after so many handshakes."""
    context = first.server_context()
    count = 0
    lock = threading.Lock()

    def choose(sock: ssl.SSLObject | ssl.SSLSocket, _name: str, _: ssl.SSLContext) -> None:
        nonlocal count
        with lock:
            count += 1
            if count > after:
                sock.context = then.server_context()

    context.sni_callback = choose
    with FakeImap(is_tls=True, tls_context=context) as server:
        yield server


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_below_1_2_is_never_spoken(tmp_path: Path) -> None:
    """Not even with a certificate that is trusted."""
    made = make_certificate(tmp_path)
    old = made.server_context()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    with FakeImap(is_tls=True, tls_context=old) as server:
        for trusted in (frozenset[str](), frozenset({made.fingerprint})):
            with pytest.raises(TlsError, match=r"1\.2 is needed"):
                sign_in_imap(server.port, "tls", trusted)
    for good in (None, tls.LOOK, frozenset({made.fingerprint})):
        context = tls.context(Server("localhost", 1), good)
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_starttls_that_somebody_strips_is_refused(tmp_path: Path) -> None:
    """The offer is gone, or the answer is no: nothing goes out in the open."""
    no = {"STARTTLS": b"{tag} NO not today\r\n"}
    for trusted in (frozenset[str](), frozenset({make_certificate(tmp_path).fingerprint})):
        with FakeImap() as server, pytest.raises(NoStartTlsError):
            sign_in_imap(server.port, "starttls", trusted)
        assert server.commands[0] == "CAPABILITY"
        assert set(server.commands) <= {"CAPABILITY", "LOGOUT"}
        with (
            FakeImap(no, capabilities=f"{CAPABILITIES} STARTTLS") as server,
            pytest.raises(SyncError),
        ):
            sign_in_imap(server.port, "starttls", trusted)
        assert "AUTHENTICATE" not in server.commands
        with smtp(tmp_path, make_certificate(tmp_path), "plain") as sink:
            with pytest.raises(NoStartTlsError):
                sign_in_smtp(sink.port, "starttls", trusted)
            assert sink.sign_ins == []


def test_a_server_that_hides_its_certificate_the_second_time(tmp_path: Path) -> None:
    """It is refused, without facts to look at and so without a way to trust it."""
    made = make_certificate(tmp_path)
    context = made.server_context()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_one_handshake, args=(listener, context), daemon=True).start()
        with pytest.raises(CertificateError) as found:
            sign_in_imap(listener.getsockname()[1], "tls")

    assert found.value.shown.fingerprint == ""
    assert not found.value.shown.can_be_trusted
    assert found.value.shown.faults == (Fault.SELF_SIGNED,)


def _one_handshake(listener: socket.socket, context: ssl.SSLContext) -> None:
    sock, _ = listener.accept()
    with sock, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(sock, server_side=True)
    later, _ = listener.accept()
    later.close()


@pytest.mark.parametrize(
    ("host", "names", "is_good"),
    [
        ("mail.example.org", ("mail.example.org",), True),
        ("MAIL.example.org.", ("x.test", "Mail.Example.Org"), True),
        ("mail.example.org", ("*.example.org",), True),
        ("a.mail.example.org", ("*.example.org",), False),
        ("example.org", ("*.example.org", "*.org"), False),
        ("mail.example.org", ("m*.example.org", "*"), False),
        ("müller.example", ("xn--mller-kva.example",), True),
        ("192.0.2.7", ("192.0.2.7",), True),
        ("192.0.2.7", ("*.0.2.7",), False),
        ("2001:DB8::1", ("2001:db8::1",), True),
        ("", (), False),
    ],
)
def test_whom_a_certificate_is_for(host: str, names: tuple[str, ...], is_good: bool) -> None:
    assert certificate.is_for(host, names) is is_good
