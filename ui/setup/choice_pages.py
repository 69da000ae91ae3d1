"""The three things the wizard asks: tracking settings, labels to sync from, where to start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QRadioButton,
    QWidget,
)

from sync.engine.count.past_mail import LabelCount
from sync.qt.probes.probe import Label
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Notice, add_choice, add_field
from ui.setup.past_mail.counted_labels import show_counts, with_counts
from ui.setup.past_mail.counts_table import CountsTable
from ui.setup.past_mail.label_list import label_item, ticked_names
from ui.setup.past_mail.scope_choice import ScopeChoice
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.flow import Answers
from ui.setup.sign_in.secret_page import WizardPage
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox
from ui.widgets.tick_list import TickList


class TrackingPage(WizardPage):
    """Asks which signals mail that the user sends shall request (M20)."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            theme,
            parent.tr("Tracking settings"),
            parent.tr("Used when you send mail. You can change this for each mail."),
            parent,
        )
        self.receipts = QCheckBox(self.tr("Ask for &read receipts"), self)
        self.receipts.setObjectName("track_receipts_check")
        self.delivery = QCheckBox(self.tr("Ask for &delivery reports"), self)
        self.delivery.setObjectName("track_delivery_check")
        explained = (
            (
                self.receipts,
                self.tr("The recipient's mail program may ask before it tells you."),
            ),
            (
                self.delivery,
                self.tr("The recipient's server says that the mail has arrived, if it can."),
            ),
        )
        for check, text in explained:
            add_choice(self.column, check, HintLabel(theme, text, self))
        self.column.addWidget(
            HintLabel(
                theme,
                self.tr("No hidden pictures and no rewritten links: those are not offered."),
                self,
            )
        )
        self.column.addStretch(1)

    def focus_first(self) -> None:
        self.receipts.setFocus(Qt.FocusReason.OtherFocusReason)


class LabelsPage(WizardPage):
    """All labels, or chosen ones (S3)."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            theme,
            parent.tr("Labels to sync from"),
            parent.tr("Trash, Junk and Drafts are never synced as mail."),
            parent,
        )
        self.chosen = QRadioButton(self.tr("&Chosen labels"), self)
        self.chosen.setObjectName("chosen_labels_radio")
        self.chosen.setChecked(True)
        self.all = QRadioButton(self.tr("A&ll labels, also those made later"), self)
        self.all.setObjectName("all_labels_radio")
        self.list = TickList(self)
        self.list.setObjectName("labels_list")
        self.list.setAccessibleName(self.tr("Labels"))
        self.list.setUniformItemSizes(True)
        with_counts(self.list, theme)
        self.counts_note = HintLabel(theme, "", self)
        self.counts_note.setObjectName("labels_counts_note")
        self.counts_note.setMinimumHeight(self.counts_note.fontMetrics().height() + 4)
        self._warning = Notice(theme, parent=self)
        self._warning.setObjectName("sent_warning")
        add_choice(self.column, self.all)
        add_choice(self.column, self.chosen)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self.counts_note)
        self.column.addWidget(self._warning)
        self._labels: tuple[Label, ...] = ()
        self._kind = "personal"
        self._group = QButtonGroup(self)
        self._group.addButton(self.all)
        self._group.addButton(self.chosen)
        self.all.toggled.connect(self._on_changed)
        self.list.itemChanged.connect(self._on_changed)

    def focus_first(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def fill(self, labels: Sequence[Label], kind: str) -> None:
        """Offer these labels; what the user ticked before stays ticked."""
        offered = flow.offered(labels)
        if (offered, kind) == (self._labels, self._kind):
            return
        self._labels, self._kind = offered, kind
        self.list.blockSignals(True)
        self.list.clear()
        for label in offered:
            is_ticked = flow.is_preselected(label, kind)
            text = words.label_text(label)
            self.list.addItem(label_item(label.name, text, is_ticked=is_ticked))
        self.list.blockSignals(False)
        self._on_changed()

    def ticked(self) -> tuple[str, ...]:
        """The names of the chosen labels."""
        return ticked_names(self.list)

    def wanted(self) -> tuple[str, ...]:
        """The names of the labels that would be synced."""
        return tuple(each.name for each in self._labels) if self.all.isChecked() else self.ticked()

    def show_counts(self, counts: Sequence[LabelCount], since: int) -> None:
        """Show how much mail each label got since then."""
        show_counts(self.list, counts, since)

    @Slot()
    def _on_changed(self) -> None:
        self.list.setEnabled(not self.all.isChecked())
        answers = Answers(kind=self._kind, all_labels=self.all.isChecked(), labels=self.ticked())
        text = self.tr(
            "Without Sent, mails that you write elsewhere will be missing here, and in the history"
            " of your deals."
        )
        self._warning.say(text if flow.misses_sent(answers, self._labels) else "")


class StartPage(WizardPage):
    """Asks how far back and whose mail (S4, S5), and shows what each choice would bring."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            theme,
            parent.tr("Where to start"),
            parent.tr("All new mail comes in from now on. Past mail comes as far back as you say."),
            parent,
        )
        self.start = StillComboBox(self)
        self.start.setObjectName("start_combo")
        for code in flow.STARTS:
            self.start.addItem(words.start_text(code), code)
        self.start.setCurrentIndex(self.start.findData(flow.FIRST_START))
        add_field(self.column, self.tr("&Sync starting from"), self.start)
        self._now_hint = HintLabel(
            theme,
            self.tr("No past mail. You can bring it in later with “Sync past emails”."),
            self,
        )
        self.counts = CountsTable(theme, tuple(flow.MONTHS), self)
        self.column.addWidget(self.counts)
        self.column.addWidget(self._now_hint)
        self.scope_choice = ScopeChoice(service, theme, self)
        self.column.addWidget(self.scope_choice)
        self.column.addStretch(1)
        self.start.currentIndexChanged.connect(self._on_start)
        self._on_start()

    def focus_first(self) -> None:
        self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Look whether there are contacts, because the page is shown."""
        self.scope_choice.refresh()
        self.counts.set_with_contacts(self.scope_choice.has_contacts)

    def scope(self) -> str:
        """Whose past mail the user wants."""
        return self.scope_choice.scope()

    @Slot()
    def _on_start(self) -> None:
        start = str(self.start.currentData())
        asks = flow.asks_scope(start)
        self._now_hint.setVisible(not asks)
        self.scope_choice.setVisible(asks)
        self.counts.choose(start)
