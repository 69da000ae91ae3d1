"""A text browser for mail. It opens no file, no host and no vector picture."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QImage, QResizeEvent, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from ui.reader.message import pictures

MOST_HEIGHT = 500_000
_MOST_REFUSED = 1000
_PLAIN = "QTextBrowser { border: 0; padding: 0; background: transparent; }"
_PAPER = """QTextBrowser { border: 0; border-radius: 8px; padding: 10px; background: #ffffff;
 color: #000000; }"""


class SafeBrowser(QTextBrowser):
    """Shows one message's body. It is as high as its text, so the pane around it scrolls.

    Qt opens what a document names, unless `loadResource` returns a real picture: local files
    and, on Windows, network hosts. So `loadResource` always returns one.

    Attributes:
        refused: Addresses that the text tried to load and was refused.

    Signals:
        link_pressed: The user pressed a link with this address.
        link_hovered: The address under the mouse, or ''.
    """

    link_pressed = Signal(QUrl)
    link_hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refused: list[str] = []
        self._pictures: Mapping[str, bytes] = {}
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._nothing.fill(QColor(0, 0, 0, 0))
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "plain")
        self.setStyleSheet(_PLAIN)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self.link_pressed)
        self.highlighted.connect(self._on_highlighted)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def set_look(self, style: str, *, is_paper: bool) -> None:
        """Set the style of the next HTML. `is_paper`: the mail expects black on white."""
        self.document().setDefaultStyleSheet(style)
        self.setStyleSheet(_PAPER if is_paper else _PLAIN)

    def show_html(self, html: str, pictures_by_id: Mapping[str, bytes]) -> None:
        """Show HTML. `pictures_by_id` has the pictures that came with it, by Content-ID."""
        self._pictures = pictures_by_id
        self.setHtml(html)
        self._fit()

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  # Qt's name
        """Return the mail's own picture, or an empty one for everything else."""
        url = QUrl(name)
        if kind == QTextDocument.ResourceType.ImageResource.value:
            made = pictures.image(self._content(url))
            if made is not None:
                return made
        if len(self.refused) < _MOST_REFUSED:
            self.refused.append(url.toString()[:2000])
        return self._nothing

    def doSetSource(  # noqa: N802  # Qt's name
        self,
        name: QUrl | str,
        kind: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource,
    ) -> None:
        """Do nothing: the browser never leaves the message."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        if abs(event.angleDelta().y()) >= abs(event.angleDelta().x()):
            event.ignore()  # so that the pane scrolls
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(480, self._wanted_height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(120, self._wanted_height())

    def _content(self, url: QUrl) -> bytes:
        if url.scheme() == "cid":
            name = url.path(QUrl.ComponentFormattingOption.FullyDecoded)
            return self._pictures.get(name, b"")
        if url.scheme() == "data":
            head, _comma, rest = url.toString(
                QUrl.ComponentFormattingOption.FullyDecoded
            ).partition(",")
            if head.endswith(";base64"):
                return bytes(QByteArray.fromBase64(rest.encode("ascii", "replace")).data())
        return b""

    def _wanted_height(self) -> int:
        height = self.document().size().height()
        if self.horizontalScrollBar().maximum() > 0:
            height += self.horizontalScrollBar().sizeHint().height()
        frame = self.height() - self.viewport().height()  # the padding around mail on white
        if self.horizontalScrollBar().isVisible():
            frame -= self.horizontalScrollBar().height()
        return min(MOST_HEIGHT, max(18, round(height + 1 + max(0, frame))))

    @Slot()
    def _fit(self) -> None:
        wanted = self._wanted_height()
        if wanted != self.height() or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    @Slot(QUrl)
    def _on_highlighted(self, url: QUrl) -> None:
        self.link_hovered.emit(url.toString())
