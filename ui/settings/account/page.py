"""The page of one account in the preferences: its parts, one under the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from models.events import Phase
from models.store.clock import now_ms
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Notice
from ui.settings.account.aliases import AliasesPart
from ui.settings.account.certificates import CertificatesPart
from ui.settings.account.health import HealthPart
from ui.settings.account.identity import IdentityPart
from ui.settings.account.kind import KindPart
from ui.settings.account.labels import LabelsPart
from ui.settings.account.part import AccountPart
from ui.settings.account.past_mail import PastPart
from ui.settings.account.read_only import ReadOnlyPart
from ui.settings.account.roles import RolesPart
from ui.settings.account.sign_in import SignInPart
from ui.settings.account.signature import SignaturePart
from ui.settings.account.tracking import TrackingPart
from ui.settings.parts import PreferencesPage
from ui.settings.remove_dialog import RemoveAccountDialog
from ui.status import status_text
from ui.style.theme import Theme

_TROUBLE = frozenset({Phase.NEEDS_SIGN_IN, Phase.NEEDS_ANSWER, Phase.PAUSED})


class AccountPage(PreferencesPage):
    """Shows what the account is doing, then its parts in the order of `_add_parts`."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, config.address, parent)
        self.setObjectName(f"account_page_{config.id}")
        self._service = service
        self._config = config
        self._parts: list[AccountPart] = []
        self._state = HintLabel(theme, "", self.body())
        self._trouble = Notice(theme, parent=self.body())
        self.column.addWidget(self._state)
        self.column.addWidget(self._trouble)
        self._add_stop()
        self._add_parts()
        self._add_remove()
        self.column.addStretch(1)
        self.refresh()

    def _add_parts(self) -> None:
        """Add every part; each takes two lines here: its widget, and its heading."""
        common = (self._service, self.theme, self._config, self.body())
        self._add(self.tr("You"), IdentityPart(*common))
        hint = self.tr(
            "Further addresses that are yours. Mail from them counts as your own: it is shown in"
            " Sent, not in Inbox."
        )
        self._add(self.tr("Your other addresses"), AliasesPart(*common), hint)
        hint = self.tr("Stands below what you write from this account, as soon as you send mail.")
        self._add(self.tr("Signature"), SignaturePart(*common), hint)
        hint = self.tr("Used when you send mail.")
        self._add(self.tr("Tracking settings"), TrackingPart(*common), hint)
        hint = self.tr("Choosing fewer labels never removes mail that is here.")
        self._add(self.tr("Labels to sync from"), LabelsPart(*common), hint)
        hint = self.tr("More past mail, or what “Only my contacts” left out.")
        self._add(self.tr("Past mail"), PastPart(*common), hint)
        kind = KindPart(*common)
        self._add(self.tr("Archiving and deleting"), kind)
        kind.general_wanted.connect(lambda: self.page_wanted.emit("general"))
        hint = self.tr("Where the server keeps what you archive, delete, send and draft.")
        self._add(self.tr("Folder roles"), RolesPart(*common), hint)
        self.sign_in = SignInPart(*common)
        self._add(self.tr("Sign-in and servers"), self.sign_in)
        self.certificates = CertificatesPart(*common)
        self._add(
            self.tr("Certificates"),
            self.certificates,
            self.tr("What your servers prove their name with, where only you vouch for it."),
        )
        self._add(self.tr("Health"), HealthPart(*common))
        hint = self.tr(
            "Nothing is changed on this account’s server: no mail is moved, marked or deleted"
            " there. What you do stays here and goes out when you switch this off."
        )
        self._add(self.tr("Read-only"), ReadOnlyPart(*common), hint)

    def _add(self, title: str, part: QWidget, hint: str = "") -> None:
        """Put a part under its heading. An `AccountPart` also follows changes."""
        self.add_section(title, hint).addWidget(part)
        if isinstance(part, AccountPart):
            self._parts.append(part)

    def _add_stop(self) -> None:
        self.stop_button = QPushButton(self.body())
        self.stop_button.setObjectName("stop_syncing_button")
        self.stop_button.clicked.connect(self._stop_or_start)
        self._add_button(self.stop_button, self.column)

    def _add_remove(self) -> None:
        """Add "Remove account" last, where it is not pressed by accident."""
        hint = self.tr(
            "Asks what becomes of the mail that is here. The mail server is not touched."
        )
        section = self.add_section(self.tr("Remove account"), hint)
        self.remove_button = QPushButton(self.tr("Remove account…"), self.body())
        self.remove_button.setObjectName("remove_account_button")
        self.remove_button.clicked.connect(self._remove)
        self._add_button(self.remove_button, section)

    def _add_button(self, button: QPushButton, column: QVBoxLayout) -> None:
        button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def refresh(self) -> None:
        """Show what is stored; what the user is typing stays."""
        config = account.config(self._config.id)
        if config is None:
            return
        self._config = config
        is_stopped = config.state == "stopped"
        text = self.tr("Sync again") if is_stopped else self.tr("Stop syncing")
        self.stop_button.setText(text)
        self._show_state()
        for part in self._parts:
            part.refresh(config)

    def keep(self) -> None:
        """Store what is typed, because the page is left."""
        for part in self._parts:
            part.keep()

    def refresh_state(self) -> None:
        """Update only what shows the account's state."""
        self._show_state()
        self.certificates.refresh_state()

    def show_certificate(self) -> None:
        """Scroll to the server's refused certificate."""
        self.ensureWidgetVisible(self.certificates.box, 0, 24)
        self.certificates.box.fingerprint.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_password(self) -> None:
        """The sign-in failed: show the fields, with the focus on the password."""
        self.sign_in.ask_password()
        self.ensureWidgetVisible(self.sign_in.save_button)
        self.ensureWidgetVisible(self.sign_in.fields.password)

    def _show_state(self) -> None:
        kind = (
            self.tr("Team account") if self._config.kind == "team" else self.tr("Personal account")
        )
        status = self._service.status(self._config.id)
        if self._config.state == "stopped":
            now = self.tr("Syncing is stopped. All mail stays here.")
        elif status is None:
            now = self.tr("Starting…")
        else:
            now = status_text.phase_text(status, now_ms())
        is_trouble = status is not None and status.phase in _TROUBLE
        is_trouble = is_trouble and self._config.state != "stopped"
        self._state.setText(kind if is_trouble else f"{kind} · {now}")
        if self._trouble.text() != (now if is_trouble else ""):
            self._trouble.say(now if is_trouble else "")

    @Slot()
    def _stop_or_start(self) -> None:
        state = "active" if self._config.state == "stopped" else "stopped"
        self._service.run(UpdateAccount(self._config.id, {"state": state}))

    @Slot()
    def _remove(self) -> None:
        dialog = RemoveAccountDialog(self._service, self.theme, self._config, self.window())
        dialog.open()
