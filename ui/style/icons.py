"""Icons: the SVG outlines of `resources/icons`, drawn in any colour and cached by size.

Only these files may reach QtSvg. It opens files that a picture names, so a picture that came
with a mail must never get here.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

import resources

SIZE = 20  # pixels of a tool button's icon


class _OutlineEngine(QIconEngine):
    """Draws an outline in the palette's current colour, so icons follow the theme."""

    def __init__(self, name: str, token: QPalette.ColorRole) -> None:
        super().__init__()
        self._name = name
        self._role = token

    def _color(self, mode: QIcon.Mode) -> QColor:
        group = (
            QPalette.ColorGroup.Disabled
            if mode == QIcon.Mode.Disabled
            else QPalette.ColorGroup.Active
        )
        return QApplication.palette().color(group, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = min(rect.width(), rect.height())
        device = painter.device()
        ratio = device.devicePixelRatioF()
        drawn = pixmap(self._name, self._color(mode), size, ratio)
        offset = QPoint((rect.width() - size) // 2, (rect.height() - size) // 2)
        painter.drawPixmap(rect.topLeft() + offset, drawn)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, self._color(mode), min(size.width(), size.height()), 1.0)

    def scaledPixmap(  # noqa: N802  # Qt's name
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        side = min(size.width(), size.height())
        return pixmap(self._name, self._color(mode), side, scale)

    def clone(self) -> QIconEngine:
        return _OutlineEngine(self._name, self._role)


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """An icon of `resources/icons` in the palette's colour. It follows changes of the theme."""
    if not resources.path("icons", f"{name}.svg").exists():
        raise ValueError(f"no icon of that name: {name}")
    return QIcon(_OutlineEngine(name, role))


def program_icon() -> QIcon:
    """The program's icon, in the sizes that desktops ask for."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("dealpost", QColor("#000000"), size))
    return made


def pixmap(name: str, color: QColor, size: int, dpr: float = 1.0) -> QPixmap:
    """An outline in `color`, `size` device-independent pixels wide, sharp at `dpr`."""
    return _drawn(name, color.rgba(), size, dpr)


@lru_cache(maxsize=512)
def _drawn(name: str, rgba: int, size: int, dpr: float) -> QPixmap:
    color = QColor.fromRgba(rgba)
    pixels = max(1, round(size * dpr))
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    svg = _source(name).replace(b"currentColor", color.name().encode())
    painter = QPainter(made)
    painter.setOpacity(color.alphaF())
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    made.setDevicePixelRatio(dpr)
    return made


@lru_cache(maxsize=128)
def _source(name: str) -> bytes:
    return resources.path("icons", f"{name}.svg").read_bytes()
