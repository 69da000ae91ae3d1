"""OAuth in the browser, from the wizard until the user revokes the sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.events import Phase
from models.store.settings import SetOption
from sync.oauth.tokens import from_text
from tests.flows.accounts import office
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.flows.setup.wizard_desk import Place, WizardDesk
from tests.support.builders import a_mail
from tests.support.servers.authorization_server import AuthorizationServer
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy
from tests.support.servers.token_sink import TokenSink
from ui.settings.dialog import PreferencesDialog


@pytest.fixture
def provider() -> Iterator[AuthorizationServer]:
    server = AuthorizationServer().start()
    yield server
    server.stop()


@pytest.fixture
def mail_server(provider: AuthorizationServer) -> Iterator[Dovecot]:
    """A Dovecot that checks tokens with the provider."""
    server = Dovecot(introspect_url=f"{provider.url}/introspect").start()
    yield server
    server.stop()


@pytest.fixture
def sink(tmp_path: Path, provider: AuthorizationServer) -> Iterator[TokenSink]:
    made = TokenSink(tmp_path, provider)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def proxy(mail_server: Dovecot) -> Iterator[Proxy]:
    """A way to the mail server that can break."""
    with Proxy(mail_server.port) as made:
        yield made


@pytest.fixture
def address(mail_server: Dovecot, provider: AuthorizationServer) -> str:
    """A mailbox with two mails. Its user is signed in to the provider in the browser."""
    user = "ann@dealpost.example"
    mail_server.watch(user)
    mail_server.deliver(user, "INBOX", [a_mail(subject="Welcome"), a_mail(subject="Order 7")])
    provider.user = user
    return user


@pytest.fixture
def desk(
    qtbot: QtBot,
    profile: Path,
    provider: AuthorizationServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """An open window whose profile has a configuration, and whose browser agrees to everything."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "person"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "organization"))
    provider.configure(profile)
    made = Desk(qtbot, profile)
    made.service.open_url = provider.agree
    yield made
    made.close()


def press(desk: Desk, root: QObject, name: str) -> None:
    button = root.findChild(QPushButton, name)
    assert isinstance(button, QPushButton), name
    desk.wait(lambda: button.isVisible() and button.isEnabled(), f"{name} can be pressed")
    button.click()


def text(root: QObject, name: str) -> str:
    found = root.findChild(QLabel, name)
    assert isinstance(found, QLabel), name
    return found.text()


def added(desk: Desk, address: str, port: int, sink: TokenSink) -> int:
    """An account through the real wizard."""
    wizard = WizardDesk(desk)
    wizard.fill(address, Place(port), Place(sink.port), password="")
    wizard.press("oauth_button")
    desk.wait(
        lambda: text(wizard.dialog, "oauth_state") == f"Signed in with Example as {address}.",
        "the browser signed in",
    )
    assert not wizard.part(QLineEdit, "password_edit").isVisible()
    wizard.to_servers()
    assert wizard.try_servers() == ""
    wizard.finish()
    (config,) = account.configs()
    return config.id


def again(desk: Desk, wizard: WizardDesk) -> WizardDesk:
    """The wizard is left, and opened once more."""
    wizard.dialog.reject()
    desk.wait(lambda: desk.window.findChild(QDialog, "setup_wizard") is None, "it is gone")
    desk.trigger("action_add_account")
    return WizardDesk(desk)


def cut(desk: Desk, account_id: int, proxy: Proxy) -> None:
    """The connection breaks, and a new one can be made."""
    proxy.go_away()

    def is_lost() -> bool:
        status = desk.service.status(account_id)
        return status is not None and status.phase is Phase.WAITING

    desk.wait(is_lost, "the connection is lost")
    proxy.come_back()


def needs_sign_in(desk: Desk, account_id: int) -> bool:
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.NEEDS_SIGN_IN


def kept_refresh_token(desk: Desk, account_id: int) -> str:
    return from_text(desk.service.vault.vault.secret(account_id, "oauth")).refresh_token


def preferences(desk: Desk) -> PreferencesDialog:
    """As the banner's button opens them."""
    press(desk, desk.window, "sign_in_button")
    found = desk.window.findChild(PreferencesDialog)
    assert found is not None
    return found


