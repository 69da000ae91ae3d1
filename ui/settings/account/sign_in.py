"""Sign-in and servers of an account: tried before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.accounts import account
from models.accounts.account import AccountConfig
from models.accounts.secrets import EncryptedSecrets
from models.commands.accounts import UpdateAccount
from sync import providers
from sync.errors import SecretLockedError
from sync.oauth import configuration
from sync.oauth.access import stored_access_token
from sync.oauth.configuration import OAuthProvider
from sync.providers import Security, ServerPlace
from sync.qt.probes.probe import Probe, Tried
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, VaultMode, VaultQuestion, VaultState
from ui.forms.fields import GAP, HintLabel, Notice, PasswordEdit, ServerFields, add_field
from ui.forms.scrolling import into_sight
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.certificate_box import CertificateBoxes
from ui.setup.sign_in.flow import Answers, Page, SecretPage
from ui.setup.sign_in.focus import failed_field, server_field
from ui.setup.sign_in.oauth_box import OAuthBox, State
from ui.setup.sign_in.open_line import OpenLine
from ui.setup.sign_in.password_keeper import Keeper
from ui.setup.sign_in.unlock import KeepDialog, UnlockDialog
from ui.style.theme import Theme


class SignInFields(QWidget):
    """The fields about signing in: password or browser, both servers, the sign-in name.

    Attributes:
        oauth: The box for signing in in the browser.
        certificates: The certificates that are not valid.
    """

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._address = config.address
        self.password = PasswordEdit(self)
        self.password.setObjectName("password_edit")
        self.oauth = OAuthBox(service, theme, lambda: self._address, self)
        self.imap = ServerFields("imap", self.tr("Receiving (IMAP)"), self)
        self.smtp = ServerFields("smtp", self.tr("Sending (SMTP)"), self)
        self.certificates = CertificateBoxes(theme, self)
        self.imap.fill(
            ServerPlace(config.imap_host, config.imap_port, Security(config.imap_security))
        )
        self.smtp.fill(
            ServerPlace(config.smtp_host, config.smtp_port, Security(config.smtp_security))
        )
        names = (config.user_name, config.smtp_user_name)
        provider = providers.of_host(config.imap_host)
        shown = flow.shown_user(config.address, *names, provider)
        self.user_name = QLineEdit(shown, self)
        self.user_name.setObjectName("user_name_edit")
        self.user_name.setPlaceholderText(self.tr("Same as the email address"))
        self.open_line = OpenLine(theme, self.imap, self.smtp, self)
        self.plain_text = self.open_line.check
        self.plain_text.setChecked(config.plain_text_agreed)
        self._lay_out(theme)
        self.certificates.follow(self.imap, self.smtp)

    def _lay_out(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.oauth)
        self._password_label = add_field(column, self.tr("&Password"), self.password)
        for part in (self.imap, self.certificates.imap, self.smtp, self.certificates.smtp):
            column.addWidget(part)
        column.addWidget(HintLabel(theme, words.usual_ports(), self))
        add_field(column, self.tr("Sign-in name, if it is another one"), self.user_name)
        column.addWidget(self.open_line)

    @property
    def secret(self) -> QWidget:
        """The password's field, or the button to the browser in its place."""
        return self.oauth.way_on if self.password.isHidden() else self.password

    def show_password(self, is_shown: bool, hint: str) -> None:
        """Show or hide the password's field. `hint` is its placeholder."""
        self._password_label.setVisible(is_shown)
        self.password.setVisible(is_shown)
        self.password.setPlaceholderText(hint)

    def answers(self, stored_password: Callable[[], str]) -> Answers:
        """What is typed. An empty password means the stored one."""
        return Answers(
            address=self._address,
            password=self.password.text() or stored_password(),
            held=self.oauth.held,
            imap=self.imap.place(),
            smtp=self.smtp.place(),
            user_name=self.user_name.text().strip(),
            plain_text_agreed=self.plain_text.isChecked(),
        )

    def forget_secrets(self) -> None:
        """Clear the password and the tokens of the browser."""
        self.password.clear()
        self.password.hide_text()
        self.oauth.forget()


