"""Ties what shows the mail's safety to the window: held deletes, the ledger, missing labels."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from models.accounts import account
from models.queries.conversation_list import View
from models.server.mailbox import Role
from sync.qt.service.service import MailService
from ui.activity.held_bar import HeldBar
from ui.activity.ledger_window import LedgerWindow
from ui.commands.actions import Actions
from ui.conversations.pane import ConversationPane
from ui.settings.role_dialog import RoleDialog
from ui.status.account_facts import AccountFacts
from ui.style.theme import Theme


class ActivityController(QObject):
    """Opens what shows the mail's safety, and carries out what the user decides there.

    Attributes:
        held_bar: The brake's bar; the window lays it out.

    Signals:
        key_wanted: The list to show: `held`, or '' for the one chosen in the sidebar.
        conversation_wanted: The id of a conversation to go to.
    """

    key_wanted = Signal(str)
    conversation_wanted = Signal(object)

    def __init__(
        self,
        service: MailService,
        facts: AccountFacts,
        theme: Theme,
        actions: Actions,
        pane: ConversationPane,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._service = service
        self._facts = facts
        self._theme = theme
        self._why = actions["why"]
        self._pane = pane
        self._window = window
        self._ledger: LedgerWindow | None = None
        self.held_bar = HeldBar(service, facts, theme, window)
        self.held_bar.show_requested.connect(self._on_show_held)
        pane.query_changed.connect(self._on_query)
        pane.view.selection_moved.connect(self._offer)
        self._why.triggered.connect(self._on_why)
        actions["what_happened"].triggered.connect(self.show_ledger)
        self._offer()

    def titled(self, title: str) -> str:
        """The window's title, marked when the program runs in read-only mode."""
        if not self._facts.is_read_only:
            return title
        return self.tr("{title} – read-only").format(title=title)

    @Slot()
    def show_ledger(self) -> None:
        """Open "What happened" with everything that happened."""
        window = self._opened()
        window.show_everything()
        window.search.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object, str)
    def show_why(self, message_id: int, subject: str) -> None:
        """Open "What happened" for one message."""
        self._opened().show_message(message_id, subject)

    @Slot(int, str)
    def ask_for_role(self, account_id: int, role: str) -> None:
        """Ask which label is the Trash or the Archive, or whether to create one."""
        config = account.config(account_id)
        known = self._window.findChild(RoleDialog, "role_dialog")
        if config is None or (known is not None and known.isVisible()):
            return
        later = self.tr("Not now")
        dialog = RoleDialog(
            self._service, self._theme, config, Role(role), self._window, cancel_text=later
        )
        dialog.open()

    def _opened(self) -> LedgerWindow:
        if self._ledger is None:
            self._ledger = LedgerWindow(self._service, self._theme, self._window)
            self._ledger.conversation_requested.connect(self.conversation_wanted)
        self._ledger.show()
        self._ledger.raise_()
        self._ledger.activateWindow()
        return self._ledger

    @Slot()
    def _on_why(self) -> None:
        rows = self._pane.view.selected_rows(1)
        if rows:
            self._opened().show_conversation(rows[0].id, rows[0].subject)

    @Slot()
    def _offer(self) -> None:
        self._why.setEnabled(self._pane.view.selected_count() == 1)

    @Slot(bool)
    def _on_show_held(self, is_wanted: bool) -> None:  # a Qt slot
        self.key_wanted.emit(str(View.HELD) if is_wanted else "")

    @Slot()
    def _on_query(self) -> None:
        self.held_bar.set_shown(self._pane.query.view == View.HELD)
