"""The page of one account in the preferences."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from models import account
from models.account import AccountConfig
from models.clock import now_ms
from models.commands import UpdateAccount
from models.events import Phase
from sync.qt.service import MailService
from ui import status_text
from ui.settings.labels_part import LabelsPart, RolesPart
from ui.settings.parts import PreferencesPage, ServerOptions
from ui.settings.remove_dialog import RemoveAccountDialog
from ui.settings.sign_in_part import SignInPart
from ui.setup.fields import HintLabel, Notice, add_choice, add_field
from ui.theme import Theme

_TROUBLE = frozenset({Phase.NEEDS_SIGN_IN, Phase.NEEDS_ANSWER, Phase.PAUSED})


class AccountPage(PreferencesPage):
    """State, sender's name, sign-in, labels, roles; options of a team account; stop and remove."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, config.address, parent)
        self.setObjectName(f"account_page_{config.id}")
        self._service = service
        self._config = config
        body = self.body()
        self._state = HintLabel(theme, "", body)
        self._trouble = Notice(theme, parent=body)
        self.column.addWidget(self._state)
        self.column.addWidget(self._trouble)
        self._add_stop_and_remove()
        self.name = QLineEdit(config.name, body)
        self.name.setObjectName("name_edit")
        self.name.setPlaceholderText(self.tr("Shown to those you write to"))
        section = self.add_section(self.tr("You"))
        add_field(section, self.tr("Your &name"), self.name)
        self.sign_in = SignInPart(service, theme, config, body)
        self.add_section(self.tr("Sign-in and servers")).addWidget(self.sign_in)
        self.options: ServerOptions | None = None
        if config.kind == "team":
            self.options = ServerOptions(service, theme, account_id=config.id, parent=body)
            self.add_section(self.tr("Archiving and deleting")).addWidget(self.options)
        self._add_read_only()
        self._add_tracking()
        self.labels = LabelsPart(service, theme, config.id, body)
        hint = self.tr("Choosing fewer labels never removes mail that is here.")
        self.add_section(self.tr("Labels to sync from"), hint).addWidget(self.labels)
        self.roles = RolesPart(service, theme, config.id, body)
        hint = self.tr("Where the server keeps what you archive, delete, send and draft.")
        self.add_section(self.tr("Folder roles"), hint).addWidget(self.roles)
        self.column.addStretch(1)
        self.name.editingFinished.connect(self._save_name)
        self.refresh()

    def _add_stop_and_remove(self) -> None:
        self.stop_button = QPushButton(self.body())
        self.stop_button.setObjectName("stop_syncing_button")
        self.remove_button = QPushButton(self.tr("Remove account…"), self.body())
        self.remove_button.setObjectName("remove_account_button")
        row = QHBoxLayout()
        for button in (self.stop_button, self.remove_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.stop_button.clicked.connect(self._stop_or_start)
        self.remove_button.clicked.connect(self._remove)

    def _add_read_only(self) -> None:
        """X2: what the person does stays here and waits until this is off again."""
        hint = self.tr(
            "Nothing is changed on this account’s server: no mail is moved, marked or deleted"
            " there. What you do stays here and goes out when you switch this off."
        )
        section = self.add_section(self.tr("Read-only"), hint)
        self.read_only = QCheckBox(self.tr("Only read from the server"), self.body())
        self.read_only.setObjectName("read_only_check")
        self.read_only.setChecked(self._config.read_only or self._service.is_read_only)
        if self._service.is_read_only:
            self.read_only.setEnabled(False)
            self.read_only.setToolTip(self.tr("Dealpost was started in read-only mode."))
        add_choice(section, self.read_only)
        self.read_only.toggled.connect(self._save_read_only)

    def _add_tracking(self) -> None:
        section = self.add_section(
            self.tr("Tracking settings"), self.tr("Used when you send mail.")
        )
        self.receipts = QCheckBox(self.tr("Ask for read receipts"), self.body())
        self.receipts.setObjectName("track_receipts_check")
        self.delivery = QCheckBox(self.tr("Ask for delivery reports"), self.body())
        self.delivery.setObjectName("track_delivery_check")
        self.receipts.setChecked(self._config.track_receipts)
        self.delivery.setChecked(self._config.track_delivery)
        add_choice(section, self.receipts)
        add_choice(section, self.delivery)
        self.receipts.toggled.connect(self._save_receipts)
        self.delivery.toggled.connect(self._save_delivery)

    def refresh(self) -> None:
        """Show what is stored; what the person is typing stays."""
        config = account.config(self._config.id)
        if config is None:
            return
        self._config = config
        is_stopped = config.state == "stopped"
        text = self.tr("Sync again") if is_stopped else self.tr("Stop syncing")
        self.stop_button.setText(text)
        self.read_only.blockSignals(True)
        self.read_only.setChecked(config.read_only or self._service.is_read_only)
        self.read_only.blockSignals(False)
        self._show_state()
        self.labels.refresh()
        self.roles.refresh()
        if self.options is not None:
            self.options.refresh()

    def refresh_state(self) -> None:
        """Only the line about what the account does now."""
        self._show_state()

    def ask_password(self) -> None:
        """The sign-in failed: show the fields, with the keyboard in the password."""
        self.sign_in.ask_password()
        self.ensureWidgetVisible(self.sign_in.save_button)
        self.ensureWidgetVisible(self.sign_in.password)

    def _show_state(self) -> None:
        kind = (
            self.tr("Team account") if self._config.kind == "team" else self.tr("Personal account")
        )
        status = self._service.status(self._config.id)
        if self._config.state == "stopped":
            now = self.tr("Syncing is stopped. All mail stays here.")
        elif status is None:
            now = self.tr("Starting…")
        else:
            now = status_text.phase_text(status, now_ms())
        is_trouble = status is not None and status.phase in _TROUBLE
        is_trouble = is_trouble and self._config.state != "stopped"
        self._state.setText(kind if is_trouble else f"{kind} · {now}")
        if self._trouble.text() != (now if is_trouble else ""):
            self._trouble.say(now if is_trouble else "")

    @Slot()
    def _save_name(self) -> None:
        name = self.name.text().strip()
        if name != self._config.name:
            self._service.run(UpdateAccount(self._config.id, {"name": name}))

    @Slot(bool)
    def _save_read_only(self, is_on: bool) -> None:
        self._service.run(UpdateAccount(self._config.id, {"read_only": is_on}))

    @Slot(bool)
    def _save_receipts(self, is_on: bool) -> None:
        self._service.run(UpdateAccount(self._config.id, {"track_receipts": is_on}))

    @Slot(bool)
    def _save_delivery(self, is_on: bool) -> None:
        self._service.run(UpdateAccount(self._config.id, {"track_delivery": is_on}))

    @Slot()
    def _stop_or_start(self) -> None:
        state = "active" if self._config.state == "stopped" else "stopped"
        self._service.run(UpdateAccount(self._config.id, {"state": state}))

    @Slot()
    def _remove(self) -> None:
        dialog = RemoveAccountDialog(self._service, self.theme, self._config, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
