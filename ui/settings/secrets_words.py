"""The page about passwords in words."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sync.qt.service.vault import QuestionKind, VaultMode, VaultState


class SecretsWords(QObject):
    """The sentences for each way to keep the key, and for each state of the vault."""

    def hints(self) -> tuple[str, str, str]:
        """The hints under keychain, passphrase and session, in this order."""
        return (
            self.tr("Opens when you sign in to your computer. There is nothing to remember."),
            self.tr(
                "Dealpost asks for it at each start. Nobody can recover it: if you forget it, you"
                " sign in to your accounts again, and your mail stays."
            ),
            self.tr(
                "Nothing is stored. After each start you sign in to your accounts again. Stored"
                " passwords leave the database."
            ),
        )

    def state(self, mode: VaultMode, state: VaultState) -> str:
        """Where the key is kept now, and whether it can be used."""
        match mode:
            case VaultMode.NONE:
                return self.tr("There are no passwords yet. They come with your first account.")
            case VaultMode.SESSION:
                return self.tr("Passwords are only in this session’s memory. Nothing is stored.")
            case VaultMode.PASSPHRASE if state is VaultState.OPEN:
                return self.tr("The key is kept with your passphrase, and unlocked.")
            case VaultMode.PASSPHRASE:
                return self.tr("The key is kept with your passphrase, and locked.")
            case VaultMode.KEYRING if state is VaultState.OPEN:
                return self.tr("The key is in this computer’s keychain, and unlocked.")
            case VaultMode.KEYRING if state is VaultState.MISSING:
                return self.tr("The key was in this computer’s keychain, which has lost it.")
            case _:
                return self.tr("The key is in this computer’s keychain, and was not read yet.")

    def waiting(self, *, is_changing: bool) -> str:
        """The sentence while the keychain has not answered."""
        if is_changing:
            return self.tr("Waiting for your keychain. Is it asking for its password?")
        return self.tr(
            "Waiting for your keychain. Is it asking for its password? If it never answers,"
            " choose another way below."
        )

    def open_button(self, kind: QuestionKind) -> str:
        """The text of the button that solves the problem."""
        match kind:
            case QuestionKind.PASSPHRASE:
                return self.tr("Enter passphrase…")
            case QuestionKind.SIGN_IN:
                return self.tr("Sign in…")
            case _:
                return self.tr("Try again")

    def loss(self, mode: VaultMode) -> str:
        """What a change costs while the key cannot be read."""
        if mode is VaultMode.PASSPHRASE:
            return self.tr(
                "The key is locked. Enter your passphrase first to take the passwords along. If you"
                " forgot it, go on: you sign in to your accounts again, and nothing else is lost."
            )
        return self.tr(
            "The key cannot be read now, so the stored passwords can’t be taken along: you sign in"
            " to your accounts again. Nothing else is lost."
        )

    def change(self, mode: VaultMode, chosen: VaultMode, *, loses: bool) -> str:
        """The text of the button for a change."""
        if loses:
            return self.tr("Change, and sign in again")
        if mode is chosen is VaultMode.PASSPHRASE:
            return self.tr("Change passphrase")
        return self.tr("Keep them this way")

    def done(self, mode: VaultMode) -> str:
        """The sentence after a change."""
        match mode:
            case VaultMode.KEYRING:
                return self.tr("Done. The key is in this computer’s keychain now.")
            case VaultMode.PASSPHRASE:
                return self.tr("Done. From the next start on Dealpost asks for this passphrase.")
            case _:
                return self.tr("Done. No password is stored any more.")
