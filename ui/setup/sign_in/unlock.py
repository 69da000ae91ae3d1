"""The dialogs that open the vault: by passphrase, by passwords typed again, or another way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.accounts.secrets import EncryptedSecrets
from models.commands.accounts import UpdateAccount
from sync.oauth import configuration
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, Vault, VaultAnswer, VaultMode, VaultQuestion
from ui.forms.fields import GAP, HintLabel, Notice, PasswordEdit, Title, add_field
from ui.forms.style import DialogStyle
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.oauth_box import OAuthBox
from ui.setup.sign_in.password_keeper import Keeper
from ui.setup.sign_in.secret_page import SecretPageWidget
from ui.style.theme import Theme

WIDTH = 440
_KEYCHAIN = (QuestionKind.KEYRING_LOCKED, QuestionKind.NO_KEYRING)
KEEP_WIDTH = 540


class UnlockDialog(QDialog):
    """Lets the user answer a `VaultQuestion`. Shown with `open()`; mail stays readable."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        question: VaultQuestion,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("unlock_dialog")
        DialogStyle(self, theme)
        self.setWindowTitle(self.tr("Unlock passwords"))
        self.setModal(True)
        self._service = service
        self._theme = theme
        self._question = question
        self._ticket = 0
        self._configs: list[AccountConfig] = []
        self._passwords: dict[int, PasswordEdit] = {}
        self._boxes: dict[int, OAuthBox] = {}
        self._keeper = Keeper(service, self)
        self._fields = QWidget(self)  # first, so that it gets the focus
        self._make_fields()
        self._error = Notice(theme, parent=self)
        self._error.setObjectName("unlock_error")
        self._done_button = QPushButton(self.tr("Unlock"), self)
        self._done_button.setObjectName("unlock_button")
        self._later_button = QPushButton(self.tr("Not now"), self)
        self._later_button.setObjectName("later_button")
        self._lay_out(theme)
        self._done_button.clicked.connect(self._go)
        self._later_button.clicked.connect(self.reject)
        service.vault.answered.connect(self._on_answered)
        service.vault.opened.connect(self._on_opened)
        service.vault.asked.connect(self._on_asked)
        self._keeper.kept.connect(self._keep_next)
        self._keeper.refused.connect(self._say)
        self._keeper.failed.connect(self._say)

    def _make_fields(self) -> None:
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        if self._question.kind is QuestionKind.PASSPHRASE:
            self.passphrase = PasswordEdit(self._fields)
            self.passphrase.setObjectName("unlock_passphrase_edit")
            add_field(column, self.tr("&Passphrase"), self.passphrase)
        elif self._question.kind is QuestionKind.SIGN_IN:
            for config in account.configs():
                if config.state == "stopped":
                    continue
                if config.auth == "oauth2":
                    self._add_browser(column, config)
                    continue
                edit = PasswordEdit(self._fields)
                edit.setObjectName(f"password_edit_{config.id}")
                add_field(column, config.address, edit)
                self._passwords[config.id] = edit

    def _add_browser(self, column: QVBoxLayout, config: AccountConfig) -> None:
        """Add an account that signs in in the browser."""
        box = OAuthBox(
            self._service, self._theme, lambda: config.address, self._fields, f"oauth_{config.id}"
        )
        box.offers_password = False
        provider = configuration.load(self._service.folder).known(config.oauth_provider)
        box.offer(provider, is_stored=not provider.is_set_up)
        add_field(column, config.address, box)
        self._boxes[config.id] = box

    def _lay_out(self, theme: Theme) -> None:
        title, hint = self._words()
        kind = self._question.kind
        if kind in _KEYCHAIN:
            self._done_button.setText(self.tr("Try again"))
        elif kind is not QuestionKind.PASSPHRASE:
            self._done_button.setText(self.tr("Sign in"))
        self._later_button.setAutoDefault(False)
        self._done_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(GAP)
        column.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        column.addWidget(Title(title, 17, self))
        column.addWidget(HintLabel(theme, hint, self))
        column.addWidget(self._fields)
        column.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._later_button)
        buttons.addWidget(self._done_button)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.setMinimumWidth(WIDTH)

    def _words(self) -> tuple[str, str]:
        """The title, and the sentence that says what to do."""
        match self._question.kind:
            case QuestionKind.PASSPHRASE:
                return self.tr("Unlock your passwords"), self.tr(
                    "Dealpost needs your passphrase to sign in to your mail servers. You can read"
                    " and search your mail without it. If you forgot it, choose another way under"
                    " Preferences › Passwords."
                )
            case QuestionKind.KEYRING_LOCKED:
                return self.tr("Your keychain is locked"), self.tr(
                    "Unlock it, then try again. You can read and search your mail without it."
                )
            case QuestionKind.NO_KEYRING:
                return self.tr("Your keychain is not there"), self.tr(
                    "Start it, then try again. If it is gone for good, choose another way under"
                    " Preferences › Passwords. You can read and search your mail meanwhile."
                )
            case QuestionKind.SIGN_IN if self._is_session():
                return self.tr("Sign in for this session"), self.tr(
                    "Passwords are not stored, as you chose. Leave out the accounts that you don't"
                    " need now."
                )
            case _:
                return self.tr("Sign in again"), self.tr(
                    "Your keychain no longer has the key to the stored passwords. Nothing else is"
                    " lost."
                )

    def _is_session(self) -> bool:
        return self._service.vault.vault.mode is VaultMode.SESSION

    @Slot()
    def _go(self) -> None:
        self._error.say("")
        match self._question.kind:
            case QuestionKind.PASSPHRASE:
                if not self.passphrase.text():
                    self._error.say(words.fault_sentence(flow.Fault.NO_PASSPHRASE))
                    return
                self._set_busy(True)
                self._ticket = self._service.vault.unlock(self.passphrase.text())
            case QuestionKind.KEYRING_LOCKED | QuestionKind.NO_KEYRING:
                self._set_busy(True)
                self._service.vault.retry()
            case _:
                self._configs = [
                    config for config in account.configs() if self._secret(config.id)[0]
                ]
                self._set_busy(True)
                self._keep_next()

    @Slot()
    def _keep_next(self) -> None:
        """Store the next account's password; its worker starts with the event that follows."""
        if not self._configs:
            self._service.vault.retry()  # the vault is open now: let it say so
            self.accept()
            return
        account_id = self._configs.pop(0).id

        def command(secrets: EncryptedSecrets) -> UpdateAccount:
            return UpdateAccount(account_id, {"state": "active"}, secrets)

        mode = VaultMode.SESSION if self._is_session() else VaultMode.KEYRING
        kept, purpose = self._secret(account_id)
        self._keeper.keep(kept, command, mode=mode, purpose=purpose)

    def _secret(self, account_id: int) -> tuple[str, str]:
        """What the user entered for an account, and its purpose; '' for nothing."""
        if account_id in self._boxes:
            held = self._boxes[account_id].held
            return (held.tokens.text() if held is not None else "", "oauth")
        edit = self._passwords.get(account_id)
        return (edit.text() if edit is not None else "", "imap")

    @Slot(object)
    def _on_answered(self, answer: VaultAnswer) -> None:
        if answer.ticket != self._ticket:
            return
        self._ticket = 0
        self._set_busy(False)
        if not answer.is_done:
            self._error.say(answer.error)
            self.passphrase.selectAll()
            self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_opened(self) -> None:
        if self._question.kind is not QuestionKind.SIGN_IN:
            self.accept()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._set_busy(False)
        self._error.say(sentence)

    @Slot(object)
    def _on_asked(self, question: VaultQuestion) -> None:
        """The keychain is still locked, or it opened without the key."""
        self._say(question.sentence)

    def _set_busy(self, is_busy: bool) -> None:
        self._fields.setEnabled(not is_busy)
        self._done_button.setEnabled(not is_busy)

    def done(self, result: int) -> None:
        """Clear what was typed, so that it does not stay in memory."""
        for edit in self.findChildren(PasswordEdit):
            edit.clear()
        for box in self._boxes.values():
            box.forget()
        super().done(result)


