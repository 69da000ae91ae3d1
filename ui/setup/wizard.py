"""The wizard that adds an account: draws what `flow` decides, tries, and stores at "Sync"."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from models.accounts import account
from models.accounts.secrets import EncryptedSecrets
from models.commands.accounts import AddAccount
from models.commands.execute import Command
from sync import providers
from sync.detection import Network
from sync.providers import Provider
from sync.qt.probes.probe import Detection, Label, Probe, Tried
from sync.qt.service.service import MailService
from sync.qt.service.vault import VaultMode
from ui.forms.style import DialogStyle
from ui.setup.detection_details import DetectionDetails
from ui.setup.footer import Footer
from ui.setup.oauth_offers import OAuthOffers
from ui.setup.page_stack import PageStack
from ui.setup.past_mail_counts import PastMailCounts
from ui.setup.secret_question import SecretQuestion
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.flow import Answers, Page, SecretPage
from ui.setup.sign_in.password_keeper import Keeper
from ui.setup.wizard_focus import WizardFocus
from ui.style.theme import Theme

WIDTH, HEIGHT = 640, 640


class SetupWizard(QDialog):
    """Adds one account; nothing is stored before "Sync". Shown with `open()`.

    Attributes:
        network: How servers are looked for; None is the system's own way.
        pages: The pages, with what the user has typed.

    Signals:
        import_wanted: The user wants to import contacts first.
    """

    import_wanted = Signal()

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setup_wizard")
        self.setWindowTitle(self.tr("Add an email account"))
        self.setModal(True)
        self._service = service
        self._theme = theme
        self._page = Page.ADDRESS
        self._labels: tuple[Label, ...] = ()
        self.network: Network | None = None
        self._probe = Probe(service.timing, self)
        self._keeper = Keeper(service, self)
        DialogStyle(self, theme)
        self._make_pages()
        self._details = DetectionDetails(theme, self)
        self._footer = Footer(theme, self)
        pages = (self.pages.address, self.pages.servers, self.pages.secrets, self.pages.labels)
        self._focus = WizardFocus(pages, self._oauth, self._footer, self._details)
        self._lay_out()
        self._connect()
        self._show_page(Page.ADDRESS)

    # --- parts ---------------------------------------------------------------------------

    def _make_pages(self) -> None:
        self.pages = PageStack(self._service, self._theme, self)
        labels, start = self.pages.labels, self.pages.start
        self._counts = PastMailCounts(self._service.timing, labels, start, self)
        self._counts.import_wanted.connect(self.import_wanted)
        pages = (self.pages.address, self.pages.servers)
        self._secret = SecretQuestion(self._service.vault, self.pages.secrets, self)
        self._oauth = OAuthOffers(self._service, self._theme, *pages, self._probe, self)

    def _lay_out(self) -> None:
        self.resize(WIDTH, HEIGHT)
        self._busy = QProgressBar(self)
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self._busy.setFixedHeight(3)
        self._busy.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._busy)
        column.addWidget(self.pages, 1)
        column.addWidget(self._details)
        column.addWidget(self._footer)

    def _connect(self) -> None:
        self._footer.next_button.clicked.connect(self._go_on)
        self._footer.sync_button.clicked.connect(self._sync)
        self._footer.back_button.clicked.connect(self._go_back)
        self._footer.cancel_button.clicked.connect(self.reject)
        self._footer.password_button.clicked.connect(self._change_password)
        self._oauth.waiting_changed.connect(self._footer.next_button.setDisabled)
        self._oauth.signed_in.connect(self._footer.next_button.setFocus)
        self._oauth.signed_in_late.connect(self._go_on)
        self.pages.servers.certificates.trusted.connect(self._go_on)
        self._probe.looked.connect(self._details.add)
        self._details.stopped.connect(self._probe.stop_looking)
        self._probe.detected.connect(self._on_detected)
        self._probe.tried.connect(self._on_tried)
        self._keeper.kept.connect(self.accept)
        self._keeper.refused.connect(self._on_refused)
        self._keeper.failed.connect(self._on_failed)
        self._secret.settled.connect(self._on_secret_settled)
        self._secret.unlocked.connect(self._on_unlocked)
        self._secret.refused.connect(self._on_wrong_passphrase)

    # --- the way -------------------------------------------------------------------------

    @Slot()
    def _go_on(self) -> None:
        """Next: check what is typed, try it if it has to be tried, then show the next page."""
        if self._is_busy() or not self._is_complete(self._page):
            return
        answers = self._answers()
        if self._page is Page.ADDRESS and not self.pages.servers.is_typed:
            domain = providers.domain_of(answers.address)
            self._set_busy(self.tr("Looking for the servers of {domain}…").format(domain=domain))
            self._details.begin()
            self._probe.detect(answers.address, self.network)
        elif self._page is Page.SERVERS:
            self._set_busy(self.tr("Trying to sign in to both servers…"))
            self._labels = ()
            self._secret.ask()
            sign_in = flow.sign_in(answers, self._provider())
            self._probe.try_sign_in(self.pages.servers.certificates.with_trust(sign_in))
        elif self._page is Page.SECRETS and self._secret.page is SecretPage.UNLOCK:
            self._set_busy(self.tr("Unlocking…"))
            self._secret.unlock(answers.passphrase)
        else:
            self._show_next()

    @Slot()
    def _go_back(self) -> None:
        """Back: abandon what is running, or show the page before."""
        if self._is_busy():
            self._abandon()
            return
        earlier = flow.before(self._page, self._secret.page)
        if earlier is not None:
            self._show_page(earlier)

    @Slot()
    def _change_password(self) -> None:
        self._show_page(Page.ADDRESS)
        self.pages.address.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pages.address.password.selectAll()

    @Slot()
    def _sync(self) -> None:
        """Store the account; its worker starts with the event that follows."""
        if self._is_busy():
            return
        for page in flow.pages(self._secret.page):
            if not self._is_complete(page):
                return
        self._counts.cancel()
        self._set_busy(self.tr("Storing the account…"))
        answers = self._answers()
        mode = VaultMode(answers.keep_by) if answers.keep_by else VaultMode.KEYRING
        kept, purpose = flow.secret(answers)
        self._keeper.keep(
            kept, self._command, mode=mode, passphrase=answers.passphrase, purpose=purpose
        )

    def _command(self, secrets: EncryptedSecrets) -> Command:
        answers = self._answers()
        new = flow.new_account(answers, self._provider(), datetime.now(UTC))
        trusted = self.pages.servers.certificates.to_store(answers.imap.host, answers.smtp.host)
        return AddAccount(new, secrets, flow.chosen_mailboxes(answers, self._labels), trusted)

    def _show_next(self) -> None:
        later = flow.after(self._page, self._secret.page)
        if later is not None:
            self._show_page(later)

    def _show_page(self, page: Page) -> None:
        self._oauth.cancel()
        self._page = page
        way = flow.pages(self._secret.page)
        self._say_error("")
        if page is Page.LABELS:
            self.pages.labels.fill(self._labels, self._answers().kind)
        self._counts.show()
        self._details.show_if(page is Page.SERVERS)
        self.pages.show_page(page)
        self._footer.show_step(way.index(page) + 1, len(way), is_count_known=self._secret.is_known)
        self.pages.focus_first(page)

    def _is_complete(self, page: Page) -> bool:
        """Whether a page may be left. If not, show it with what is missing."""
        fault = flow.fault(
            page, self._answers(), known=_known_addresses(), secret_page=self._secret.page
        )
        if fault is None:
            return True
        if page is not self._page:
            self._show_page(page)
        is_missing = page is Page.SERVERS and fault is flow.Fault.NO_PASSWORD
        self._say_error(words.fault_sentence(fault), about_password=is_missing)
        self._focus.on_fault(page, fault)
        return False

    # --- what comes back -----------------------------------------------------------------

    @Slot(object)
    def _on_detected(self, detection: Detection) -> None:
        self._set_busy("")
        self._details.finish()
        found = detection.detected
        self.pages.servers.fill(found, providers.domain_of(self._answers().address))
        self._show_next()
        if self._oauth.held() is not None and found.imap and found.smtp and not found.outside:
            self._go_on()  # the browser has answered already, and nothing has to be typed

    @Slot(object)
    def _on_tried(self, tried: Tried) -> None:
        self._set_busy("")
        self.pages.servers.certificates.show(tried)
        if not tried.is_good:
            is_password = self._focus.is_about_password(tried)
            self._say_error(words.tried_sentence(tried), about_password=is_password)
            self._focus.on_failure(tried)
            return
        self._labels = tried.labels
        sign_in = flow.sign_in(self._answers(), self._provider())
        self._counts.begin(self.pages.servers.certificates.with_trust(sign_in), tried.labels)
        if self._secret.is_known:
            self._show_next()
        else:
            self._set_busy(self.tr("Waiting for your keychain…"))

    @Slot()
    def _on_secret_settled(self) -> None:
        """The question is known: go on if the servers have accepted the sign-in meanwhile."""
        if not self._probe.is_running and self._labels:
            self._set_busy("")
            self._show_next()

    @Slot()
    def _on_unlocked(self) -> None:
        self._set_busy("")
        self._show_next()

    @Slot(str)
    def _on_wrong_passphrase(self, sentence: str) -> None:
        self._set_busy("")
        self._say_error(sentence)
        self._focus.on_wrong_passphrase()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        """The keychain refused the key: ask for another way."""
        self._set_busy("")
        self._secret.need_another_way()
        self._show_page(Page.SECRETS)
        self._say_error(sentence)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set_busy("")
        self._say_error(sentence)
        self.pages.focus_first(self._page)

    # --- state ---------------------------------------------------------------------------

    def _answers(self) -> Answers:
        held, may_come = self._oauth.held(), self._oauth.may_come()
        return self.pages.answers(self._secret.page, held=held, may_sign_in_later=may_come)

    def _provider(self) -> Provider | None:
        return providers.of_host(self.pages.servers.imap.host.text())

    def _say_error(self, sentence: str, *, about_password: bool = False) -> None:
        self._footer.say_error(sentence, about_password=about_password)

    def _is_busy(self) -> bool:
        return not self.pages.isEnabled()

    def _set_busy(self, text: str) -> None:
        """Disable the fields while something runs, with Back to abandon it; '' ends that."""
        is_busy = bool(text)
        if is_busy:
            self._say_error("")
        self._busy.setVisible(is_busy)
        self.pages.setEnabled(not is_busy)
        self._footer.say_busy(text, can_go_back=self._page is not Page.ADDRESS)

    def _abandon(self) -> None:
        self._probe.cancel()
        self._oauth.cancel()
        self._keeper.forget()
        self._secret.abandon()
        self._set_busy("")
        self._details.finish()
        self._details.show_if(self._page is Page.SERVERS)
        self.pages.focus_first(self._page)

    def reject(self) -> None:
        """Cancel: abandon what is running. Nothing was stored."""
        self._abandon()
        self._counts.cancel()
        self._forget_secrets()
        super().reject()

    def accept(self) -> None:
        """Close: the account is stored."""
        self._set_busy("")
        self._forget_secrets()
        super().accept()

    def _forget_secrets(self) -> None:
        self.pages.forget_secrets()
        self._oauth.forget()


def _known_addresses() -> frozenset[str]:
    return frozenset(config.address.strip().lower() for config in account.configs())