def test_from_the_browser_to_a_sign_in_that_was_taken_back(
    desk: Desk,
    provider: AuthorizationServer,
    address: str,
    mail_server: Dovecot,
    proxy: Proxy,
    sink: TokenSink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sync, expiry, restart, revocation, sign-in again: mail and queue are all there."""
    caplog.set_level("DEBUG")
    account_id = added(desk, address, proxy.port, sink)
    desk.wait_for("Welcome", "Order 7")
    assert sink.sign_ins == [address]
    (config,) = account.configs()
    assert (config.auth, config.oauth_provider) == ("oauth2", "example")

    # The access token expires. The next connection renews it without asking the user.
    provider.expire()
    cut(desk, account_id, proxy)
    desk.settle(account_id)
    assert provider.refreshes == 1
    first = kept_refresh_token(desk, account_id)

    # The next start continues with the rotated token.
    provider.expire()
    desk.reopen()
    desk.service.open_url = provider.agree
    desk.settle(account_id)
    assert provider.refreshes == 2
    assert kept_refresh_token(desk, account_id) != first

    # Taken back at the provider: what is queued stays.
    desk.run(SetOption("archive_on_server", True))
    proxy.go_away()
    desk.archive("Order 7")
    provider.forbid()
    proxy.come_back()
    desk.wait(lambda: needs_sign_in(desk, account_id), "the account needs a sign-in")
    assert "Example no longer accepts this sign-in. Sign in again." in " ".join(desk.labels())
    status = desk.service.status(account_id)
    assert status is not None
    assert status.pending >= 1

    # Once more through the browser: the queue goes out.
    dialog = preferences(desk)
    press(desk, dialog, "oauth_button")
    desk.wait(lambda: not needs_sign_in(desk, account_id), "signed in")
    dialog.close()
    desk.settle(account_id)
    rig = Rig(address, address, "secret", mail_server.port, sink.port, dovecot=mail_server)
    assert rig.subjects("Archive") == ["Order 7"]
    desk.wait_for("Welcome")

    desk.close()
    kept = b"".join(file.read_bytes() for file in desk.profile.rglob("*") if file.is_file())
    assert provider.secrets
    for secret in provider.secrets:
        assert secret.encode() not in kept
        assert secret not in caplog.text


def test_worker_and_preferences_renew_once(
    desk: Desk,
    provider: AuthorizationServer,
    address: str,
    mail_server: Dovecot,
    proxy: Proxy,
    sink: TokenSink,
) -> None:
    account_id = added(desk, address, proxy.port, sink)
    desk.settle(account_id)
    provider.expire()
    dialog = PreferencesDialog(desk.service, desk.window._theme, desk.window)
    dialog.open()
    dialog.show_account(account_id)
    cut(desk, account_id, proxy)
    press(desk, dialog, "save_sign_in_button")
    desk.wait(lambda: "Both servers let Dealpost in" in text(dialog, "sign_in_done"), "tried")
    desk.settle(account_id)
    dialog.close()

    assert provider.refreshes == 1
    assert sink.sign_ins == [address, address]


def test_from_the_browser_to_a_password_and_back(
    desk: Desk,
    provider: AuthorizationServer,
    address: str,
    mail_server: Dovecot,
    sink: TokenSink,
) -> None:
    """Each change removes the secret of the other way."""
    account_id = added(desk, address, mail_server.port, sink)
    desk.settle(account_id)
    dialog = PreferencesDialog(desk.service, desk.window._theme, desk.window)
    dialog.open()
    dialog.show_account(account_id)
    password = dialog.findChild(QLineEdit, "password_edit")
    assert isinstance(password, QLineEdit)
    assert not password.isVisible()
    press(desk, dialog, "oauth_password_button")
    assert password.isVisible()
    password.setText("app-password")
    press(desk, dialog, "save_sign_in_button")
    done = "sign_in_done"
    desk.wait(lambda: bool(text(dialog, done) or text(dialog, "sign_in_error")), "tried")
    assert text(dialog, "sign_in_error") == ""

    def purposes() -> list[tuple[str]]:
        return rows(desk.profile, "SELECT purpose FROM secret")

    desk.settle(account_id)
    assert purposes() == [("imap",)]
    assert [config.auth for config in account.configs()] == ["password"]
    press(desk, dialog, "oauth_button")
    desk.wait(lambda: purposes() == [("oauth",)], "the tokens are stored")
    desk.wait(lambda: "in the browser" in text(dialog, "oauth_state"), "shown")
    desk.settle(account_id)
    assert [config.auth for config in account.configs()] == ["oauth2"]
    dialog.close()


def test_removing_the_account_drops_its_tokens_and_says_what_stays(
    desk: Desk, address: str, mail_server: Dovecot, sink: TokenSink
) -> None:
    """The provider is not told: other computers may use the same permission."""
    account_id = added(desk, address, mail_server.port, sink)
    desk.settle(account_id)
    page = office.page(desk, f"account:{account_id}")
    office.press(page, "remove_account_button")
    question = office.part(office.preferences(desk), QDialog, "remove_account_dialog")
    said = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "the sign-in in your browser is forgotten" in said
    assert "Your permission for Dealpost stays with Example" in said

    office.press(question, "remove_button")
    office.preferences(desk).accept()

    desk.wait(lambda: not account.configs(), "the account is removed")
    assert rows(desk.profile, "SELECT count(*) FROM secret") == [(0,)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"client_id": "unknown"}, "Example does not know the client id that Dealpost was given."),
        ({"token_url": "http://127.0.0.1:9/token"}, "accepts no connection on port 9"),
    ],
)
def test_what_the_provider_refuses_is_said_in_the_wizard(
    desk: Desk, provider: AuthorizationServer, changed: dict[str, str], sentence: str
) -> None:
    provider.configure(desk.profile, **changed)
    wizard = again(desk, WizardDesk(desk))
    wizard.part(QLineEdit, "address_edit").setText("ann@dealpost.example")
    wizard.press("oauth_button")
    desk.wait(lambda: sentence in text(wizard.dialog, "oauth_error"), "said")
    assert wizard.part(QPushButton, "oauth_button").isEnabled()


def test_no_and_cancel_leave_the_wizard_as_it_was(
    desk: Desk, provider: AuthorizationServer
) -> None:
    wizard = WizardDesk(desk)
    wizard.part(QLineEdit, "address_edit").setText("ann@dealpost.example")
    provider.is_said_no = True
    wizard.press("oauth_button")
    desk.wait(lambda: "refused in the browser" in text(wizard.dialog, "oauth_error"), "said")
    desk.service.open_url = lambda url: True
    wizard = again(desk, wizard)
    wizard.part(QLineEdit, "address_edit").setText("ann@dealpost.example")
    wizard.press("oauth_button")
    desk.wait(lambda: text(wizard.dialog, "oauth_state").startswith("Waiting for"), "waits")
    assert not wizard.part(QPushButton, "next_button").isEnabled()
    wizard.press("oauth_cancel_button")
    assert wizard.part(QPushButton, "oauth_button").isVisible()
    assert wizard.part(QLineEdit, "password_edit").isVisible()
    assert provider.token_requests == []


def test_another_person_in_the_browser_is_told_before_and_after_the_try(
    desk: Desk, provider: AuthorizationServer, address: str, mail_server: Dovecot, sink: TokenSink
) -> None:
    provider.user = "bob@dealpost.example"
    wizard = WizardDesk(desk)
    wizard.fill(address, Place(mail_server.port), Place(sink.port), password="")
    wizard.press("oauth_button")
    told = f"Example signed in bob@dealpost.example. The mail server is asked for {address}"
    desk.wait(lambda: told in text(wizard.dialog, "oauth_state"), "told")
    wizard.to_servers()
    error = wizard.try_servers()
    assert f"does not accept this sign-in for {address}" in error
    assert wizard.stored() == 0
    assert wizard.part(QPushButton, "back_button").hasFocus(), "the way to the browser is there"


def test_without_a_client_id_the_app_password_is_offered(
    desk: Desk, provider: AuthorizationServer
) -> None:
    wizard = WizardDesk(desk)
    wizard.part(QLineEdit, "address_edit").setText("ann@gmail.com")
    assert "no client id is set up here" in text(wizard.dialog, "oauth_state")
    assert not wizard.part(QPushButton, "oauth_button").isVisible()
    assert wizard.part(QLineEdit, "password_edit").isVisible()
    links = [label.text() for label in wizard.dialog.findChildren(QLabel) if label.isVisible()]
    assert any("https://myaccount.google.com/apppasswords" in each for each in links)


def test_a_file_with_a_fault_is_named_in_the_wizard(desk: Desk) -> None:
    file = desk.profile / "oauth.json"
    file.write_text('{"providers": {"example": {"name": 7}}}')
    wizard = again(desk, WizardDesk(desk))
    wizard.part(QLineEdit, "address_edit").setText("ann@gmail.com")
    said = text(wizard.dialog, "oauth_error")
    assert said == f"The file {file} can't be used: “example”: “name” must be a text."
    assert isinstance(wizard.dialog, QDialog)


def test_an_own_domain_is_known_by_its_server(
    desk: Desk, provider: AuthorizationServer, address: str, mail_server: Dovecot, sink: TokenSink
) -> None:
    """The domain tells nothing; the server does, on the page where it is named."""
    provider.configure(desk.profile, domains=[], hosts=["localhost"])
    wizard = again(desk, WizardDesk(desk))
    wizard.fill(address, Place(mail_server.port), Place(sink.port), password="")
    assert not wizard.part(QPushButton, "oauth_button").isVisible()
    wizard.to_servers()
    assert "Sign in in your browser first" in wizard.try_servers()
    wizard.press("servers_oauth_button")
    sync = wizard.part(QPushButton, "next_button")
    desk.wait(lambda: wizard.part(QLabel, "wizard_error").text() == "" and sync.isVisible(), "on")
    wizard.finish()
    desk.wait_for("Welcome", "Order 7")
