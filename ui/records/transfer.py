"""Stages, import and export: what concerns all records of a kind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from models.commands import ImportRecords, SaveStages
from models.exporting import ExportResult
from models.records import Kind, Stage, stages
from sync.qt.requests import Answer, ExportRequest
from sync.qt.service import MailService
from ui import formatting
from ui.commands import CommandStack
from ui.records import kinds
from ui.records.import_dialog import ImportDialog
from ui.records.stages_dialog import StagesDialog
from ui.theme import Theme


class Transfer(QObject):
    """Opens the dialogs and does what they ask for.

    Signals:
        failed: The person's sentence; also how many records were exported.
    """

    failed = Signal(str)

    def __init__(
        self, service: MailService, stack: CommandStack, theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._service = service
        self._stack = stack
        self._theme = theme
        self._window = window
        self._exports: dict[int, str] = {}
        service.answered.connect(self._on_answered)

    # --- stages --------------------------------------------------------------------------

    @Slot()
    def edit_stages(self) -> None:
        """Rename, order, add and remove the stages of the pipeline."""
        dialog = StagesDialog(stages(), self._theme, self._window)
        dialog.agreed.connect(self._save_stages)
        dialog.open()

    @Slot(object)
    def _save_stages(self, wanted: tuple[Stage, ...]) -> None:
        self._stack.run(SaveStages(wanted))

    # --- import --------------------------------------------------------------------------

    def open_import(self, kind: str) -> ImportDialog:
        """Show the import; the kind is a first guess."""
        dialog = ImportDialog(self._service, Kind(kind), self._theme, self._window)
        dialog.agreed.connect(self._import)
        dialog.open()
        return dialog

    @Slot(object)
    def _import(self, command: ImportRecords) -> None:
        self._stack.run(command)

    # --- export --------------------------------------------------------------------------

    def export(self, kind: str, ending: str, ids: tuple[int, ...] | None = None) -> None:
        """Ask for a file and write all records of a kind into it."""
        name = f"{kinds.words(kind).many}.{ending}"
        filters = {"csv": self.tr("CSV table (*.csv)"), "vcf": self.tr("vCard (*.vcf)")}
        dialog = QFileDialog(self._window, self.tr("Export"), name, filters[ending])
        dialog.setObjectName("export_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.fileSelected.connect(lambda path: self.write(Path(path), kind, ids))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, path: Path, kind: str, ids: tuple[int, ...] | None = None) -> None:
        """Write records into a file."""
        ticket = self._service.ask(ExportRequest(path, Kind(kind), ids))
        self._exports[ticket] = path.name

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        name = self._exports.pop(answer.ticket, None)
        if name is None:
            return
        result = answer.result
        if isinstance(result, ExportResult) and not result.error:
            text = self.tr("{count} records are in {file} now.")
            self.failed.emit(text.format(count=formatting.number(result.count), file=name))
        else:
            error = result.error if isinstance(result, ExportResult) else answer.error
            self.failed.emit(error)
