"""What "Check now" says about the SMTP server, without signing in to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from models.commands.accounts import UpdateAccount
from models.commands.security import DistrustCertificate, TrustCertificate
from sync.health.report import Finding, Severity
from tests.flows.activity.test_health import check, copied, findings, part, press
from tests.flows.desk import Desk
from tests.flows.rig import Rig
from tests.support.certificates import make_certificate
from tests.support.ports import free_port
from tests.support.servers.smtp import SmtpSink


def looked(desk: Desk, account_id: int, code: str) -> Finding:
    """Press "Check now" and wait for its report on sending."""
    check(desk, account_id)
    desk.wait(lambda: code in findings(desk, account_id), f"{code} is told")
    return findings(desk, account_id)[code]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_end_of_the_certificate_for_sending(
    desk: Desk, rig: Rig, tmp_path: Path, security: str
) -> None:
    sink = SmtpSink(tmp_path, security, make_certificate(tmp_path, days=9, stem="soon")).start()
    desk.run(TrustCertificate("localhost", sink.certificate.fingerprint))
    account_id = desk.add_account(
        rig, smtp_host="localhost", smtp_port=sink.port, smtp_security=security
    )
    assert "smtp_certificate" not in findings(desk, account_id)  # not before the user asks

    told = looked(desk, account_id, "smtp_certificate")

    assert told.severity is Severity.WARNING
    assert told.sentence.startswith("The certificate for sending")
    assert re.fullmatch(r"[89] days by-hand", told.fact)
    assert f"smtp_certificate: {told.fact}" in copied(desk, account_id)
    desk.settle(account_id)
    assert "smtp_certificate" in findings(desk, account_id)  # a sync is no reason to forget it
    assert sink.sign_ins == []
    sink.stop()


def test_a_server_that_lets_nobody_look_is_named_until_another_one_is_set(
    desk: Desk, rig: Rig, tmp_path: Path
) -> None:
    sink = SmtpSink(tmp_path, "plain").start()
    account_id = desk.add_account(rig, smtp_host="localhost", smtp_port=free_port())
    told = looked(desk, account_id, "smtp")
    assert (told.severity, told.fact) == (Severity.WARNING, "ConnectRefusedError")
    assert "accepts no connection on port" in told.sentence

    desk.run(UpdateAccount(account_id, {"smtp_port": sink.port}))
    desk.wait(lambda: "smtp" not in findings(desk, account_id), "the old server is forgotten")
    desk.settle(account_id)

    told = looked(desk, account_id, "smtp")
    assert (told.severity, told.fact) == (Severity.WARNING, "none")
    assert "not encrypted" in told.sentence
    sink.stop()


def test_a_certificate_that_nobody_vouches_for_is_told(
    desk: Desk, rig: Rig, smtp_sink: SmtpSink
) -> None:
    account_id = desk.add_account(
        rig, smtp_host="localhost", smtp_port=smtp_sink.port, smtp_security="starttls"
    )

    told = looked(desk, account_id, "smtp")

    assert told.fact == "CertificateError"
    assert "self-signed" in told.sentence
    assert smtp_sink.sign_ins == []


def test_what_was_said_of_sending_ends_with_what_it_was_said_of(
    desk: Desk, rig: Rig, smtp_sink: SmtpSink
) -> None:
    """A certificate becomes trusted or stops being so, or an account is stopped."""
    account_id = desk.add_account(
        rig, smtp_host="localhost", smtp_port=smtp_sink.port, smtp_security="starttls"
    )
    looked(desk, account_id, "smtp")
    key = ("localhost", smtp_sink.certificate.fingerprint)
    for change in (
        TrustCertificate(*key),
        DistrustCertificate(*key),
        UpdateAccount(account_id, {"state": "stopped"}),
    ):
        desk.run(change)
        desk.wait(lambda: not _of_sending(desk, account_id), f"{change} ends it")
        if not isinstance(change, UpdateAccount):
            desk.settle(account_id)
            check(desk, account_id)
            desk.wait(lambda: _of_sending(desk, account_id), "it is told anew")


def _of_sending(desk: Desk, account_id: int) -> bool:
    return any(code.startswith("smtp") for code in findings(desk, account_id))


def test_the_keyboard_stays_on_the_check(desk: Desk, rig: Rig) -> None:
    """The space bar can press it again. No other widget gets the key meanwhile."""
    account_id = desk.add_account(rig)
    shown = part(desk, account_id)
    shown.window().activateWindow()
    button = shown.check_button
    button.setFocus()
    desk.wait(button.hasFocus, "the keyboard is there")

    QTest.keyClick(button, Qt.Key.Key_Space)
    desk.wait(lambda: not button.isEnabled(), "it checks")
    desk.wait(button.isEnabled, "the check is through")

    assert button.hasFocus()


def test_a_stopped_account_looks_at_nothing(desk: Desk, rig: Rig, tmp_path: Path) -> None:
    sink = SmtpSink(tmp_path, "plain").start()
    account_id = desk.add_account(rig, smtp_host="localhost", smtp_port=sink.port)
    desk.run(UpdateAccount(account_id, {"state": "stopped"}))

    press(part(desk, account_id), "health_check_button")

    assert findings(desk, account_id)["connection"].fact == "stopped"
    desk.run(UpdateAccount(account_id, {"state": "active"}))
    desk.settle(account_id)
    assert "smtp" not in findings(desk, account_id)
    sink.stop()
