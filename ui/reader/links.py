"""Opens a link of a mail in the system's browser, after checking where it leads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

OPENABLE = ("http", "https", "mailto", "tel")


class _Opening(QObject):
    """Opens one address if the user agrees."""

    def __init__(self, url: QUrl, parent: QObject) -> None:
        super().__init__(parent)
        self._url = url

    @Slot()
    def open(self) -> None:
        """Hand the address to the system."""
        QDesktopServices.openUrl(self._url)


def open_link(url: QUrl, shown_text: str, parent: QWidget) -> QMessageBox | None:
    """Open a link. Ask first if its text names another host than the one it leads to.

    Returns:
        The question that is open, or None if there is none.
    """
    if url.scheme().lower() not in OPENABLE:
        return None
    if not shown_text:
        QDesktopServices.openUrl(url)
        return None
    return _ask(url, shown_text, parent)


def _ask(url: QUrl, shown_text: str, parent: QWidget) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName("confirm_link")
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(QCoreApplication.translate("Reader", "Open link?"))
    box.setText(
        QCoreApplication.translate("Reader", "This link does not lead where its text says.")
    )
    box.setInformativeText(
        QCoreApplication.translate(
            "Reader", "Its text: {text}\nIt leads to: {host}\n\n{address}"
        ).format(text=shown_text, host=_host(url), address=url.toString()[:500])
    )
    box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.button(QMessageBox.StandardButton.Open).clicked.connect(_Opening(url, box).open)
    box.finished.connect(box.deleteLater)
    box.open()
    return box


def _host(url: QUrl) -> str:
    """The host as DNS spells it, so that look-alike letters are visible."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)
