"""S6 through the preferences: fewer labels remove nothing, more labels add exactly their mail."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QPushButton, QWidget

from models.store.clock import now_ms
from tests.flows.accounts import office
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from ui.forms.fields import Notice

DAY = 24 * 3600 * 1000
RANGE = {"start": "1m", "past_started": True}
OFFERED = {"INBOX", "Sent", "Archive", "Projects", "Clients"}


def deliver(rig: Rig, *mailboxes: str) -> None:
    """Deliver two mails to each label: one within the range that is synced, one before it."""
    assert rig.dovecot is not None
    for name in mailboxes:
        mails = [a_mail(subject=f"{name} in range"), a_mail(subject=f"{name} too old")]
        moments = [now_ms() - 10 * DAY, now_ms() - 80 * DAY]
        rig.dovecot.deliver(rig.user, name, mails, received_at=moments)


def add(desk: Desk, rig: Rig) -> int:
    """An account with INBOX and Sent, synced from 30 days ago."""
    return desk.add_account(rig, start_at=now_ms() - 30 * DAY, **RANGE)


class Labels:
    """The labels on an account's page. Their own button saves a change."""

    def __init__(self, desk: Desk, account_id: int) -> None:
        self.desk = desk
        self.account_id = account_id

    @property
    def page(self) -> QWidget:
        """The page, opened if it is not."""
        return office.page(self.desk, f"account:{self.account_id}")

    def items(self) -> dict[str, QListWidgetItem]:
        """What is offered, by the mailbox's name."""
        view = office.part(self.page, QListWidget, "labels_list")
        found = [view.item(row) for row in range(view.count())]
        return {str(item.data(Qt.ItemDataRole.UserRole)): item for item in found}

    def ticked(self) -> set[str]:
        """Those that are ticked."""
        checked = Qt.CheckState.Checked
        return {name for name, item in self.items().items() if item.checkState() == checked}

    def choose(self, *names: str) -> None:
        """Tick exactly these labels."""
        office.choose(self.page, "chosen_labels_radio")
        for name, item in self.items().items():
            is_on = name in names
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def save(self) -> None:
        """Press "Save labels", close the preferences, and wait until all is done."""
        ended: list[object] = []
        self.desk.service.commanded.connect(ended.append)
        office.press(self.page, "save_labels_button")
        self.desk.wait(lambda: bool(ended), "the labels are stored")
        self.desk.service.commanded.disconnect(ended.append)
        office.preferences(self.desk).accept()
        self.desk.settle(self.account_id)
        self.desk.settle(self.account_id)

    def warning(self) -> str:
        """The page's warning against the choice."""
        said = [each.text() for each in self.page.findChildren(Notice) if each.isVisible()]
        return "\n".join(said)


def held(desk: Desk) -> list[str]:
    """The subjects of all mail here, whatever list it is in."""
    return sorted(subject for (subject,) in rows(desk.profile, "SELECT subject FROM message"))


def test_more_labels_add_what_is_in_the_range(desk: Desk, rig: Rig) -> None:
    deliver(rig, "INBOX", "Projects", "Clients", "Junk", "Trash", "Drafts")
    labels = Labels(desk, add(desk, rig))
    assert held(desk) == ["INBOX in range"]
    assert labels.items().keys() == OFFERED
    assert labels.ticked() == {"INBOX", "Sent"}
    assert not office.part(labels.page, QPushButton, "save_labels_button").isEnabled()

    labels.choose("INBOX", "Sent", "Projects")
    labels.save()

    assert held(desk) == ["INBOX in range", "Projects in range"]
    desk.wait_for("INBOX in range", "Projects in range")
    rig.deliver(a_mail(subject="new there"), mailbox="Projects")
    rig.deliver(a_mail(subject="not synced"), mailbox="Clients")
    desk.wait_for("INBOX in range", "Projects in range", "new there")
    desk.settle(labels.account_id)
    assert held(desk) == ["INBOX in range", "Projects in range", "new there"]


