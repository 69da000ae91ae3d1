"""The wizard's six pages in their order, and what the user has answered on them."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from sync.oauth.access import HeldTokens
from sync.qt.service.service import MailService
from ui.forms.fields import PasswordEdit
from ui.forms.scrolling import scrolling
from ui.setup.choice_pages import LabelsPage, StartPage, TrackingPage
from ui.setup.pages import AddressPage, ServersPage
from ui.setup.sign_in.flow import Answers, Page, SecretPage
from ui.setup.sign_in.secret_page import SecretPageWidget, WizardPage
from ui.style.theme import Theme


class PageStack(QStackedWidget):
    """Shows one page at a time. A page scrolls if the dialog is too small for it.

    Attributes:
        address, servers, secrets, tracking, labels, start: The pages.
    """

    def __init__(self, service: MailService, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.address = AddressPage(theme, self)
        self.servers = ServersPage(theme, self)
        self.secrets = SecretPageWidget(theme, self)
        self.tracking = TrackingPage(theme, self)
        self.labels = LabelsPage(theme, self)
        self.start = StartPage(service, theme, self)
        self._pages: dict[Page, WizardPage] = {
            Page.ADDRESS: self.address,
            Page.SERVERS: self.servers,
            Page.SECRETS: self.secrets,
            Page.TRACKING: self.tracking,
            Page.LABELS: self.labels,
            Page.START: self.start,
        }
        for page in self._pages.values():
            self.addWidget(scrolling(page, self))

    def show_page(self, page: Page) -> None:
        """Show a page, with its passwords hidden."""
        for edit in self._secret_edits():
            edit.hide_text()
        self.setCurrentIndex(list(Page).index(page))

    def focus_first(self, page: Page) -> None:
        """Put the keyboard where typing begins on a page."""
        self._pages[page].focus_first()

    def answers(
        self, secret_page: SecretPage, *, held: HeldTokens | None, may_sign_in_later: bool
    ) -> Answers:
        """Everything that the fields hold now.

        Args:
            secret_page: What is asked about keeping the password.
            held: The tokens of a sign-in in the browser.
            may_sign_in_later: Whether the browser's answer may still come.
        """
        return Answers(
            address=self.address.address.text().strip(),
            name=self.address.name.text().strip(),
            password=self.address.password.text(),
            held=held,
            may_sign_in_later=may_sign_in_later,
            kind=str(self.address.kind.currentData()),
            imap=self.servers.imap.place(),
            smtp=self.servers.smtp.place(),
            user_name=self.servers.user_name.text().strip(),
            plain_text_agreed=self.servers.plain_text.isChecked(),
            keep_by="" if secret_page is SecretPage.NONE else self.secrets.mode(),
            passphrase=self.secrets.passphrase.text(),
            passphrase_again=self.secrets.again.text(),
            track_receipts=self.tracking.receipts.isChecked(),
            track_delivery=self.tracking.delivery.isChecked(),
            all_labels=self.labels.all.isChecked(),
            labels=self.labels.ticked(),
            start=str(self.start.start.currentData()),
            scope=self.start.scope(),
        )

    def forget_secrets(self) -> None:
        """Empty every field that holds a password or a passphrase."""
        for edit in self._secret_edits():
            edit.clear()

    def _secret_edits(self) -> tuple[PasswordEdit, ...]:
        return self.address.password, self.secrets.passphrase, self.secrets.again
