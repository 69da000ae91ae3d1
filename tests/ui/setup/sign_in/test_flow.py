"""The wizard's way, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.server.mailbox import Role
from sync.providers import IMAP_PORTS, SMTP_PORTS, Security, ServerPlace, of_address
from sync.qt.probes.probe import Label
from ui.forms.ports import port_after
from ui.setup.sign_in import flow
from ui.setup.sign_in.flow import Answers, Fault, Page, SecretPage

IMAP = ServerPlace("imap.example.org", 993, Security.TLS)
SMTP = ServerPlace("smtp.example.org", 465, Security.TLS)
GOOD = Answers(address="ann@example.org", password="x", imap=IMAP, smtp=SMTP, labels=("INBOX",))
LABELS = (
    Label("Trash", "/", Role.TRASH),
    Label("Work", "/", Role.NONE),
    Label("Sent", "/", Role.SENT),
    Label("INBOX", "/", Role.INBOX),
    Label("All Mail", "/", Role.ALL),
    Label("Drafts", "/", Role.DRAFTS),
    Label("Junk", "/", Role.JUNK),
    Label("Archive", "/", Role.ARCHIVE),
)


def test_after_the_servers_exactly_three_things_are_asked() -> None:
    way = flow.pages(SecretPage.NONE)

    assert way[:2] == (Page.ADDRESS, Page.SERVERS)
    assert way[2:] == (Page.TRACKING, Page.LABELS, Page.START)


@pytest.mark.parametrize("question", [SecretPage.CHOOSE, SecretPage.UNLOCK])
def test_without_a_keyring_the_secret_store_is_asked_for(question: SecretPage) -> None:
    assert flow.after(Page.SERVERS, question) is Page.SECRETS
    assert flow.before(Page.TRACKING, question) is Page.SECRETS


@pytest.mark.parametrize("question", list(SecretPage))
def test_the_way_back_is_the_way_there(question: SecretPage) -> None:
    page: Page | None = Page.ADDRESS
    seen = []
    while page is not None:
        seen.append(page)
        later = flow.after(page, question)
        assert later is None or flow.before(later, question) is page
        page = later

    assert tuple(seen) == flow.pages(question)


FAULTS = [
    (Page.ADDRESS, GOOD, None),
    (Page.ADDRESS, replace(GOOD, address=""), Fault.NO_ADDRESS),
    (Page.ADDRESS, replace(GOOD, address="ann"), Fault.BAD_ADDRESS),
    (Page.ADDRESS, replace(GOOD, address="ann@"), Fault.BAD_ADDRESS),
    (Page.ADDRESS, replace(GOOD, address="ann@b@c.org"), Fault.BAD_ADDRESS),
    (Page.ADDRESS, replace(GOOD, address="ann lee@example.org"), Fault.BAD_ADDRESS),
    (Page.ADDRESS, replace(GOOD, address="ann@localhost"), None),
    (Page.ADDRESS, replace(GOOD, address="jõgi@näide.ee"), None),
    (Page.ADDRESS, replace(GOOD, address="Known@Example.org"), Fault.KNOWN_ADDRESS),
    (Page.ADDRESS, replace(GOOD, password=""), Fault.NO_PASSWORD),
    (Page.SERVERS, GOOD, None),
    (Page.SERVERS, replace(GOOD, imap=replace(IMAP, host="")), Fault.NO_IMAP_HOST),
    (Page.SERVERS, replace(GOOD, smtp=replace(SMTP, host="")), Fault.NO_SMTP_HOST),
    (Page.SERVERS, replace(GOOD, imap=replace(IMAP, host="imap.a.org:993")), Fault.BAD_HOST),
    (Page.SERVERS, replace(GOOD, imap=replace(IMAP, host="https://a.org")), Fault.BAD_HOST),
    (Page.SERVERS, replace(GOOD, imap=replace(IMAP, host="::1")), None),
    (Page.SERVERS, replace(GOOD, imap=replace(IMAP, security=Security.NONE)), Fault.PLAIN_TEXT),
    (
        Page.SERVERS,
        replace(GOOD, imap=replace(IMAP, security=Security.NONE), plain_text_agreed=True),
        None,
    ),
    (
        Page.SERVERS,
        replace(GOOD, imap=ServerPlace("127.0.0.1", 143, Security.NONE)),
        None,
    ),
    (Page.TRACKING, GOOD, None),
    (Page.LABELS, GOOD, None),
    (Page.LABELS, replace(GOOD, labels=()), Fault.NO_LABEL),
    (Page.LABELS, replace(GOOD, labels=(), all_labels=True), None),
    (Page.START, GOOD, None),
    (Page.SECRETS, GOOD, Fault.NO_CHOICE),
    (Page.SECRETS, replace(GOOD, keep_by="session"), None),
    (
        Page.SECRETS,
        replace(GOOD, keep_by="passphrase", passphrase="short", passphrase_again="short"),
        Fault.SHORT_PASSPHRASE,
    ),
    (
        Page.SECRETS,
        replace(GOOD, keep_by="passphrase", passphrase="long enough", passphrase_again="other"),
        Fault.DIFFERENT_PASSPHRASES,
    ),
    (Page.SECRETS, replace(GOOD, keep_by="passphrase", passphrase="long enough"), None),
]


@pytest.mark.parametrize(("page", "answers", "expected"), FAULTS)
def test_what_keeps_a_page_from_being_left(
    page: Page, answers: Answers, expected: Fault | None
) -> None:
    found = flow.fault(page, answers, known={"known@example.org"}, secret_page=SecretPage.CHOOSE)

    assert found is expected


def test_a_passphrase_that_exists_has_only_to_be_entered() -> None:
    asked = flow.fault(Page.SECRETS, GOOD, secret_page=SecretPage.UNLOCK)
    given = flow.fault(Page.SECRETS, replace(GOOD, passphrase="x"), secret_page=SecretPage.UNLOCK)

    assert (asked, given) == (Fault.NO_PASSPHRASE, None)


@pytest.mark.parametrize(
    ("ports", "old", "new", "port", "expected"),
    [
        (IMAP_PORTS, Security.TLS, Security.STARTTLS, 993, 143),
        (IMAP_PORTS, Security.STARTTLS, Security.TLS, 143, 993),
        (SMTP_PORTS, Security.TLS, Security.STARTTLS, 465, 587),
        (SMTP_PORTS, Security.STARTTLS, Security.TLS, 587, 465),
        (IMAP_PORTS, Security.TLS, Security.NONE, 10143, 10143),
    ],
)
def test_a_changed_security_brings_its_usual_port(
    ports: dict[Security, int], old: Security, new: Security, port: int, expected: int
) -> None:
    assert port_after(ports, old=old, new=new, port=port) == expected


EMPTY = ServerPlace("", 993, Security.TLS)
FOUND = ServerPlace("mail.example.org", 143, Security.STARTTLS)


@pytest.mark.parametrize(
    ("typed", "shown", "found", "expected"),
    [
        (EMPTY, EMPTY, FOUND, FOUND),
        (EMPTY, EMPTY, None, EMPTY),
        (IMAP, EMPTY, FOUND, IMAP),  # the user typed a host: nothing of it changes
        (IMAP, IMAP, FOUND, FOUND),  # what we had put there ourselves
        (replace(EMPTY, port=1143), EMPTY, FOUND, ServerPlace(FOUND.host, 1143, Security.TLS)),
        (
            replace(EMPTY, security=Security.STARTTLS, port=143),
            EMPTY,
            IMAP,
            ServerPlace(IMAP.host, 143, Security.STARTTLS),
        ),
    ],
)
def test_detection_never_overwrites_what_was_typed(
    typed: ServerPlace, shown: ServerPlace, found: ServerPlace | None, expected: ServerPlace
) -> None:
    assert flow.completed(typed, shown, found, IMAP_PORTS) == expected


def test_trash_junk_drafts_and_all_mail_are_not_offered() -> None:
    names = [label.name for label in flow.offered(LABELS)]

    assert names == ["INBOX", "Sent", "Archive", "Work"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("personal", ["INBOX", "Sent"]), ("team", ["INBOX"])]
)
def test_inbox_and_sent_are_preselected_and_for_a_team_inbox_alone(
    kind: str, expected: list[str]
) -> None:
    ticked = [label.name for label in flow.offered(LABELS) if flow.is_preselected(label, kind)]

    assert ticked == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (replace(GOOD, labels=("INBOX", "Sent")), False),
        (replace(GOOD, labels=("INBOX",)), True),
        (replace(GOOD, labels=("INBOX",), all_labels=True), False),
        (replace(GOOD, labels=("INBOX",), kind="team"), False),
    ],
)
def test_unticking_sent_warns(answers: Answers, expected: bool) -> None:
    assert flow.misses_sent(answers, LABELS) is expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("now", "2026-03-31"),
        ("1m", "2026-02-28"),
        ("3m", "2025-12-31"),
        ("6m", "2025-09-30"),
        ("1y", "2025-03-31"),
    ],
)
def test_past_mail_starts_so_many_calendar_months_ago(start: str, expected: str) -> None:
    now = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)

    begins = datetime.fromtimestamp(flow.starts_at(start, now) / 1000, UTC)

    assert begins.date().isoformat() == expected


def test_with_now_the_scope_is_not_asked_for_and_not_kept() -> None:
    answers = replace(GOOD, start="now", scope="contacts")

    assert not flow.asks_scope("now")
    assert all(flow.asks_scope(start) for start in flow.STARTS if start != "now")
    assert flow.new_account(answers, None, datetime.now(UTC)).scope == "everyone"


def test_the_chosen_labels_are_stored_and_all_are_not() -> None:
    some = flow.chosen_mailboxes(replace(GOOD, labels=("INBOX", "Work")), LABELS)
    all_of_them = flow.chosen_mailboxes(replace(GOOD, all_labels=True), LABELS)

    assert some.keys() == {"INBOX", "Work"}
    assert all(columns["is_chosen"] for columns in some.values())
    assert all_of_them == {}


def test_icloud_wants_the_local_part_for_imap_and_the_address_for_smtp() -> None:
    answers = replace(GOOD, address="ann.lee@icloud.com")
    sign_in = flow.sign_in(answers, of_address(answers.address))

    assert (sign_in.user_name, sign_in.smtp_user_name) == ("ann.lee", "")


def test_no_password_shows_in_a_repr() -> None:
    answers = replace(GOOD, password="Tr0ub4dor", passphrase="tulip", passphrase_again="tulip")

    assert "Tr0ub4dor" not in repr(answers)
    assert "tulip" not in repr(answers)
    assert "Tr0ub4dor" not in repr(flow.sign_in(answers, None))