class SignInPart(QWidget):
    """Tries what is typed as the wizard does, and stores it if both servers let Dealpost in.

    Attributes:
        fields: What is typed; disabled while a try runs.
    """

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._theme = theme
        self._account_id = config.id
        self._address = config.address
        self._auth, self._oauth_provider = config.auth, config.oauth_provider
        self._wants_password = False
        self._settings = configuration.load(service.folder)
        self._ticket = 0
        self._probe = Probe(service.timing, self)
        self._keeper = Keeper(service, self)
        self.fields = SignInFields(service, theme, config, self)
        self._lay_out()
        self.fields.oauth.changed.connect(self._on_way)
        self.fields.oauth.signed_in.connect(self._go)
        self.fields.oauth.password_wanted.connect(self._want_password)
        self.fields.imap.edited.connect(self._offer)
        self._offer()
        self.fields.certificates.trusted.connect(self._go)
        self.save_button.clicked.connect(self._go)
        self.cancel_button.clicked.connect(self._cancel)
        self.fields.password.returnPressed.connect(self._go)
        self._probe.tried.connect(self._on_tried)
        self._keeper.kept.connect(self._on_kept)
        self._keeper.refused.connect(self._on_refused)
        self._keeper.failed.connect(self._on_failed)
        service.commanded.connect(self._on_commanded)

    def _lay_out(self) -> None:
        self._error = Notice(self._theme, parent=self)
        self._error.setObjectName("sign_in_error")
        self._done = Notice(self._theme, "info", self)
        self._done.setObjectName("sign_in_done")
        self._busy = QProgressBar(self, textVisible=False)
        self._busy.setRange(0, 0)
        self._busy.setFixedHeight(3)
        self._busy.hide()
        self.save_button = QPushButton(self.tr("&Try and save"), self)
        self.save_button.setObjectName("save_sign_in_button")
        self.save_button.setProperty("role", "primary")
        self.save_button.setAutoDefault(False)
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setObjectName("cancel_sign_in_button")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.fields)
        for widget in (self._error, self._done, self._busy):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    @Slot()
    def ask_password(self) -> None:
        """The sign-in failed: move the focus to the password, or to the button to the browser."""
        self.fields.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _offer(self) -> None:
        """Offer the provider that signs this account in, or could."""
        found: OAuthProvider | None = self._settings.known(self._oauth_provider)
        if self._auth != "oauth2":
            found = self._settings.of(self._address, self.fields.imap.host.text())
        is_stored = self._auth == "oauth2" and not self._wants_password
        # If a password works, do not advertise another way.
        is_of_use = found is not None and (is_stored or found.is_set_up)
        self.fields.oauth.offer(
            found if is_of_use else None,
            is_stored=is_stored,
            fault="\n".join(self._settings.faults) if is_of_use else "",
        )

    @Slot()
    def _want_password(self) -> None:
        self._wants_password = True
        self.ask_password()

    @property
    def _keeps_tokens(self) -> bool:
        """Whether the account keeps signing in with its provider's tokens."""
        is_else = (
            self._wants_password
            or self.fields.password.text()
            or self.fields.oauth.held is not None
        )
        return self._auth == "oauth2" and not is_else

    @Slot()
    def _on_way(self) -> None:
        """Password or browser: hide what the other one needs."""
        is_shown = not self.fields.oauth.is_instead_of_password
        is_kept = self._auth != "oauth2"
        hint = self.tr("Leave empty to keep the stored one") if is_kept else ""
        self.fields.show_password(is_shown, hint)
        self.save_button.setEnabled(self.fields.oauth.state is not State.WAITING)

    # --- the try -------------------------------------------------------------------------

    @Slot()
    def _go(self) -> None:
        """Try what is typed; it is stored only if both servers let us in."""
        if self._probe.is_running or self._keeper.is_running:
            return
        self.fields.oauth.cancel_waiting()
        answers = self.fields.answers(self._stored_password)
        self._done.say("")
        fault = flow.fault(
            Page.SERVERS,
            answers,
            secret_page=SecretPage.NONE,
            is_secret_stored=self._keeps_tokens,
        )
        if fault is not None:
            self._error.say(words.fault_sentence(fault))
            field = server_field(fault, self.fields.imap, self.fields.smtp, self.fields.plain_text)
            _lead(self.fields.secret if fault is flow.Fault.NO_PASSWORD else field)
            return
        self._set_busy(True)
        tried = flow.sign_in(answers, providers.of_host(answers.imap.host))
        if self._keeps_tokens:
            tried = replace(tried, token=self._stored_token)
        self._probe.try_sign_in(self.fields.certificates.with_trust(tried))

    def _stored_token(self, refused: str) -> str:
        """The stored token. Called in the threads of the try; tokens are renewed one at a time."""
        vault = self._service.vault.vault
        timing = self._service.timing
        return stored_access_token(self._account_id, vault, timing, refused=refused)

    @Slot()
    def _cancel(self) -> None:
        self._probe.cancel()
        self._keeper.forget()
        self._ticket = 0
        self._set_busy(False)

    @Slot(object)
    def _on_tried(self, tried: Tried) -> None:
        self.fields.certificates.show(tried)
        if not tried.is_good:
            self._on_failed(words.tried_sentence(tried))
            if self.save_button.hasFocus():  # otherwise the user went on meanwhile
                servers = (self.fields.imap, self.fields.smtp, self.fields.certificates)
                _lead(failed_field(tried, *servers, self.fields.secret))
            return
        if not self.fields.password.text() and self.fields.oauth.held is None:
            self._ticket = self._service.run(self._update(None))
            return
        self._keep(VaultMode.KEYRING)

    def _keep(self, mode: VaultMode, passphrase: str = "") -> None:
        vault = self._service.vault.vault
        if vault.mode is VaultMode.PASSPHRASE and vault.state is VaultState.LOCKED:
            self._unlock_first()
            return
        kept, purpose = flow.secret(self.fields.answers(self._stored_password))
        self._keeper.keep(kept, self._update, mode=mode, passphrase=passphrase, purpose=purpose)

    def _update(self, secrets: EncryptedSecrets | None) -> UpdateAccount:
        columns = self._columns()
        trusted = self.fields.certificates.to_store(columns["imap_host"], columns["smtp_host"])
        return UpdateAccount(self._account_id, columns, secrets, trusted=trusted)

    def _unlock_first(self) -> None:
        """Ask for the passphrase first: the new password is sealed with the key that it opens."""
        self._set_busy(False)
        question = VaultQuestion(QuestionKind.PASSPHRASE, self.tr("Enter your passphrase."))
        dialog = UnlockDialog(self._service, self._theme, question, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._go)
        dialog.open()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        """No keyring takes the key: the user chooses another way."""
        self._set_busy(False)
        vault = self._service.vault.vault
        self._keep_dialog = KeepDialog(self._theme, sentence, vault, self)
        self._keep_dialog.finished.connect(self._on_way_chosen)
        self._keep_dialog.open()

    @Slot(int)
    def _on_way_chosen(self, result: int) -> None:
        page = self._keep_dialog.page
        if result == QDialog.DialogCode.Accepted.value:
            self._set_busy(True)
            self._keep(VaultMode(page.mode()), page.passphrase.text())
        self._keep_dialog.deleteLater()

    @Slot()
    def _on_kept(self) -> None:
        self._set_busy(False)
        self.fields.certificates.clear()
        way = self._way()
        self._auth, self._oauth_provider = way["auth"], way["oauth_provider"]
        self._wants_password = False
        self.fields.forget_secrets()
        self._offer()
        if self._service.vault.vault.can_seal:
            self._service.vault.retry()  # the vault is open now: let it say so
        config = account.config(self._account_id)
        is_stopped = config is not None and config.state == account.STOPPED
        self._done.say(
            self.tr("Both servers let Dealpost in. Syncing is stopped; “Sync again” goes on.")
            if is_stopped
            else self.tr("Both servers let Dealpost in. The account is syncing.")
        )

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if done.ticket != self._ticket:
            return
        self._ticket = 0
        if done.done is None:
            self._on_failed(done.error)
        else:
            self._on_kept()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set_busy(False)
        self._error.say(sentence)

    # --- values --------------------------------------------------------------------------

    def _stored_password(self) -> str:
        """The stored password, or '' if the user has to type it."""
        if self._auth == "oauth2":
            return ""
        try:
            return self._service.vault.vault.secret(self._account_id, "imap")
        except SecretLockedError:
            return ""

    def _columns(self) -> dict[str, Any]:
        """The columns to store after a good try. A stopped account stays stopped."""
        answers = self.fields.answers(self._stored_password)
        provider = providers.of_host(answers.imap.host)
        config = account.config(self._account_id)
        is_stopped = config is not None and config.state == "stopped"
        return {
            "imap_host": answers.imap.host,
            "imap_port": answers.imap.port,
            "imap_security": answers.imap.security.value,
            "smtp_host": answers.smtp.host,
            "smtp_port": answers.smtp.port,
            "smtp_security": answers.smtp.security.value,
            "user_name": flow.imap_user(answers, provider),
            "smtp_user_name": flow.smtp_user(answers, provider),
            "plain_text_agreed": answers.plain_text_agreed,
            "state": "stopped" if is_stopped else "active",
            **self._way(),
        }

    def _way(self) -> dict[str, str]:
        """The columns that say how it signs in from now on."""
        if self.fields.oauth.held is not None:
            provider = self.fields.oauth.held.tokens.client.provider
            return {"auth": "oauth2", "oauth_provider": provider}
        if self._keeps_tokens:
            return {"auth": "oauth2", "oauth_provider": self._oauth_provider}
        return {"auth": "password", "oauth_provider": ""}

    def _set_busy(self, is_busy: bool) -> None:
        if is_busy:
            self._error.say("")
        self._busy.setVisible(is_busy)
        _hand_over(self, self.save_button, self.cancel_button, is_busy=is_busy)
        self.fields.setEnabled(not is_busy)


def _lead(field: QWidget | None) -> None:
    """Move the focus to a field, and scroll to it."""
    if field is not None:
        into_sight(field)
        field.setFocus(Qt.FocusReason.OtherFocusReason)


def _hand_over(part: QWidget, start: QPushButton, cancel: QPushButton, *, is_busy: bool) -> None:
    """Offer one of two buttons, which takes over the focus of what is disabled.

    Call this before disabling the fields: disabling moves the focus anywhere.
    """
    focused = QApplication.focusWidget()
    old, new = (start, cancel) if is_busy else (cancel, start)
    is_ours = focused is old or (is_busy and focused is not None and part.isAncestorOf(focused))
    start.setEnabled(True)
    cancel.show()
    if is_ours:
        new.setFocus(Qt.FocusReason.OtherFocusReason)
    start.setEnabled(not is_busy)
    cancel.setVisible(is_busy)
