"""The question before an account is removed: what happens to its mail here (S7)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QRadioButton, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.account_jobs import RemovalPreview
from models.commands.accounts import RemoveAccount
from sync.oauth import configuration
from sync.qt.service.requests import Answer, RemovalPreviewRequest
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Notice, Title, add_choice, grow_to_fit
from ui.settings.account_dialog import AccountDialog
from ui.style import formatting
from ui.style.theme import Theme


class RemoveAccountDialog(AccountDialog):
    """Asks what to keep. The server is never touched. Shown with `open()`.

    For an account that was removed with its history kept, it offers to erase the rest.
    """

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.setObjectName("remove_account_dialog")
        self._is_removed = config.state == account.REMOVED
        self._add_question(theme)
        self._hints: dict[str, HintLabel] = {}
        self.history = self._choice(
            theme, "keep_history_radio", self.tr("&Keep the history"),
            self.tr(
                "All mail stays readable: in the histories of your deals and contacts, and in"
                " search. It leaves Inbox, Sent and Archive. If you add the account again, it is"
                " back in its place."
            ),
        )  # fmt: skip
        self.linked = self._choice(
            theme, "keep_linked_radio", self.tr("Keep only &linked mail"),
            self.tr(
                "Conversations with a deal, lead, project or contact stay, in histories and in"
                " search. The rest is erased here, for good."
            ),
        )  # fmt: skip
        self.nothing = self._choice(
            theme, "erase_all_radio", self.tr("&Erase all"),
            self.tr(
                "All mail of this account is erased here, for good, also from the histories of"
                " your deals and contacts. Backups that you made yourself still contain it."
            ),
        )  # fmt: skip
        self.history.setVisible(not self._is_removed)
        self._hints["keep_history_radio"].setVisible(not self._is_removed)
        (self.linked if self._is_removed else self.history).setChecked(True)
        self._without_text = Notice(theme, "info", self)
        self._without_text.setObjectName("without_text_notice")
        self.column.addWidget(self._without_text)
        self._add_buttons()
        self.setMinimumWidth(520)
        grow_to_fit(self)
        service.answered.connect(self._on_answered)
        self._ticket = service.ask(RemovalPreviewRequest(config.id))

    def _add_question(self, theme: Theme) -> None:
        title = self.tr("Remove {address}?")
        window_title = self.tr("Remove account")
        text = self.tr(
            "Syncing ends and {sign_in} is forgotten. What still waits to be sent to the server"
            " is dropped; nothing changes there. What becomes of the mail in Dealpost?"
        ).format(sign_in=self._sign_in())
        if self._is_removed:
            title = self.tr("Erase mail of {address}?")
            window_title = self.tr("Erase kept mail")
            text = self.tr(
                "This account was removed, and its mail was kept. Nothing changes on the server."
            )
        self.setWindowTitle(window_title)
        self.column.addWidget(Title(title.format(address=self.config.address), 17, self))
        self.column.addWidget(HintLabel(theme, text, self))
        if self.config.auth == "oauth2" and not self._is_removed:
            self.column.addWidget(HintLabel(theme, self._permission(), self))

    def _sign_in(self) -> str:
        is_password = self.config.auth != "oauth2"
        return self.tr("the password") if is_password else self.tr("the sign-in in your browser")

    def _permission(self) -> str:
        """Say that the provider's permission stays: revoking it could sign other computers out."""
        provider = configuration.load(self.service.folder).known(self.config.oauth_provider)
        text = self.tr(
            "Your permission for Dealpost stays with {name}, because other computers may use it."
            " Take it back there if you no longer need it."
        )
        return text.format(name=provider.name)

    def _choice(self, theme: Theme, name: str, text: str, hint: str) -> QRadioButton:
        radio = QRadioButton(text, self)
        radio.setObjectName(name)
        self._hints[name] = HintLabel(theme, hint, self)
        add_choice(self.column, radio, self._hints[name])
        return radio

    def _add_buttons(self) -> None:
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setObjectName("remove_cancel_button")
        cancel.setAutoDefault(False)  # Enter does nothing here; Esc cancels
        text = self.tr("Erase") if self._is_removed else self.tr("Remove account")
        remove = QPushButton(text, self)
        remove.setObjectName("remove_button")
        remove.setProperty("role", "danger")
        remove.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(remove)
        self.column.addSpacing(6)
        self.column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        remove.clicked.connect(self._remove)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        """Show how many mails each choice concerns."""
        if answer.ticket == self._ticket and isinstance(answer.result, RemovalPreview):
            self._show(answer.result)

    def _show(self, found: RemovalPreview) -> None:
        mails, linked = formatting.number(found.mails), formatting.number(found.linked)
        gone = formatting.number(found.mails - found.linked)
        for name, text in (
            ("keep_history_radio", self.tr("Mails that stay: {}.").format(mails)),
            (
                "keep_linked_radio",
                self.tr("Mails that stay: {linked}, erased: {gone}.").format(
                    linked=linked, gone=gone
                ),
            ),
            ("erase_all_radio", self.tr("Mails erased: {}.").format(mails)),
        ):
            hint = self._hints[name]
            hint.setText(f"{hint.text()}\n{text}")
        if found.without_text:
            text = self.tr(
                "The texts of some mails ({}) were not fetched yet. What is kept of these is their"
                " sender, subject and date."
            )
            self._without_text.say(text.format(formatting.number(found.without_text)))
        grow_to_fit(self)

    @Slot()
    def _remove(self) -> None:
        if self.nothing.isChecked():
            command = RemoveAccount(self.config.id, "nothing")
        elif self.linked.isChecked():
            command = RemoveAccount(self.config.id, "linked")
        else:
            command = RemoveAccount(self.config.id, "history")
        self.service.run(command)
        self.service.vault.vault.forget(self.config.id)
        self.accept()
