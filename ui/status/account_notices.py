"""The bars over the panes, shown when an account or the keychain needs the user."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.events import Phase
from sync.qt.service.vault import QuestionKind
from ui.status.account_facts import AccountFacts
from ui.style.theme import Theme
from ui.widgets.banner import Banner, Tone


class AccountNotices(QWidget):
    """Shows at most three bars: to sign in, to answer a question, to open the keychain.

    Signals:
        sign_in_requested: The id of the account to sign in to.
        preferences_requested: The id of an account whose page asks the user something.
        certificate_requested: The id of an account whose server's certificate is not valid.
        role_requested: The id of an account, and the role that none of its labels has.
        unlock_requested: The user wants to enter the passphrase.
        retry_requested: The user wants to try the keychain again.
        secrets_requested: The user may want another way to keep passwords.
    """

    sign_in_requested = Signal(int)
    preferences_requested = Signal(int)
    certificate_requested = Signal(int)
    role_requested = Signal(int, str)
    unlock_requested = Signal()
    retry_requested = Signal()
    secrets_requested = Signal()

    def __init__(self, facts: AccountFacts, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._sign_in_id = 0
        self._answer_id = 0
        self.vault = Banner(theme, Tone.INFO, self)
        self.vault.setObjectName("vault_bar")
        self.vault.button.setObjectName("vault_button")
        self.sign_in = Banner(theme, Tone.WARNING, self)
        self.sign_in.button.setObjectName("sign_in_button")
        self._asked: tuple[int, str] = (0, "")
        self.role = Banner(theme, Tone.WARNING, self)
        self.role.setObjectName("role_bar")
        self.role.button.setObjectName("choose_role_button")
        self.role.pressed.connect(lambda: self.role_requested.emit(*self._asked))
        self.answer = Banner(theme, Tone.WARNING, self)
        self.answer.button.setObjectName("answer_button")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for banner in (self.vault, self.sign_in, self.role, self.answer):
            column.addWidget(banner)
        self.sign_in.pressed.connect(lambda: self.sign_in_requested.emit(self._sign_in_id))
        self._answer_has_certificate = False
        self.answer.pressed.connect(self._on_answer_button)
        self.vault.pressed.connect(self._on_vault_button)
        for signal in (facts.accounts_changed, facts.status_changed, facts.vault_changed):
            signal.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what needs the user now, and nothing else."""
        self._show_vault()
        self._show_sign_in()
        self._show_role()
        self._show_answer()
        banners = (self.vault, self.sign_in, self.role, self.answer)
        self.setVisible(any(not banner.isHidden() for banner in banners))

    def _show_vault(self) -> None:
        question = self._facts.question
        if self._facts.is_waiting_for_keychain:
            text = self.tr("Waiting for your keychain. Is it asking for its password?")
            self.vault.say(text, self.tr("Other ways…"))
            return
        if question is None:
            self.vault.hide()
            return
        buttons = {
            QuestionKind.PASSPHRASE: self.tr("Enter passphrase"),
            QuestionKind.KEYRING_LOCKED: self.tr("Try again"),
            QuestionKind.NO_KEYRING: self.tr("Other ways…"),
            QuestionKind.SIGN_IN: self.tr("Sign in"),
        }
        self.vault.say(question.sentence, buttons[question.kind])

    def _show_sign_in(self) -> None:
        waiting = self._facts.in_phase(Phase.NEEDS_SIGN_IN)
        if not waiting:
            self.sign_in.hide()
            return
        first = waiting[0]
        self._sign_in_id = first.account_id
        address = self._facts.addresses[first.account_id]
        sentence = self.tr("{} needs you to sign in again.").format(address)
        self.sign_in.say(f"{sentence} {first.error}".strip(), self.tr("Sign in"))

    def _show_role(self) -> None:
        """The server has no label for what the user archives or deletes."""
        waiting = [status for status in self._facts.statuses() if status.questions]
        if not waiting:
            self.role.hide()
            return
        first = waiting[0]
        self._asked = (first.account_id, first.questions[0])
        if first.questions[0] == "trash":
            text = self.tr(
                "No label of {} is its Trash. What you deleted waits until you choose one."
            )
        else:
            text = self.tr(
                "No label of {} is its Archive. What you archived waits until you choose one."
            )
        self.role.say(text.format(self._facts.addresses[first.account_id]), self.tr("Choose…"))

    def _show_answer(self) -> None:
        waiting = self._facts.in_phase(Phase.NEEDS_ANSWER)
        if not waiting:
            self.answer.hide()
            return
        first = waiting[0]
        self._answer_id = first.account_id
        self._answer_has_certificate = first.certificate is not None
        text = self.tr("Open preferences")
        if self._answer_has_certificate:
            text = self.tr("Look at it…")
        self.answer.say(f"{self._facts.addresses[first.account_id]}: {first.error}", text)

    @Slot()
    def _on_answer_button(self) -> None:
        if self._answer_has_certificate:
            self.certificate_requested.emit(self._answer_id)
        else:
            self.preferences_requested.emit(self._answer_id)

    @Slot()
    def _on_vault_button(self) -> None:
        question = self._facts.question
        is_waiting = self._facts.is_waiting_for_keychain
        if is_waiting or (question and question.kind is QuestionKind.NO_KEYRING):
            self.secrets_requested.emit()
        elif question is None:
            return
        elif question.kind is QuestionKind.KEYRING_LOCKED:
            self.retry_requested.emit()
        else:
            self.unlock_requested.emit()
