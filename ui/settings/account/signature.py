"""The signature below the mail that is written from an account."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QFont, QKeySequence, QTextCharFormat
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QTextEdit, QToolButton, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.service import MailService
from ui.settings.account.identity import TYPING_MS
from ui.settings.account.part import AccountPart
from ui.style.theme import Theme
from ui.widgets import rich_text

HEIGHT = 112


class SignaturePart(AccountPart):
    """A field with bold, italics and links, stored as HTML with nothing else."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.edit = QTextEdit(self)
        self.edit.setObjectName("signature_edit")
        self.edit.setAccessibleName(self.tr("Signature"))
        self.edit.setPlaceholderText(self.tr("No signature"))
        self.edit.setAcceptRichText(False)  # pasted content comes in as text
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(HEIGHT)
        self.edit.setHtml(config.signature)
        self._stored = config.signature
        self._bar = QHBoxLayout()
        self._bar.setSpacing(2)
        self.bold = self._add("bold", self.tr("Bold"), "Ctrl+B", self._set_bold)
        self.italic = self._add("italic", self.tr("Italic"), "Ctrl+I", self._set_italic)
        self.bold.setCheckable(True)
        self.italic.setCheckable(True)
        self._add("link", self.tr("Link…"), "Ctrl+K", self._ask_link)
        self._bar.addStretch(1)
        self.column.setSpacing(4)
        self.column.addLayout(self._bar)
        self.column.addWidget(self.edit)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.keep)
        self.edit.textChanged.connect(self._typing.start)
        self.edit.currentCharFormatChanged.connect(self._show_format)
        self.edit.installEventFilter(self)

    def _add(self, name: str, text: str, key: str, act: Callable[[], None]) -> QAction:
        """Add a button to the bar; its shortcut works while the field has the focus."""
        action = QAction(text, self.edit)
        keys = QKeySequence(key)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(f"{text} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})")
        action.triggered.connect(act)
        self.edit.addAction(action)
        button = QToolButton(self)
        button.setObjectName(f"signature_{name}_button")
        button.setDefaultAction(action)
        font = button.font()
        font.setBold(name == "bold")
        font.setItalic(name == "italic")
        font.setUnderline(name == "link")
        button.setFont(font)
        self._bar.addWidget(button)
        return action

    def refresh(self, config: AccountConfig) -> None:
        """Show a signature that was changed elsewhere; what is being typed stays."""
        is_busy = self.is_storing or self._typing.isActive()
        if config.signature != self._stored and not is_busy:
            self._stored = config.signature
            self.edit.blockSignals(True)
            self.edit.setHtml(config.signature)
            self.edit.blockSignals(False)

    @Slot()
    def keep(self) -> None:
        """Store the signature if it has changed."""
        self._typing.stop()
        written = rich_text.fragment(self.edit.document())
        if written != self._stored and account.config(self.account_id) is not None:
            self._stored = written
            self.store(UpdateAccount(self.account_id, {"signature": written}))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Store the signature when the field loses the focus."""
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self.keep()
        return super().eventFilter(watched, event)

    # --- formats -------------------------------------------------------------------------

    @Slot(QTextCharFormat)
    def _show_format(self, shape: QTextCharFormat) -> None:
        self.bold.setChecked(shape.fontWeight() >= QFont.Weight.DemiBold)
        self.italic.setChecked(shape.fontItalic())

    def _set_bold(self) -> None:
        weight = QFont.Weight.Bold if self.bold.isChecked() else QFont.Weight.Normal
        self.edit.setFontWeight(weight)
        self.edit.setFocus()

    def _set_italic(self) -> None:
        self.edit.setFontItalic(self.italic.isChecked())
        self.edit.setFocus()

    def _ask_link(self) -> None:
        """Ask for a link for the selected words; without a selection, insert the address itself."""
        dialog = QInputDialog(self)
        dialog.setObjectName("signature_link_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Link"))
        dialog.setLabelText(self.tr("Web address or email address (empty: no link)"))
        dialog.setTextValue(self.edit.textCursor().charFormat().anchorHref())
        dialog.textValueSelected.connect(self.set_link)
        dialog.open()

    @Slot(str)
    def set_link(self, typed: str) -> None:
        """Make the selection a link, or remove its link."""
        target = rich_text.link_of(typed)
        if typed.strip() and not target:
            return
        shape = QTextCharFormat()
        shape.setAnchor(bool(target))
        shape.setAnchorHref(target)
        shape.setFontUnderline(bool(target))
        shape.setForeground(self.theme.color("link" if target else "text"))
        cursor = self.edit.textCursor()
        if cursor.hasSelection():
            cursor.mergeCharFormat(shape)
        elif target:
            cursor.insertText(typed.strip(), shape)
            cursor.insertText(" ", QTextCharFormat())
