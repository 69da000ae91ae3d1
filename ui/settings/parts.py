"""What pages of the preferences are built of: sections, and the two options of R1."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from models.server import mailbox
from models.server.mailbox import Role
from models.store import settings
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.forms.fields import GAP, HintLabel, Title, add_choice
from ui.settings.role_dialog import RoleDialog
from ui.style.theme import Theme


class PreferencesPage(QScrollArea):
    """A page that scrolls: a title with sections below it.

    Signals:
        page_wanted: The user wants another page; its key.
    """

    page_wanted = Signal(str)

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._body = QWidget(self)
        self.column = QVBoxLayout(self._body)
        self.column.setContentsMargins(32, 26, 32, 26)
        self.column.setSpacing(GAP)
        self.title = Title(title, parent=self._body)
        self.column.addWidget(self.title)
        self.setWidget(self._body)

    def body(self) -> QWidget:
        """The parent of the page's widgets."""
        return self._body

    def keep(self) -> None:
        """Store what is typed, because the page is left."""

    def add_section(self, title: str, hint: str = "") -> QVBoxLayout:
        """Add a section with a heading, below a thin line."""
        line = QFrame(self._body)
        line.setObjectName("footer_line")
        line.setFixedHeight(1)
        self.column.addSpacing(10)
        self.column.addWidget(line)
        self.column.addSpacing(4)
        self.column.addWidget(Title(title, 14, self._body))
        if hint:
            self.column.addWidget(HintLabel(self.theme, hint, self._body))
        section = QVBoxLayout()
        section.setSpacing(10)
        self.column.addLayout(section)
        return section


class ServerOptions(QWidget):
    """The two options of R1, for all personal accounts or for one team account.

    Signals:
        changed: The user ticked or unticked an option.
    """

    changed = Signal()

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        *,
        account_id: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._theme = theme
        self._account_id = account_id
        self._asked: set[int] = set()
        self._asking: tuple[Role, QCheckBox] | None = None
        self.archive = QCheckBox(
            self.tr("Archive the message in my external mail client when I archive it in Dealpost"),
            self,
        )
        self.archive.setObjectName("archive_on_server_check")
        self.delete = QCheckBox(
            self.tr("Delete the message from my external mail client when I delete it in Dealpost"),
            self,
        )
        self.delete.setObjectName("delete_on_server_check")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        add_choice(column, self.archive)
        add_choice(column, self.delete)
        column.addWidget(
            HintLabel(
                theme,
                self.tr(
                    "Counts from now on: what you archived or deleted before stays as it is on the"
                    " server. Deleting always moves to the server's Trash."
                ),
                self,
            )
        )
        self.refresh()
        self.archive.toggled.connect(self._on_archive)
        self.delete.toggled.connect(self._on_delete)

    def refresh(self) -> None:
        """Show what is stored."""
        for check, name in self._options():
            check.blockSignals(True)
            check.setChecked(self._stored(name))
            check.blockSignals(False)

    def _options(self) -> tuple[tuple[QCheckBox, str], ...]:
        return (self.archive, "archive_on_server"), (self.delete, "delete_on_server")

    def _stored(self, name: str) -> bool:
        if self._account_id is None:
            return settings.is_on(name)
        config = account.config(self._account_id)
        return config is not None and bool(getattr(config, name))

    @Slot(bool)
    def _on_archive(self, is_on: bool) -> None:
        self._save("archive_on_server", is_on)
        self._asked.clear()
        if is_on:
            self._ask_for_roles(Role.ARCHIVE, self.archive)

    @Slot(bool)
    def _on_delete(self, is_on: bool) -> None:
        self._save("delete_on_server", is_on)
        self._asked.clear()
        if is_on:
            self._ask_for_roles(Role.TRASH, self.delete)

    def _save(self, name: str, is_on: bool) -> None:
        if self._account_id is None:
            self._service.run(SetOption(name, is_on))
        else:
            self._service.run(UpdateAccount(self._account_id, {name: is_on}))
        self.changed.emit()

    def _ask_for_roles(self, role: Role, check: QCheckBox) -> None:
        """Ask for the Archive or the Trash of each account where it is not known."""
        for config in self._accounts():
            is_known = config.id in self._asked or mailbox.by_role(config.id, role) is not None
            if is_known or not mailbox.of_account(config.id):
                continue
            self._asked.add(config.id)  # the answer is stored a moment later, by another thread
            dialog = RoleDialog(self._service, self._theme, config, role, self)
            dialog.rejected.connect(check.click)
            dialog.accepted.connect(self._ask_for_next)
            self._asking = (role, check)
            dialog.open()
            return

    @Slot()
    def _ask_for_next(self) -> None:
        if self._asking is not None:
            role, check = self._asking
            self._asking = None
            self._ask_for_roles(role, check)

    def _accounts(self) -> Sequence[AccountConfig]:
        if self._account_id is not None:
            return [each for each in account.configs() if each.id == self._account_id]
        return [each for each in account.configs() if each.kind == "personal"]
