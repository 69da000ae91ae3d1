"""Where the keyboard goes in the wizard when something is missing, or a try has failed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sync.qt.probes.probe import Tried
from ui.forms.scrolling import into_sight
from ui.setup.choice_pages import LabelsPage
from ui.setup.detection_details import DetectionDetails
from ui.setup.footer import Footer
from ui.setup.oauth_offers import OAuthOffers
from ui.setup.pages import AddressPage, ServersPage
from ui.setup.sign_in.flow import Fault, Page
from ui.setup.sign_in.focus import (
    failed_field,
    is_about_secret,
    server_field,
    shows_certificate,
)
from ui.setup.sign_in.secret_page import SecretPageWidget


class WizardFocus:
    """Moves the focus to what the user has to type or to look at next."""

    def __init__(
        self,
        pages: tuple[AddressPage, ServersPage, SecretPageWidget, LabelsPage],
        oauth: OAuthOffers,
        footer: Footer,
        details: DetectionDetails,
    ) -> None:
        """`footer` has the button that leads to the password on another page."""
        self._address, self._servers, self._secrets, self._labels = pages
        self._oauth = oauth
        self._footer = footer
        self._details = details

    def on_fault(self, page: Page, fault: Fault) -> None:
        """Go to what is missing; its sentence is already shown."""
        field = self._field(page, fault)
        if field is not None:
            into_sight(field)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_failure(self, tried: Tried) -> None:
        """Go to what the user can do about it."""
        page = self._servers
        if any(map(shows_certificate, (tried.imap_failure, tried.smtp_failure))):
            self._details.fold()  # the certificate's box needs the room
        field = failed_field(tried, page.imap, page.smtp, page.certificates, self._secret())
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_wrong_passphrase(self) -> None:
        """Go to the passphrase, to be typed again."""
        self._secrets.passphrase.selectAll()
        self._secrets.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_about_password(self, tried: Tried) -> bool:
        """Whether another password could help."""
        return is_about_secret(tried) and self._oauth.held() is None

    def _secret(self) -> QWidget:
        """Where to type another password, or to ask the browser again."""
        if self._oauth.held() is None:
            return self._footer.password_button
        late = self._oauth.late
        box = late if late.held is not None else self._oauth.early
        return box.way_on if box.isVisible() else self._footer.back_button

    def _field(self, on: Page, fault: Fault) -> QWidget | None:
        match fault:
            case Fault.NO_PASSWORD if on is Page.SERVERS:
                return self._footer.password_button
            case Fault.NO_PASSWORD:
                edit = self._address.password
                return self._oauth.early.button if edit.isHidden() else edit
            case Fault.NO_ADDRESS | Fault.BAD_ADDRESS | Fault.KNOWN_ADDRESS:
                return self._address.address
            case Fault.NO_SIGN_IN:
                return self._oauth.late.button
            case Fault.DIFFERENT_PASSPHRASES:
                return self._secrets.again
            case Fault.SHORT_PASSPHRASE | Fault.NO_PASSPHRASE:
                return self._secrets.passphrase
            case Fault.NO_LABEL:
                return self._labels.list
            case _:
                page = self._servers
                return server_field(fault, page.imap, page.smtp, page.plain_text)
