"""Where a note for a record's history is written."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget


class _Edit(QPlainTextEdit):
    """Ctrl+Enter keeps the note.

    Signals:
        finished: Ctrl+Enter.
    """

    finished = Signal()

    def event(self, event: QEvent) -> bool:
        """Leave Undo to the window while there is no typing to take back."""
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
    """One line until something is typed, then some lines and a button.

    Signals:
        kept: The text of a note.
    """

    kept = Signal(str)

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
        self._unfinished: dict[str, str] = {}
        self._edit.textChanged.connect(self._fit)
        self._edit.finished.connect(self._keep)
        self._button.clicked.connect(self._keep)
        self._fit()

    def show_record(self, record_key: str) -> None:
        """Another record: what was typed for one waits until that is shown again."""
        if record_key == self._record_key:
            return
        self._unfinished[self._record_key] = self._edit.toPlainText()
        self._record_key = record_key
        self._edit.setPlainText(self._unfinished.pop(record_key, ""))

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
