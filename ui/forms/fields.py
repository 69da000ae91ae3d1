"""Parts of forms that the wizard and the preferences share."""

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
INDENT = 26  # of what belongs to a check box or radio: under its text
NEAR = 5  # between a field and its label


class HintLabel(QLabel):
    """A muted sentence that wraps; plain text unless it is told otherwise: it may quote others."""

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
    """The heading of a page or of a part of it. A long address breaks behind its dots."""

    def __init__(self, text: str, size: int = 19, parent: QWidget | None = None) -> None:
        super().__init__(_breakable(text), parent, wordWrap=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(text)
        self.setMinimumWidth(1)  # a word without a dot is cut; it must not widen the page
        font = self.font()
        font.setPixelSize(size)
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)


def _breakable(text: str) -> str:
    """Words that fill a line by themselves get places where a line may end."""
    return re.sub(r"\S{40,}", lambda word: re.sub("[@._/]", "\\g<0>\u200b", word.group()), text)


class Notice(QLabel):
    """A sentence on a tinted ground, hidden while it is empty; read out when it comes."""

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
    """A password with an eye that shows it."""

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
        """Dots again, when the page is left."""
        self._show.setChecked(False)


class ServerFields(QWidget):
    """Host, port and security of one server, side by side.

    Signals:
        edited: Any of the three changed.
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
        """What the fields hold."""
        security = Security(self.security.currentData())
        return ServerPlace(self.host.text().strip(), self.port.value(), security)

    def fill(self, place: ServerPlace) -> None:
        """Put a server into the fields."""
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
    """A radio or a check box, with its explanation indented under it."""
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
    """As high as its sentences need: Qt's own `adjustSize` stops at two thirds of the screen."""
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
    """A field under its label; the label's mnemonic and a screen reader lead to the field."""
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
