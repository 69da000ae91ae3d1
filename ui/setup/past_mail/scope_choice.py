"""Whose past mail to fetch (S5): everyone's, or only mail with contacts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QRadioButton, QVBoxLayout, QWidget

from models.events import Event, RecordsChanged
from models.records import records
from sync.qt.service.service import MailService
from ui.forms.fields import GAP, INDENT, HintLabel, add_choice
from ui.forms.scrolling import fit
from ui.style.theme import Theme


class ScopeChoice(QWidget):
    """Two radio buttons. Without contacts it says why one is disabled, and offers an import.

    Signals:
        import_wanted: The user wants to import contacts.
        contacts_came: The first contacts have come.
    """

    import_wanted = Signal()
    contacts_came = Signal()

    def __init__(self, service: MailService | None, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        question = HintLabel(theme, self.tr("Sync past emails sent and received with:"), self)
        question.set_tone("text")
        self.everyone = QRadioButton(self.tr("&Everyone"), self)
        self.everyone.setObjectName("scope_everyone_radio")
        self.everyone.setChecked(True)
        self.contacts = QRadioButton(self.tr("&Only my contacts"), self)
        self.contacts.setObjectName("scope_contacts_radio")
        self._hint = HintLabel(theme, "", self)
        self.import_button = QPushButton(self.tr("&Import contacts…"), self)
        self.import_button.setObjectName("import_contacts_button")
        self.import_button.setAutoDefault(False)
        self.import_button.clicked.connect(self.import_wanted)
        under = QVBoxLayout()  # of the radio button
        under.setContentsMargins(INDENT, 0, 0, 0)
        under.addWidget(self._hint)
        under.addWidget(self.import_button, 0, Qt.AlignmentFlag.AlignLeft)
        under.setSpacing(GAP)
        near = QVBoxLayout()
        near.setSpacing(3)
        fit(self.contacts)
        near.addWidget(self.contacts)
        near.addLayout(under)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(question)
        add_choice(column, self.everyone)
        column.addLayout(near)
        self.has_contacts = False
        self.set_has_contacts(False)
        if service is not None:
            service.happened.connect(self._on_event)

    def set_has_contacts(self, has_contacts: bool) -> None:
        """Without contacts no mail would come: say so instead of offering the choice."""
        self.has_contacts = has_contacts
        self.contacts.setEnabled(has_contacts)
        self.import_button.setVisible(not has_contacts)
        if has_contacts:
            text = self.tr("Applies to past mail only. All new mail comes in.")
        else:
            text = self.tr(
                "There are no contacts in Dealpost yet. Import or create some first to use this."
            )
            self.everyone.setChecked(True)
        self._hint.setText(text)
        self.contacts.setAccessibleDescription(text)

    def scope(self) -> str:
        """Whose past mail the user wants."""
        return "contacts" if self.contacts.isChecked() else "everyone"

    def refresh(self) -> None:
        """Look whether there are contacts now."""
        self.set_has_contacts(records.has_contacts())

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if not isinstance(event, RecordsChanged):
            return
        before = self.has_contacts
        self.refresh()
        if self.has_contacts and not before:
            self.contacts_came.emit()
