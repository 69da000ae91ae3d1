"""The main window: creates the panes, lays them out and connects them. Their logic is elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from models.commands.read_state import MarkMessagesRead, MarkRead
from models.events import Event, SettingsChanged
from models.queries import conversation_list
from models.queries.conversation_list import Counts, ListQuery, View
from sync.qt.service.service import MailService
from ui.activity.controller import ActivityController
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.conversations.pane import ConversationPane
from ui.reader.view import ConversationView
from ui.sidebar.model import SidebarModel
from ui.sidebar.view import Sidebar
from ui.status.account_facts import AccountFacts
from ui.status.account_notices import AccountNotices
from ui.status.sync_status import SyncStatus
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.empty_state import EmptyState
from ui.window import menus, shape
from ui.window.appearance import Appearance
from ui.window.dialogs import Dialogs
from ui.window.mail_actions import MAIL_BUTTONS, MailActions
from ui.window.mail_counts import MailCounts
from ui.window.reports import Reports
from ui.window.top_bar import TopBar
from ui.window.undo_toast import UndoToast
from ui.window.workspace import Workspace

LEAST = (760, 480)
PANES = (210, 420, 650)


class MainWindow(QMainWindow):
    """Shows one profile.

    Attributes:
        service: The mail service; closed with the window.
        actions_by_name: The QActions.
        facts: The state of the accounts.

    Signals:
        closed: The window is gone and the service has stopped.
    """

    closed = Signal()

    def __init__(self, service: MailService, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Dealpost")
        self.service = service
        self._theme = theme
        self._is_closed = False
        self.actions_by_name = Actions(self)
        self.facts = AccountFacts(service, self)
        self._stack = CommandStack(service, self)
        self._sidebar_model = SidebarModel(self)
        self._dialogs = Dialogs(service, theme, self.facts, self)
        self._make_panes()
        self._mail = MailActions(service, self.actions_by_name, self._stack, self._pane, self)
        self._activity = ActivityController(
            service, self.facts, theme, self.actions_by_name, self._pane, self
        )
        self._counts = MailCounts(service, self)
        self._appearance = Appearance(theme, self._stack, self._reader, self)
        menus.fill(self.menuBar(), self.actions_by_name, self._appearance.actions)
        self._lay_out()
        self._connect_panes()
        self._connect_actions()
        shape.restore(self, self._splitter)
        self._on_accounts()
        self._sidebar.choose(View.INBOX)
        self._pane.view.setFocus()
        self._counts.ask()

    # --- building ----------------------------------------------------------------------------

    def _make_panes(self) -> None:
        theme = self._theme
        self._top = TopBar(self.actions_by_name, theme, self)
        self._sidebar = Sidebar(self._sidebar_model, theme, self)
        self._pane = ConversationPane(self.service, theme, self)
        self._reader = ConversationView(self.service, theme)
        self._many = EmptyState(theme, self)
        self._work = Workspace(
            self.service, self.actions_by_name, self._stack, theme,
            self._pane, self._reader, self._many, self,
        )  # fmt: skip
        self._notices = AccountNotices(self.facts, theme, self)
        self._status = SyncStatus(theme, self)
        toast = UndoToast(theme, self)
        self._reports = Reports(self.service, self._stack, toast, self)

    def _lay_out(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        work = self._work
        for pane, least in ((self._sidebar, 150), (work.middle, 280), (work.right, 300)):
            pane.setMinimumWidth(least)
            self._splitter.addWidget(pane)
        self._splitter.setSizes(list(PANES))
        self._splitter.setStretchFactor(1, 1)  # the list grows where nothing is open beside it
        self._splitter.setStretchFactor(2, 100)
        center = QWidget(self)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top)
        column.addWidget(self._notices)
        column.addWidget(self._activity.held_bar)
        column.addWidget(self._splitter, 1)
        column.addWidget(self._status)
        self.setCentralWidget(center)
        self.setMinimumSize(*LEAST)

    def _connect_panes(self) -> None:
        self.service.happened.connect(self._on_event)
        self._counts.counted.connect(self._on_counts)
        self.facts.accounts_changed.connect(self._on_accounts)
        self.facts.vault_changed.connect(self._show_status)
        self.facts.status_changed.connect(self._sidebar_model.set_status)
        self.facts.status_changed.connect(self._show_status)
        self._sidebar.key_chosen.connect(self._on_key)
        self._pane.view.selection_moved.connect(self._show_selection)
        self._pane.empty_pressed.connect(self._on_empty_button)
        self._pane.menu_requested.connect(
            lambda at: menus.conversation_menu(self.actions_by_name, self).popup(at)
        )
        self._mail.buttons_changed.connect(
            lambda names: self._top.show_buttons(names, MAIL_BUTTONS)
        )
        self._mail.failed.connect(self._reports.say_failure)
        self._work.failed.connect(self._reports.say_failure)
        self._work.key_wanted.connect(self._sidebar.choose)
        self._work.conversation_wanted.connect(self._open_conversation)
        self._work.search_ended.connect(self._top.search.clear)
        self._work.records_shown.connect(self._on_records_shown)
        self._mail.refresh()
        self._top.search.search_changed.connect(self._on_search)
        self._top.search.left.connect(self._focus_list)
        self._status.details_requested.connect(self._dialogs.show_sync_details)
        self._status.stop_requested.connect(self._dialogs.stop_accounts)
        self._notices.sign_in_requested.connect(self._dialogs.open_sign_in)
        self._notices.certificate_requested.connect(self._dialogs.open_certificate)
        self._notices.unlock_requested.connect(self._dialogs.open_unlock)
        self._notices.retry_requested.connect(self.service.vault.retry)
        self._notices.secrets_requested.connect(self._dialogs.open_secrets)
        self._notices.preferences_requested.connect(self._dialogs.open_account)
        self._notices.role_requested.connect(self._activity.ask_for_role)
        self._activity.key_wanted.connect(lambda key: self._on_key(key or self._sidebar.key()))
        self._activity.conversation_wanted.connect(self._open_conversation)

    def _connect_actions(self) -> None:
        actions, view = self.actions_by_name, self._pane.view
        actions["next"].triggered.connect(lambda: view.step(1))
        actions["previous"].triggered.connect(lambda: view.step(-1))
        actions["select_all"].triggered.connect(view.selectAll)
        actions["search"].triggered.connect(self._go_to_search)
        actions["sync_now"].triggered.connect(self._sync_now)
        for name in ("sync_details", "queue"):
            actions[name].triggered.connect(self._dialogs.show_sync_details)
        actions["sync_past"].triggered.connect(self._dialogs.open_past_sync)
        actions["preferences"].triggered.connect(self._dialogs.open_preferences)
        actions["add_account"].triggered.connect(self._dialogs.open_wizard)
        actions["shortcuts"].triggered.connect(
            lambda: self._dialogs.show_shortcuts(self.actions_by_name.ready())
        )
        actions["quit"].triggered.connect(self.close)
        reader, mail = self._reader, self._mail
        reader.archive_requested.connect(lambda: mail.archive(self._opened()))
        reader.restore_requested.connect(lambda: mail.restore(self._opened()))
        reader.delete_requested.connect(lambda: mail.delete(self._opened()))
        reader.mark_read_requested.connect(self._on_mark_requested)
        reader.why_requested.connect(self._activity.show_why)
        reader.messages_shown.connect(
            lambda ids: self._stack.run_quietly(MarkMessagesRead(tuple(ids)))
        )

    @Slot()
    def _sync_now(self) -> None:
        self.service.sync_now()

    # --- accounts and status -----------------------------------------------------------------

    def open_wizard_if_empty(self) -> None:
        """Open the wizard if there is no account yet, as at the first start."""
        if not self.facts.configs and not self._is_closed:
            self._dialogs.open_wizard()

    @Slot()
    def _on_accounts(self) -> None:
        key = self._sidebar.key()
        self._sidebar_model.set_accounts(self.facts.configs, self.facts.read_only_ids)
        if key and self._sidebar.key() != key:  # its line has moved, or its account is gone
            self._sidebar.choose(key if self._sidebar_model.item_of(key) else View.INBOX)
        for status in self.facts.statuses():
            self._sidebar_model.set_status(status)
        self._pane.set_has_account(bool(self.facts.configs))
        for name in ("sync_now", "sync_past"):
            self.actions_by_name[name].setEnabled(bool(self.facts.configs))
        self._show_status()
        self._counts.ask_soon()

    @Slot()
    def _show_status(self) -> None:
        facts = self.facts
        self._status.show_facts(
            facts.statuses(), facts.addresses, facts.vault_sentence(), facts.read_only_ids
        )

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, SettingsChanged):
            self._appearance.read_setting(event.name)
        self._counts.ask_soon()

    @Slot(object)
    def _on_counts(self, counts: Counts) -> None:
        self._sidebar_model.set_counts(counts)
        unread = counts.total.inbox_unread
        title = f"Dealpost ({formatting.number(unread)})" if unread else "Dealpost"
        self.setWindowTitle(self._activity.titled(title))

    # --- what is shown -----------------------------------------------------------------------

    @Slot(str)
    def _on_key(self, key: str) -> None:
        self._top.search.clear()
        if self._work.show_key(key):
            return
        view, _, account_id = key.partition(":")
        self._pane.show_query(ListQuery(view, int(account_id) if account_id else None))
        self._mail.refresh()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        if self._work.search_records(text):
            return
        if text:
            self._pane.show_query(ListQuery(View.SEARCH, text=text))
            self._mail.refresh()
        elif self._sidebar.key():
            self._on_key(self._sidebar.key())
        else:
            self._sidebar.choose(View.INBOX)

    @Slot(bool)
    def _on_records_shown(self, is_shown: bool) -> None:  # a Qt slot
        self._mail.set_active(not is_shown)
        self._top.show_scope(is_records=is_shown)

    @Slot(object)
    def _open_conversation(self, conversation_id: int) -> None:
        """Go to the list that holds a conversation, and open it there."""
        lists = (View.INBOX, View.ARCHIVE, View.SENT)
        found = (v for v in lists if conversation_list.places(ListQuery(v), (conversation_id,)))
        view = next(found, None)
        if view is not None:
            self._sidebar.choose(view)
        else:
            # Of a removed account: in none of them.
            for row in conversation_list.rows((conversation_id,)):
                self._sidebar.setCurrentIndex(QModelIndex())
                self._on_key(f"{View.SEARCH}:{row.account_id}")
        self._pane.select_when_listed(conversation_id)

    @Slot()
    def _focus_list(self) -> None:
        work = self._work
        (work.records.pane.view if work.shows_records else self._pane.view).setFocus()

    def _go_to_search(self) -> None:
        self._top.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._top.search.selectAll()

    @Slot()
    def _show_selection(self) -> None:
        view = self._pane.view
        count = view.selected_count()
        if count > 1:
            title = self.tr("{} conversations selected").format(formatting.number(count))
            hint = self.tr("E archives them, Del deletes them, U marks them as read or unread.")
            self._many.say("list", title, hint)
        self._reader.show_conversation(None if count > 1 else view.open_id())
        self._work.show_mail(many=count > 1)

    @Slot()
    def _on_empty_button(self) -> None:
        if self._pane.query.text:
            self._top.search.clear()
        else:
            self._dialogs.open_wizard()

    def _opened(self) -> tuple[int, ...]:
        """The open conversation."""
        conversation_id = self._reader.conversation_id
        return () if conversation_id is None else (conversation_id,)

    @Slot(bool)
    def _on_mark_requested(self, read: bool) -> None:  # a Qt slot
        if self._opened():
            self._stack.run(MarkRead(self._opened(), read))

    # --- the end ----------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        if not self._is_closed:
            self._is_closed = True
            shape.save(self, self._splitter, self.service)
            self._counts.end()
            self._dialogs.close()
            self._work.close_down()
            self._reader.close_down()
            self.hide()  # wiping what was just deleted may take a while
            self.service.close()
            self.closed.emit()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._pane.view.viewport().update()
