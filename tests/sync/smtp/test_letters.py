"""Passwords with letters of any language, to servers that offer only one way to sign in."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import SignInError
from sync.providers import Security
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing
from tests.support.servers.smtp import REFUSED, SmtpSink

USER = "jürgen@example.org"
PASSWORD = "zażółć gęślą jaźń"


@pytest.mark.parametrize("hidden", ["PLAIN", "LOGIN"])
def test_letters_of_any_language_get_in(tmp_path: Path, hidden: str) -> None:
    sink = SmtpSink(tmp_path, "plain")
    sink.hidden = (hidden,)
    sink.start()
    place = SmtpPlace("localhost", sink.port, Security.NONE)

    SmtpTry(place, Timing()).sign_in(USER, PASSWORD)

    assert sink.sign_ins == [USER]
    with pytest.raises(SignInError, match="does not accept"):
        SmtpTry(place, Timing()).sign_in(f"{REFUSED} {USER}", PASSWORD)
    sink.stop()
