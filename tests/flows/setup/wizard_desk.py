"""A user in the wizard: fills its pages, tries the servers, reads what the wizard says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from tests.flows.desk import Desk
from tests.flows.profile_file import rows

Found = TypeVar("Found", bound=QWidget)
TABLES = ("account", "secret", "mailbox", "trusted_certificate")


@dataclass(frozen=True)
class Place:
    """What the user types for one server."""

    port: int
    security: str = "none"
    host: str = "localhost"


class WizardDesk:
    """The wizard that opens by itself on an empty profile."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.wait(lambda: self._dialog() is not None, "the wizard opened")
        dialog = self._dialog()
        assert dialog is not None
        self.dialog = dialog
        desk.wait(dialog.isVisible, "the wizard is shown")

    def _dialog(self) -> QDialog | None:
        return self.desk.window.findChild(QDialog, "setup_wizard")

    def part(self, kind: type[Found], name: str) -> Found:
        """A widget of the wizard by its stable name."""
        found = self.dialog.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    # --- typing --------------------------------------------------------------------------

    def fill(
        self,
        address: str,
        imap: Place,
        smtp: Place,
        *,
        password: str = "secret",
        user: str = "",
    ) -> None:
        """Fill in address, password and both servers. Nothing is detected then."""
        self.part(QLineEdit, "address_edit").setText(address)
        self.part(QLineEdit, "name_edit").setText("Ann Lee")
        self.part(QLineEdit, "password_edit").setText(password)
        self.server("imap", imap)
        self.server("smtp", smtp)
        self.part(QLineEdit, "user_name_edit").setText(user)

    def server(self, protocol: str, place: Place) -> None:
        """The host, security and port fields of a server."""
        self.part(QLineEdit, f"{protocol}_host_edit").setText(place.host)
        security = self.part(QComboBox, f"{protocol}_security_combo")
        security.setCurrentIndex(security.findData(place.security))
        self.part(QSpinBox, f"{protocol}_port_spin").setValue(place.port)

    def typed(self) -> dict[str, str]:
        """What all fields contain."""
        names = ("address", "name", "password", "imap_host", "smtp_host", "user_name")
        found = {name: self.part(QLineEdit, f"{name}_edit").text() for name in names}
        for protocol in ("imap", "smtp"):
            found[f"{protocol}_port"] = str(self.part(QSpinBox, f"{protocol}_port_spin").value())
            combo = self.part(QComboBox, f"{protocol}_security_combo")
            found[f"{protocol}_security"] = str(combo.currentData())
        return found

    # --- going on ------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether a try is running. The fields are disabled during it."""
        return not self.part(QStackedWidget, "").isEnabled()

    def press(self, name: str) -> None:
        """Press a button that is enabled."""
        button = self.part(QPushButton, name)
        self.desk.wait(lambda: button.isVisible() and button.isEnabled(), f"{name} can be pressed")
        button.click()

    def to_servers(self) -> None:
        """Go from the first page to the one with the servers."""
        self.press("next_button")
        self.desk.wait(self.part(QLineEdit, "imap_host_edit").isVisible, "the servers' page")

    def try_servers(self) -> str:
        """Press Next on the servers' page. Returns what went wrong, or ''."""
        self.press("next_button")
        self.settle()
        return self.error()

    def settle(self) -> None:
        """Wait until no try is running."""
        self.desk.wait(lambda: not self.is_busy, "the try is over")

    def error(self) -> str:
        """The error that the wizard shows."""
        return self.desk.text_of("wizard_error")

    def finish(self) -> None:
        """Go through the remaining pages, and press "Sync"."""
        sync = self.part(QPushButton, "sync_button")

        def go_on() -> bool:
            button = self.part(QPushButton, "next_button")
            if not sync.isVisible() and button.isVisible() and button.isEnabled():
                button.click()
            return sync.isVisible() and sync.isEnabled()

        self.desk.wait(go_on, f"the last page; {self.error()}")
        sync.click()
        self.desk.wait(lambda: self._dialog() is None, "the account is stored")

    # --- what is stored ------------------------------------------------------------------

    def stored(self) -> int:
        """How many rows the profile has for accounts, their secrets and trusted certificates."""
        return sum(
            int(rows(self.desk.profile, f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES
        )
