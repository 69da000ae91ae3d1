"""The facts of sync in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.events import PastProgress, Phase, StatusChanged
from ui.status import status_text


def at(text: str) -> int:
    """A time of the wall clock here, in milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


NOW = at("2026-11-20 15:00")
AT = at("2026-11-20 10:42")
ONE = {1: "a@x.example"}
TWO = {1: "a@x.example", 2: "b@x.example"}


def test_up_to_date_with_its_time() -> None:
    status = StatusChanged(1, Phase.IDLE, last_success_at=AT)
    assert status_text.summary([status], ONE, NOW) == "Up to date, 10:42"


def test_the_oldest_success_counts_for_all() -> None:
    found = [
        StatusChanged(1, Phase.IDLE, last_success_at=NOW),
        StatusChanged(2, Phase.IDLE, last_success_at=AT),
    ]
    assert status_text.summary(found, TWO, NOW) == "Up to date, 10:42"


def test_the_gravest_account_is_named() -> None:
    found = [
        StatusChanged(1, Phase.SYNCING, mailbox="INBOX"),
        StatusChanged(2, Phase.NEEDS_SIGN_IN, error="The password is wrong."),
    ]
    assert status_text.summary(found, TWO, NOW) == "b@x.example: The password is wrong."


def test_past_mail_is_counted() -> None:
    status = StatusChanged(1, Phase.SYNCING, mailbox="INBOX", done=12, total=340)
    assert status_text.summary([status], ONE, NOW) == "Getting past mail: 12 of 340"


def test_waiting_says_why_and_when_it_tries_again() -> None:
    status = StatusChanged(1, Phase.WAITING, error="No connection.", retry_at=AT)
    assert status_text.summary([status], ONE, NOW) == "No connection. Next try at 10:42."


def test_what_is_open_is_told() -> None:
    status = StatusChanged(
        1, Phase.IDLE, last_success_at=AT, pending=3, refused=1, checking=1, held=7, closed=2
    )
    assert status_text.summary([status], ONE, NOW) == (
        "Up to date, 10:42 · 3 changes wait for the server · 1 change was refused"
        " · 1 mail vanished, checking · 7 deletes are held back · 2 labels cannot be opened"
    )


def test_without_an_account_and_with_a_shut_vault() -> None:
    assert status_text.summary([], {}, NOW) == "No account yet"
    assert status_text.summary([], ONE, NOW, vault="Locked.") == "Locked."
    assert status_text.summary([], ONE, NOW) == "Starting…"


def test_every_phase_has_words() -> None:
    assert all(status_text.phase_text(StatusChanged(1, phase), NOW) for phase in Phase)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3.0, "less than a minute left"),
        (70.0, "about a minute left"),
        (170.0, "about 3 minutes left"),
        (3500.0, "about 58 minutes left"),
        (4000.0, "about an hour left"),
        (9000.0, "about 2 hours left"),
    ],
)
def test_the_time_that_is_left(seconds: float | None, words: str) -> None:
    assert status_text.time_left(seconds) == words


def test_past_mail_with_the_time_that_is_left() -> None:
    past = PastProgress(seconds_left=170.0)
    status = StatusChanged(1, Phase.SYNCING, done=120, total=340, past=past)
    expected = "Getting past mail: 120 of 340, about 3 minutes left"
    assert status_text.summary([status], ONE, NOW) == expected
