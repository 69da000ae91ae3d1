"""Certificates on an account's page: a refused one that stops its sync, and trusted ones."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from models.accounts import certificates
from models.accounts.account import AccountConfig
from models.accounts.certificates import Trusted
from models.commands.security import DistrustCertificate, TrustCertificate
from models.events import Phase
from models.store.clock import now_ms
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.settings.account.part import AccountPart
from ui.setup.sign_in.certificate_box import CertificateBox
from ui.setup.sign_in.certificate_words import day, grouped
from ui.style.theme import Theme

_KEEPS = (Phase.CONNECTING, Phase.STARTING)  # during a new try, keep what is shown


class CertificatesPart(AccountPart):
    """Shows the server's certificate if it is refused, and a line for each trusted one."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._config = config
        self.box = CertificateBox(theme, "server", self)
        self._none = HintLabel(
            theme,
            self.tr("None is trusted by hand. Servers whose certificate is valid need nothing."),
            self,
        )
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self._known: list[Trusted] = []
        self._widgets: list[QWidget] = []
        self.column.addWidget(self.box)
        self.column.addWidget(self._none)
        self.column.addLayout(self._lines)
        self.box.trusted.connect(self._trust)
        self.refresh(config)

    def refresh(self, config: AccountConfig) -> None:
        """Show the trusted certificates, and the refused one."""
        self._config = config
        hosts = {config.imap_host.strip().lower(), config.smtp_host.strip().lower()}
        known = [each for each in certificates.everyone() if each.host in hosts]
        if known != self._known:
            self._known = known
            self._fill()
        self.refresh_state()

    def refresh_state(self) -> None:
        """The account connected, or failed to."""
        status = self.service.status(self.account_id)
        if status is not None and status.phase in _KEEPS:
            return
        shown = status.certificate if status is not None else None
        if shown is None or self._config.state == "stopped":
            self.box.clear()
        elif shown != self.box.shown:
            title = self.tr("The certificate of {host}").format(host=shown.host)
            self.box.ask(shown, title)
        self._none.setVisible(not self._known and self.box.shown is None)

    def _fill(self) -> None:
        for widget in self._widgets:
            self._lines.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._widgets = [_Line(self, position, each) for position, each in enumerate(self._known)]
        for widget in self._widgets:
            self._lines.addWidget(widget)

    @Slot(object)
    def _trust(self, command: TrustCertificate) -> None:
        self.service.run(command)


class _Line(QWidget):
    """A trusted certificate, with the button to take the trust back."""

    def __init__(self, part: CertificatesPart, position: int, known: Trusted) -> None:
        super().__init__(part)
        self._part = part
        self._known = known
        host = QLabel(known.host, self, wordWrap=True)
        host.setTextFormat(Qt.TextFormat.PlainText)
        text = self.tr("Issued to {name}, trusted since {day}").format(
            name=known.subject or known.host, day=day(known.trusted_at)
        )
        if known.expires_at is not None:
            ended = self.tr("{trusted}, expired on {day}")
            ends = self.tr("{trusted}, expires on {day}")
            is_over = known.expires_at < now_ms()
            text = (ended if is_over else ends).format(trusted=text, day=day(known.expires_at))
        since = HintLabel(part.theme, text, self)
        mark = QLabel(grouped(known.fingerprint), self)
        mark.setObjectName(f"trusted_fingerprint_{position}")
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(11)
        mark.setFont(fixed)
        mark.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = QPushButton(self.tr("Stop trusting"), self)
        button.setObjectName(f"distrust_button_{position}")
        button.setAccessibleDescription(host.text())
        button.setAutoDefault(False)
        button.clicked.connect(self._distrust)
        words = QVBoxLayout()
        words.setSpacing(3)
        for label in (host, since, mark):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _distrust(self) -> None:
        """Take the trust back at once. The account connects again, and asks if it is refused."""
        self._part.service.run(DistrustCertificate(self._known.host, self._known.fingerprint))
