"""The dialog that links by hand: the user searches a deal, lead, project or person."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.queries import record_list
from models.queries.record_list import ItemRow, PersonRow, RecordQuery, Row
from models.records.records import Kind
from models.store.list_ids import ListIds
from sync.qt.service.requests import Answer, RecordListRequest
from sync.qt.service.service import MailService
from ui.forms.style import InlineStyle
from ui.records import kinds, money
from ui.records.list.model import title_of
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel

KEY = int(Qt.ItemDataRole.UserRole)
MOST = 15  # results of one kind
SEARCH_MS = 100


class _SearchEdit(QLineEdit):
    """The search field. Up and Down move in the results."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)


class LinkDialog(QDialog):
    """Searches while the user types. Open records come first.

    Signals:
        chosen: The key of the record to link with.
        new_wanted: The kind of a record to make and link, and the searched text. That becomes
            its title, unless the user types another.
    """

    chosen = Signal(str)
    new_wanted = Signal(str, str)

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        title: str,
        parent: QWidget,
        *,
        has_persons: bool,
        current_key: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("link_dialog")
        self.setWindowTitle(self.tr("Link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 480)
        InlineStyle(self, theme)
        self._service = service
        self._current_key = current_key
        self._kinds = (*kinds.WORK, *((kinds.PERSON,) if has_persons else ()))
        self._tickets: dict[int, str] = {}
        self._found: dict[str, list[Row]] = {}
        self._heading = QLabel(title, self, textFormat=Qt.TextFormat.PlainText)
        self._heading.setFont(theme.font(size=14, weight=600))
        self._heading.setWordWrap(True)
        self._edit = _SearchEdit(self)
        self._edit.setObjectName("link_search_edit")
        self._edit.setAccessibleName(self.tr("Search records"))
        self._edit.setPlaceholderText(
            self.tr("Search deals, leads, projects and persons")
            if has_persons
            else self.tr("Search deals, leads and projects")
        )
        self._edit.setClearButtonEnabled(True)
        self._results = QListWidget(self)
        self._results.setObjectName("link_results")
        self._results.setAccessibleName(self.tr("Results"))
        self._results.setIconSize(QSize(18, 18))
        self._results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._results.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._none = MutedLabel(theme, "", self)
        self._link = QPushButton(self.tr("Link"), self)
        self._link.setObjectName("link_button")
        self._link.setDefault(True)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._lay_out()
        service.answered.connect(self._on_answered)
        self._timer.timeout.connect(self._search)
        self._edit.textChanged.connect(self._timer.start)
        self._edit.moved.connect(self._move)
        self._results.itemDoubleClicked.connect(self._on_link)
        self._results.currentRowChanged.connect(self._refresh)
        self._search()
        self._edit.setFocus()

    def _lay_out(self) -> None:
        news = QHBoxLayout()
        news.setSpacing(6)
        for kind in kinds.WORK:
            button = QPushButton(icons.icon("plus"), kinds.words(kind).new, self)
            button.setObjectName(f"link_new_{kind}_button")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, kind=kind: self._on_new(kind))
            news.addWidget(button)
        news.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self._link, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_link)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._heading)
        column.addWidget(self._edit)
        column.addWidget(self._results, 1)
        column.addWidget(self._none)
        column.addLayout(news)
        column.addWidget(buttons)

    @Slot()
    def _search(self) -> None:
        text = self._edit.text().strip()
        self._tickets.clear()
        self._found.clear()
        for kind in self._kinds:
            is_work = kind in kinds.WORK
            query = RecordQuery(
                Kind(kind), text, "changed_at" if is_work else "name", descending=is_work,
                status="open" if is_work and not text else "",
            )  # fmt: skip
            self._tickets[self._service.ask(RecordListRequest(query, MOST))] = kind

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        kind = self._tickets.pop(answer.ticket, None)
        if kind is None:
            return
        if isinstance(answer.result, ListIds):
            rows = record_list.rows(Kind(kind), answer.result.ids.tolist())
            self._found[kind] = rows
        if not self._tickets:
            self._fill()

    def _fill(self) -> None:
        rows = [row for kind in self._kinds for row in self._found.get(kind, [])]
        rows.sort(key=lambda row: isinstance(row, ItemRow) and not row.is_open)
        self._results.clear()
        for row in rows:
            kind = row.key.partition(":")[0]
            item = QListWidgetItem(icons.icon(kinds.ICONS[kind]), _text(row))
            item.setData(KEY, row.key)
            if row.key == self._current_key:
                item.setToolTip(self.tr("Linked now"))
            self._results.addItem(item)
        if rows:
            self._results.setCurrentRow(0)
        self._none.setText("" if rows else self.tr("Nothing found. You can make it here:"))
        self._none.setVisible(not rows)
        self._refresh()

    @Slot(int)
    def _move(self, step: int) -> None:
        count = self._results.count()
        if count:
            row = min(max(self._results.currentRow() + step, 0), count - 1)
            self._results.setCurrentRow(row)

    @Slot()
    def _refresh(self) -> None:
        item = self._results.currentItem()
        key = str(item.data(KEY)) if self._results.currentRow() >= 0 else ""
        self._link.setEnabled(bool(key) and key != self._current_key)

    @Slot()
    def _on_link(self) -> None:
        item = self._results.currentItem()
        if self._results.currentRow() >= 0 and self._link.isEnabled():
            self.chosen.emit(str(item.data(KEY)))
            self.accept()

    def _on_new(self, kind: str) -> None:
        self.new_wanted.emit(kind, self._edit.text().strip())
        self.accept()


def _text(row: Row) -> str:
    parts = [title_of(row)]
    if isinstance(row, ItemRow):
        status = kinds.statuses(row.kind).get(row.status, row.status)
        parts += [row.organization_name, money.shown(row.value_cents, row.currency)]
        parts.append(row.stage_name if row.is_open and row.stage_name else status)
    elif isinstance(row, PersonRow):
        parts += [row.address, row.organization_name]
    return "  ·  ".join(formatting.clean(part) for part in parts if part)
