"""“Sync past emails”: how far back, whose mail (the first time only), and deleted mail (R8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from models.deletion import bringing_back
from models.server import mailbox, past_sync
from models.server.past_sync import BeginPastSync
from sync.engine.count import past_mail
from sync.qt.probes.counting import Counter, Counts
from sync.qt.service.service import MailService
from ui.forms.fields import GAP, HintLabel, Notice, Title, add_field
from ui.forms.style import DialogStyle
from ui.setup.past_mail.counts_table import CountsTable
from ui.setup.past_mail.deleted_question import DeletedQuestion
from ui.setup.past_mail.scope_choice import ScopeChoice
from ui.setup.sign_in import flow, words
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox, StillDateEdit

DATE = "date"
WIDTH = 560


class PastSyncDialog(QDialog):
    """Its "Sync" sends the command and closes the dialog. Shown with `open()`.

    Signals:
        import_wanted: The user wants to import contacts first.
    """

    import_wanted = Signal()

    def __init__(
        self, service: MailService, theme: Theme, account_id: int | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sync_past_dialog")
        self.setWindowTitle(self.tr("Sync past emails"))
        self.setModal(True)
        DialogStyle(self, theme)
        self._service = service
        self._theme = theme
        self._counter = Counter(service.timing, self)
        self._counts = Counts(0)
        self._moments: dict[str, int] = {}
        self._make_fields()
        self._lay_out()
        self._connect()
        self._fill_accounts(account_id)
        self.resize(WIDTH, self.sizeHint().height())

    # --- parts ---------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.account = StillComboBox(self)
        self.account.setObjectName("past_account_combo")
        self.start = StillComboBox(self)
        self.start.setObjectName("start_combo")
        for code in (*flow.MONTHS, DATE):
            self.start.addItem(words.start_text(code), code)
        self.date = StillDateEdit(self)
        self.date.setObjectName("start_date_edit")
        self.date.setAccessibleName(self.tr("Start date"))
        self.date.setCalendarPopup(True)
        today = QDate.currentDate()
        self.date.setMaximumDate(today.addDays(-1))
        self.date.setDate(today.addYears(-2))
        self.counts = CountsTable(self._theme, tuple(flow.MONTHS), self)
        self.scope_choice = ScopeChoice(self._service, self._theme, self)
        self.deleted = DeletedQuestion(self._theme, self)
        self._state = Notice(self._theme, "info", self)
        self._state.setObjectName("past_state")
        self.go_on_button = QPushButton(self.tr("&Go on where it stopped"), self)
        self.go_on_button.setObjectName("go_on_button")
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setObjectName("cancel_button")
        self.sync_button = QPushButton(self.tr("S&ync"), self)
        self.sync_button.setObjectName("sync_button")
        self.sync_button.setDefault(True)
        for button in (self.go_on_button, self.cancel_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(28, 24, 28, 12)
        column.setSpacing(GAP)
        column.addWidget(Title(self.tr("Sync past emails"), 17, self))
        hint = self.tr("Mail of the labels you sync comes in. Nothing that is here is removed.")
        column.addWidget(HintLabel(self._theme, hint, self))
        self._account_label = add_field(column, self.tr("&Account"), self.account)
        column.addWidget(self._state)
        column.addWidget(self.go_on_button, 0, Qt.AlignmentFlag.AlignLeft)
        add_field(column, self.tr("Sync &starting from"), self.start)
        column.addWidget(self.date)
        column.addWidget(self.counts)
        column.addWidget(self.scope_choice)
        column.addWidget(self.deleted)
        column.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self._body = body
        line = QFrame(self)
        line.setObjectName("footer_line")
        line.setFixedHeight(1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(28, 14, 28, 16)
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.sync_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(area, 1)
        rows.addWidget(line)
        rows.addLayout(buttons)

    def _connect(self) -> None:
        self.account.currentIndexChanged.connect(self._on_account)
        self.start.currentIndexChanged.connect(self._show_counts)
        self.date.dateChanged.connect(self._on_date)
        self.scope_choice.import_wanted.connect(self.import_wanted)
        self.scope_choice.contacts_came.connect(self._on_account)
        self.cancel_button.clicked.connect(self.reject)
        self.sync_button.clicked.connect(self._sync)
        self.go_on_button.clicked.connect(self._go_on)
        self._counter.counted.connect(self._on_counted)

    def _fill_accounts(self, account_id: int | None) -> None:
        self.account.blockSignals(True)
        for config in account.configs():
            self.account.addItem(config.address, config.id)
        self.account.setCurrentIndex(max(self.account.findData(account_id), 0))
        self.account.blockSignals(False)
        for widget in (self.account, self._account_label):
            widget.setVisible(self.account.count() > 1)
        chosen = self._config()
        if chosen is not None:
            self.start.setCurrentIndex(self.start.findData(_proposed(chosen)))
        self._on_account()
        self._fit()

    def _fit(self) -> None:
        """Make the dialog as high as it needs to be, if the screen is high enough."""
        needed = self._body.sizeHint().height() + 76
        most = self.screen().availableGeometry().height() - 80
        self.setMinimumHeight(min(needed, most))

    # --- the account ---------------------------------------------------------------------

    def _config(self) -> AccountConfig | None:
        account_id = self.account.currentData()
        return account.config(int(account_id)) if account_id is not None else None

    @Slot()
    def _on_account(self) -> None:
        """Another account, or the first contacts: count everything again."""
        config = self._config()
        self.sync_button.setEnabled(config is not None)
        if config is None:
            return
        self.scope_choice.refresh()
        self.scope_choice.setVisible(not config.past_started)
        is_asked = not config.past_started and self.scope_choice.has_contacts
        self.counts.set_with_contacts(is_asked)
        self.deleted.setVisible(bringing_back.has_deleted(config.id))
        self._show_state(config)
        self._count()

    def _show_state(self, config: AccountConfig) -> None:
        """Offer to continue a past sync that has not finished, as it was asked for."""
        is_stopped = config.state == account.STOPPED
        is_open = config.past_started and not past_sync.is_over(config.id)
        text = ""
        if is_open and is_stopped:
            text = self.tr("The last past sync was stopped at {done} of {total} messages.")
        elif is_open:
            text = self.tr("The last past sync still runs: {done} of {total} messages.")
        elif is_stopped:
            text = self.tr("Syncing of this account is stopped. “Sync” starts it again.")
        labels = past_sync.progress(config.id)
        done, total = sum(each.done for each in labels), sum(each.total for each in labels)
        said = text.format(done=formatting.number(done), total=formatting.number(total))
        self._state.say(said)
        self.go_on_button.setVisible(is_open and is_stopped)

    # --- counting ------------------------------------------------------------------------

    def _count(self) -> None:
        now = datetime.now(UTC)
        self._moments = {start: flow.starts_at(start, now) for start in flow.MONTHS}
        self._counts = Counts(0)
        earliest = min(self._moments["1y"], self._chosen_at())
        account_id = int(self.account.currentData())
        vault = self._service.vault.vault
        self._counted_from = earliest
        self._counter.count_account(account_id, vault, earliest)
        self._show_counts()

    @Slot()
    def _on_date(self) -> None:
        if self._chosen_at() < self._counted_from:
            self._count()
        else:
            self._show_counts()

    @Slot(object)
    def _on_counted(self, counts: Counts) -> None:
        self._counts = counts
        self._show_counts()

    @Slot()
    def _show_counts(self) -> None:
        is_date = self.start.currentData() == DATE
        self.date.setVisible(is_date)
        if is_date and self._chosen_at() < self._counted_from:
            self._count()
            return
        names = self._labels()
        found = {
            start: past_mail.total(self._counts.labels, names, at)
            for start, at in (self._moments | {DATE: self._chosen_at()}).items()
        }
        tallies = {start: tally for start, tally in found.items() if tally is not None}
        self.counts.show_tallies(tallies)
        self.counts.choose(str(self.start.currentData()))
        self.counts.note.setText(self._note(self.counts.row_text(DATE) if is_date else ""))
        is_over = self._counts.is_over
        self.deleted.show_count(self._counts.deleted, self._chosen_at(), is_over=is_over)

    def _labels(self) -> tuple[str, ...]:
        boxes = mailbox.of_account(int(self.account.currentData()))
        return tuple(
            b.name for b in boxes if b.is_synced and b.is_selectable and b.missing_since is None
        )

    def _note(self, of_date: str) -> str:
        if self._counts.error:
            text = self.tr("It could not be counted: {reason}")
            return text.format(reason=self._counts.error)
        if of_date:
            return of_date
        if not self._counts.is_over:
            return self.tr("Counting on the server…")
        return self.tr("What is on the server now and not here.")

    # --- what the user decides -----------------------------------------------------------

    def _chosen_at(self) -> int:
        """The chosen start, in ms UTC."""
        start = str(self.start.currentData())
        if start != DATE:
            return flow.starts_at(start, datetime.now(UTC))
        midnight = QDateTime(self.date.date(), QTime(0, 0))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        return min(midnight.toMSecsSinceEpoch(), round(yesterday.timestamp() * 1000))

    @Slot()
    def _sync(self) -> None:
        config = self._config()
        if config is None:
            return
        is_of_contacts = not config.past_started and self.scope_choice.scope() == "contacts"
        self._service.run(
            BeginPastSync(
                config.id,
                str(self.start.currentData()),
                self._chosen_at(),
                "contacts" if is_of_contacts else "everyone",
                self.deleted.wants_back(),
            )
        )
        self.accept()

    @Slot()
    def _go_on(self) -> None:
        """Continue as it was asked for, with its scope (S5)."""
        account_id = int(self.account.currentData())
        self._service.run(UpdateAccount(account_id, {"state": account.ACTIVE}))
        self.accept()

    def done(self, result: int) -> None:
        """End the counting, however the dialog ends."""
        self._counter.cancel()
        super().done(result)


def _proposed(config: AccountConfig) -> str:
    """The start one step earlier than the last one."""
    starts = list(flow.MONTHS)
    if config.start not in starts:
        return starts[0]
    return starts[min(starts.index(config.start) + 1, len(starts) - 1)]
