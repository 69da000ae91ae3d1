"""The attachment panel: chips for the open messages' attachments, with buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sync.qt.service.requests import AttachmentHead
from ui.reader.message import wording
from ui.reader.opened_files import is_dangerous
from ui.style import formatting, icons
from ui.style.theme import Theme

CHIP = QSize(228, 44)
GAP = 8
MOST_ROWS = 2  # rows of chips in view; more scroll

_HEAD = Qt.ItemDataRole.UserRole + 1
_BUSY = Qt.ItemDataRole.UserRole + 2


def icon_name(head: AttachmentHead) -> str:
    """The name of the icon for this kind of file."""
    if is_dangerous(head.file_name, head.content_type):
        return "shield-alert"
    kind = head.content_type.lower()
    if kind.startswith("image/"):
        return "image"
    if kind == "text/calendar":
        return "calendar"
    if kind == "message/rfc822":
        return "mail"
    if "zip" in kind or "compressed" in kind:
        return "folder"
    if kind.startswith("text/") or "pdf" in kind or "word" in kind or "document" in kind:
        return "file-text"
    return "file"


class _Chip(QStyledItemDelegate):
    """Draws one attachment: icon, name, size."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(  # noqa: N802  # Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return CHIP

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        head: AttachmentHead = index.data(_HEAD)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter, option)
        box = option.rect
        warns = icon_name(head) == "shield-alert"
        colour = self._theme.color("warning" if warns else "muted")
        ratio = painter.device().devicePixelRatioF()
        mark = icons.pixmap(icon_name(head), colour, 20, ratio)
        painter.drawPixmap(QPoint(box.left() + 12, box.center().y() - 9), mark)
        self._paint_words(painter, box.adjusted(42, 5, -10, -5), index)
        painter.restore()

    def _paint_box(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        back = "selection" if selected else "hover" if hovered else "base"
        painter.setBrush(self._theme.color(back))
        painter.setPen(self._theme.color("focus" if focused else "line"))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _paint_words(
        self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        head: AttachmentHead = index.data(_HEAD)
        half = box.height() // 2
        painter.setFont(self._theme.font(weight=500))
        painter.setPen(self._theme.color("text"))
        name = painter.fontMetrics().elidedText(
            _file_name(head), Qt.TextElideMode.ElideMiddle, box.width()
        )
        line = QRect(box.left(), box.top(), box.width(), half)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, flags, name)
        painter.setFont(self._theme.font(size=self._theme.metrics.small))
        painter.setPen(self._theme.color("muted"))
        below = self.tr("Fetching…") if index.data(_BUSY) else formatting.size(head.size)
        painter.drawText(line.translated(0, half), flags, below)


class _List(QListWidget):
    """Chips that wrap. The list is as high as they need, up to `MOST_ROWS`."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWrapping(True)
        self.setSpacing(0)
        self.setGridSize(QSize(CHIP.width() + GAP, CHIP.height() + GAP))
        self.setItemDelegate(_Chip(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListWidget { background: transparent; border: 0; }")

    def fit(self) -> None:
        """Set the height to that of the rows."""
        across = max(1, (self.width() - 2) // (CHIP.width() + GAP))
        rows = min(MOST_ROWS, -(-self.count() // across))
        self.setFixedHeight(max(1, rows) * (CHIP.height() + GAP) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.fit()


class AttachmentPanel(QWidget):
    """Lists attachments and emits what the user wants done with them.

    Signals:
        open_pressed: Open this AttachmentHead.
        save_pressed: Save this tuple of AttachmentHeads.
    """

    open_pressed = Signal(object)
    save_pressed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heads: tuple[AttachmentHead, ...] = ()
        self._title = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.open_button = self._button(self.tr("Open"), "external-link", "attachment_open_button")
        self.save_button = self._button(self.tr("Save…"), "save", "attachment_save_button")
        self.save_all_button = self._button(
            self.tr("Save all…"), "save-all", "attachment_save_all_button"
        )
        self.list = _List(theme, self)
        self.list.setObjectName("attachment_list")
        self.list.setAccessibleName(self.tr("Attachments"))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._title, 1)
        for button in (self.open_button, self.save_button, self.save_all_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 6, 20, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.list)
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemSelectionChanged.connect(self._on_selection)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self.open_button.clicked.connect(self._on_open)
        self.save_button.clicked.connect(self._on_save)
        self.save_all_button.clicked.connect(self._on_save_all)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.hide()

    def set_attachments(self, heads: Sequence[AttachmentHead], busy: frozenset[int]) -> None:
        """List these. `busy` holds the ids that are being fetched."""
        kept = {item.data(_HEAD).attachment_id for item in self.list.selectedItems()}
        self._heads = tuple(heads)
        self.list.clear()
        for head in self._heads:
            self._add(head, is_busy=head.attachment_id in busy)
        for row, head in enumerate(self._heads):
            self.list.item(row).setSelected(head.attachment_id in kept)
        total = formatting.size(sum(head.size for head in self._heads))
        words = wording.attachments_note(len(self._heads))
        self._title.setText(f"{words} · {total}")
        self.save_all_button.setVisible(len(self._heads) > 1)
        self.setVisible(bool(self._heads))
        self.list.fit()
        self._on_selection()

    def selected(self) -> tuple[AttachmentHead, ...]:
        """The selected attachments. If the list has only one, that one."""
        if len(self._heads) == 1:
            return self._heads
        return tuple(item.data(_HEAD) for item in self.list.selectedItems())

    def select_message(self, message_id: int) -> None:
        """Select the attachments of a message and take the focus."""
        for row, head in enumerate(self._heads):
            self.list.item(row).setSelected(head.message_id == message_id)
        chosen = self.list.selectedItems()
        if chosen:
            self.list.scrollToItem(chosen[0])
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)

    def _add(self, head: AttachmentHead, *, is_busy: bool) -> None:
        item = QListWidgetItem(_file_name(head), self.list)
        item.setData(_HEAD, head)
        item.setData(_BUSY, is_busy)
        item.setData(Qt.ItemDataRole.UserRole, head.attachment_id)
        words = [_file_name(head), formatting.size(head.size)]
        if is_dangerous(head.file_name, head.content_type):
            words.append(self.tr("can run programs when opened"))
        if not head.is_here:
            words.append(self.tr("still on the server"))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(words))
        item.setToolTip("\n".join(words).replace("<", "‹"))
        item.setSizeHint(CHIP)

    def _button(self, text: str, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setObjectName(name)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    @Slot()
    def _recolor(self) -> None:
        self._title.setFont(self._theme.font(size=self._theme.metrics.small, weight=500))
        palette = self._title.palette()
        palette.setColor(self._title.foregroundRole(), self._theme.color("muted"))
        self._title.setPalette(palette)
        self.update()
        self.list.viewport().update()

    @Slot()
    def _on_selection(self) -> None:
        count = len(self.selected())
        self.open_button.setEnabled(count == 1)
        self.save_button.setEnabled(count > 0)

    @Slot(QListWidgetItem)
    def _on_activated(self, item: QListWidgetItem) -> None:
        self.open_pressed.emit(item.data(_HEAD))

    @Slot()
    def _on_open(self) -> None:
        for head in self.selected()[:1]:
            self.open_pressed.emit(head)

    @Slot()
    def _on_save(self) -> None:
        if self.selected():
            self.save_pressed.emit(self.selected())

    @Slot()
    def _on_save_all(self) -> None:
        self.save_pressed.emit(self._heads)

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        if self.list.itemAt(at) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open")).triggered.connect(self._on_open)
        menu.addAction(self.tr("Save…")).triggered.connect(self._on_save)
        menu.popup(self.list.viewport().mapToGlobal(at))


def _file_name(head: AttachmentHead) -> str:
    """The file name on one line, without characters that turn the text direction."""
    return formatting.clean(head.file_name) or formatting.clean(head.content_type) or "attachment"
