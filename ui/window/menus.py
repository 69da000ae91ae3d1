"""The menu bar and the context menu of the list."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from ui.commands.actions import Actions
from ui.style.theme import Density, Mode, Theme

_CONTEXT = "Menus"
CONVERSATION = (
    "archive",
    "restore",
    "delete",
    "",
    "mark_read",
    "mark_unread",
    "",
    "link",
    "unlink",
    "",
    "why",
)


def fill(bar: QMenuBar, actions: Actions, appearance: list[QAction]) -> None:
    """Put every action into the menu bar."""
    mail = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&File"))
    _add(mail, actions, "compose", "", "sync_now", "sync_past", "sync_details", "")
    _add(mail, actions, "add_account", "preferences", "", "quit")
    edit = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&Edit"))
    _add(edit, actions, "undo", "", "select_all", "search")
    conversation = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&Conversation"))
    _add(conversation, actions, "reply", "reply_all", "forward", "", *CONVERSATION)
    _add(conversation, actions, "", "next", "previous")
    record = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&Records"))
    _add(record, actions, "new_deal", "new_lead", "new_project", "new_person", "new_organization")
    _add(record, actions, "", "delete_email")
    view = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&View"))
    _add(view, actions, "side_panel", "")
    _add(view, actions, "queue", "what_happened", "")
    for action in appearance:
        if action.isSeparator():
            view.addSeparator()
        else:
            view.addAction(action)
    help_menu = bar.addMenu(QCoreApplication.translate(_CONTEXT, "&Help"))
    _add(help_menu, actions, "shortcuts")


def conversation_menu(actions: Actions, parent: QWidget) -> QMenu:
    """What can be done with the selected conversations."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown = [name for name in CONVERSATION if not name or actions[name].isEnabled()]
    _add(menu, actions, *shown)
    return menu


def appearance_actions(theme: Theme, window: QWidget) -> list[QAction]:
    """The choices of the View menu; each carries (setting, value) as its data."""
    modes = {
        Mode.SYSTEM: QCoreApplication.translate(_CONTEXT, "&As the system"),
        Mode.LIGHT: QCoreApplication.translate(_CONTEXT, "L&ight"),
        Mode.DARK: QCoreApplication.translate(_CONTEXT, "&Dark"),
    }
    densities = {
        Density.COMFORTABLE: QCoreApplication.translate(_CONTEXT, "Comfortable &rows"),
        Density.COMPACT: QCoreApplication.translate(_CONTEXT, "Compac&t rows"),
    }
    separator = QAction(window)
    separator.setSeparator(True)
    return [
        *_choices("theme", {str(k): v for k, v in modes.items()}, theme.mode, window),
        separator,
        *_choices("density", {str(k): v for k, v in densities.items()}, theme.density, window),
    ]


def _choices(name: str, texts: dict[str, str], chosen: str, window: QWidget) -> list[QAction]:
    group = QActionGroup(window)
    made = []
    for value, text in texts.items():
        action = QAction(text, group, checkable=True, checked=value == chosen)
        action.setObjectName(f"action_{name}_{value}")
        action.setData((name, value))
        made.append(action)
    return made


def _add(menu: QMenu, actions: Actions, *names: str) -> None:
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
