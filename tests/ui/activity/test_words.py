"""Plain words for everything that waits and everything that happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from models.events import Phase, StatusChanged
from models.queries.ledger_pages import LedgerItem
from models.queries.operation_pages import QueueItem
from ui.activity import ledger_words, queue_words
from ui.activity.queue_words import Around

NOW = 1_795_000_000_000
pytestmark = pytest.mark.usefixtures("qapp")


def item(kind: str, **columns: Any) -> QueueItem:
    known = {
        "state": "pending", "subject": "Offer", "has_message": True, "name": "", "role": "",
        "is_seen": False, "attempts": 0, "next_try_at": 0, "server_words": "", "created_at": NOW,
    }  # fmt: skip
    return QueueItem(1, 1, kind, **{**known, **columns})


def around(phase: Phase = Phase.IDLE, **columns: Any) -> Around:
    return Around({1: "me@a.example"}, {1: StatusChanged(1, phase, **columns)})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (item("archive"), "Archive “Offer”"),
        (item("unarchive"), "Put “Offer” back into the inbox"),
        (item("trash", subject="", has_message=False), "Move a deleted mail to Trash"),
        (item("flags", is_seen=True), "Mark “Offer” as read"),
        (item("flags", subject=""), "Mark a mail without a subject as unread"),
        (item("create", name="Trash"), "Create the label “Trash”"),
        (item("send", subject="{mail} 100 %"), "Send “{mail} 100 %”"),
    ],
)
def test_what_waits(qapp: QApplication, found: QueueItem, words: str) -> None:
    assert queue_words.what(found) == words


@pytest.mark.parametrize(
    ("found", "where", "part"),
    [
        (item("archive"), around(), "waits for its turn"),
        (item("archive"), around(Phase.WAITING), "waits for the network"),
        (item("archive"), around(Phase.WAITING, retry_at=NOW), "next try at"),
        (item("archive"), around(Phase.NEEDS_SIGN_IN), "waits for you to sign in"),
        (item("archive"), around(Phase.STOPPED), "until syncing is started"),
        (item("archive", state="running"), around(), "is being done now"),
        (item("archive", state="refused", server_words="[NOPERM] no"), around(), "[NOPERM] no"),
        (item("trash", server_words="ask: trash"), around(), "choose the Trash"),
        (item("archive", server_words="Busy.", next_try_at=NOW + 1), around(), "Next try at"),
    ],
)
def test_why_it_waits(qapp: QApplication, found: QueueItem, where: Around, part: str) -> None:
    assert part in queue_words.reason(found, where, NOW)


def test_read_only_mode_is_the_reason(qapp: QApplication) -> None:
    where = Around({1: "me@a.example"}, {}, frozenset({1}))
    assert "read-only" in queue_words.line(item("archive"), where, NOW).detail


def entry(
    kind: str, cause: str, evidence: Mapping[str, Any] | None = None, **columns: Any
) -> LedgerItem:
    names = {1: "INBOX", 2: "Archive"}
    made = {"subject": "Offer", "sender": ("Ann", "a@a.example"), "is_gone": False, **columns}
    return LedgerItem(
        1, NOW, kind, cause, 1, "me@a.example", 7, 8, evidence=evidence or {}, mailboxes=names,
        **made,
    )  # fmt: skip


GONE = [[1, 5, 2]]


@pytest.mark.parametrize(
    ("found", "part"),
    [
        (entry("arrival", "server", {"way": "new", "mailbox": 1}), "Arrived in the inbox"),
        (entry("arrival", "server", {"way": "moved", "mailbox": 2}), "copied into “Archive”"),
        (entry("arrival", "server", {"returned": 1, "mailbox": 9}), "a label that is gone"),
        (entry("kept_out", "rule", {"mailbox": 1}), "you deleted it here"),
        (entry("left_out", "rule", {"mailbox": 1}), "you blocked its sender"),
        (entry("mailbox", "server", {"what": "renamed", "mailbox": 2}), "it is “Archive” now"),
        (entry("mailbox", "rule", {"what": "mirror", "mailbox": 2}), "a copy of everything"),
        (entry("mailbox", "server", {"what": "hung_up", "mailbox": 2}), "hangs up each time"),
        (entry("mailbox", "server", {"what": "past_hung_up", "mailbox": 2}), "past mail of"),
        (entry("mailbox", "server", {"what": "mail_hung_up", "mailbox": 2}), "one mail of"),
        (entry("hold", "server", {"held": "outcome"}), "what became of it"),
        (entry("hold", "server", {"held": "renumbered"}), "numbered anew"),
        (entry("hold", "server", {"held": "refused"}), "cannot be opened"),
        (entry("move", "server", {"gone": GONE, "found": [2, 8, "live"]}), "by another program"),
        (entry("move", "server", {"verdict": "junked", "gone": GONE}), "junk"),
        (
            entry("move", "person", {"kind": "archive", "from": [1, 5], "to": [2, 8]}),
            "from the inbox to “Archive”, because you archived it",
        ),
        (entry("archive", "person"), "You archived it"),
        (entry("archive", "rule"), "in the archive alone"),
        (entry("restore", "rule"), "new mail came"),
        (entry("delete", "person", {"to_trash": True}), "go to its Trash"),
        (entry("delete", "person", {"to_trash": False}), "stay"),
        (entry("delete", "server", {"verdict": "trashed"}), "moved it to Trash"),
        (entry("delete", "server", {"verdict": "deleted"}), "checked twice"),
        (entry("delete", "person", {"held": "agreed"}), "You agreed"),
        (entry("delete", "person", {"kind": "account"}), "with its account"),
        (entry("hold", "server", {"held": "linked"}), "linked mail"),
        (entry("link", "person", records=("Roof {x}",)), "You linked it to “Roof {x}”"),
        (entry("unlink", "rule", records=("",)), "a record that is gone"),
        (entry("refused", "server", {"kind": "trash", "words": "no"}), "move it to Trash: no"),
        (entry("mailbox", "person", {"what": "created", "mailbox": 2}), "because you agreed"),
        (entry("merge", "rule"), "another conversation"),
        (entry("keep", "person"), "You kept it"),
        (entry("check", "person"), "check again"),
        (entry("retry", "person"), "tried again"),
        (entry("given_up", "person"), "gave up"),
    ],
)
def test_what_happened(qapp: QApplication, found: LedgerItem, part: str) -> None:
    assert part in ledger_words.sentence(found)


def test_a_mail_that_is_gone_has_no_words(qapp: QApplication) -> None:
    line = ledger_words.line(entry("delete", "person", is_gone=True, subject=""), NOW)
    assert "no longer here" in line.detail
    assert "Ann" not in line.detail