def test_fewer_labels_remove_nothing(desk: Desk, rig: Rig) -> None:
    """Not at once, not after a restart; and what another program does there does not count."""
    deliver(rig, "INBOX", "Projects", "Clients")
    labels = Labels(desk, add(desk, rig))
    labels.choose("INBOX", "Sent", "Projects")
    labels.save()
    here = ["INBOX in range", "Projects in range"]
    assert held(desk) == here

    labels.choose("Sent")
    labels.save()

    rig.deliver(a_mail(subject="meanwhile"))
    rig.deliver(a_mail(subject="meanwhile in Projects"), mailbox="Projects")
    with rig.other() as client:
        client.move("Projects", [rig.uid("Projects", "Projects in range")], "Clients")
    desk.settle(labels.account_id)
    desk.settle(labels.account_id)
    desk.wait_for(*here)
    desk.reopen()
    desk.settle(labels.account_id)
    desk.wait_for(*here)
    assert held(desk) == here
    assert labels.ticked() == {"Sent"}

    labels.choose("INBOX", "Sent")
    labels.save()

    assert held(desk) == [*here, "meanwhile"]  # what was missed comes, of the label chosen again
    assert rig.changing_commands() == []


def test_all_labels_are_all_others_and_those_made_later(desk: Desk, rig: Rig) -> None:
    """S3: without Trash, Junk and Drafts. What lies in the server's archive starts archived."""
    never = ("Junk", "Trash", "Drafts")
    deliver(rig, "INBOX", "Projects", "Archive", *never)
    labels = Labels(desk, add(desk, rig))
    office.choose(labels.page, "all_labels_radio")
    assert not office.part(labels.page, QListWidget, "labels_list").isEnabled()
    labels.save()

    inbox = ["INBOX in range", "Projects in range"]
    desk.wait_for(*inbox)
    assert held(desk) == ["Archive in range", *inbox]
    with rig.other() as client:
        client.create("Later")
    rig.deliver(a_mail(subject="made later"), mailbox="Later")
    desk.wait_for(*inbox, "made later")
    desk.settle(labels.account_id)
    assert held(desk) == ["Archive in range", *inbox, "made later"]
    assert labels.items().keys() == {"INBOX", "Sent", "Archive", "Projects", "Later"}

    labels.choose("INBOX", "Sent")
    labels.save()
    with rig.other() as client:
        client.create("Last")
    rig.deliver(a_mail(subject="made last"), mailbox="Last")
    desk.settle(labels.account_id)
    desk.settle(labels.account_id)
    assert held(desk) == ["Archive in range", *inbox, "made later"]


def test_nothing_ticked_is_not_stored_and_sent_is_asked_for(desk: Desk, rig: Rig) -> None:
    deliver(rig, "INBOX")
    labels = Labels(desk, add(desk, rig))
    labels.choose("INBOX")
    assert labels.warning().startswith("Without Sent, mails that you write elsewhere")
    labels.choose()
    office.press(labels.page, "save_labels_button")
    assert labels.warning() == "Choose at least one label."
    office.preferences(desk).accept()
    desk.settle(labels.account_id)
    assert labels.ticked() == {"INBOX", "Sent"}


def test_a_label_that_becomes_the_trash_is_asked_about(desk: Desk, rig: Rig) -> None:
    """A wrong choice under "Folder roles" deletes nothing: the bar above the list asks."""
    deliver(rig, "INBOX", "Projects")
    labels = Labels(desk, add(desk, rig))
    labels.choose("INBOX", "Sent", "Projects")
    labels.save()
    combo = office.part(labels.page, QComboBox, "role_trash_combo")
    combo.setCurrentIndex(combo.findText("Projects"))
    combo.activated.emit(combo.currentIndex())
    office.preferences(desk).accept()
    keep = desk.find(QPushButton, "held_keep_button")
    desk.wait(keep.isVisible, "the bar asks")
    desk.wait_for("INBOX in range", "Projects in range")

    keep.click()

    desk.wait(lambda: not keep.isVisible(), "it is answered")
    desk.settle(labels.account_id)
    desk.settle(labels.account_id)
    desk.wait_for("INBOX in range", "Projects in range")
    assert held(desk) == ["INBOX in range", "Projects in range"]
