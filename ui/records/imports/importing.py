"""Opens the import dialog, for callers without a list of records: the wizard, a menu."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from models.records.records import Kind
from sync.qt.service.service import MailService
from ui.records.imports.import_dialog import ImportDialog
from ui.style.theme import Theme


def open_import(
    service: MailService, theme: Theme, parent: QWidget, kind: str = Kind.PERSON
) -> ImportDialog:
    """Show the import dialog over `parent`. The kind is a first guess.

    The dialog does everything by itself and closes when the records are imported. The event
    `RecordsChanged` reports them. The window's Undo undoes the import, wherever it was opened.
    """
    dialog = ImportDialog(service, Kind(kind), theme, parent)
    dialog.open()
    return dialog
