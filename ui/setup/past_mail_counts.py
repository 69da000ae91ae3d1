"""Counts what past mail each choice would bring, while the wizard asks its three questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal, Slot

from sync.engine.count import past_mail
from sync.qt.probes.counting import Counter, Counts
from sync.qt.probes.probe import Label, SignIn
from sync.timing import Timing
from ui.setup.choice_pages import LabelsPage, StartPage
from ui.setup.sign_in import flow

LONGEST = "1y"


class PastMailCounts(QObject):
    """Counts from the sign-in on, fills the pages meanwhile, and ends when the user goes on.

    Signals:
        import_wanted: The user wants to import contacts.
    """

    import_wanted = Signal()

    def __init__(
        self, timing: Timing, labels_page: LabelsPage, start_page: StartPage, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._counter = Counter(timing, self)
        self._labels_page = labels_page
        self._start_page = start_page
        self._asked: tuple[SignIn, tuple[str, ...]] | None = None
        self._counts = Counts(0)
        self._moments: dict[str, int] = {}
        self._counter.counted.connect(self._on_counted)
        start_page.scope_choice.import_wanted.connect(self.import_wanted)
        start_page.scope_choice.contacts_came.connect(self._on_contacts)
        labels_page.list.itemChanged.connect(self.refresh)
        labels_page.all.toggled.connect(self.refresh)

    def begin(self, sign_in: SignIn, labels: Sequence[Label]) -> None:
        """The sign-in worked: count the labels that are offered."""
        self._asked = (sign_in, tuple(label.name for label in flow.offered(labels)))
        self._counts = Counts(0)
        self._count()
        self.refresh()

    def cancel(self) -> None:
        """Stop counting and close the connection at once."""
        self._counter.cancel()
        self._asked = None

    def _count(self) -> None:
        if self._asked is None:
            return
        now = datetime.now(UTC)
        self._moments = {start: flow.starts_at(start, now) for start in flow.MONTHS}
        sign_in, names = self._asked
        self._counter.count_new(sign_in, names, self._moments[LONGEST])

    @Slot()
    def _on_contacts(self) -> None:
        """Contacts were imported: count again how much mail is from them; the rest stays."""
        self._start_page.refresh()
        self._count()

    @Slot(object)
    def _on_counted(self, counts: Counts) -> None:
        known = {each.name: each for each in self._counts.labels}
        known |= {each.name: each for each in counts.labels}
        self._counts = Counts(
            counts.ticket, tuple(known.values()), is_over=counts.is_over, error=counts.error
        )
        if counts.is_over:
            self._asked = self._asked if not counts.error else None
        self.refresh()

    def show(self) -> None:
        """Another page is shown: look for new contacts, and for labels that were not listed."""
        self._start_page.refresh()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is known for the labels that are ticked."""
        if not self._moments:
            return
        labels, names = self._counts.labels, self._labels_page.wanted()
        self._labels_page.show_counts(labels, self._moments[LONGEST])
        tallies = {
            start: tally
            for start, at in self._moments.items()
            if (tally := past_mail.total(labels, names, at)) is not None
        }
        self._start_page.counts.show_tallies(tallies)
        for note, text in (
            (self._labels_page.counts_note, self.tr("Messages of the last year.")),
            (self._start_page.counts.note, self.tr("As it is on the server now.")),
        ):
            note.setText(self._note(text))

    def _note(self, counted: str) -> str:
        if self._counts.error:
            return self.tr("It could not be counted; that changes nothing for the sync.")
        return counted if self._counts.is_over else self.tr("Counting on the server…")
