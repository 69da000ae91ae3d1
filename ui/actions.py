"""Every action of the window: its name, its words, its keys, its icon.

All are children of the main window from the start, so that shortcuts, menus, screen readers and
scripts find them. Those of a feature that is not there are invisible and do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui import icons

_CONTEXT = "Actions"


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    is_ready: bool = True


_PLANS = {
    "archive": _Plan(QT_TRANSLATE_NOOP("Actions", "Archive"), "archive", ("E",)),
    "restore": _Plan(
        QT_TRANSLATE_NOOP("Actions", "Restore from archive"), "archive-restore", ("Shift+E",)
    ),
    "delete": _Plan(QT_TRANSLATE_NOOP("Actions", "Delete…"), "trash-2", ("Del", "#")),
    "mark_read": _Plan(QT_TRANSLATE_NOOP("Actions", "Mark as read"), "mail-open", ("Shift+I",)),
    "mark_unread": _Plan(QT_TRANSLATE_NOOP("Actions", "Mark as unread"), "mail", ("Shift+U",)),
    "toggle_read": _Plan(QT_TRANSLATE_NOOP("Actions", "Read or unread"), "", ("U",)),
    "undo": _Plan(QT_TRANSLATE_NOOP("Actions", "Undo"), "undo-2", ("Ctrl+Z", "Z")),
    "select_all": _Plan(QT_TRANSLATE_NOOP("Actions", "Select all"), "", ("Ctrl+A",)),
    "next": _Plan(QT_TRANSLATE_NOOP("Actions", "Next conversation"), "chevron-down", ("J",)),
    "previous": _Plan(QT_TRANSLATE_NOOP("Actions", "Previous conversation"), "chevron-up", ("K",)),
    "search": _Plan(QT_TRANSLATE_NOOP("Actions", "Search"), "search", ("Ctrl+K", "/")),
    "sync_now": _Plan(
        QT_TRANSLATE_NOOP("Actions", "Check for mail"), "refresh-cw", ("F5", "Ctrl+Shift+R")
    ),
    "sync_details": _Plan(QT_TRANSLATE_NOOP("Actions", "Sync details…"), "info"),
    "preferences": _Plan(QT_TRANSLATE_NOOP("Actions", "Preferences…"), "settings", ("Ctrl+,",)),
    "add_account": _Plan(QT_TRANSLATE_NOOP("Actions", "Add new account…"), "user-plus"),
    "shortcuts": _Plan(QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "keyboard", ("?",)),
    "quit": _Plan(QT_TRANSLATE_NOOP("Actions", "Quit"), "", ("Ctrl+Q",)),
    "compose": _Plan(QT_TRANSLATE_NOOP("Actions", "Compose"), "square-pen", is_ready=False),
    "reply": _Plan(QT_TRANSLATE_NOOP("Actions", "Reply"), "reply", is_ready=False),
    "reply_all": _Plan(QT_TRANSLATE_NOOP("Actions", "Reply all"), "reply-all", is_ready=False),
    "forward": _Plan(QT_TRANSLATE_NOOP("Actions", "Forward"), "forward", is_ready=False),
    "link": _Plan(QT_TRANSLATE_NOOP("Actions", "Link…"), "link", is_ready=False),
    "unlink": _Plan(QT_TRANSLATE_NOOP("Actions", "Unlink"), "unlink", is_ready=False),
    "sync_past": _Plan(
        QT_TRANSLATE_NOOP("Actions", "Sync past emails…"), "history", is_ready=False
    ),
    "delete_email": _Plan(
        QT_TRANSLATE_NOOP("Actions", "Delete this email"), "trash-2", is_ready=False
    ),
    "new_person": _Plan(QT_TRANSLATE_NOOP("Actions", "New person"), "user", is_ready=False),
    "new_organization": _Plan(
        QT_TRANSLATE_NOOP("Actions", "New organization"), "building-2", is_ready=False
    ),
    "new_deal": _Plan(QT_TRANSLATE_NOOP("Actions", "New deal"), "handshake", is_ready=False),
    "new_lead": _Plan(QT_TRANSLATE_NOOP("Actions", "New lead"), "target", is_ready=False),
    "new_project": _Plan(
        QT_TRANSLATE_NOOP("Actions", "New project"), "folder-kanban", is_ready=False
    ),
}


class Actions:
    """The window's actions by name: `actions["archive"]` has the objectName `action_archive`."""

    def __init__(self, window: QWidget) -> None:
        self._by_name = {name: _made(name, plan, window) for name, plan in _PLANS.items()}

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def ready(self) -> list[QAction]:
        """Those that do something, for the shortcut sheet."""
        return [self._by_name[name] for name, plan in _PLANS.items() if plan.is_ready]


def _made(name: str, plan: _Plan, window: QWidget) -> QAction:
    action = QAction(QCoreApplication.translate(_CONTEXT, plan.text), window)
    action.setObjectName(f"action_{name}")
    if plan.icon:
        action.setIcon(icons.icon(plan.icon))
    action.setShortcuts([QKeySequence(key) for key in plan.keys])
    action.setMenuRole(_ROLES.get(name, QAction.MenuRole.NoRole))
    if not plan.is_ready:
        action.setVisible(False)
        action.setEnabled(False)
    tip = action.text().rstrip("…")
    if plan.keys:
        tip = f"{tip} ({QKeySequence(plan.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)})"
    action.setToolTip(tip)
    window.addAction(action)
    return action


_ROLES = {
    "preferences": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
}
