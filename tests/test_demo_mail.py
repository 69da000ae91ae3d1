"""The sample mailbox: enough of it, varied, valid, and the same each time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import islice

import pytest

from resources.demo import documents, mailbox, stories
from resources.demo.letter import SampleMail

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def mails() -> list[SampleMail]:
    return mailbox.sample(NOW)


@pytest.fixture(scope="module")
def parsed(mails: list[SampleMail]) -> list[EmailMessage]:
    return [message_from_bytes(mail.raw, policy=default) for mail in mails]


def test_it_is_a_whole_mailbox(mails: list[SampleMail]) -> None:
    places = Counter(mail.mailbox for mail in mails)
    assert len(mails) >= 300
    assert places["INBOX"] > 150
    assert places["Sent"] > 60
    assert {"Archive", "Junk", "Invoices", "Partners"} <= set(places)
    assert any("\\Seen" not in mail.flags for mail in mails)


def test_all_of_it_is_within_a_month_and_not_in_the_future(mails: list[SampleMail]) -> None:
    assert all(NOW - timedelta(days=29) < mail.received_at <= NOW for mail in mails)
    assert sum(mail.received_at.date() == NOW.date() for mail in mails) >= 5


@pytest.mark.parametrize("day", range(7))
def test_no_day_of_the_week_changes_that(day: int) -> None:
    now = NOW + timedelta(days=day)
    found = mailbox.sample(now)
    assert len(found) >= 300
    assert all(now - timedelta(days=29) < mail.received_at <= now for mail in found)


def test_the_same_moment_gives_the_same_mails(mails: list[SampleMail]) -> None:
    assert mailbox.sample(NOW) == mails


def test_every_mail_parses_without_a_defect(parsed: list[EmailMessage]) -> None:
    for mail in parsed:
        assert not [part.defects for part in mail.walk() if part.defects]
        assert mail["From"]
        assert mail["Subject"]
        assert mail["Date"].datetime <= NOW
    identities = [mail["Message-ID"] for mail in parsed]
    assert len(set(identities)) == len(identities)


def test_answers_name_mails_that_are_there(parsed: list[EmailMessage]) -> None:
    known = {mail["Message-ID"] for mail in parsed}
    answers = [mail for mail in parsed if mail["In-Reply-To"]]
    assert len(answers) > 100
    assert {mail["In-Reply-To"] for mail in answers} <= known


def test_it_is_varied(parsed: list[EmailMessage]) -> None:
    kinds = {part.get_content_type() for mail in parsed for part in mail.walk()}
    assert {"text/html", "image/png", "application/pdf", "text/csv", "text/calendar"} <= kinds
    text = "".join(f"{mail['Subject']} {mail['From']}" for mail in parsed)
    assert set("üöłé太ع") <= set(text)
    assert max(len(str(mail["Subject"])) for mail in parsed) > 120


def test_stories_read_as_written() -> None:
    text = "== A title | henning | aino\n< 3 09:00\nHello\n+a.pdf !\n> 2h\nBack\n~archive\n"
    (story,) = stories.read(text)
    assert story.subject == "A title"
    assert [step.sender.key for step in story.steps] == ["henning", "maja"]
    assert story.steps[0].files == ["a.pdf"]
    assert story.steps[0].is_unread
    assert story.is_archived


def test_working_days_leave_out_the_weekend() -> None:
    monday = datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert stories.moment("1 08:30", monday).date() == datetime(2026, 3, 13, tzinfo=UTC).date()
    assert stories.moment("25m", monday) == monday - timedelta(minutes=25)


def test_later_mails_continue_known_conversations(parsed: list[EmailMessage]) -> None:
    known = {mail["Message-ID"] for mail in parsed}
    later = list(islice(mailbox.later(NOW), 12))
    assert len({letter.message_id for letter in later}) == 12
    assert {letter.answers[-1] for letter in later} <= known


def test_files_are_what_their_names_say() -> None:
    assert documents.named("offer.pdf")[0].startswith(b"%PDF-1.4")
    assert documents.named("roof.png")[0].startswith(b"\x89PNG")
    assert documents.named("load.csv")[0].startswith(b"hour;kwh")
