"""Past mail: newest first, restartable anywhere, cut by its start date and scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from models.events import MessagesAdded
from models.mail.body import attachment_content
from models.server import mailbox
from models.store import database
from models.store.clock import now_ms
from sync.engine.incoming import past_mail
from sync.errors import SyncError
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import DAY_MS, Engine

Make = Callable[..., Engine]


def fill(server: Dovecot, user: str, count: int, *, name: str = "INBOX", apart: int = 0) -> None:
    mails = [a_mail(subject=f"past {n:03}") for n in range(count)]
    times = [now_ms() - (count - n) * apart - 1000 for n in range(count)]
    server.deliver(user, name, mails, received_at=times)


def test_all_past_mail_comes_in_newest_first(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, 450)
    engine = engine_of()
    engine.cycle()
    assert len(engine.subjects()) == 450
    assert engine.subjects()[0] >= "past 250"
    assert engine.box("INBOX").backfill_done
    notified = [e.notify for e in engine.events if isinstance(e, MessagesAdded)]
    assert notified
    assert not any(notified)


def test_a_cut_loses_one_step_and_downloads_nothing_twice(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, 450)
    engine = engine_of()

    def cut_third(text: str) -> None:
        engine.commands.append(text)
        bodies = [c for c in engine.commands if "BODY.PEEK[])" in c]
        if len(bodies) == 2 and engine.session is not None:
            engine.on_command = engine.commands.append
            engine.session.abort()

    engine.on_command = cut_third
    with pytest.raises(SyncError):
        engine.cycle()
    assert len(engine.subjects()) == 200
    engine.commands.clear()
    engine.connect()
    engine.cycle()
    assert len(engine.subjects()) == 450
    assert len([c for c in engine.commands if "BODY.PEEK[])" in c]) == 2


def test_the_start_date_cuts_by_arrival(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    fill(dovecot, mail_user, 10, apart=DAY_MS)
    engine = engine_of(start="1m", start_at=now_ms() - 5 * DAY_MS - DAY_MS // 2)
    engine.cycle()
    assert sorted(engine.subjects()) == [f"past {n:03}" for n in range(5, 10)]


def test_now_takes_no_past_mail_but_all_that_comes(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, 3)
    engine = engine_of(start="now", start_at=now_ms())
    engine.cycle()
    assert engine.subjects() == []
    engine.deliver("new")
    engine.cycle()
    assert engine.subjects() == ["new"]


def test_only_my_contacts(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    database.run("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)")
    database.run(
        "INSERT INTO person_address (person_id, address, key) VALUES (1, 'Ada@customer.example', 1)"
    )
    database.run(
        "INSERT INTO organization (id, name, created_at, changed_at) VALUES (1, 'O', 1, 1)"
    )
    database.run(
        "INSERT INTO organization_domain (organization_id, domain, key) VALUES (1, 'firm.example', 2)"
    )
    mails = [
        a_mail(subject="person", from_="Ada <ada@customer.example>"),
        a_mail(subject="copied", from_="x@y.example", cc="Bob <bob@firm.example>"),
        a_mail(subject="stranger", from_="x@y.example"),
        a_mail(subject="likeness", from_="x@notfirm.example"),
    ]
    dovecot.deliver(mail_user, "INBOX", mails)
    engine = engine_of(scope="contacts")
    engine.cycle()
    assert sorted(engine.subjects()) == ["copied", "person"]
    assert len([c for c in engine.commands if "BODY.PEEK[])" in c]) == 1
    engine.deliver("future", from_="stranger@y.example")
    engine.cycle()
    assert "future" in engine.subjects()


def test_trash_junk_drafts_and_unchosen_labels_stay_out(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    for name in ("INBOX", "Sent", "Trash", "Junk", "Drafts", "Projects"):
        dovecot.deliver(mail_user, name, a_mail(subject=name))
    engine = engine_of(chosen=("INBOX", "Sent", "Trash", "Junk", "Drafts"))
    engine.cycle()
    assert sorted(engine.subjects()) == ["INBOX", "Sent"]


def test_all_labels_are_those_made_later_too(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    dovecot.deliver(mail_user, "Projects", a_mail(subject="project"))
    engine = engine_of(chosen=(), all_labels=True)
    engine.cycle()
    engine.deliver("later", to="Made later")
    engine.cycle()
    assert sorted(engine.subjects()) == ["later", "project"]
    assert not mailbox.by_name(engine.account_id, "Trash").is_chosen  # type: ignore[union-attr]


def test_a_large_mail_comes_text_first(dovecot: Dovecot, mail_user: str, engine_of: Make) -> None:
    content = bytes(range(256)) * 12_000
    raw = a_mail(
        subject="large",
        text="Please find it attached.",
        attachments=[("plan.bin", "application/octet-stream", content)],
    )
    dovecot.deliver(mail_user, "INBOX", raw)
    engine = engine_of()
    engine.cycle()
    row = database.row("SELECT body_state, snippet, attachment_count FROM message")
    assert row == ("partial", "Please find it attached.", 1)
    attachment_id = database.value("SELECT id FROM attachment")
    engine.sync.want_attachment(attachment_id)
    engine.cycle()
    assert attachment_content(attachment_id) == content


def test_mail_that_comes_during_past_sync_is_not_missed(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    fill(dovecot, mail_user, 250)
    engine = engine_of()
    for _ in range(6):
        engine.sync.step()
    engine.deliver("meanwhile")
    engine.cycle()
    assert len(engine.subjects()) == 251
    assert "meanwhile" in engine.subjects()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("1m", "2026-02-28"), ("3m", "2025-12-31"), ("6m", "2025-09-30"), ("1y", "2025-03-31")],
)
def test_start_dates_count_in_months(choice: str, expected: str) -> None:
    at = int(datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp() * 1000)
    found = datetime.fromtimestamp(past_mail.start_at(choice, at) / 1000, UTC)
    assert found.date().isoformat() == expected