class KeepDialog(QDialog):
    """Asks how to keep passwords from now on, when no keyring takes the key any more."""

    def __init__(
        self, theme: Theme, sentence: str, vault: Vault, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keep_dialog")
        self.setMinimumWidth(KEEP_WIDTH)
        DialogStyle(self, theme)
        self.setWindowTitle(self.tr("Keep your password safe"))
        self.setModal(True)
        self._error = Notice(theme, parent=self)
        self.page = SecretPageWidget(theme, self)
        self.page.show_question(flow.SecretPage.CHOOSE, vault)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 18)
        column.addWidget(self.page)
        below = QVBoxLayout()
        below.setContentsMargins(32, 0, 32, 0)
        below.setSpacing(GAP)
        below.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setObjectName("cancel_keep_button")
        cancel.setAutoDefault(False)
        use = QPushButton(self.tr("Use this"), self)
        use.setObjectName("keep_button")
        use.setDefault(True)
        buttons.addWidget(cancel)
        buttons.addWidget(use)
        below.addLayout(buttons)
        column.addLayout(below)
        cancel.clicked.connect(self.reject)
        use.clicked.connect(self._use)
        self._error.say(sentence)

    @Slot()
    def _use(self) -> None:
        answers = flow.Answers(
            keep_by=self.page.mode(),
            passphrase=self.page.passphrase.text(),
            passphrase_again=self.page.again.text(),
        )
        fault = flow.fault(flow.Page.SECRETS, answers, secret_page=flow.SecretPage.CHOOSE)
        if fault is None:
            self.accept()
        else:
            self._error.say(words.fault_sentence(fault))
