"""Which labels an account syncs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QWidget,
)

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import ChooseMailboxes
from models.server import mailbox
from models.server.mailbox import MailboxState, Role
from sync.qt.service.service import MailService
from ui.forms.fields import Notice, add_choice
from ui.settings.account.part import AccountPart
from ui.settings.role_dialog import mailbox_text
from ui.setup.past_mail.label_list import label_item, ticked_names
from ui.setup.sign_in import flow, words
from ui.style.theme import Theme
from ui.widgets.tick_list import TickList

LIST_HEIGHT = 190


class LabelsPart(AccountPart):
    """All labels or chosen ones. Choosing fewer never removes mail that is here (S6)."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._states: list[MailboxState] = []
        self._shown: list[tuple[int, str, Role, bool, bool]] = []
        self._unseen: list[int] = []
        self.all = QRadioButton(self.tr("All labels, also those made later"), self)
        self.all.setObjectName("all_labels_radio")
        self.chosen = QRadioButton(self.tr("Chosen labels"), self)
        self.chosen.setObjectName("chosen_labels_radio")
        self._group = QButtonGroup(self)
        self._group.addButton(self.all)
        self._group.addButton(self.chosen)
        self.list = TickList(self)
        self.list.setObjectName("labels_list")
        self.list.setAccessibleName(self.tr("Labels"))
        self.list.setFixedHeight(LIST_HEIGHT)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._warning = Notice(theme, parent=self)
        self.save_button = QPushButton(self.tr("Save labels"), self)
        self.save_button.setObjectName("save_labels_button")
        self.save_button.setAutoDefault(False)
        column = self.column
        add_choice(column, self.all)
        add_choice(column, self.chosen)
        column.addWidget(self.list)
        column.addWidget(self._warning)
        row = QHBoxLayout()
        row.addWidget(self.save_button)
        row.addStretch(1)
        column.addLayout(row)
        self.refresh(config)
        self.all.toggled.connect(self._on_changed)
        self.list.itemChanged.connect(self._on_changed)
        self.save_button.clicked.connect(self._save)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored. What the user has ticked since stays if the labels are the same."""
        known = mailbox.of_account(self.account_id)
        states = sorted(filter(_is_offered, known), key=_order)
        self._unseen = [s.id for s in known if s.is_chosen and not _is_there(s)]
        shown = [(s.id, s.name, s.role, s.is_chosen, config.all_labels) for s in states]
        if shown == self._shown:
            return  # a change in how far a label was synced must not undo what the user ticked
        self._states, self._shown = states, shown
        self.list.blockSignals(True)
        self.list.clear()
        for state in states:
            is_ticked = state.is_chosen or config.all_labels
            self.list.addItem(label_item(state.name, mailbox_text(state), is_ticked=is_ticked))
        self.list.blockSignals(False)
        (self.all if config.all_labels else self.chosen).setChecked(True)
        self._on_changed()
        self.save_button.setEnabled(False)

    @Slot()
    def _on_changed(self) -> None:
        self.list.setEnabled(not self.all.isChecked())
        self.save_button.setEnabled(True)
        ticked = set(ticked_names(self.list))
        sent = {state.name for state in self._states if state.role is Role.SENT}
        config = account.config(self.account_id)
        is_personal = config is not None and config.kind == "personal"
        misses = is_personal and not self.all.isChecked() and bool(sent) and not sent & ticked
        text = self.tr(
            "Without Sent, mails that you write elsewhere will be missing here, and in the history"
            " of your deals."
        )
        self._warning.say(text if misses else "")

    @Slot()
    def _save(self) -> None:
        ticked = set(ticked_names(self.list))
        is_all = self.all.isChecked()
        ids = tuple(state.id for state in self._states if is_all or state.name in ticked)
        if not ids:
            self._warning.say(words.fault_sentence(flow.Fault.NO_LABEL))
            return
        # A label that the server does not list now stays chosen, in case it comes back.
        ids = (*ids, *self._unseen)
        self.service.run(ChooseMailboxes(self.account_id, ids, all_labels=is_all))
        self.save_button.setEnabled(False)


def _is_offered(state: MailboxState) -> bool:
    return _is_there(state) and state.role not in flow.NOT_OFFERED


def _is_there(state: MailboxState) -> bool:
    return state.is_selectable and state.missing_since is None


def _order(state: MailboxState) -> tuple[int, str]:
    """Sort INBOX and Sent first, as in the wizard."""
    first = (Role.INBOX, Role.SENT, Role.ARCHIVE)
    place = first.index(state.role) if state.role in first else len(first)
    return place, state.name.casefold()
