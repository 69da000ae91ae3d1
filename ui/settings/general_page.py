"""General settings of email sync: what all personal accounts share (R1, S8)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sync.qt.service import MailService
from ui.settings.parts import PreferencesPage, ServerOptions
from ui.theme import Theme


class GeneralPage(PreferencesPage):
    """The two options, both off at first."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("general_page")
        self.title.setText(self.tr("General settings"))
        section = self.add_section(
            self.tr("Archiving and deleting"),
            self.tr("For your personal accounts. Each team account has its own, on its page."),
        )
        self.options = ServerOptions(service, theme, parent=self.body())
        section.addWidget(self.options)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Show what is stored."""
        self.options.refresh()
