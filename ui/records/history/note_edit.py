"""The field where the user writes a note for a record's history."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

REST_MS = 1000  # after the last key; a crash loses no more than this


class _Edit(QPlainTextEdit):
    """A text field where Ctrl+Enter adds the note.

    Signals:
        finished: The user pressed Ctrl+Enter.
    """

    finished = Signal()

    def event(self, event: QEvent) -> bool:
        """Leave Undo to the window while there is no typing to undo."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and not self.document().isUndoAvailable()
        ):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if (
            event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.finished.emit()
            return
        super().keyPressEvent(event)


class NoteEdit(QWidget):
    """One line until the user types something, then several lines and a button.

    Signals:
        kept: Add a note with this text.
        begun: A record's key and the text of its unfinished note, or '', to be stored.
    """

    kept = Signal(str)
    begun = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = _Edit(self)
        self._edit.setObjectName("note_edit")
        self._edit.setAccessibleName(self.tr("New note"))
        self._edit.setPlaceholderText(self.tr("Write a note…"))
        self._edit.setTabChangesFocus(True)
        self._button = QPushButton(self.tr("Add note"), self)
        self._button.setObjectName("add_note_button")
        self._button.setProperty("role", "primary")
        self._button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._edit)
        column.addLayout(buttons)
        self._record_key = ""
        self._known: dict[str, str] = {}  # texts by record since the start, '' if nothing was typed
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.tell)
        self._edit.textChanged.connect(self._fit)
        self._edit.textChanged.connect(self._rest.start)
        self._edit.finished.connect(self._keep)
        self._button.clicked.connect(self._keep)
        self._fit()

    def show_record(self, record_key: str) -> None:
        """Show another record's note. What was typed for the last one waits until it is back."""
        if record_key == self._record_key:
            return
        self.tell()
        self._record_key = record_key
        self._edit.setPlainText(self._known.get(record_key, ""))
        if not self._edit.toPlainText():
            self._rest.stop()  # the user did not empty it: the stored text may still come

    def show_stored(self, record_key: str, text: str) -> None:
        """Show the stored text of a note that was begun before this start."""
        if record_key == self._record_key and record_key not in self._known:
            self._known[record_key] = text
            if text and not self._edit.toPlainText():
                self._edit.setPlainText(text)

    @Slot()
    def tell(self) -> None:
        """Have the typed text stored: at quit, when the record changes, when the user pauses."""
        if self._rest.isActive() or self._edit.toPlainText():
            self._rest.stop()
            text = self._edit.toPlainText()
            self._known[self._record_key] = text
            if self._record_key:
                self.begun.emit(self._record_key, text if text.strip() else "")

    @Slot()
    def _fit(self) -> None:
        has_text = bool(self._edit.toPlainText().strip())
        lines = min(10, max(3 if has_text else 1, int(self._edit.document().size().height())))
        is_long = lines >= 10
        policy = Qt.ScrollBarPolicy
        self._edit.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff
        )
        self._edit.setFixedHeight(lines * self._edit.fontMetrics().lineSpacing() + 20)
        self._button.setVisible(has_text)

    @Slot()
    def _keep(self) -> None:
        text = self._edit.toPlainText().strip()
        if text:
            self._edit.clear()
            self.kept.emit(text)
            self.tell()
