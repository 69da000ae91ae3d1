"""Paints a round avatar: initials on an address's colour. Never a picture that came with mail."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from ui.style import formatting, theme


def color(address: str) -> QColor:
    """The colour of an address. It is the same everywhere."""
    return QColor(theme.AVATARS[formatting.color_index(address, len(theme.AVATARS))])


def paint(painter: QPainter, rect: QRectF, party: formatting.Party, font: QFont) -> None:
    """Draw a party's avatar into a square. `font` is resized to fit."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(party[1] or party[0]))
    painter.drawEllipse(rect)
    fitted = QFont(font)
    fitted.setPixelSize(max(8, round(rect.height() * 0.37)))
    fitted.setWeight(QFont.Weight.DemiBold)
    painter.setFont(fitted)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, formatting.initials(party))
    painter.restore()
