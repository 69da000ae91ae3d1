"""The menu bar and the context menu of the list."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from ui.commands.actions import Actions

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
    """The menu with the actions that apply to the selected conversations."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown = [name for name in CONVERSATION if not name or actions[name].isEnabled()]
    _add(menu, actions, *shown)
    return menu


def _add(menu: QMenu, actions: Actions, *names: str) -> None:
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
