"""The tests' own SMTP server does what the tests of sending rely on."""

from __future__ import annotations

import contextlib
import gc
import smtplib
import socket
import ssl
import warnings
from pathlib import Path

import pytest

from tests.support.builders import a_mail
from tests.support.servers.smtp import SmtpSink


def connected(sink: SmtpSink) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(sink.certificate.cert_file))
    if sink.security == "tls":
        return smtplib.SMTP_SSL(sink.host, sink.port, timeout=10, context=context)
    client = smtplib.SMTP(sink.host, sink.port, timeout=10)
    if sink.security == "starttls":
        client.starttls(context=context)
    return client


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_mail_is_taken_after_sign_in_and_a_refused_name_is_refused(
    tmp_path: Path, security: str
) -> None:
    sink = SmtpSink(tmp_path, security).start()
    try:
        with connected(sink) as client:
            client.login("ada", "secret")
            client.sendmail("ada@x.example", ["b@x.example"], a_mail(subject="Hi"))
        with connected(sink) as client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("refused", "secret")
    finally:
        sink.stop()

    assert sink.sign_ins == ["ada"]
    assert [(t.sender, t.recipients) for t in sink.taken] == [("ada@x.example", ("b@x.example",))]
    assert b"Subject: Hi" in sink.taken[0].raw


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_what_clients_left_open_is_closed_when_it_stops(tmp_path: Path, security: str) -> None:
    """A socket that the garbage collector finds fails whichever test runs by then."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(5):
            sink = SmtpSink(tmp_path, security).start()
            with contextlib.ExitStack() as stack:
                for _ in range(4):
                    place = (sink.host, sink.port)
                    stack.enter_context(socket.create_connection(place, timeout=15))
                sink.stop()
                del sink
                gc.collect()

    assert [str(each.message) for each in told if each.category is ResourceWarning] == []
