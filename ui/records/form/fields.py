"""Fields for editing in place: a line, a choice, an amount, a day, a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QDate, QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from ui.records import money
from ui.style import formatting, icons
from ui.widgets.elided import ElidedEdit
from ui.widgets.still import StillComboBox


def set_inline(widget: QWidget, is_inline: bool) -> None:  # a plain setter
    """Set whether a field looks like text until the user uses it."""
    widget.setProperty("inline", is_inline)


class LineField(ElidedEdit):
    """One line of text. Escape undoes the edit.

    Signals:
        committed: The text, when the user changed it and left the field.
    """

    committed = Signal(str)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._stored = ""
        self.editingFinished.connect(self._commit)

    def show_value(self, text: str) -> None:
        """Show the stored text, unless the user is editing it."""
        if self.hasFocus() and self.text() != self._stored:
            return
        self._stored = text
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
        self.setToolTip(formatting.tool_tip(text) if len(text) > 24 else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Escape and self.text() != self._stored:
            self.setText(self._stored)
            event.accept()
            return
        super().keyPressEvent(event)

    @Slot()
    def _commit(self) -> None:
        text = self.text().strip()
        if text != self._stored:
            self._stored = text
            self.committed.emit(text)


class ChoiceField(StillComboBox):
    """One of a few values.

    Signals:
        committed: The value (item data) that the user chose.
    """

    committed = Signal(object)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.activated.connect(self._on_activated)

    def offer(self, choices: Mapping[Any, str]) -> None:
        """List these values with their texts. The chosen value stays."""
        chosen = self.currentData()
        self.blockSignals(True)
        self.clear()
        for value, text in choices.items():
            self.addItem(text, value)
        self.show_value(chosen)
        self.blockSignals(False)

    def show_value(self, value: object) -> None:
        """Show what is stored."""
        row = self.findData(value)
        if row >= 0:
            self.setCurrentIndex(row)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        self.committed.emit(self.itemData(row))


class TextField(QPlainTextEdit):
    """Several lines of text. The field is as high as its text.

    Signals:
        committed: The text, when the user changed it and left the field.
    """

    committed = Signal(str)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._stored = ""
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_value(self, text: str) -> None:
        """Show the stored text, unless the user is editing it."""
        if not self.hasFocus() and text != self.toPlainText():
            self.setPlainText(text)
        if not self.hasFocus():
            self._stored = text

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusOutEvent(event)
        text = self.toPlainText().strip()
        if text != self._stored and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._stored = text
            self.committed.emit(text)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(120, self.height())

    @Slot()
    def _fit(self) -> None:
        lines = min(12, max(2, int(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 16)


class MoneyField(QWidget):
    """An amount and its currency.

    Signals:
        committed: (cents or None, currency).
    """

    committed = Signal(object)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.amount = LineField("value_edit", label, self)
        self.amount.setPlaceholderText("0")
        self.currency = ChoiceField("currency_combo", self.tr("Currency"), self)
        self.currency.setMinimumContentsLength(3)
        self.currency.offer({each: each for each in money.CURRENCIES})
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.amount, 1)
        row.addWidget(self.currency)
        self.amount.committed.connect(self._on_amount)
        self.currency.committed.connect(self._on_currency)
        self.amount.textEdited.connect(self._look)

    def set_inline(self, is_inline: bool) -> None:  # a plain setter
        """Set whether the field looks like text until the user uses it."""
        set_inline(self.amount, is_inline)
        set_inline(self.currency, is_inline)

    def show_value(self, cents: int | None, currency: str) -> None:
        """Show what is stored."""
        self.amount.show_value(money.shown(cents, ""))
        if currency and self.currency.findData(currency) < 0:
            self.currency.addItem(currency, currency)
        self.currency.show_value(currency or self.currency.currentData())

    def value(self) -> tuple[int | None, str]:
        """The typed amount, as cents and currency."""
        return money.parsed(self.amount.text()), str(self.currency.currentData())

    def is_right(self) -> bool:
        """Whether the typed text is an amount or empty."""
        return not self.amount.text().strip() or self.value()[0] is not None

    @Slot()
    def _look(self) -> None:
        mark_wrong(self.amount, not self.is_right())

    @Slot()
    def _on_amount(self) -> None:
        if self.is_right():
            cents, currency = self.value()
            self.amount.show_value(money.shown(cents, ""))
            self.committed.emit((cents, currency))

    @Slot()
    def _on_currency(self) -> None:
        if self.value()[0] is not None and self.is_right():
            self.committed.emit(self.value())


class DayField(QWidget):
    """A day, typed or picked. '' for none.

    Signals:
        committed: The day as an ISO date, or ''.
    """

    committed = Signal(str)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = LineField(name, label, self)
        self.edit.setPlaceholderText(self.tr("No date"))
        self._button = QToolButton(self)
        self._button.setIcon(icons.icon("calendar"))
        self._button.setIconSize(QSize(16, 16))
        self._button.setAccessibleName(self.tr("Choose a day"))
        self._button.setToolTip(self.tr("Choose a day"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.edit, 1)
        row.addWidget(self._button)
        self.edit.committed.connect(self._on_typed)
        self.edit.textEdited.connect(self._look)
        self._button.clicked.connect(self._pick)

    def set_inline(self, is_inline: bool) -> None:  # a plain setter
        """Set whether the field looks like text until the user uses it."""
        set_inline(self.edit, is_inline)

    def show_value(self, iso: str) -> None:
        """Show what is stored."""
        self.edit.show_value(money.day(iso) if iso else "")

    def value(self) -> str:
        """The typed day as an ISO date. '' if it is empty or not a day."""
        return money.parsed_day(self.edit.text()) or ""

    def is_right(self) -> bool:
        """Whether the typed text is a day or empty."""
        return money.parsed_day(self.edit.text()) is not None

    @Slot()
    def _look(self) -> None:
        mark_wrong(self.edit, not self.is_right())

    @Slot()
    def _on_typed(self) -> None:
        if self.is_right():
            iso = self.value()
            self.show_value(iso)
            self.committed.emit(iso)

    @Slot()
    def _pick(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(menu)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        if self.value():
            calendar.setSelectedDate(QDate.fromString(self.value(), "yyyy-MM-dd"))
        calendar.clicked.connect(self._on_picked)
        calendar.clicked.connect(menu.close)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))

    @Slot(QDate)
    def _on_picked(self, day: QDate) -> None:
        iso = day.toString("yyyy-MM-dd")
        self.show_value(iso)
        mark_wrong(self.edit, False)
        self.committed.emit(iso)


def mark_wrong(widget: QWidget, is_wrong: bool) -> None:  # a plain setter
    """Set whether a field has a red border, because its text is not understood."""
    if bool(widget.property("wrong")) != is_wrong:
        widget.setProperty("wrong", is_wrong)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def leave(event: QEvent) -> bool:
    """Whether an event means that the user left a field."""
    return event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}
