"""A connection without encryption: what it means, and the user's consent."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from sync.providers import ServerPlace
from ui.forms.fields import GAP, Notice, ServerFields, add_choice
from ui.setup.sign_in import flow
from ui.style.theme import Theme


class OpenLine(QWidget):
    """Asks for consent. Hidden while both connections are encrypted.

    Consent is for the hosts that were in the fields when it was given.
    """

    def __init__(
        self, theme: Theme, imap: ServerFields, smtp: ServerFields, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._fields = (imap, smtp)
        self._agreed: frozenset[str] = frozenset()
        self._notice = Notice(theme, parent=self)
        self.check = QCheckBox(
            self.tr("I know that, and agree to a connection without encryption"), self
        )
        self.check.setObjectName("plain_text_check")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._notice)
        add_choice(column, self.check)
        self.check.toggled.connect(self._on_toggled)
        for fields in self._fields:
            fields.edited.connect(self._on_edited)
        self._on_edited()

    def _open_hosts(self) -> frozenset[str]:
        places: list[ServerPlace] = [fields.place() for fields in self._fields]
        return frozenset(place.host.lower() for place in places if flow.is_open_line(place))

    @Slot(bool)
    def _on_toggled(self, is_on: bool) -> None:
        self._agreed = self._open_hosts() if is_on else frozenset()
        if is_on and not self._agreed:
            self.check.setChecked(False)  # there is nothing to consent to

    @Slot()
    def _on_edited(self) -> None:
        hosts = self._open_hosts()
        text = self.tr("Anybody on the way to the server can read your password and all mail.")
        self._notice.say(text if hosts else "")
        self.check.setVisible(bool(hosts))
        self.setVisible(bool(hosts))
        if not hosts or not hosts <= self._agreed:
            self.check.setChecked(False)
