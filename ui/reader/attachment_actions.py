"""Opens and saves attachments: warns of dangerous ones, and has the service write the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from models.events import MessagesChanged, MessagesDeleted
from sync.qt.service.attachment_files import AttachmentFile
from sync.qt.service.requests import Answer, AttachmentHead, AttachmentRequest
from sync.qt.service.service import MailService
from ui.reader.opened_files import OpenedFiles, free_path, is_dangerous, safe_name

_SOON_MS = 300


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What to do with an attachment once its bytes are here. Without a path, open it."""

    head: AttachmentHead
    path: Path | None = None


class AttachmentActions(QObject):
    """What the user does with attachments, from the click to the file.

    Signals:
        busy_changed: `busy` changed: other attachments are being fetched or written.
    """

    busy_changed = Signal()

    def __init__(self, service: MailService, parent: QWidget) -> None:
        super().__init__(parent)
        self._service = service
        self._window = parent
        self._files = OpenedFiles(service.folder)
        self._asked: dict[int, _Wanted] = {}  # by ticket
        self._waiting: list[_Wanted] = []  # until the server sends the bytes
        self._is_told = False
        service.answered.connect(self._on_answer)
        service.happened.connect(self._on_event)

    @property
    def busy(self) -> frozenset[int]:
        """The ids of attachments that are still being fetched or written."""
        every = (*self._waiting, *self._asked.values())
        return frozenset(wanted.head.attachment_id for wanted in every)

    def open(self, head: AttachmentHead) -> None:
        """Open an attachment with the system's program for it. Ask first if it is dangerous."""
        if is_dangerous(head.file_name, head.content_type):
            self._warn(head)
        else:
            self.open_now(head)

    def open_now(self, head: AttachmentHead) -> None:
        """Open it without asking."""
        self._ask(_Wanted(head))

    def save(self, heads: tuple[AttachmentHead, ...]) -> None:
        """Ask for a place and save there: one attachment as a file, several into a folder."""
        start = _downloads()
        dialog = QFileDialog(self._window, self.tr("Save attachment"))
        dialog.setObjectName("save_attachment_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(heads) == 1:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.selectFile(str(start / safe_name(heads[0].file_name)))
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setDirectory(str(start))
        choice = _SaveChoice(self, heads, dialog)
        dialog.fileSelected.connect(choice.take)
        dialog.open()

    def save_to(self, head: AttachmentHead, path: Path) -> None:
        """Save one attachment to a path that the user chose."""
        self._ask(_Wanted(head, path))

    def close_down(self) -> None:
        """At quit: remove the copies that were opened."""
        self._files.remove_all()

    def _ask(self, wanted: _Wanted) -> None:
        """Have another thread write the file, because it may be large and the disk slow."""
        head = wanted.head
        path = wanted.path
        if path is None:
            path = self._files.path(head.message_id, head.attachment_id, head.file_name)
        request = AttachmentRequest(head.attachment_id, path, is_copy=wanted.path is None)
        self._asked[self._service.ask(request)] = wanted
        QTimer.singleShot(_SOON_MS, self, self._tell_busy)

    @Slot()
    def _tell_busy(self) -> None:
        """Show what is still busy. Called late, so that quick work does not show."""
        if self._asked:
            self._is_told = True
            self.busy_changed.emit()

    def _warn(self, head: AttachmentHead) -> None:
        box = QMessageBox(self._window)
        box.setObjectName("confirm_open_attachment")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Open attachment?"))
        box.setText(self.tr("“{name}” can run programs.").format(name=safe_name(head.file_name)))
        box.setInformativeText(
            self.tr("Open it only if you expected it and know who sent it. Saving it is safe.")
        )
        box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        question = _OpenQuestion(self, head, box)
        box.button(QMessageBox.StandardButton.Open).clicked.connect(question.yes)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot(object)
    def _on_answer(self, answer: Answer) -> None:
        wanted = self._asked.pop(answer.ticket, None)
        if wanted is None:
            return
        written = answer.result
        if answer.error or not isinstance(written, AttachmentFile):
            self._fail(answer.error or self.tr("This attachment is no longer here."))
        elif not written.is_here:
            self._waiting.append(wanted)
            self._is_told = True
            self._service.want_attachment(wanted.head.attachment_id)
        else:
            self._carry_out(wanted, written)
        if self._is_told:
            self._is_told = bool(self._asked or self._waiting)
            self.busy_changed.emit()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, MessagesChanged):
            ready = [w for w in self._waiting if w.head.message_id in event.message_ids]
            self._waiting = [w for w in self._waiting if w not in ready]
            for wanted in ready:
                self._ask(wanted)
            if ready:
                self.busy_changed.emit()
        elif isinstance(event, MessagesDeleted):
            gone = event.message_ids
            self._waiting = [w for w in self._waiting if w.head.message_id not in gone]
            self._asked = {t: w for t, w in self._asked.items() if w.head.message_id not in gone}

    def _carry_out(self, wanted: _Wanted, written: AttachmentFile) -> None:
        name = safe_name(wanted.head.file_name)
        if written.reason:
            text = self.tr("“{name}” could not be written: {reason}.")
            self._fail(text.format(name=name, reason=written.reason))
        elif wanted.path is None and not QDesktopServices.openUrl(
            QUrl.fromLocalFile(str(written.path))
        ):
            text = self.tr("No program on this machine opens “{name}”. Save it instead.")
            self._fail(text.format(name=name))

    def _fail(self, sentence: str) -> None:
        box = QMessageBox(self._window)
        box.setObjectName("attachment_failed")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Attachment"))
        box.setText(sentence)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _downloads() -> Path:
    """Where the save dialog starts: the user's downloads, or their home if there are none."""
    place = QStandardPaths.StandardLocation.DownloadLocation
    found = Path(QStandardPaths.writableLocation(place))
    return found if found.is_dir() else Path.home()


class _OpenQuestion(QObject):
    """Keeps the attachment that a warning is about until the user answers."""

    def __init__(self, actions: AttachmentActions, head: AttachmentHead, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        self._head = head

    @Slot()
    def yes(self) -> None:
        """The user wants to open it."""
        self._actions.open_now(self._head)


class _SaveChoice(QObject):
    """Keeps the attachments to save until the user has chosen a place."""

    def __init__(
        self, actions: AttachmentActions, heads: tuple[AttachmentHead, ...], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._heads = heads

    @Slot(str)
    def take(self, chosen: str) -> None:
        """Save there. In a folder, a name that is taken gets a number."""
        path = Path(chosen)
        if len(self._heads) == 1:
            self._actions.save_to(self._heads[0], path)
            return
        taken: set[Path] = set()
        for head in self._heads:
            target = free_path(path, safe_name(head.file_name))
            while target in taken:
                target = free_path(path, f"{target.stem}_{target.suffix}")
            taken.add(target)
            self._actions.save_to(head, target)
