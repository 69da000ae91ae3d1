"""The key to the secrets is gone: who signs in with a provider does so in the browser again."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from models.accounts.account import NewAccount
from models.commands.accounts import AddAccount
from sync.errors import SignInError
from sync.oauth.tokens import from_text
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, VaultMode, VaultQuestion
from tests.support.servers.authorization_server import AuthorizationServer
from tests.ui.setup.parts import BROWSER_ADDRESS, PATIENCE, part, press
from ui.setup.sign_in.unlock import UnlockDialog
from ui.style.theme import Theme


def test_the_dialog_takes_a_sign_in_of_the_browser(
    provider: AuthorizationServer, qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    with qtbot.waitSignal(service.vault.answered, timeout=PATIENCE):
        service.vault.prepare(VaultMode.KEYRING)
    new = NewAccount(
        BROWSER_ADDRESS, "127.0.0.1", 9, "none", "127.0.0.1", 9, "none",
        auth="oauth2", oauth_provider="example",
    )  # fmt: skip
    with qtbot.waitSignal(service.commanded, timeout=PATIENCE):
        service.run(AddAccount(new, service.vault.encrypted("unreadable", "oauth")))
    service.open_url = provider.agree
    question = VaultQuestion(QuestionKind.SIGN_IN, "Sign in again.")
    dialog = UnlockDialog(service, theme, question)
    qtbot.addWidget(dialog)
    dialog.open()

    part(dialog, QPushButton, "oauth_1_button").click()
    state = part(dialog, QLabel, "oauth_1_state")
    said = f"Signed in with Example as {BROWSER_ADDRESS}."
    qtbot.waitUntil(lambda: state.text() == said, timeout=PATIENCE)
    press(qtbot, dialog, "unlock_button")
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=PATIENCE)

    def is_kept() -> bool:
        try:
            tokens = from_text(service.vault.vault.secret(1, "oauth"))
        except SignInError:
            return False
        return provider.is_good(tokens.access_token, BROWSER_ADDRESS)

    qtbot.waitUntil(is_kept, timeout=PATIENCE)
