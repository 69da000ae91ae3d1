"""How passwords are kept, what is wrong with that, and how to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from models.accounts import account
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, VaultMode, VaultQuestion, VaultState
from ui.forms.fields import INDENT, HintLabel, Notice, PasswordEdit, add_choice
from ui.settings.parts import PreferencesPage
from ui.settings.secrets_words import SecretsWords
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.unlock import UnlockDialog
from ui.style.theme import Theme

_CLOSED = (VaultState.LOCKED, VaultState.ABSENT)


class SecretsPage(PreferencesPage):
    """Shows where the key to all passwords is kept, and moves it.

    A change is tried at once, with its result beside it. Until it is stored, the old way applies.
    """

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("secret_store_page")
        self.title.setText(self.tr("Passwords"))
        self._service = service
        self._words = SecretsWords(self)
        self._rest: QWidget | None = None  # where Qt moved the focus while a change runs
        self._add_state()
        self._add_choices()
        self.column.addStretch(1)
        vault = service.vault
        vault.opened.connect(self._on_vault)
        vault.asked.connect(self._on_vault)
        vault.waiting_changed.connect(self._on_vault)
        service.vault_change.ended.connect(self._on_ended)
        for radio in self._radios:
            radio.toggled.connect(self._on_edited)
        for edit in (self.passphrase, self.again):
            edit.textChanged.connect(self._on_edited)
            edit.textEdited.connect(self._choose_passphrase)
            edit.returnPressed.connect(self._change)
        self.change_button.clicked.connect(self._change)
        self.open_button.clicked.connect(self._open)
        self.refresh()

    # --- parts ---------------------------------------------------------------------------

    def _add_state(self) -> None:
        body = self.body()
        section = self.add_section(
            self.tr("Now"),
            self.tr(
                "Passwords lie in Dealpost’s database, sealed with a key. Without the key nobody"
                " can read them, not even from a copy of the file."
            ),
        )
        self.state = HintLabel(self.theme, "", body)
        self.state.setObjectName("secret_state")
        self.state.set_tone("text")
        self.trouble = Notice(self.theme, parent=body)
        self.trouble.setObjectName("secret_trouble")
        self.open_button = QPushButton(body)
        self.open_button.setObjectName("secret_open_button")
        self.open_button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.open_button)
        row.addStretch(1)
        section.addWidget(self.state)
        section.addWidget(self.trouble)
        section.addLayout(row)

    def _add_choices(self) -> None:
        body = self.body()
        self.keyring_radio = _radio(body, "keyring_radio", self.tr("In this computer’s &keychain"))
        self.passphrase_radio = _radio(body, "passphrase_radio", self.tr("With a &passphrase"))
        self.session_radio = _radio(body, "session_radio", self.tr("For this &session only"))
        self._radios = (self.keyring_radio, self.passphrase_radio, self.session_radio)
        self._group = QButtonGroup(self)
        self._hints = [HintLabel(self.theme, "", body) for _ in self._radios]
        for hint, text in zip(self._hints, self._words.hints(), strict=True):
            hint.setText(text)
        self.passphrase = PasswordEdit(body)
        self.passphrase.setObjectName("passphrase_edit")
        self.passphrase.setPlaceholderText(self.tr("New passphrase"))
        self.passphrase.setAccessibleName(self.tr("New passphrase"))
        self.again = PasswordEdit(body)
        self.again.setObjectName("passphrase_again_edit")
        self.again.setPlaceholderText(self.tr("Once more, to be sure"))
        self.again.setAccessibleName(self.tr("New passphrase, once more"))
        section = self.add_section(self.tr("How they are kept"))
        for radio, hint in zip(self._radios, self._hints, strict=True):
            self._group.addButton(radio)
            add_choice(section, radio, hint)
            if radio is self.passphrase_radio:
                section.addLayout(self._pair())
        self._add_change(section)

    def _pair(self) -> QGridLayout:
        pair = QGridLayout()
        pair.setContentsMargins(INDENT, 0, 0, 4)
        pair.addWidget(self.passphrase, 0, 0)
        pair.addWidget(self.again, 0, 1)
        return pair

    def _add_change(self, section: QVBoxLayout) -> None:
        body = self.body()
        self.loss = Notice(self.theme, parent=body)
        self.loss.setObjectName("secret_loss")
        self.error = Notice(self.theme, parent=body)
        self.error.setObjectName("secret_error")
        self.done_note = Notice(self.theme, "info", body)
        self.done_note.setObjectName("secret_done")
        self.change_button = QPushButton(body)
        self.change_button.setObjectName("secret_change_button")
        self.change_button.setProperty("role", "primary")
        self.change_button.setAutoDefault(False)
        for notice in (self.loss, self.error, self.done_note):
            section.addWidget(notice)
        row = QHBoxLayout()
        row.addWidget(self.change_button)
        row.addStretch(1)
        section.addLayout(row)

    # --- what is so ----------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the present way; a choice that the user is making stays."""
        vault = self._service.vault.vault
        if self._group.checkedButton() is None or not self._is_other():
            self._check(vault.mode)
        self._show_state()
        self._on_edited()

    def _show_state(self) -> None:
        service = self._service.vault
        vault, question = service.vault, service.question
        self.state.setText(self._words.state(vault.mode, vault.state))
        is_changing = self._service.vault_change.is_running
        if service.is_waiting:
            trouble = self._words.waiting(is_changing=is_changing)
        else:
            trouble = question.sentence if question is not None else ""
        if trouble != self.trouble.text():
            self.trouble.say(trouble)
        text = self._words.open_button(question.kind) if question and not service.is_waiting else ""
        if service.is_waiting and is_changing:
            text = self.tr("Stop waiting")
        self.open_button.setText(text)
        self.open_button.setVisible(bool(text))

    def _check(self, mode: VaultMode) -> None:
        """Tick the present way, or none."""
        self._group.setExclusive(False)
        for radio, value in zip(self._radios, _MODES, strict=True):
            radio.setChecked(value is mode)
        self._group.setExclusive(True)

    def _chosen(self) -> VaultMode:
        for radio, mode in zip(self._radios, _MODES, strict=True):
            if radio.isChecked():
                return mode
        return VaultMode.NONE

    def _is_other(self) -> bool:
        """Whether the user chose a way other than the present one."""
        chosen = self._chosen()
        mode = self._service.vault.vault.mode
        return chosen is not VaultMode.NONE and chosen is not mode

    @Slot()
    def _on_edited(self) -> None:
        vault = self._service.vault.vault
        is_running = self._service.vault_change.is_running
        has_any = vault.mode is not VaultMode.NONE
        is_phrase = self._chosen() is VaultMode.PASSPHRASE
        changes_phrase = is_phrase and bool(self.passphrase.text() or self.again.text())
        is_change = has_any and (self._is_other() or changes_phrase)
        for radio in self._radios:
            radio.setEnabled(has_any and not is_running)
        for edit in (self.passphrase, self.again):
            edit.setEnabled(has_any and not is_running)
        loses = is_change and (vault.state is VaultState.MISSING or vault.state in _CLOSED)
        self.loss.say(self._words.loss(vault.mode) if loses else "")
        if is_change:
            self.done_note.say("")
        text = self._words.change(vault.mode, self._chosen(), loses=loses)
        self.change_button.setText(self.tr("One moment…") if is_running else text)
        self.change_button.setEnabled(is_change and not is_running)

    @Slot()
    def _choose_passphrase(self) -> None:
        self.passphrase_radio.setChecked(True)

    @Slot()
    def _on_vault(self) -> None:
        self.refresh()

    # --- doing ---------------------------------------------------------------------------

    @Slot()
    def _change(self) -> None:
        if not self.change_button.isEnabled():
            return
        mode = self._chosen()
        fault = self._fault(mode)
        if fault is not None:
            self.error.say(words.fault_sentence(fault))
            is_again = fault is flow.Fault.DIFFERENT_PASSPHRASES
            (self.again if is_again else self.passphrase).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.error.say("")
        phrase = self.passphrase.text() if mode is VaultMode.PASSPHRASE else ""
        self._service.vault_change.start(mode, phrase)
        self._on_edited()
        self._rest = self.window().focusWidget()

    def _fault(self, mode: VaultMode) -> flow.Fault | None:
        answers = flow.Answers(
            keep_by="session" if mode is VaultMode.SESSION else "passphrase",
            passphrase=self.passphrase.text(),
            passphrase_again=self.again.text(),
        )
        if mode is VaultMode.KEYRING:
            return None
        return flow.fault(flow.Page.SECRETS, answers, secret_page=flow.SecretPage.CHOOSE)

    @Slot(str)
    def _on_ended(self, error: str) -> None:
        focused = self.window().focusWidget()
        is_left = focused in (None, self._rest, self.change_button, self.open_button)
        self.error.say(error)
        if not error:
            self.forget()
            self._check(self._service.vault.vault.mode)
            self.done_note.say(self._words.done(self._service.vault.vault.mode))
        self._show_state()
        self._on_edited()
        if not error:
            self.done_note.setVisible(True)
        radio = self._group.checkedButton()
        if radio is not None and self.isVisible() and is_left:  # otherwise the user went on
            radio.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open(self) -> None:
        if self._service.vault_change.is_running:
            self._service.vault.give_up_waiting()
            return
        question = self._service.vault.question
        if question is None:
            return
        if question.kind in (QuestionKind.KEYRING_LOCKED, QuestionKind.NO_KEYRING):
            self._service.vault.retry()
            return
        self._ask(question)

    def _ask(self, question: VaultQuestion) -> None:
        if question.kind is QuestionKind.SIGN_IN and not account.configs():
            return
        dialog = UnlockDialog(self._service, self.theme, question, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def forget(self) -> None:
        """Clear what was typed."""
        for edit in (self.passphrase, self.again):
            edit.clear()
            edit.hide_text()


_MODES = (VaultMode.KEYRING, VaultMode.PASSPHRASE, VaultMode.SESSION)


def _radio(parent: QWidget, name: str, text: str) -> QRadioButton:
    radio = QRadioButton(text, parent)
    radio.setObjectName(name)
    return radio
