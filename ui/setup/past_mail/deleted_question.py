"""R8's question: what becomes of the mails in the range that were deleted here."""

from __future__ import annotations

from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from sync.engine.count.deleted_mail import DeletedMail
from ui.forms.fields import GAP, HintLabel, add_choice
from ui.style import formatting
from ui.style.theme import Theme


class DeletedQuestion(QWidget):
    """Says how many there are, and asks: skip them, as every sync does, or bring them back."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("deleted_question")
        self.text = HintLabel(theme, "", self)
        self.text.setObjectName("deleted_text")
        self.text.set_tone("text")
        self.skip = QRadioButton(self.tr("S&kip them"), self)
        self.skip.setObjectName("deleted_skip_radio")
        self.skip.setChecked(True)
        self.bring_back = QRadioButton(self.tr("&Bring them back"), self)
        self.bring_back.setObjectName("deleted_bring_back_radio")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.text)
        hint = self.tr("They stay deleted here, as you left them.")
        add_choice(column, self.skip, HintLabel(theme, hint, self))
        hint = self.tr("They come as new mail, without their old links, and not archived.")
        add_choice(column, self.bring_back, HintLabel(theme, hint, self))

    def wants_back(self) -> bool:
        """Whether the user wants them back."""
        return not self.isHidden() and self.bring_back.isChecked()

    def show_count(self, found: DeletedMail | None, since: int, *, is_over: bool) -> None:
        """Ask about this many mails; None if they are not counted yet, or could not be."""
        count = found.since(since) if found is not None else 0
        is_certain = found is not None and found.is_whole
        self.text.setText(self._sentence(count, is_known=found is not None, is_over=is_over))
        if found is not None and not found.is_whole and not count:
            self.text.setText(self._sentence(0, is_known=False, is_over=True))
        is_asked = count > 0 or not is_certain
        for radio in (self.skip, self.bring_back):
            radio.setEnabled(is_asked)
        if not is_asked:
            self.skip.setChecked(True)

    def _sentence(self, count: int, *, is_known: bool, is_over: bool) -> str:
        if not is_known and is_over:
            return self.tr("Messages that you deleted here may be in this range:")
        if not is_known:
            return self.tr("Looking for messages that you deleted here…")
        if not count:
            return self.tr("No message that you deleted here is in this range.")
        if count == 1:
            return self.tr("1 message that you deleted here is in this range:")
        text = self.tr("{} messages that you deleted here are in this range:")
        return text.format(formatting.number(count))
