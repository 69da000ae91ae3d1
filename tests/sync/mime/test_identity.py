"""One message, one identity, whichever way its header came."""

from __future__ import annotations

import pytest

from sync.mime.identity import canonical_fields, identity
from tests.support.builders import a_mail

pytestmark = pytest.mark.usefixtures("store")

HEADER = (
    b"Received: from a by b; Mon\r\nReceived: older\r\nFrom: Ada <a@x.example>\r\n"
    b"Subject: An\r\n offer\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@x>\r\n\r\n"
)


def test_folding_case_order_and_line_ends_do_not_matter() -> None:
    other = (
        b"MESSAGE-ID:<1@x>\nsubject:   An offer  \nDATE: Mon, 2 Mar 2026\n\t10:00:00 +0000\n"
        b"from: Ada <a@x.example>\nReceived: from a by b; Mon\n\nbody\nSubject: no\n"
    )

    assert identity(HEADER, 1, 1) == identity(other, 2, 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"An\r\n offer", b"Another"),
        (b"Ada", b"Bob"),
        (b"2 Mar", b"3 Mar"),
        (b"from a by b", b"from c by b"),
        (b"<1@x>", b"<2@x>"),
    ],
)
def test_a_reused_message_id_is_another_message(before: bytes, after: bytes) -> None:
    assert identity(HEADER, 1, 1) != identity(HEADER.replace(before, after), 1, 1)


def test_only_the_first_received_counts() -> None:
    assert identity(HEADER, 1, 1) == identity(HEADER.replace(b"older", b"oldest"), 1, 1)


def test_without_message_id_size_and_time_stand_in() -> None:
    header = HEADER.replace(b"Message-ID: <1@x>\r\n", b"")

    assert identity(header, 1, 1_000) == identity(header, 1, 1_999)
    assert identity(header, 1, 1_000) != identity(header, 2, 1_000)
    assert identity(header, 1, 1_000) != identity(header, 1, 2_000)


def test_fields_of_the_body_are_no_header() -> None:
    assert canonical_fields(b"\r\nSubject: x\r\n") == {}
    assert canonical_fields(b"") == {}
    assert canonical_fields(b"Subject: a\n\nFrom: b") == {b"subject": b"a"}


def test_it_is_sixteen_bytes_and_the_id_can_be_read() -> None:
    raw = a_mail(message_id="<abc@x>")

    assert len(identity(raw, 1, 1)) == 16
    assert canonical_fields(raw)[b"message-id"] == b"<abc@x>"
