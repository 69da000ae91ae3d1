"""The health of an account: findings about its servers, and what to do."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from models.accounts import account, certificates
from models.accounts.account import AccountConfig
from models.events import Event, HealthChanged
from sync.health import account_findings, support_text
from sync.health.keeper import last_report, offline
from sync.health.report import Finding, Report, Severity, ordered
from sync.qt.probes.smtp_look import SmtpLook
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.settings.account.part import AccountPart
from ui.style import formatting, icons
from ui.style.theme import Theme

PATIENCE_MS = 20_000  # the page stops waiting for a check that takes longer
MARK = 18
_ICONS = {
    Severity.OK: ("circle-check", "success"),
    Severity.NOTE: ("info", "accent"),
    Severity.WARNING: ("triangle-alert", "warning"),
    Severity.PROBLEM: ("circle-alert", "danger"),
}


class HealthPart(AccountPart):
    """The findings of the last report, "Check now", and "Copy for support"."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.setObjectName(f"health_part_{config.id}")
        self._report = Report()
        self._is_checking = False
        self._shows_all = False
        self._had_focus = False
        self._is_asked = (
            False  # the user pressed "Check now", and the mail server has not answered yet
        )
        self._sending: Finding | None = None
        self._sends_by: tuple[str, ...] = ()  # the time of the last look
        self._smtp = SmtpLook(service.timing, self)
        self._smtp.looked.connect(self._on_looked)
        self.time = HintLabel(theme, "", self)
        self.time.setObjectName("health_time")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        self._list = QWidget(self)
        self._list.setObjectName("health_list")
        self._list.setLayout(self._rows)
        self._rows.setContentsMargins(0, 4, 0, 4)
        self.check_button = self._button("health_check_button", self.tr("Check now"))
        self.copy_button = self._button("health_copy_button", self.tr("Copy for support"))
        self.all_button = self._button("health_all_button", "")
        self.copied = HintLabel(
            theme,
            self.tr(
                "Copied. It holds no addresses, subjects, names of labels or passwords; read it"
                " before you send it."
            ),
            self,
        )
        self.copied.setObjectName("health_copied")
        self.copied.hide()
        buttons = QHBoxLayout()
        for button in (self.check_button, self.copy_button, self.all_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.column.addWidget(self.time)
        self.column.addWidget(self._list)
        self.column.addLayout(buttons)
        self.column.addWidget(self.copied)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._give_up)
        self.check_button.clicked.connect(self._check)
        self.copy_button.clicked.connect(self._copy)
        self.all_button.clicked.connect(self._toggle_all)
        service.happened.connect(self._on_happened)
        self._show()

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    # --- showing -------------------------------------------------------------------------

    def refresh(self, config: AccountConfig) -> None:
        """The account was stopped, started or edited, so the finding about sending may be old."""
        if self._sends_by not in ((), _sends_by(config)):
            self._smtp.cancel()
            self._sending, self._sends_by = None, ()
        if config.id == self.account_id:
            self._show()

    def findings(self) -> tuple[Finding, ...]:
        """All findings that are shown."""
        return self._report.findings

    def _show(self) -> None:
        config = account.config(self.account_id)
        if config is None:
            return
        report = last_report(self.account_id)
        status = self.service.status(self.account_id)
        if status is None or config.state == account.STOPPED:
            found = account_findings.not_tried(config)
            report = offline(config, report, found, read_only=self.service.is_read_only)
        if self._sending is not None:
            report = replace(report, findings=ordered((*report.findings, self._sending)))
        self._report = report
        self.time.setText(self._time_text(report))
        self._fill()

    def _time_text(self, report: Report) -> str:
        if self._is_checking:
            return self.tr("Checking…")
        if report.looked_at is None:
            return self.tr("The server was not looked at yet.")
        moment = formatting.full_date(report.looked_at)
        if report.is_connected:
            return self.tr("Looked at {time}.").format(time=moment)
        text = self.tr("Not connected. What is said of the server is from {time}.")
        return text.format(time=moment)

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        fine = [each for each in self._report.findings if each.severity is Severity.OK]
        shown = [each for each in self._report.findings if each.severity is not Severity.OK]
        for finding in [*shown, *(fine if self._shows_all else ())]:
            self._rows.addWidget(FindingRow(self.theme, finding, self._list))
        if not shown and fine and not self._shows_all:
            good = Finding("all_good", Severity.OK, self.tr("Everything is as it should be."))
            self._rows.addWidget(FindingRow(self.theme, good, self._list))
        text = (
            self.tr("Show less")
            if self._shows_all
            else self.tr("Show all ({count})").format(count=len(self._report.findings))
        )
        self.all_button.setText(text)
        self.all_button.setVisible(bool(fine))

    # --- doing ---------------------------------------------------------------------------

    @Slot()
    def _check(self) -> None:
        self.copied.hide()
        if not self.service.check_health(self.account_id):
            self._show()
            return
        self._is_checking = self._is_asked = True
        self._had_focus = self.check_button.hasFocus()
        self.check_button.setEnabled(False)
        self.time.setText(self.tr("Checking…"))
        self._patience.start()

    @Slot()
    def _give_up(self) -> None:
        self._end_check()
        self._show()

    def _end_check(self) -> None:
        self._is_checking = False
        self._patience.stop()
        self.check_button.setEnabled(True)
        if (
            self._had_focus and self.copy_button.hasFocus()
        ):  # Qt moved the focus there, not the user
            self.check_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._had_focus = False

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, HealthChanged) and event.account_id == self.account_id:
            self._end_check()
            self._show()
            self._look_at_smtp()

    def _look_at_smtp(self) -> None:
        """Look at the SMTP server, once the mail server has answered: there is a network then."""
        config = account.config(self.account_id)
        if self._is_asked and self._report.is_connected and config is not None:
            self._is_asked = False
            self._sends_by = _sends_by(config)
            self._smtp.look(config)

    @Slot(object)
    def _on_looked(self, found: Finding) -> None:
        self._sending = found
        self._show()

    @Slot()
    def _toggle_all(self) -> None:
        self._shows_all = not self._shows_all
        self._fill()

    @Slot()
    def _copy(self) -> None:
        config = account.config(self.account_id)
        if config is None:
            return
        status = self.service.status(self.account_id)
        vault = self.service.vault.vault
        words = support_text.text(
            config,
            self._report,
            version=_version(),
            qt=PySide6.__version__,
            phase=status.phase.value if status else "none",
            vault=f"{vault.mode.value or 'none'} {vault.state.value}",
        )
        QGuiApplication.clipboard().setText(words)
        self.copied.show()


