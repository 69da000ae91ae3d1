"""A certificate that is not valid: its facts, and the button to trust it anyway."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from models.accounts import certificates
from models.commands.security import TrustCertificate
from models.shown_certificate import CertificateFault, ShownCertificate
from sync.qt.probes.probe import Failure, SignIn, Tried
from ui.forms.fields import HintLabel, ServerFields
from ui.forms.scrolling import into_sight
from ui.setup.sign_in.certificate_words import command_for, grouped, problem_text, validity_text
from ui.style import icons
from ui.style.theme import Theme

_FACT_GAP = 12
_MOST_NAMES = 6


class CertificateBox(QWidget):
    """Shows one certificate: its facts, its fingerprint, a warning, and a button to trust it.

    Signals:
        trusted: The user trusts it; a TrustCertificate.
        distrusted: The user takes back a trust that is not stored yet.
    """

    trusted = Signal(object)
    distrusted = Signal()

    def __init__(self, theme: Theme, protocol: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"{protocol}_certificate_box")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._theme = theme
        self._shown: ShownCertificate | None = None
        self._is_trusted = False
        self._title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        font = self._title.font()
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(_FACT_GAP)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._values = {
            key: self._add_fact(text)
            for key, text in (
                ("problem", self.tr("Problem")),
                ("subject", self.tr("Issued to")),
                ("issuer", self.tr("Issued by")),
                ("names", self.tr("Good for")),
                ("valid", self.tr("Valid")),
                ("fingerprint", self.tr("SHA-256")),
            )
        }
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(11)
        self.fingerprint = self._values["fingerprint"]
        self.fingerprint.setFont(fixed)
        self.fingerprint.setObjectName(f"{protocol}_fingerprint")
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.fingerprint.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus
        )  # can be read out by screen readers, and copied
        self._warning = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.button = QPushButton(self.tr("Trust this certificate"), self)
        self.button.setObjectName(f"trust_{protocol}_certificate_button")
        self.back_button = QPushButton(self.tr("Stop trusting"), self)
        self.back_button.setObjectName(f"distrust_{protocol}_certificate_button")
        self._lay_out()
        self.button.clicked.connect(self._trust)
        self.back_button.clicked.connect(self._distrust)
        theme.changed.connect(self.update)
        self.hide()

    def _add_fact(self, text: str) -> QLabel:
        row = self._facts.rowCount()
        name = HintLabel(self._theme, text, self)
        name.setWordWrap(False)
        value = QLabel(self, wordWrap=True)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(text)
        self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(value, row, 1)
        return value

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 10, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(self._facts)
        column.addWidget(self._warning)
        row = QHBoxLayout()
        for button in (self.button, self.back_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    # --- what it shows -------------------------------------------------------------------

    @property
    def shown(self) -> ShownCertificate | None:
        """The certificate that is shown, or None."""
        return self._shown

    def ask(self, shown: ShownCertificate, title: str) -> None:
        """Show a certificate that is not trusted, and ask."""
        self._shown, self._is_trusted = shown, False
        self._title.setText(title)
        values = {
            "problem": problem_text(shown),
            "subject": shown.subject,
            "issuer": shown.issuer,
            "names": ", ".join(shown.names[:_MOST_NAMES])
            + (" …" if len(shown.names) > _MOST_NAMES else ""),
            "valid": validity_text(shown),
            "fingerprint": grouped(shown.fingerprint),
        }
        for row, (key, value) in enumerate(self._values.items(), 1):
            value.setText(values[key])
            _set_row_visible(self._facts, row, is_visible=bool(values[key]))
        self._warning.setText(self._advice(shown))
        self.button.setVisible(shown.can_be_trusted)
        self.button.setAccessibleDescription(title)
        self._show()

    def confirm(self) -> None:
        """Say that the user trusts it, with a way to take that back."""
        self._is_trusted = True
        host = self._shown.host if self._shown else ""
        self._title.setText(self.tr("You trust this certificate of {host}.").format(host=host))
        for row, key in enumerate(self._values, 1):
            _set_row_visible(self._facts, row, is_visible=key == "fingerprint")
        self._warning.setText("")
        self._show()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self.hide()

    def _show(self) -> None:
        self._warning.setVisible(bool(self._warning.text()))
        if self._is_trusted:
            self.button.hide()
        self.back_button.setVisible(self._is_trusted)
        self.show()
        self.update()

    def _advice(self, shown: ShownCertificate) -> str:
        if CertificateFault.REVOKED in shown.faults:
            return self.tr("It cannot be trusted. Ask whoever runs the server.")
        if not shown.can_be_trusted:
            return self.tr("It could not be looked at, so it cannot be trusted. Try again.")
        if shown.is_changed:
            return self.tr(
                "Before you trust the new one, ask whoever runs the server whether this is its"
                " fingerprint. Else somebody in between can read your password and all mail."
            )
        return self.tr(
            "Trust it only if whoever runs the server tells you this same fingerprint. Else"
            " somebody in between can read your password and all mail."
        )

    @Slot()
    def _trust(self) -> None:
        if self._shown is not None:
            self.trusted.emit(command_for(self._shown))

    @Slot()
    def _distrust(self) -> None:
        self.clear()
        self.distrusted.emit()

    @Slot()
    def come_into_sight(self) -> None:
        """Scroll the page so that the box can be seen."""
        into_sight(self.button)
        into_sight(self._title, 80)  # together with the fields above it

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        back = "info_back" if self._is_trusted else "warning_back"
        painter.setBrush(self._theme.color(back))
        painter.drawRoundedRect(self.rect(), 8, 8)
        ink = self._theme.color("accent" if self._is_trusted else "warning")
        mark = "info" if self._is_trusted else "shield-alert"
        painter.drawPixmap(12, 10, icons.pixmap(mark, ink, 18, self.devicePixelRatioF()))
        painter.end()


class CertificateBoxes(QObject):
    """The boxes of a form's two servers, and which certificates the user trusts there.

    Nothing is stored here: the command that stores the form also stores the trust.

    Signals:
        trusted: The user trusts a certificate, so the try can be repeated.
    """

    trusted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.imap = CertificateBox(theme, "imap", parent)
        self.smtp = CertificateBox(theme, "smtp", parent)
        self._chosen: dict[tuple[str, str], TrustCertificate] = {}
        for box in (self.imap, self.smtp):
            box.trusted.connect(self._on_trusted)
            box.distrusted.connect(self._on_distrusted)

    def follow(self, imap: ServerFields, smtp: ServerFields) -> None:
        """Tie each box to its fields: next in the Tab order, and gone when they are edited."""
        imap.edited.connect(self.forget_imap)
        smtp.edited.connect(self.forget_smtp)
        for fields, box in ((imap, self.imap), (smtp, self.smtp)):
            way = (fields.security, box.fingerprint, box.button, box.back_button)
            for first, second in pairwise(way):
                QWidget.setTabOrder(first, second)
        QWidget.setTabOrder(self.imap.back_button, smtp.host)

    def show(self, tried: Tried) -> None:
        """Show the certificates of a failed try; one that both servers share is shown once."""
        imap, smtp = _shown(tried.imap_failure), _shown(tried.smtp_failure)
        is_same = imap is not None and smtp is not None and _key(imap) == _key(smtp)
        for box, shown in ((self.imap, imap), (self.smtp, None if is_same else smtp)):
            if shown is not None:
                box.ask(shown, self._title(shown, is_imap=box is self.imap, is_same=is_same))
            elif not self._is_chosen(box.shown):
                box.clear()
        first = self.imap if imap is not None else self.smtp
        QTimer.singleShot(0, first, first.come_into_sight)

    def with_trust(self, sign_in: SignIn) -> SignIn:
        """The same sign-in, with the certificates trusted so far."""
        stored = {(each.host, each.fingerprint) for each in certificates.everyone()}
        return replace(sign_in, trusted=frozenset(stored | self._chosen.keys()))

    def to_store(self, *hosts: str) -> tuple[TrustCertificate, ...]:
        """What the user trusted in this form, for the hosts that it holds in the end."""
        wanted = {host.strip().lower() for host in hosts}
        return tuple(each for (host, _), each in self._chosen.items() if host in wanted)

    @Slot()
    def forget_imap(self) -> None:
        """The fields were edited, so the shown certificate may be another server's."""
        self._forget(self.imap)

    @Slot()
    def forget_smtp(self) -> None:
        """The same for the server that sends mail."""
        self._forget(self.smtp)

    def clear(self) -> None:
        """The form is stored: forget what was shown and trusted."""
        self._chosen.clear()
        self.imap.clear()
        self.smtp.clear()

    def _forget(self, box: CertificateBox) -> None:
        if not self._is_chosen(box.shown):
            box.clear()

    def _is_chosen(self, shown: ShownCertificate | None) -> bool:
        return shown is not None and _key(shown) in self._chosen

    def _title(self, shown: ShownCertificate, *, is_imap: bool, is_same: bool) -> str:
        if is_same:
            text = self.tr("The certificate of {host}, for receiving and sending")
        elif is_imap:
            text = self.tr("The certificate of {host}, for receiving")
        else:
            text = self.tr("The certificate of {host}, for sending")
        return text.format(host=shown.host)

    @Slot(object)
    def _on_trusted(self, command: TrustCertificate) -> None:
        key = (command.host.strip().lower(), command.fingerprint)
        self._chosen[key] = command
        for box in (self.imap, self.smtp):
            if box.shown is not None and _key(box.shown) == key:
                box.confirm()
        self.trusted.emit()

    @Slot()
    def _on_distrusted(self) -> None:
        kept = {_key(box.shown) for box in (self.imap, self.smtp) if box.shown is not None}
        self._chosen = {key: each for key, each in self._chosen.items() if key in kept}


def _shown(failure: Failure | None) -> ShownCertificate | None:
    return failure.certificate if failure is not None else None


def _key(shown: ShownCertificate) -> tuple[str, str]:
    return shown.host.strip().lower(), shown.fingerprint


def _set_row_visible(grid: QGridLayout, row: int, *, is_visible: bool) -> None:
    for column in (0, 1):
        item = grid.itemAtPosition(row, column)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.setVisible(is_visible)
