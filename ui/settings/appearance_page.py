"""The preferences about how Dealpost looks."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from models.store import settings
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, add_choice, add_field
from ui.settings.parts import PreferencesPage
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox


class AppearancePage(PreferencesPage):
    """Theme, density, and how HTML mail is shown."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("appearance_page")
        self.title.setText(self.tr("Appearance"))
        self._service = service
        self.mode = StillComboBox(self.body())
        self.mode.setObjectName("theme_combo")
        for text, value in (
            (self.tr("As the system"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ):
            self.mode.addItem(text, value)
        self.density = StillComboBox(self.body())
        self.density.setObjectName("density_combo")
        self.density.addItem(self.tr("Comfortable"), "comfortable")
        self.density.addItem(self.tr("Compact"), "compact")
        self.simple = QCheckBox(self.tr("Show HTML mail in a simple way"), self.body())
        self.simple.setObjectName("simple_html_check")
        for combo in (self.mode, self.density):
            combo.setMaximumWidth(260)
        section = self.add_section(self.tr("Window"))
        add_field(section, self.tr("&Theme"), self.mode)
        add_field(section, self.tr("&Density of lists"), self.density)
        section = self.add_section(self.tr("Mail"))
        hint = HintLabel(
            theme,
            self.tr("Needs less memory. Pictures and columns may stand elsewhere than meant."),
            self.body(),
        )
        add_choice(section, self.simple, hint)
        self.column.addStretch(1)
        self.refresh()
        self.mode.activated.connect(self._save_mode)
        self.density.activated.connect(self._save_density)
        self.simple.toggled.connect(self._save_simple)

    def refresh(self) -> None:
        """Show what is stored."""
        self.mode.setCurrentIndex(max(0, self.mode.findData(settings.get("theme"))))
        self.density.setCurrentIndex(max(0, self.density.findData(settings.get("density"))))
        self.simple.blockSignals(True)
        self.simple.setChecked(settings.is_on("simple_html"))
        self.simple.blockSignals(False)

    @Slot()
    def _save_mode(self) -> None:
        value = str(self.mode.currentData())
        self.theme.set_mode(value)
        self._service.run(SetOption("theme", value))

    @Slot()
    def _save_density(self) -> None:
        value = str(self.density.currentData())
        self.theme.set_density(value)
        self._service.run(SetOption("density", value))

    @Slot(bool)
    def _save_simple(self, is_on: bool) -> None:
        self._service.run(SetOption("simple_html", is_on))
