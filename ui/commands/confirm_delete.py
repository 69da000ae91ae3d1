"""The dialog before a delete: how much goes, which records lose it, what the server does (R5)."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from models.commands.delete import DeletePreview
from ui.style import formatting

_CONTEXT = "ConfirmDelete"
MOST_TITLES = 6
_SHAPE = (
    "QLabel#qt_msgbox_label { font-size: 15px; font-weight: 600; }"
    "QLabel#qt_msgbox_label, QLabel#qt_msgbox_informativelabel { min-width: 400px; }"
)


class DeleteQuestion(QMessageBox):
    """A delete question whose default button is Cancel."""

    def __init__(self, text: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confirm_delete")
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setWindowTitle(self.tr("Delete"))
        self.setTextFormat(Qt.TextFormat.PlainText)  # it names mail and records
        self.setText(text)
        self.setInformativeText(explanation)
        self.setStyleSheet(_SHAPE)
        self._delete = QPushButton(self.tr("Delete"), self)
        self._delete.setObjectName("confirm_delete_button")
        self._delete.setProperty("role", "danger")
        self.addButton(self._delete, QMessageBox.ButtonRole.DestructiveRole)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setProperty("role", "plain")  # the default, without the look of the main button
        cancel.style().polish(cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)

    def is_agreed(self) -> bool:
        """Show the question and wait. True if the user pressed "Delete"."""
        self.exec()
        is_agreed = self.clickedButton() is self._delete
        self.deleteLater()
        return is_agreed


class ConfirmDelete(DeleteQuestion):
    """The question before mail is deleted."""

    def __init__(self, preview: DeletePreview, parent: QWidget | None = None) -> None:
        super().__init__(question(preview), "\n\n".join(explanations(preview)), parent)


def question(preview: DeletePreview) -> str:
    """The question, with the number of mails."""
    n = preview.message_count
    if n == 1:
        return QCoreApplication.translate(_CONTEXT, "Delete 1 mail for good?")
    if preview.conversation_count == 1:
        return QCoreApplication.translate(
            _CONTEXT, "Delete this conversation with %Ln mails for good?", "", n
        )
    text = QCoreApplication.translate(
        _CONTEXT, "Delete {conversations} conversations with {mails} mails for good?"
    )
    return text.format(
        conversations=formatting.number(preview.conversation_count), mails=formatting.number(n)
    )


def explanations(preview: DeletePreview) -> list[str]:
    """What else the user has to know, one paragraph each."""
    return [text for text in (_records(preview), _server(preview), _other(preview), _end()) if text]


def _records(preview: DeletePreview) -> str:
    titles = [formatting.clean(title) for title in preview.record_titles]
    if not titles:
        return ""
    listed = ", ".join(titles[:MOST_TITLES])
    if len(titles) > MOST_TITLES:
        more = QCoreApplication.translate(_CONTEXT, "{listed} and {count} more")
        listed = more.format(listed=listed, count=len(titles) - MOST_TITLES)
    return QCoreApplication.translate(_CONTEXT, "It also leaves the history of: {records}.").format(
        records=listed
    )


def _server(preview: DeletePreview) -> str:
    """What happens on the server, by each account's option (R1, R3)."""
    choices = set(preview.to_trash.values())
    if choices == {True}:
        return QCoreApplication.translate(
            _CONTEXT, "The copies on your mail server are moved to its Trash."
        )
    if choices == {False}:
        return QCoreApplication.translate(
            _CONTEXT, "The copies on your mail server stay; they don't come back here by syncing."
        )
    if not choices:
        return ""
    return QCoreApplication.translate(
        _CONTEXT,
        "On the mail server the copies of some accounts are moved to Trash, those of others stay, "
        "as each account's option says.",
    )


def _other(preview: DeletePreview) -> str:
    if not preview.other_account_copies:
        return ""
    return QCoreApplication.translate(
        _CONTEXT, "The same mail in another of your accounts stays there."
    )


def _end() -> str:
    return QCoreApplication.translate(
        _CONTEXT, "This can't be undone. Backups that you made yourself still contain it."
    )
