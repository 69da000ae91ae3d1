"""The dialog that shows what "Link past mail" would link, before it is done."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.events import ConversationsChanged, Event
from models.queries.linkable_mail import LinkPreview
from models.store import clock
from ui.forms.style import InlineStyle
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel

ID = int(Qt.ItemDataRole.UserRole)


class LinkPastDialog(QDialog):
    """Lists the conversations. The user can leave out each one that is shown.

    Signals:
        agreed: The ids of the conversations to link.
    """

    agreed = Signal(object)

    def __init__(self, preview: LinkPreview, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("link_past_dialog")
        self.setWindowTitle(self.tr("Link past mail"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 460 if preview.rows else 170)
        InlineStyle(self, theme)
        self._preview = preview
        count = len(preview.conversation_ids)
        title = QLabel(self._sentence(), self, textFormat=Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        title.setFont(theme.font(size=14, weight=600))
        self._list = QListWidget(self)
        self._list.setObjectName("link_past_list")
        self._list.setAccessibleName(self.tr("Conversations that would be linked"))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._fill()
        self._list.setVisible(bool(preview.rows))
        self._link = QPushButton(self.tr("Link"), self)
        self._link.setObjectName("link_past_button")
        self._link.setDefault(True)
        self._link.setEnabled(count > 0)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Cancel if preview.rows else standard.Close, self)
        buttons.addButton(self._link, QDialogButtonBox.ButtonRole.AcceptRole)
        self._link.setVisible(bool(preview.rows))
        buttons.accepted.connect(self._on_link)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(title)
        for text in self._notes():
            label = MutedLabel(theme, text, self)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self._list, 1)
        if not preview.rows:
            column.addStretch(1)
        column.addWidget(buttons)

    def _sentence(self) -> str:
        count = len(self._preview.conversation_ids)
        if not count:
            return self.tr("There is no past mail to link.")
        if count == 1:
            return self.tr("One conversation would be linked.")
        text = self.tr("{conversations} conversations with {mails} mails would be linked.")
        return text.format(
            conversations=formatting.number(count),
            mails=formatting.number(self._preview.message_count),
        )

    def _notes(self) -> list[str]:
        found = []
        if self._preview.is_closed:
            found.append(self.tr("What is closed gets no new links by rule. Reopen it first."))
        elif not self._preview.has_persons:
            found.append(self.tr("Add the persons whose mail belongs here first."))
        if self._preview.elsewhere_count == 1:
            found.append(self.tr("One conversation stays linked with something else."))
        elif self._preview.elsewhere_count:
            text = self.tr("{} conversations stay linked with something else.")
            found.append(text.format(formatting.number(self._preview.elsewhere_count)))
        if self._preview.unclear_count == 1:
            found.append(self.tr("One could belong to other open items too and is left alone."))
        elif self._preview.unclear_count:
            text = self.tr("{} could belong to other open items too and are left alone.")
            found.append(text.format(formatting.number(self._preview.unclear_count)))
        hidden = len(self._preview.conversation_ids) - len(self._preview.rows)
        if hidden > 0:
            text = self.tr("The newest {} are listed.")
            found.append(text.format(formatting.number(len(self._preview.rows))))
        return found

    def _fill(self) -> None:
        now = clock.now_ms()
        for row in self._preview.rows:
            subject = formatting.clean(row.subject) or self.tr("(no subject)")
            who = formatting.parties_text(row.parties)
            when = formatting.relative_date(row.newest_at, now)
            item = QListWidgetItem(f"{subject}\n{who}  ·  {when}")
            item.setData(ID, row.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setSizeHint(QSize(0, 42))
            self._list.addItem(item)

    @Slot(object)
    def follow(self, event: Event) -> None:
        """Remove conversations that are deleted while the dialog is open, at once."""
        if isinstance(event, ConversationsChanged):
            for number in range(self._list.count() - 1, -1, -1):
                if self._list.item(number).data(ID) in event.removed_ids:
                    self._list.takeItem(number)

    @Slot()
    def _on_link(self) -> None:
        items = [self._list.item(number) for number in range(self._list.count())]
        left_out = {i.data(ID) for i in items if i.checkState() == Qt.CheckState.Unchecked}
        chosen = tuple(id_ for id_ in self._preview.conversation_ids if id_ not in left_out)
        if chosen:
            self.agreed.emit(chosen)
        self.accept()
