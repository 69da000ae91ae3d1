"""The way to the import for whoever has no list of records at hand: the wizard, a menu."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from models.records.records import Kind
from sync.qt.service.service import MailService
from ui.records.imports.import_dialog import ImportDialog
from ui.style.theme import Theme


def open_import(
    service: MailService, theme: Theme, parent: QWidget, kind: str = Kind.PERSON
) -> ImportDialog:
    """Show the import over `parent`; the kind is a first guess.

    The dialog does everything by itself and closes when the records are in; `RecordsChanged`
    tells of them. The window's undo takes the import back, whoever opened it.
    """
    dialog = ImportDialog(service, Kind(kind), theme, parent)
    dialog.open()
    return dialog
