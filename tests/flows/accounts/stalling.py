"""Freeze a connection in the middle of past mail, however fast or slow the machine is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from models.events import Event
from models.intake import intake
from models.parsed_mail import Incoming
from sync.engine.incoming import past_mail
from tests.support.servers.proxy import Proxy

STEP = 40


def freeze_after_a_step(monkeypatch: pytest.MonkeyPatch, lines: dict[int, Proxy]) -> None:
    """Freeze each account's connection once its first step of past mail is taken in.

    A step is 40 mails, and one more step may be on its way by then. Call `monkeypatch.undo()`
    before you thaw a connection, or it freezes again.
    """
    take_in = intake.take_in

    def taken(
        account_id: int, mails: Sequence[Incoming], *, past: bool, **more: Any
    ) -> list[Event]:
        if past and account_id in lines:
            lines[account_id].freeze()
        return take_in(account_id, mails, past=past, **more)

    monkeypatch.setattr(past_mail, "STEP_MESSAGES", STEP)
    monkeypatch.setattr(intake, "take_in", taken)
