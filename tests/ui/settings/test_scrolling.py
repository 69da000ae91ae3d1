"""A wheel that passes over a field of a page scrolls the page; nothing is set by it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from sync.qt.service.service import MailService
from tests.ui.settings.test_preferences import account_page, add_account, opened
from ui.style.theme import Theme


def a_turn_down(on: QWidget) -> QWheelEvent:
    middle = on.rect().center()
    return QWheelEvent(
        QPointF(middle),
        QPointF(on.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def value(field: QWidget) -> str:
    if isinstance(field, QComboBox):
        return field.currentText()
    assert isinstance(field, QAbstractSpinBox)
    return field.text()


def test_a_wheel_over_a_field_changes_nothing(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)
    fields = [*page.findChildren(QComboBox), *page.findChildren(QAbstractSpinBox)]
    assert len(fields) >= 6
    for field in fields:
        before = value(field)
        turn = a_turn_down(field)
        QApplication.sendEvent(field, turn)
        assert value(field) == before
        assert not field.hasFocus()
        assert not turn.isAccepted()  # so the page below takes it
