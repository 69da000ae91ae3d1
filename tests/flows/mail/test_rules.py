"""The two tables of the R rules, row by row, in the window and on a real server."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from models.store.settings import SetOption
from tests.flows.desk import Desk
from tests.flows.profile_file import rows, write
from tests.flows.rig import Rig
from tests.support.builders import a_mail


@dataclass(frozen=True)
class Case:
    """One cell of the tables: who does what with which option, and what must be so after it."""

    name: str
    act: str  # archive | delete
    by: str  # dealpost | other program
    option: bool
    in_inbox: bool
    in_archive: bool
    link_kept: bool
    can_restore: bool
    server_mailbox: str  # where the mail lies on the server in the end, '' for nowhere


CASES = (
    Case("archive, option off", "archive", "dealpost", False, False, True, True, True, "INBOX"),
    Case("archive, option on", "archive", "dealpost", True, False, True, True, True, "Archive"),
    Case("archived elsewhere", "archive", "other", False, True, False, True, False, "Archive"),
    Case("archived elsewhere, option on", "archive", "other", True, True, False, True, False, "Archive"),
    Case("delete, option off", "delete", "dealpost", False, False, False, False, False, "INBOX"),
    Case("delete, option on", "delete", "dealpost", True, False, False, False, False, "Trash"),
    Case("deleted elsewhere", "delete", "other", False, False, False, False, False, "Trash"),
    Case("deleted elsewhere, option on", "delete", "other", True, False, False, False, False, "Trash"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rule(desk: Desk, rig: Rig, case: Case) -> None:
    """Effect in the app, links, restore, and the server, for each row of the rules."""
    rig.deliver(a_mail(subject="Subject of the rule"), a_mail(subject="Bystander"))
    account_id = desk.add_account(rig)
    desk.wait_for("Bystander", "Subject of the rule")
    conversation_id = _link_to_deal(desk, "Subject of the rule")
    desk.run(SetOption("archive_on_server", case.option))
    desk.run(SetOption("delete_on_server", case.option))
    _act(desk, rig, case)
    for _ in range(2):
        desk.settle(account_id)

    desk.wait(lambda: ("Subject of the rule" in desk.subjects()) == case.in_inbox, "inbox")
    assert "Bystander" in desk.subjects()
    desk.open_folder("archive")
    desk.wait(lambda: ("Subject of the rule" in desk.subjects()) == case.in_archive, "archive")
    if case.can_restore:
        desk.select("Subject of the rule")
    desk.wait(
        lambda: desk.action("action_restore").isEnabled() == case.can_restore, "restore offered"
    )
    assert _links(desk, conversation_id) == (1 if case.link_kept else 0)
    _find(desk, "Subject of the rule", is_there=case.in_inbox or case.in_archive)
    for mailbox in ("INBOX", "Archive", "Trash"):
        is_there = "Subject of the rule" in rig.subjects(mailbox)
        assert is_there == (mailbox == case.server_mailbox), mailbox
    assert "Bystander" in rig.subjects("INBOX")


def _act(desk: Desk, rig: Rig, case: Case) -> None:
    if case.by == "dealpost":
        act = desk.archive if case.act == "archive" else desk.delete
        act("Subject of the rule")
        return
    target = "Archive" if case.act == "archive" else "Trash"
    uid = rig.uid("INBOX", "Subject of the rule")
    with rig.other() as client:
        client.move("INBOX", [uid], target)


def _find(desk: Desk, subject: str, *, is_there: bool) -> None:
    desk.search(subject)
    desk.wait(lambda: (subject in desk.subjects()) == is_there, "search agrees")


def _link_to_deal(desk: Desk, subject: str) -> int:
    """Link the conversation to a deal, as another part of the program would."""
    found = rows(desk.profile, "SELECT id FROM conversation WHERE subject = ?", (subject,))
    conversation_id = int(found[0][0])
    write(
        desk.profile,
        ("INSERT INTO deal (id, title, created_at, changed_at) VALUES (7, 'Big deal', 1, 1)", ()),
        (
            (
                "INSERT INTO link (conversation_id, record_key, origin, linked_at) "
                "VALUES (?, 'deal:7', 'person', 1)"
            ),
            (conversation_id,),
        ),
        (
            "UPDATE conversation SET link_key = 'deal:7', link_title = 'Big deal' WHERE id = ?",
            (conversation_id,),
        ),
    )
    return conversation_id


def _links(desk: Desk, conversation_id: int) -> int:
    sql = "SELECT count(*) FROM link WHERE record_key = 'deal:7' AND conversation_id = ?"
    return int(rows(desk.profile, sql, (conversation_id,))[0][0])
