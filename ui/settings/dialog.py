"""The preferences: a list of pages on the left, the page on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from models.accounts import account
from models.events import (
    AccountsChanged,
    Event,
    MailboxesChanged,
    SecretsChanged,
    SettingsChanged,
    StatusChanged,
)
from sync.qt.service.service import MailService
from ui.forms.style import DialogStyle
from ui.records.imports.importing import open_import
from ui.settings.account.page import AccountPage
from ui.settings.accounts_page import AccountsPage
from ui.settings.appearance_page import AppearancePage
from ui.settings.blocked_page import BlockedPage
from ui.settings.general_page import GeneralPage
from ui.settings.parts import PreferencesPage
from ui.settings.secrets_page import SecretsPage
from ui.setup.wizard import SetupWizard
from ui.style import icons
from ui.style.theme import Theme
from ui.widgets.placing import Centred

WIDTH, HEIGHT = 900, 680
NAVIGATION_WIDTH = 250
ROW_HEIGHT = 34
# Settings that account pages show.
_OF_ACCOUNTS = frozenset({account.DEFAULT, account.ORDER, "archive_on_server", "delete_on_server"})


class PreferencesDialog(QDialog):
    """Everything the user can set. Shown with `open()`; every change is stored at once."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle(self.tr("Personal preferences"))
        self.setModal(True)
        self.resize(WIDTH, HEIGHT)
        DialogStyle(self, theme)
        self._service = service
        self._theme = theme
        self._account_pages: dict[int, AccountPage] = {}
        self.navigation = QListWidget(self)
        self.navigation.setObjectName("preferences_navigation")
        self.navigation.setAccessibleName(self.tr("Pages"))
        self.navigation.setFixedWidth(NAVIGATION_WIDTH)
        self.navigation.setFrameShape(QFrame.Shape.NoFrame)
        self.navigation.setIconSize(QSize(16, 16))
        self.navigation.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._stack = QStackedWidget(self)
        self.accounts_page = AccountsPage(service, theme, self)
        self.general_page = GeneralPage(service, theme, self)
        self.blocked_page = BlockedPage(service, theme, self)
        self.secrets_page = SecretsPage(service, theme, self)
        self.appearance_page = AppearancePage(service, theme, self)
        for page in self._fixed_pages().values():
            self._stack.addWidget(page)
        self._lay_out()
        self._follow_accounts()
        self.navigation.currentItemChanged.connect(self._on_current)
        self.accounts_page.add_wanted.connect(self.add_account)
        self.accounts_page.account_wanted.connect(self.show_account)
        service.happened.connect(self._on_happened)
        self.show_page("accounts")

    def _lay_out(self) -> None:
        close = QPushButton(self.tr("Close"), self)
        close.setObjectName("close_button")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        footer = QHBoxLayout()
        footer.setContentsMargins(20, 10, 20, 14)
        footer.addStretch(1)
        footer.addWidget(close)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addLayout(footer)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(right, 1)

    # --- ways in -------------------------------------------------------------------------

    @Slot(str)
    def show_page(self, key: str) -> None:
        """Show `accounts`, `general`, `blocked`, `secrets`, `appearance`, or `account:<id>`."""
        for row in range(self.navigation.count()):
            item = self.navigation.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == key:
                self.navigation.setCurrentItem(item)
                return

    @Slot(object)
    def show_account(self, account_id: int) -> None:
        """Show an account's page."""
        self.show_page(f"account:{account_id}")

    def open_sign_in(self, account_id: int) -> None:
        """Open at an account that needs sign-in, with the focus on the password."""
        self.open()
        self.show_account(account_id)
        page = self._account_pages.get(account_id)
        if page is not None:
            page.ask_password()

    def open_certificate(self, account_id: int) -> None:
        """Open at an account whose server's certificate is not valid."""
        self.open()
        self.show_account(account_id)
        page = self._account_pages.get(account_id)
        if page is not None:
            page.show_certificate()

    @Slot()
    def add_account(self) -> None:
        """Open the wizard over the preferences."""
        wizard = SetupWizard(self._service, self._theme, self)
        wizard.import_wanted.connect(lambda: open_import(self._service, self._theme, wizard))
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        Centred(wizard)
        wizard.open()

    # --- pages ---------------------------------------------------------------------------

    def _follow_accounts(self) -> None:
        """Make one page per account, and rebuild the list of pages."""
        configs = account.configs()
        known = {config.id for config in configs}
        for account_id in [gone for gone in self._account_pages if gone not in known]:
            page = self._account_pages.pop(account_id)
            self._stack.removeWidget(page)
            page.deleteLater()
        for config in configs:
            if config.id not in self._account_pages:
                page = AccountPage(self._service, self._theme, config, self)
                self._account_pages[config.id] = page
                self._stack.addWidget(page)
                page.page_wanted.connect(self.show_page)
        entries = [
            ("", "", self.tr("Email sync")),
            ("accounts", "users", self.tr("Accounts")),
            *[(f"account:{config.id}", "at-sign", config.address) for config in configs],
            ("general", "settings", self.tr("General settings")),
            ("blocked", "shield-alert", self.tr("Blocked")),
            ("secrets", "key-round", self.tr("Passwords")),
            ("", "", self.tr("Window")),
            ("appearance", "sun", self.tr("Appearance")),
        ]
        self._fill_navigation(entries)

    def _fill_navigation(self, entries: list[tuple[str, str, str]]) -> None:
        key = self._current_key()
        shown = [
            (item.data(Qt.ItemDataRole.UserRole), item.text())
            for item in map(self.navigation.item, range(self.navigation.count()))
        ]
        if shown == [(entry[0], entry[2]) for entry in entries]:
            return
        self.navigation.blockSignals(True)
        self.navigation.clear()
        for entry in entries:
            self.navigation.addItem(_entry(*entry))
        self.navigation.blockSignals(False)
        self.show_page(key if any(entry[0] == key for entry in entries) and key else "accounts")

    @Slot()
    def _on_current(self) -> None:
        page = self._page(self._current_key())
        if page is not None:
            self._keep()
            self._stack.setCurrentWidget(page)

    def done(self, result: int) -> None:
        """Close, and store what was typed."""
        self._keep()
        super().done(result)

    def _keep(self) -> None:
        shown = self._stack.currentWidget()
        if isinstance(shown, PreferencesPage):
            shown.keep()

    def _current_key(self) -> str:
        row = self.navigation.currentRow()
        return str(self.navigation.item(row).data(Qt.ItemDataRole.UserRole)) if row >= 0 else ""

    def _page(self, key: str) -> PreferencesPage | None:
        if key.startswith("account:"):
            return self._account_pages.get(int(key.partition(":")[2]))
        return self._fixed_pages().get(key)

    def _fixed_pages(self) -> dict[str, PreferencesPage]:
        return {
            "accounts": self.accounts_page,
            "general": self.general_page,
            "blocked": self.blocked_page,
            "secrets": self.secrets_page,
            "appearance": self.appearance_page,
        }

    # --- what changed --------------------------------------------------------------------

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        match event:
            case AccountsChanged():
                self._follow_accounts()
                self.accounts_page.refresh()
                self.general_page.refresh()
                self._refresh_accounts()
            case MailboxesChanged(account_id=account_id) if account_id in self._account_pages:
                self._account_pages[account_id].refresh()
            case StatusChanged(account_id=account_id):
                self.accounts_page.refresh()
                if account_id in self._account_pages:
                    self._account_pages[account_id].refresh_state()
            case SettingsChanged(name=name):
                self.general_page.refresh()
                self.blocked_page.refresh()
                self.appearance_page.refresh()
                if name in _OF_ACCOUNTS:
                    self._follow_accounts()
                    self.accounts_page.refresh()
                    self._refresh_accounts()
            case SecretsChanged():
                self.secrets_page.refresh()
            case _:
                pass

    def _refresh_accounts(self) -> None:
        for page in self._account_pages.values():
            page.refresh()


def _entry(key: str, icon: str, text: str) -> QListWidgetItem:
    """An entry of the list: a page, or without a key the heading of a group."""
    item = QListWidgetItem(text)
    item.setData(Qt.ItemDataRole.UserRole, key)
    item.setSizeHint(QSize(0, ROW_HEIGHT))
    if key:
        item.setIcon(icons.icon(icon))
        item.setToolTip(text)
    else:
        font = item.font()
        font.setPixelSize(11)
        font.setWeight(font.Weight.DemiBold)
        item.setFont(font)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
