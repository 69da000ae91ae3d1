"""Which options apply to an account: the general ones, or its own (R1, S8)."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import ConvertAccount
from models.store import settings
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Title, grow_to_fit
from ui.settings.account.part import AccountPart
from ui.settings.account_dialog import AccountDialog
from ui.settings.parts import ServerOptions
from ui.style.theme import Theme


class KindPart(AccountPart):
    """The two options of a team account; for a personal account, the General settings.

    Signals:
        general_wanted: The user wants to see General settings.
    """

    general_wanted = Signal()

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._config = config
        self.options: ServerOptions | None = None
        self._shared = HintLabel(theme, "", self)
        self._shared.setObjectName("shared_options_label")
        self.general_button = QPushButton(self.tr("General settings…"), self)
        self.general_button.setObjectName("general_settings_button")
        self.convert_button = QPushButton(self)
        self.convert_button.setObjectName("convert_account_button")
        row = QHBoxLayout()
        for button in (self.general_button, self.convert_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.column.addWidget(self._shared)
        self.column.addLayout(row)
        self.general_button.clicked.connect(self.general_wanted)
        self.convert_button.clicked.connect(self._ask)
        self.refresh(config)

    def refresh(self, config: AccountConfig) -> None:
        """Show the options that apply now."""
        self._config = config
        is_team = config.kind == "team"
        if is_team and self.options is None:
            self.options = ServerOptions(
                self.service, self.theme, account_id=self.account_id, parent=self
            )
            self.column.insertWidget(0, self.options)
        elif not is_team and self.options is not None:
            self.column.removeWidget(self.options)
            self.options.setParent(None)
            self.options.deleteLater()
            self.options = None
        if self.options is not None:
            self.options.refresh()
        self._shared.setVisible(not is_team)
        self.general_button.setVisible(not is_team)
        self._shared.setText(
            self.tr("Like your other personal accounts. {options}").format(
                options=self._options_text()
            )
        )
        text = (
            self.tr("Make it a personal account…")
            if is_team
            else self.tr("Make it a team account…")
        )
        self.convert_button.setText(text)

    def _options_text(self) -> str:
        """The General settings in words."""
        archives = settings.is_on("archive_on_server")
        deletes = settings.is_on("delete_on_server")
        if archives and deletes:
            return self.tr("What you archive or delete here is archived or deleted there too.")
        if archives:
            return self.tr("What you archive here is archived there too; what you delete stays.")
        if deletes:
            return self.tr("What you delete here is deleted there too; what you archive stays.")
        return self.tr("What you archive or delete here stays as it is on the server.")

    @Slot()
    def _ask(self) -> None:
        dialog = ConvertDialog(self.service, self.theme, self._config, self.window())
        dialog.explain(self._options_text())
        dialog.open()


class ConvertDialog(AccountDialog):
    """Asks before an account becomes personal or team. Shown with `open()`."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.setObjectName("convert_account_dialog")
        self._to_team = config.kind != "team"
        title = (
            self.tr("Make {address} a team account?")
            if self._to_team
            else self.tr("Make {address} a personal account?")
        ).format(address=config.address)
        self.setWindowTitle(self.tr("Kind of account"))
        self.column.addWidget(Title(title, 17, self))
        self._what = HintLabel(theme, "", self)
        self.column.addWidget(self._what)
        still = self.tr(
            "Nothing that you archived or deleted before changes, and nothing is sent to the server."
        )
        self.column.addWidget(HintLabel(theme, still, self))
        self._add_buttons()
        self.setMinimumWidth(460)

    def explain(self, general: str) -> None:
        """Say which options apply afterwards. `general` holds the General settings in words."""
        text = (
            self.tr(
                "From then on it has options of its own, on its page. They begin as General"
                " settings are now: {options}"
            )
            if self._to_team
            else self.tr(
                "From then on General settings count for it, and its own options are given up."
                " General settings now: {options}"
            )
        )
        self._what.setText(text.format(options=general))
        grow_to_fit(self)

    def _add_buttons(self) -> None:
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setObjectName("convert_cancel_button")
        cancel.setAutoDefault(False)
        convert = QPushButton(
            self.tr("Make it a team account") if self._to_team else self.tr("Make it personal"),
            self,
        )
        convert.setObjectName("convert_button")
        convert.setProperty("role", "primary")
        convert.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(convert)
        self.column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        convert.clicked.connect(self._convert)

    @Slot()
    def _convert(self) -> None:
        self.service.run(ConvertAccount(self.config.id, "team" if self._to_team else "personal"))
        self.accept()
