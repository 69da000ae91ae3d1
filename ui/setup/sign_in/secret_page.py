"""The base of the wizard's pages, and the page that asks how to keep the password."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from sync.qt.service.vault import Vault, VaultMode, VaultState
from ui.forms.fields import (
    GAP,
    INDENT,
    HintLabel,
    PasswordEdit,
    Title,
    add_choice,
)
from ui.setup.sign_in import flow
from ui.style.theme import Theme


class WizardPage(QWidget):
    """A page with a title, a sentence, and the fields of a subclass."""

    def __init__(self, theme: Theme, title: str, sentence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(32, 26, 32, 8)
        self.column.setSpacing(GAP)
        self.column.addWidget(Title(title, parent=self))
        self.sentence = HintLabel(theme, sentence, self)
        self.column.addWidget(self.sentence)
        self.column.addSpacing(4)

    def focus_first(self) -> None:
        """Move the focus to the first field."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)


class SecretPageWidget(WizardPage):
    """Asks how to keep the password where no keyring can keep its key."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent.tr("Keep your password safe"), "", parent)
        self.setObjectName("secret_store_page")
        self.passphrase_radio = _radio(self, "passphrase_radio", self.tr("With a &passphrase"))
        self.passphrase = PasswordEdit(self)
        self.passphrase.setObjectName("passphrase_edit")
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.setPlaceholderText(self.tr("Passphrase"))
        self.again = PasswordEdit(self)
        self.again.setObjectName("passphrase_again_edit")
        self.again.setAccessibleName(self.tr("Passphrase, once more"))
        self.again.setPlaceholderText(self.tr("Once more, to be sure"))
        self.session_radio = _radio(self, "session_radio", self.tr("For this &session only"))
        self._passphrase_hint = HintLabel(
            theme,
            self.tr(
                "Dealpost asks for it at each start. Nobody can recover it: if you forget it,"
                " you sign in to your accounts again, and your mail stays."
            ),
            self,
        )
        self._session_hint = HintLabel(
            theme,
            self.tr("Nothing is stored. After each start you sign in to your accounts again."),
            self,
        )
        add_choice(self.column, self.passphrase_radio, self._passphrase_hint)
        self._pair = QHBoxLayout()
        self._pair.addWidget(self.passphrase)
        self._pair.addWidget(self.again)
        self.column.addLayout(self._pair)
        add_choice(self.column, self.session_radio, self._session_hint)
        self.column.addStretch(1)
        self.passphrase_radio.setChecked(True)
        self.passphrase.textEdited.connect(self._choose_passphrase)
        self.again.textEdited.connect(self._choose_passphrase)
        self.show_question(flow.SecretPage.CHOOSE)

    def focus_first(self) -> None:
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def question(vault: Vault, *, has_keyring: bool) -> flow.SecretPage:
        """Which question comes before a password can be kept."""
        if vault.can_seal:
            return flow.SecretPage.NONE
        if vault.mode is VaultMode.PASSPHRASE and vault.state is VaultState.LOCKED:
            return flow.SecretPage.UNLOCK
        return flow.SecretPage.NONE if has_keyring else flow.SecretPage.CHOOSE

    def show_question(self, question: flow.SecretPage, vault: Vault | None = None) -> None:
        """Ask for a choice and say what it costs, or ask for the passphrase chosen before."""
        is_choice = question is not flow.SecretPage.UNLOCK
        for widget in (
            self.passphrase_radio,
            self._passphrase_hint,
            self.again,
            self.session_radio,
            self._session_hint,
        ):
            widget.setVisible(is_choice)
        if is_choice and vault is not None and vault.is_out_of_reach:
            text = self.tr(
                "The key to your other passwords is in a keychain that is locked or not there now."
                " Cancel, unlock it and try again to keep them. With another way, your other"
                " accounts ask for their passwords again; nothing else is lost."
            )
        elif is_choice:
            text = self.tr(
                "This computer has no keychain that Dealpost can use. A password is never written"
                " down readable, so choose how it is kept."
            )
        else:
            text = self.tr(
                "Enter your passphrase, so that the new password can be kept with it. If you forgot"
                " it, cancel, and choose another way under Preferences › Passwords: you sign in to"
                " your accounts again, and nothing else is lost."
            )
        self._pair.setContentsMargins(INDENT if is_choice else 0, 0, 0, 6)
        self.sentence.setText(text)

    def mode(self) -> str:
        """The user's choice, as the vault names it."""
        return "session" if self.session_radio.isChecked() else "passphrase"

    @Slot()
    def _choose_passphrase(self) -> None:
        self.passphrase_radio.setChecked(True)


def _radio(page: QWidget, name: str, text: str) -> QRadioButton:
    radio = QRadioButton(text, page)
    radio.setObjectName(name)
    return radio