class FindingRow(QWidget):
    """Shows one finding: a mark, the finding, and what to do."""

    def __init__(self, theme: Theme, finding: Finding, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"health_finding_{finding.code}")
        self._theme = theme
        self._severity = finding.severity
        self._mark = QLabel(self)
        self._mark.setFixedWidth(MARK)
        self.sentence = HintLabel(theme, finding.sentence, self)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.set_tone("text")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        if finding.advice:
            advice = HintLabel(theme, finding.advice, self)
            advice.setTextFormat(Qt.TextFormat.PlainText)
            words.addWidget(advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{self._severity_words()}: {finding.sentence} {finding.advice}")
        theme.changed.connect(self._recolor)
        self._recolor()

    def _severity_words(self) -> str:
        match self._severity:
            case Severity.OK:
                return self.tr("Fine")
            case Severity.NOTE:
                return self.tr("To know")
            case Severity.WARNING:
                return self.tr("Warning")
            case _:
                return self.tr("Problem")

    @Slot()
    def _recolor(self) -> None:
        name, color = _ICONS[self._severity]
        ink = self._theme.color(color)
        self._mark.setPixmap(icons.pixmap(name, ink, MARK, self.devicePixelRatioF()))


def _sends_by(config: AccountConfig) -> tuple[str, ...]:
    host = config.smtp_host.strip().lower()
    trusted = [each.fingerprint for each in certificates.everyone() if each.host == host]
    is_stopped = str(config.state == account.STOPPED)
    return host, str(config.smtp_port), config.smtp_security, is_stopped, *sorted(trusted)


def _version() -> str:
    try:
        return version("dealpost")
    except PackageNotFoundError:  # the program runs from its source
        return "from source"
