"""The import dialog: previews a file's columns, rows, problems and duplicates, then imports."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from models.commands.imports import ImportRecords
from models.files.csv_columns import FIELDS
from models.files.drafts import Draft
from models.files.plan import ImportPlan
from models.records.records import Kind, Organization, Person, title_of
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.requests import Answer, ImportRequest
from sync.qt.service.service import MailService
from ui.forms.style import InlineStyle
from ui.records import kinds, money
from ui.records.form.fields import ChoiceField
from ui.records.imports import import_words
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel
from ui.widgets.empty_state import EmptyState
from ui.widgets.muted import MutedLabel
from ui.widgets.still import StillComboBox

MOST_SHOWN = 10
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
MOST_PROBLEMS = 200
MOST_STAGES = 5
MOST_LETTERS = 500  # characters shown of a cell, which may be very long; no window is wider


class ImportDialog(QDialog):
    """Choose a file, look at it, import. Nothing is written before the user presses Import.

    The dialog closes when the records are imported. If the user closes it earlier, the import
    goes on.
    """

    def __init__(self, service: MailService, kind: Kind, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_dialog")
        self.setWindowTitle(self.tr("Import"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 600)
        InlineStyle(self, theme)
        self._service = service
        self._theme = theme
        self._wanted_kind = kind  # the user's choice; a file that states its kind overrides it
        self._kind = kind
        self._path: Path | None = None
        self._plan: ImportPlan | None = None
        self._ticket = 0
        self._import_ticket = 0
        self._columns: list[QComboBox] = []
        self._file = ElidedLabel("", self)
        self._choose = QPushButton(self.tr("Choose file…"), self)
        self._choose.setObjectName("choose_file_button")
        self._kinds = ChoiceField("import_kind_combo", self.tr("What the rows are"), self)
        self._kinds.offer({each: kinds.words(each).many for each in kinds.KINDS})
        self._kinds.show_value(str(kind))
        self._summary = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._summary.setObjectName("import_summary")
        self._empty = EmptyState(theme, self)
        self._empty.say(
            "file-text",
            self.tr("Choose a CSV or vCard file"),
            self.tr(
                "Exports of Pipedrive, HubSpot and Google Contacts are understood as they are."
                " You see what would go in before anything is written, and you can undo it."
            ),
        )
        self._table = QTableWidget(self)
        self._table.setObjectName("import_preview")
        self._problems = QListWidget(self)
        self._problems.setObjectName("import_problems")
        self._duplicates = ChoiceField("duplicates_combo", self.tr("Duplicates"), self)
        self._import = QPushButton(self.tr("Import"), self)
        self._import.setObjectName("import_button")
        self._lay_out()
        self._choose.clicked.connect(self._on_choose)
        self._kinds.committed.connect(self._on_kind)
        service.answered.connect(self._on_answered)
        service.commanded.connect(self._on_commanded)
        self._show_plan(None)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._file, 1)
        top.addWidget(self._kinds)
        top.addWidget(self._choose)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setAccessibleName(self.tr("First rows"))
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)  # otherwise Tab never leaves the table
        self._table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setDefaultAlignment(LEFT)
        self._table.horizontalHeader().setHighlightSections(False)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._problems.setMaximumHeight(110)
        self._problems.setAccessibleName(self.tr("Rows that can't go in"))
        self._duplicates_label = MutedLabel(self._theme, "", self)
        choices = {
            "skip": self.tr("Leave them as they are"),
            "update": self.tr("Add what is new to them"),
            "create": self.tr("Create them again"),
        }
        self._duplicates.offer(choices)
        # This gives the persons of an export of deals their addresses, and overwrites nothing.
        self._duplicates.show_value("update")
        self._duplicates.setMinimumContentsLength(26)
        row = QHBoxLayout()
        row.addWidget(self._duplicates_label)
        row.addWidget(self._duplicates)
        row.addStretch(1)
        buttons = QDialogButtonBox(self)
        self._cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._import, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_import)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._empty, 1)
        column.addWidget(self._table, 1)
        column.addWidget(self._summary)
        column.addWidget(self._problems)
        column.addLayout(row)
        column.addWidget(buttons)

    def _order_keyboard(self) -> None:
        """Set the tab order. The column boxes in it are made again for each file."""
        above = (self._choose, self._kinds, *self._columns)
        below = (self._table, self._problems, self._duplicates, self._import, self._cancel)
        for first, second in pairwise((*above, *below)):
            QWidget.setTabOrder(first, second)

    # --- the file ------------------------------------------------------------------------

    @Slot()
    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Import"))
        dialog.setObjectName("import_file_dialog")
        dialog.setNameFilters(
            [self.tr("Tables and contacts (*.csv *.tsv *.txt *.vcf)"), self.tr("All files (*)")]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Read a file and preview it."""
        self._path = path
        self._columns.clear()
        self._file.set_whole(path.name)
        self._ask(self._wanted_kind, None, is_sure=False)

    def _ask(self, kind: Kind, columns: tuple[str, ...] | None, *, is_sure: bool = True) -> None:
        if self._path is not None:
            self._import.setEnabled(False)
            request = ImportRequest(self._path, kind, columns, is_sure=is_sure)
            self._ticket = self._service.ask(request)

    @Slot(object)
    def _on_kind(self, kind: str) -> None:
        self._wanted_kind = self._kind = Kind(kind)
        self._columns.clear()
        self._ask(self._kind, None)

    @Slot()
    def _on_column(self) -> None:
        columns = tuple(str(combo.currentData()) for combo in self._columns)
        self._ask(self._kind, columns)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if not answer.ticket or answer.ticket != self._ticket:
            return
        self._ticket = 0
        plan = answer.result
        if isinstance(plan, ImportPlan):
            self._show_plan(plan)
        else:
            self._summary.setText(answer.error)
            self._summary.show()

    # --- the preview ---------------------------------------------------------------------

    def _show_plan(self, plan: ImportPlan | None) -> None:
        self._plan = plan
        is_good = plan is not None and not plan.error
        for widget in (self._table, self._problems, self._duplicates, self._duplicates_label):
            widget.setVisible(is_good)
        self._empty.setVisible(not is_good)
        can_import = is_good and plan is not None and bool(plan.drafts)
        self._import.setEnabled(can_import)
        (self._import if can_import else self._choose).setDefault(True)
        self._summary.setVisible(plan is not None)
        self._kinds.setVisible(plan is None or plan.form == "csv")
        if plan is None:
            return
        if plan.error:
            self._summary.setText(plan.error)
            return
        if plan.form == "csv":
            self._kind = plan.mapping.kind
            self._kinds.show_value(str(self._kind))
            self._show_table(plan)
        else:
            self._show_cards(plan)
        self._order_keyboard()
        self._summary.setText(self._sentence(plan))
        self._problems.clear()
        for problem in plan.problems[:MOST_PROBLEMS]:
            self._problems.addItem(_cut(import_words.problem(problem)))
        self._problems.setVisible(bool(plan.problems))
        count = plan.duplicate_count
        text = self.tr("{} are here already:").format(formatting.number(count))
        if count == 1:
            text = self.tr("One is here already:")
        self._duplicates_label.setText(text)
        self._duplicates_label.setVisible(count > 0)
        self._duplicates.setVisible(count > 0)

    def _sentence(self, plan: ImportPlan) -> str:
        text = self.tr("{} records can go in.").format(formatting.number(len(plan.drafts)))
        if len(plan.drafts) == 1:
            text = self.tr("1 record can go in.")
        if plan.problems:
            bad = self.tr("{} can't; the others still can:")
            text = f"{text} {bad.format(formatting.number(len(plan.problems)))}"
        strange = [_shown(name) for name in plan.strange_stages]
        if strange:
            shown = ", ".join(strange[:MOST_STAGES])
            if len(strange) > MOST_STAGES:
                shown = self.tr("{names} and {count} more").format(
                    names=shown, count=formatting.number(len(strange) - MOST_STAGES)
                )
            said = self.tr(
                "Your pipeline has no stage {}: these deals begin in its first one."
                " Add the stage before you import, and they go there."
            )
            text = f"{said.format(shown)}\n{text}"
        return text

    def _show_table(self, plan: ImportPlan) -> None:
        """Show the first rows, and over each column a box to choose its field."""
        if plan.mapping.columns == tuple(combo.currentData() for combo in self._columns):
            return  # the user chose these: a rebuilt table would take the focus away
        table = self._table
        table.clear()
        self._columns.clear()
        table.setColumnCount(len(plan.header))
        table.setRowCount(len(plan.sample) + 1)
        table.setHorizontalHeaderLabels([_shown(name) for name in plan.header])
        for number in range(len(plan.header)):
            mapped = plan.mapping.columns[number] if number < len(plan.mapping.columns) else ""
            combo = self._column_combo(number, _shown(plan.header[number]), mapped)
            self._columns.append(combo)
            table.setCellWidget(0, number, combo)
            table.setColumnWidth(number, 172)
        table.setRowHeight(0, 36)
        for row_number, row in enumerate(plan.sample, start=1):
            for number, cell in enumerate(row.cells[: len(plan.header)]):
                table.setItem(row_number, number, QTableWidgetItem(_shown(cell)))

    def _column_combo(self, number: int, name: str, mapped: str) -> QComboBox:
        combo = StillComboBox(self._table)
        combo.setObjectName(f"column_{number}_combo")
        combo.setAccessibleName(name)
        for code in dict.fromkeys(("", *FIELDS[self._kind], mapped)):
            combo.addItem(import_words.field(code), code)
        combo.setCurrentIndex(combo.findData(mapped))
        combo.activated.connect(self._on_column)
        return combo

    def _show_cards(self, plan: ImportPlan) -> None:
        table = self._table
        table.clear()
        self._columns.clear()
        table.setColumnCount(3)
        heads = [self.tr("Name"), self.tr("Email or value"), self.tr("Organization")]
        table.setHorizontalHeaderLabels(heads)
        table.setRowCount(min(MOST_SHOWN, len(plan.drafts)))
        for number, draft in enumerate(plan.drafts[:MOST_SHOWN]):
            for column, text in enumerate(_cells(draft)):
                table.setItem(number, column, QTableWidgetItem(_shown(text)))
        for column in range(3):
            table.setColumnWidth(column, 220)

    @Slot()
    def _on_import(self) -> None:
        if self._plan is not None and self._plan.drafts and not self._import_ticket:
            on_duplicate = self._duplicates.currentData()
            command = ImportRecords(self._plan.drafts, on_duplicate)
            self._import_ticket = self._service.run(command)
            self._allow_changes(is_allowed=False)
            self._summary.setText(self.tr("Importing…"))

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if not self._import_ticket or done.ticket != self._import_ticket:
            return
        self._import_ticket = 0
        if done.done is not None:
            self.accept()
            return
        self._allow_changes(is_allowed=True)
        self._summary.setText(done.error)

    def _allow_changes(self, *, is_allowed: bool) -> None:
        for widget in (self._choose, self._kinds, self._table, self._duplicates, self._import):
            widget.setEnabled(is_allowed)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _shown(text: str) -> str:
    """Shorten and clean a text of the file: Qt lays out all of it, even what does not show."""
    return formatting.clean(_cut(text))


def _cells(draft: Draft) -> tuple[str, str, str]:
    record = draft.record
    middle = ""
    if isinstance(record, Person):
        middle = ", ".join(each.value for each in record.addresses)
    elif isinstance(record, Organization):
        middle = ", ".join(record.domains)
    else:
        middle = money.shown(getattr(record, "value_cents", None), getattr(record, "currency", ""))
    return title_of(record), middle, draft.organization
