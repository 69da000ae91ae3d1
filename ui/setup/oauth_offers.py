"""Where the wizard offers to sign in in the browser: for the address, or for its server."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from sync import providers
from sync.oauth import configuration
from sync.oauth.configuration import OAuthProvider
from sync.qt.probes.browser_sign_in import HeldTokens
from sync.qt.probes.probe import Detection, Probe
from sync.qt.service.service import MailService
from ui.setup.pages import AddressPage, ServersPage
from ui.setup.sign_in import oauth_words
from ui.setup.sign_in.oauth_box import OAuthBox, State
from ui.style.theme import Theme


class OAuthOffers(QObject):
    """A box on the page of the address, and one on the page of the servers.

    The second is for addresses of a domain of one's own: only their server shows the provider.

    Signals:
        waiting_changed: Whether the box waits for the browser.
        signed_in: On the page of the address, where other fields may still be empty.
        signed_in_late: On the page of the servers, where nothing is left to ask.
    """

    waiting_changed = Signal(bool)
    signed_in = Signal()
    signed_in_late = Signal()

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        address_page: AddressPage,
        servers_page: ServersPage,
        probe: Probe,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        # Read once per wizard, so that an edited file counts without a restart.
        self._settings = configuration.load(service.folder)
        self._address_page = address_page
        self._servers_page = servers_page
        self._wants_browser = False
        probe.detected.connect(self._on_detected)
        self.early = OAuthBox(service, theme, self._address, address_page)
        self.late = OAuthBox(service, theme, self._address, servers_page, "servers_oauth")
        address_page.oauth_slot.addWidget(self.early)
        servers_page.oauth_slot.addWidget(self.late)
        address_page.address.textChanged.connect(self._on_address)
        servers_page.imap.host.textChanged.connect(self._offer_late)
        for box in (self.early, self.late):
            box.changed.connect(self._on_changed)
        self.early.changed.connect(self._offer_late)
        address_page.password.textChanged.connect(self._offer_late)
        self.early.password_wanted.connect(address_page.focus_password)
        self.early.signed_in.connect(self.signed_in)
        self.late.signed_in.connect(self.signed_in_late)
        self._on_address()

    def held(self) -> HeldTokens | None:
        """The tokens of the sign-in in the browser, or None."""
        return self.late.held or self.early.held

    def may_come(self) -> bool:
        """Whether the servers may still show, or have shown, who signs this address in."""
        if self._servers_page.isVisible():
            return self.late.state is not State.HIDDEN and self.late.state is not State.NOT_SET_UP
        is_unknown = providers.of_address(self._address()) is None
        return self._settings.is_any_set_up and (is_unknown or self._is_password_useless())

    def cancel(self) -> None:
        """The page is left: stop waiting for the browser."""
        for box in (self.early, self.late):
            box.cancel_waiting()

    def forget(self) -> None:
        """The wizard ends: forget the tokens."""
        for box in (self.early, self.late):
            box.forget()

    def _address(self) -> str:
        return self._address_page.address.text().strip()

    def _of_address(self) -> OAuthProvider | None:
        return self._settings.of(self._address()) if "@" in self._address() else None

    @Slot()
    def _on_address(self) -> None:
        self.early.offer(self._of_address(), fault="\n".join(self._settings.faults))
        self.early.refresh()
        self._offer_late()

    @Slot()
    def _offer_late(self) -> None:
        found = self._settings.of(self._address(), self._servers_page.imap.host.text())
        if found is not None and found == self.early.provider:
            # Offered before: offer it again only if the user gave neither a password nor a sign-in.
            is_open = self.early.held is None and not self._address_page.password.text()
            found = found if is_open else None
        is_offered = found is not None and found.is_set_up
        # Autoconfig says that passwords do not work, and no configured provider gives tokens.
        is_stuck = found is None and self._wants_browser and self.held() is None
        self.late.offer(
            found if is_offered else None, fault=oauth_words.nobody_known() if is_stuck else ""
        )

    @Slot(object)
    def _on_detected(self, detection: Detection) -> None:
        ways = detection.detected.auth
        self._wants_browser = "oauth2" in ways and not any("password" in way for way in ways)
        self._offer_late()

    @Slot()
    def _on_changed(self) -> None:
        self._address_page.show_password(
            not self.early.is_instead_of_password and not self._is_password_useless(),
            is_other_way=self.early.state is State.OFFERED,
        )
        self.waiting_changed.emit(State.WAITING in (self.early.state, self.late.state))

    def _is_password_useless(self) -> bool:
        provider = self.early.provider
        return (
            provider is not None
            and self.early.state is State.OFFERED
            and oauth_words.takes_no_password(provider)
        )
