"""Stages, import and export: the actions on all records of a kind."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from models.commands.records import SaveStages
from models.files.export import ExportResult
from models.records.records import Kind, Stage, stages
from sync.qt.service.requests import Answer, ExportRequest
from sync.qt.service.service import MailService
from ui.commands.command_stack import CommandStack
from ui.records import kinds
from ui.records.board.stages_dialog import StagesDialog
from ui.records.imports.importing import open_import
from ui.style import formatting
from ui.style.theme import Theme


class Transfer(QObject):
    """Opens the dialogs and carries out what the user chose there.

    Signals:
        failed: A sentence for the user. Also how many records were exported.
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

    def open_import(self, kind: str) -> None:
        """Show the import dialog. The kind is a first guess."""
        open_import(self._service, self._theme, self._window, kind)

    # --- export --------------------------------------------------------------------------

    def offer(
        self, menu: QMenu, kind: str, ids: tuple[int, ...] | None = None, title: str = ""
    ) -> None:
        """Add exports to a menu: of all records of a kind, or of `ids`.

        `title` names the record if there is only one.
        """
        texts = {"csv": self.tr("Export as CSV…")}
        if kind in (kinds.PERSON, kinds.ORGANIZATION):
            texts["vcf"] = self.tr("Export as vCard…")
        for ending, text in texts.items():
            menu.addAction(text, partial(self.export, kind, ending, ids, title))

    def export(
        self, kind: str, ending: str, ids: tuple[int, ...] | None = None, title: str = ""
    ) -> None:
        """Ask for a file and write records into it."""
        name = f"{_file_name(title) or kinds.words(kind).many}.{ending}"
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
            text = self.tr("%Ln records are in {file} now.", "", result.count)
            if result.count == 1:
                text = self.tr("1 record is in {file} now.")
            self.failed.emit(text.format(file=name))
        else:
            error = result.error if isinstance(result, ExportResult) else answer.error
            self.failed.emit(error)


def _file_name(title: str) -> str:
    """A record's title without characters that file systems refuse."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", formatting.clean(title)).strip(" .")[:80]
