"""News of one mailbox are never taken for news of another."""

from __future__ import annotations

from sync.net.server import Server
from sync.session import ImapSession
from tests.support.servers.fake_imap import FakeImap


def _signed_in(server: FakeImap) -> ImapSession:
    session = ImapSession(Server(server.host, server.port, "plain"))
    session.open()
    session.sign_in("me", "secret")
    return session


def test_opening_a_mailbox_forgets_the_news_of_the_one_before() -> None:
    """An EXPUNGE of INBOX that came with the last NOOP says nothing about Archive."""
    noop = b"* 2 EXPUNGE\r\n* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n* 2 EXISTS\r\n{tag} OK done\r\n"
    with FakeImap({"NOOP": noop}) as server:
        session = _signed_in(server)
        session.examine("INBOX")
        session.noop()
        session.examine("Archive")
        assert session.take_events() == []
        session.noop()
        assert [event.kind for event in session.take_events()] == ["expunge", "exists", "fetch"]
        session.close()


def test_what_a_refused_opening_told_is_forgotten_too() -> None:
    answer = b"* 7 EXISTS\r\n{tag} NO [NONEXISTENT] no such mailbox\r\n"
    with FakeImap({"EXAMINE": answer, "SELECT": answer}) as server:
        session = _signed_in(server)
        for opens in (session.examine, session.select):
            try:
                opens("Gone")
            except Exception:
                assert session.selected is None
            assert session.take_events() == []
        session.close()
