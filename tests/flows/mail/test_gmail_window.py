"""Gmail through the window, on the scripted server: labels, All Mail, its Trash."""

from __future__ import annotations

from models.store.settings import SetOption
from tests.flows.desk import Desk
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import Mailboxes

ALL, TRASH = "[Gmail]/All Mail", "[Gmail]/Trash"


def _in(server: Mailboxes, name: str) -> list[str]:
    """The subjects of a label, sorted."""
    raws = [mail.raw for mail in list(server.boxes[name].mails)]
    return sorted(raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for raw in raws)


def _uid(server: Mailboxes, name: str, subject: str) -> int:
    wanted = f"Subject: {subject}\r\n".encode()
    return next(mail.uid for mail in server.boxes[name].mails if wanted in mail.raw)


def test_archive_restore_and_delete_as_gmail_means_them(desk: Desk) -> None:
    """Archive takes the label, restore gives it back, delete goes to its Trash; a label that
    another program takes away deletes nothing.
    """
    names = ("Alpha", "Beta", "Gamma")
    with Mailboxes(gmail=True) as server:
        server.deliver("me", "INBOX", [a_mail(subject=name) for name in names])
        rig = Rig("me@dealpost.example", "me", "secret", server.port, 9, host="localhost")
        account_id = desk.add_account(rig)
        desk.run(SetOption("archive_on_server", True))
        desk.run(SetOption("delete_on_server", True))
        desk.wait_for(*names)
        desk.archive("Alpha")
        desk.wait(lambda: _in(server, "INBOX") == ["Beta", "Gamma"], "the label is gone")
        assert _in(server, ALL) == [*names]
        desk.open_folder("archive")
        desk.wait_for("Alpha")
        desk.restore("Alpha")
        desk.wait(lambda: _in(server, "INBOX") == [*names], "the label is back")
        desk.open_folder("inbox")
        desk.wait_for(*names)
        desk.delete("Beta")
        desk.wait(lambda: _in(server, TRASH) == ["Beta"], "in its Trash")
        assert _in(server, ALL) == ["Alpha", "Gamma"]
        server.move("INBOX", [_uid(server, "INBOX", "Gamma")], ALL)
        for _ in range(3):
            desk.settle(account_id)
        desk.wait_for("Alpha", "Gamma")
        server.move("INBOX", [_uid(server, "INBOX", "Alpha")], TRASH)
        desk.wait_for("Gamma")
        desk.close()
