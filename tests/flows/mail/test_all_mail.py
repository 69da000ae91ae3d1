"""Nothing is lost and nothing is changed: many mails, and mail that breaks rules."""

from __future__ import annotations

import functools
import itertools
from datetime import UTC, datetime

import pytest
import zstandard
from PySide6.QtWidgets import QWidget

from tests.bench.corpus import mails
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail

MANY = 6000


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_six_thousand_mails_are_here_byte_for_byte(desk: Desk, rig: Rig) -> None:
    """Every UID of the chosen labels is a location here, every body the server's bytes."""
    assert rig.dovecot is not None
    corpus = list(mails(MANY))
    rig.dovecot.deliver(
        rig.user,
        "INBOX",
        [mail.raw for mail in corpus],
        received_at=[int(mail.received_at.timestamp() * 1000) for mail in corpus],
    )
    desk.patience_ms = 300_000  # how long it takes is what the bench measures
    account_id = desk.add_account(rig)
    desk.settle(account_id)
    on_server = _everything(rig)
    here = _here(desk)
    assert len(on_server) == MANY
    assert here.keys() == on_server.keys()
    different = [uid for uid, raw in on_server.items() if here[uid] != raw]
    assert different == []


def _everything(rig: Rig) -> dict[int, bytes]:
    with rig.other() as client:
        client.imap.select("INBOX", readonly=True)
        found: dict[int, bytes] = {}
        for start in range(1, MANY + 1, 500):
            kind, data = client.imap.fetch(f"{start}:{start + 499}", "(UID BODY.PEEK[])")
            assert kind == "OK"
            for part in data:
                if isinstance(part, tuple):
                    words = part[0].split()
                    found[int(words[words.index(b"(UID") + 1])] = part[1]
        return found


def _here(desk: Desk) -> dict[int, bytes]:
    sql = (
        "SELECT location.uid, body.raw FROM location JOIN body USING (message_id) "
        "JOIN mailbox ON mailbox.id = mailbox_id WHERE mailbox.name = 'INBOX'"
    )
    unpack = zstandard.ZstdDecompressor()
    return {uid: unpack.decompress(raw) for uid, raw in rows(desk.profile, sql)}


def _bad_mails() -> dict[str, bytes]:
    """Mail that breaks a rule, by what is wrong with it. Each has its own subject or none."""
    head = b"From: Odd <odd@customer.example>\r\nTo: me@dealpost.example\r\n"
    deep = b"Subject: deep\r\nMIME-Version: 1.0\r\n"
    for level in range(60):
        deep += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return {
        "no header at all": b"Just words, no header.\r\nAnd more.\r\n",
        "empty": b"\r\n",
        "no subject, no date": head + b"\r\nBody\r\n",
        "unknown charset": head
        + b"Subject: =?x-martian?Q?=FF=FE?=\r\nContent-Type: text/plain; charset=x-martian\r\n"
        b"\r\n\xff\xfe\x80\r\n",
        "lies about its charset": head
        + b"Subject: lies \xe4\xf6\xfc\r\nContent-Type: text/plain; charset=us-ascii\r\n"
        b"\r\n\xc3\xa4 \xff\r\n",
        "nested": head + deep + b"Content-Type: text/plain\r\n\r\ninside\r\n",
        "boundary never opened": head
        + b"Subject: no boundary\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\ntext\r\n",
        "broken base64": head
        + b"Subject: base64\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"
        b"\r\n!!!!not=base64\r\n",
        "1970": head + b"Subject: past\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\nold\r\n",
        "2099": head + b"Subject: future\r\nDate: Fri, 1 Jan 2099 00:00:00 +0000\r\n\r\nnew\r\n",
        "no date a calendar has": head + b"Subject: when\r\nDate: Blursday 99\r\n\r\nwhen\r\n",
        "10 MB of HTML": head
        + b"Subject: big html\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<table>"
        + b"<tr><td>" * 3
        + b"<p>row of a very long newsletter</p>\r\n" * 280_000,
        "NUL and control characters": head + b"Subject: nul\x01\x02\r\n\r\na\x01b\x7fc\r\n",
        "twin 1": head + b"Subject: twin one\r\nMessage-ID: <twin@x.example>\r\n\r\none\r\n",
        "twin 2": head + b"Subject: twin two\r\nMessage-ID: <twin@x.example>\r\n\r\ntwo\r\n",
        "very long header": head + b"Subject: " + b"long " * 20_000 + b"\r\n\r\nbody\r\n",
    }


def test_malformed_mail_is_stored_listed_and_opened(desk: Desk, rig: Rig) -> None:
    """Every one is stored, none stops the others, and each can be opened."""
    bad = _bad_mails()
    assert rig.dovecot is not None
    minutes = itertools.count(int(datetime.now(UTC).timestamp() * 1000) - 3_600_000, 60_000)
    for raw in [*bad.values(), a_mail(subject="good")]:
        rig.dovecot.deliver(rig.user, "INBOX", raw, received_at=next(minutes))
    account_id = desk.add_account(rig)
    desk.settle(account_id)
    twins = 1  # two mails with one Message-ID are one conversation
    desk.wait(lambda: desk.model.rowCount() == len(bad) + 1 - twins, "all are listed")
    assert _stored(desk) == len(bad) + 1
    reader = desk.find(QWidget, "conversation_view")
    for row in range(desk.model.rowCount()):
        desk.table.selectRow(row)
        desk.wait(functools.partial(_is_read, desk, row), f"row {row} is shown, so it is read")
        assert reader.isVisible()


def _is_read(desk: Desk, row: int) -> bool:
    return "nread" not in str(desk.model.index(row, 0).data(11) or "unread")


def _stored(desk: Desk) -> int:
    return int(rows(desk.profile, "SELECT count(*) FROM message")[0][0])
