"""Where the keyboard goes in the wizard when something is missing, or a try has failed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sync.qt.probes.probe import Failure, FailureKind, Tried
from ui.forms.fields import ServerFields
from ui.forms.scrolling import into_sight
from ui.setup.choice_pages import LabelsPage
from ui.setup.detection_details import DetectionDetails
from ui.setup.footer import Footer
from ui.setup.oauth_pages import OAuthPages
from ui.setup.pages import AddressPage, ServersPage
from ui.setup.sign_in import flow
from ui.setup.sign_in.certificate_box import CertificateBoxes
from ui.setup.sign_in.flow import Fault, Page
from ui.setup.sign_in.secret_page import SecretPageWidget

PASSWORD_FAULTS = frozenset({FailureKind.SIGN_IN, FailureKind.APP_PASSWORD})


class WizardFocus:
    """Leads to what has to be typed or looked at next, so that nobody has to search for it."""

    def __init__(
        self,
        pages: tuple[AddressPage, ServersPage, SecretPageWidget, LabelsPage],
        oauth: OAuthPages,
        footer: Footer,
        details: DetectionDetails,
    ) -> None:
        """`footer` has the button to the password, which stands on another page."""
        self._address, self._servers, self._secrets, self._labels = pages
        self._oauth = oauth
        self._footer = footer
        self._details = details

    def on_fault(self, page: Page, fault: Fault) -> None:
        """To what is missing; its sentence is said."""
        field = self._field(page, fault)
        if field is not None:
            into_sight(field)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_failure(self, tried: Tried) -> None:
        """To what the person can do about it."""
        page = self._servers
        if any(map(_shows_certificate, (tried.imap_failure, tried.smtp_failure))):
            self._details.fold()  # the box needs the room
        field = failed_field(tried, page.imap, page.smtp, page.certificates, self._secret())
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_wrong_passphrase(self) -> None:
        """To the passphrase, which is typed anew."""
        self._secrets.passphrase.selectAll()
        self._secrets.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_about_password(self, tried: Tried) -> bool:
        """Whether another password could help."""
        return _is_about_secret(tried) and self._oauth.held() is None

    def _secret(self) -> QWidget:
        """Where another password is typed, or the browser asked again."""
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


def server_field(
    fault: Fault, imap: ServerFields, smtp: ServerFields, plain_text: QWidget
) -> QWidget | None:
    """What is missing among the fields of the two servers, in the wizard or the preferences."""
    match fault:
        case Fault.NO_IMAP_HOST:
            return imap.host
        case Fault.NO_SMTP_HOST:
            return smtp.host
        case Fault.BAD_HOST:
            return smtp.host if flow.is_host(imap.place().host) else imap.host
        case Fault.PLAIN_TEXT:
            return plain_text
        case _:
            return None


def failed_field(
    tried: Tried,
    imap: ServerFields,
    smtp: ServerFields,
    boxes: CertificateBoxes,
    secret: QWidget,
) -> QWidget:
    """What helps after a failed try: a certificate to look at, another password, or a host."""
    if _shows_certificate(tried.imap_failure):
        return boxes.imap.fingerprint
    if _shows_certificate(tried.smtp_failure):
        return boxes.smtp.fingerprint
    if _is_about_secret(tried):
        return secret
    return smtp.host if tried.imap_failure is None else imap.host


def _is_about_secret(tried: Tried) -> bool:
    failures = (tried.imap_failure, tried.smtp_failure)
    return any(failure is not None and failure.kind in PASSWORD_FAULTS for failure in failures)


def _shows_certificate(failure: Failure | None) -> bool:
    return failure is not None and failure.certificate is not None
