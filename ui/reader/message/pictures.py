"""Decodes pictures that came with mail: only bitmaps, recognized by content, and not too large.

No other format may reach a decoder, because Qt's SVG plug-in opens files that a picture names.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

MOST_PIXELS = 24_000_000
MOST_BYTES = 30_000_000

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
)


def format_of(content: bytes) -> str:
    """png, jpeg, gif, webp or bmp, by the first bytes. '' for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((name for start, name in _STARTS if content.startswith(start)), "")


def image(content: bytes) -> QImage | None:
    """The decoded picture. None if it is no bitmap, damaged or too large."""
    name = format_of(content)
    if not name or len(content) > MOST_BYTES:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(name.encode()))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST_PIXELS:
        return None
    made = reader.read()
    return None if made.isNull() else made
