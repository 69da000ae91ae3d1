"""Form fields and labels that the wizard and the preferences share."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAction, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QDialog,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sync.providers import Security, ServerPlace
from ui.forms import ports
from ui.forms.scrolling import fit
from ui.style import icons
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox, StillSpinBox

GAP = 14  # between two fields, in device-independent pixels
INDENT = 26  # of the hint below a check box or radio button: it lines up with the text
NEAR = 5  # between a field and its label


class HintLabel(QLabel):
    """A muted sentence that wraps. Plain text by default, because it may quote outside text."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._theme = theme
        self._tone = "muted"
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.setOpenExternalLinks(True)
        theme.changed.connect(self._recolor)
        self._recolor()

    def set_tone(self, token: str) -> None:
        """Paint the text in a colour of the theme."""
        self._tone = token
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        palette = self.palette()
        role = self.foregroundRole()
        palette.setColor(role, self._theme.color(self._tone))
        palette.setColor(QPalette.ColorGroup.Disabled, role, self._theme.color("disabled"))
        self.setPalette(palette)


class Title(QLabel):
    """The heading of a page or section. A long address may break after a dot, @, _ or /."""

    def __init__(self, text: str, size: int = 19, parent: QWidget | None = None) -> None:
        super().__init__(_breakable(text), parent, wordWrap=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(text)
        self.setMinimumWidth(1)  # a long word without a dot is cut, and does not widen the page
        font = self.font()
        font.setPixelSize(size)
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)


def _breakable(text: str) -> str:
    """Give words of 40 characters or more places where a line may break."""
    return re.sub(r"\S{40,}", lambda word: re.sub("[@._/]", "\\g<0>\u200b", word.group()), text)


class Notice(QLabel):
    """A sentence on a tinted background. Hidden while empty; screen readers announce it."""

    def __init__(self, theme: Theme, tone: str = "warning", parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True)
        self._theme = theme
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(40, 10, 12, 10)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; '' hides it."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
        if sentence:
            self.setAccessibleName(sentence)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        is_warning = self._tone == "warning"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warning_back" if is_warning else "info_back"))
        painter.drawRoundedRect(self.rect(), 8, 8)
        ink = self._theme.color("warning" if is_warning else "accent")
        mark = "triangle-alert" if is_warning else "info"
        painter.drawPixmap(12, 10, icons.pixmap(mark, ink, 18, self.devicePixelRatioF()))
        painter.end()
        super().paintEvent(event)


class PasswordEdit(QLineEdit):
    """A password field with an eye button that shows the password."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._show = QAction(self, checkable=True)
        self._show.toggled.connect(self._on_toggled)
        self.addAction(self._show, QLineEdit.ActionPosition.TrailingPosition)
        self._on_toggled(False)

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        self._show.setIcon(icons.icon("eye-off" if is_shown else "eye"))
        text = self.tr("Hide the password") if is_shown else self.tr("Show the password")
        self._show.setText(text)
        self._show.setToolTip(text)

    def hide_text(self) -> None:
        """Show dots again. Called when the user leaves the page."""
        self._show.setChecked(False)


class ServerFields(QWidget):
    """Host, port and security of one server, side by side.

    Signals:
        edited: The user changed one of the three.
    """

    edited = Signal()

    def __init__(self, protocol: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ports = ports.USUAL_PORTS[protocol]
        self._security = Security.TLS
        self.host = QLineEdit(self)
        self.host.setObjectName(f"{protocol}_host_edit")
        self.host.setPlaceholderText(f"{protocol}.example.com")
        self.port = StillSpinBox(self)
        self.port.setObjectName(f"{protocol}_port_spin")
        self.port.setRange(1, 65535)
        self.port.lineEdit().setTextMargins(7, 0, 0, 0)
        self.security = StillComboBox(self)
        self.security.setObjectName(f"{protocol}_security_combo")
        for text, value in (
            (self.tr("TLS"), Security.TLS),
            (self.tr("STARTTLS"), Security.STARTTLS),
            (self.tr("None"), Security.NONE),
        ):
            self.security.addItem(text, value.value)
        self._lay_out(title)
        self.fill(ServerPlace("", self._ports[Security.TLS], Security.TLS))
        self.host.textChanged.connect(self.edited)
        self.port.valueChanged.connect(self.edited)
        self.security.currentIndexChanged.connect(self._on_security)

    def place(self) -> ServerPlace:
        """The server that is entered in the fields."""
        security = Security(self.security.currentData())
        return ServerPlace(self.host.text().strip(), self.port.value(), security)

    def fill(self, place: ServerPlace) -> None:
        """Fill the fields with a server."""
        self._security = place.security
        self.host.setText(place.host)
        self.security.setCurrentIndex(self.security.findData(place.security.value))
        self.port.setValue(place.port)

    @Slot()
    def _on_security(self) -> None:
        old, new = self._security, Security(self.security.currentData())
        self._security = new
        self.port.setValue(ports.port_after(self._ports, old=old, new=new, port=self.port.value()))
        self.edited.emit()

    def _lay_out(self, title: str) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(NEAR)
        names = (title, self.tr("Port"), self.tr("Security"))
        for column, (name, field) in enumerate(
            zip(names, (self.host, self.port, self.security), strict=True)
        ):
            label = QLabel(name, self)
            label.setBuddy(field)
            plain = title.replace("&", "")
            field.setAccessibleName(plain if column == 0 else f"{plain}: {name}")
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        grid.setColumnStretch(0, 1)
        self.port.setFixedWidth(76)
        self.security.setMinimumWidth(124)


def add_choice(column: QBoxLayout, choice: QAbstractButton, hint: QLabel | None = None) -> None:
    """Add a radio button or check box, with its hint indented below it."""
    fit(choice)
    near = QVBoxLayout()
    near.setSpacing(3)
    near.addWidget(choice)
    if hint is not None:
        hint.setContentsMargins(INDENT, 0, 0, 0)
        choice.setAccessibleDescription(hint.text())
        near.addWidget(hint)
    column.addLayout(near)


def grow_to_fit(dialog: QDialog) -> None:
    """Make a dialog as high as its text needs. Qt's `adjustSize` stops at 2/3 of the screen."""
    layout = dialog.layout()
    if layout is None:
        return
    layout.activate()
    width = max(dialog.width(), dialog.minimumWidth())
    most = dialog.screen().availableGeometry().height() - 40
    dialog.resize(width, min(layout.totalHeightForWidth(width), most))


def add_field(
    column: QBoxLayout, text: str, field: QWidget, hint: QWidget | QLayout | None = None
) -> QLabel:
    """Add a field below its label. The mnemonic and screen readers lead to the field."""
    label = QLabel(text, field.parentWidget())
    label.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    near = QVBoxLayout()
    near.setSpacing(NEAR)
    near.addWidget(label)
    near.addWidget(field)
    if isinstance(hint, QWidget):
        near.addWidget(hint)
    elif hint is not None:
        near.addLayout(hint)
    column.addLayout(near)
    return label
