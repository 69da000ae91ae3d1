"""The demo's records fit its mail: the rules link most of it, ask about some, know not all."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from models.intake import intake
from models.parsed_mail import Incoming
from models.queries import record_list, side_panel
from models.records.records import Kind
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database
from resources.demo import mailbox as sample_mailbox
from resources.demo import records
from resources.demo.cast import MAJA
from sync.mime import parse
from tests.models.building import boxes, one

pytestmark = pytest.mark.usefixtures("store")
NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)


def test_the_rules_link_the_sample_mail_while_it_comes_in() -> None:
    records.make(NOW)
    assert all(one(f"SELECT count(*) FROM {kind}") >= 4 for kind in Kind)
    assert all(column.deal_ids for column in record_list.board())
    box = boxes(MAJA.address)
    ids = {
        name: mailbox.save(box.account_id, name, role=role, uidvalidity=1, is_chosen=True)
        for name, role in (("INBOX", Role.INBOX), ("Sent", Role.SENT))
    }
    mails = [
        Incoming(
            ids[mail.mailbox], 1, uid, 0, 0, int(mail.received_at.timestamp() * 1000),
            len(mail.raw), hashlib.blake2b(mail.raw, digest_size=16).digest(), "",
            parse.parse(mail.raw), mail.raw,
        )
        for uid, mail in enumerate(sample_mailbox.sample(NOW), 1)
        if mail.mailbox in ids
    ]  # fmt: skip
    for start in range(0, len(mails), 100):
        intake.take_in(box.account_id, mails[start : start + 100], past=True, quiet=True)
    linked: dict[str, int] = dict(
        database.rows("SELECT substr(record_key, 1, 4), count(*) FROM link GROUP BY 1")
    )
    assert linked["deal"] >= 10
    assert linked["lead"] >= 8
    assert one("SELECT count(DISTINCT conversation_id) FROM link_offer") >= 1
    unknown = [
        panel.unknown
        for (id_,) in database.rows("SELECT id FROM conversation WHERE incoming_count > 0")
        if (panel := side_panel.panel(id_)) is not None and panel.unknown
    ]
    assert len(unknown) > 10
