"""Each guard of the proof alone, with its neighbours out of the way.

A mail is deleted here only if many things hold at once. Where several guards would catch the
same fault, the others are made useless first, so that the one that is meant is the one that holds.
"""

from __future__ import annotations

from models import settings
from models.commands import DeleteMessages
from tests.support.builders import a_mail
from tests.support.fake_mailboxes import Mailboxes
from tests.sync.scripted import Make, ago, mails


def test_numbers_of_before_stay_until_the_arrivals_are_known(server: Mailboxes, make: Make) -> None:
    """One came and one went: with new numbers stored too early both would cancel out.

    The full check, which would find it within the hour, is not due.
    """
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [2])
    server.deliver("me", "INBOX", mails(1, first=5))
    server.alter["UID SEARCH"] = lambda _: []
    engine.cycle()
    server.alter.clear()
    engine.settle()
    assert sorted(engine.subjects()) == [f"mail {n:03}" for n in (0, 2, 3, 4, 5)]


def test_what_is_kept_out_is_counted_under_a_new_uidvalidity(server: Mailboxes, make: Make) -> None:
    """Old mail that was deleted here is not read again; were it not counted as the one that
    stays away, an equal mail that comes later would stay away for it.
    """
    settings.put("delete_on_server", False)
    engine = make(server, start="1m", start_at=ago(10))
    engine.cycle()
    raw = a_mail(subject="twin")
    server.boxes["INBOX"].add(raw, at=ago(20))
    server.deliver("me", "INBOX", mails(9))
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("twin"),)))
    server.boxes["INBOX"].uidvalidity = 9
    engine.settle()
    assert "twin" not in engine.subjects()
    server.boxes["INBOX"].add(raw)
    engine.settle()
    assert engine.subjects().count("twin") == 1
