"""The keyboard on an account's page: while its sign-in is tried, and after it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ui.forms.dialog_style import into_sight


def lead(field: QWidget | None) -> None:
    """To what has to be typed or looked at next."""
    if field is not None:
        into_sight(field)
        field.setFocus(Qt.FocusReason.OtherFocusReason)


def hand_over(part: QWidget, start: QPushButton, cancel: QPushButton, *, is_busy: bool) -> None:
    """Offer one of two buttons; it gets the keyboard that was on what can't be used any more.

    To be called before the fields are disabled, which would send the keyboard anywhere.
    """
    focused = QApplication.focusWidget()
    old, new = (start, cancel) if is_busy else (cancel, start)
    is_ours = focused is old or (is_busy and focused is not None and part.isAncestorOf(focused))
    start.setEnabled(True)
    cancel.show()
    if is_ours:
        new.setFocus(Qt.FocusReason.OtherFocusReason)
    start.setEnabled(not is_busy)
    cancel.setVisible(is_busy)
