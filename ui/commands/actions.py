"""Every action of the window: its name, its words, its keys, its icon.

All are children of the main window from the start, so that shortcuts, menus, screen readers and
scripts find them. Actions of a feature that is not built yet are invisible and do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.style import icons


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    is_ready: bool = True
    can_check: bool = False


def _mail_plans() -> dict[str, _Plan]:
    """Actions on the selected conversations, and those that move the selection."""
    return {
        "archive": _Plan(QCoreApplication.translate("Actions", "&Archive"), "archive", ("E",)),
        "restore": _Plan(
            QCoreApplication.translate("Actions", "Re&store from archive"),
            "archive-restore",
            ("Shift+E",),
        ),
        "delete": _Plan(QCoreApplication.translate("Actions", "&Delete…"), "trash-2", ("Del", "#")),
        "mark_read": _Plan(
            QCoreApplication.translate("Actions", "&Mark as read"), "mail-open", ("Shift+I",)
        ),
        "mark_unread": _Plan(
            QCoreApplication.translate("Actions", "Mark as &unread"), "mail", ("Shift+U",)
        ),
        "toggle_read": _Plan(QCoreApplication.translate("Actions", "Read or unread"), "", ("U",)),
        "undo": _Plan(QCoreApplication.translate("Actions", "&Undo"), "undo-2", ("Ctrl+Z", "Z")),
        "select_all": _Plan(QCoreApplication.translate("Actions", "Select &all"), "", ("Ctrl+A",)),
        "next": _Plan(
            QCoreApplication.translate("Actions", "Ne&xt conversation"), "chevron-down", ("J",)
        ),
        "previous": _Plan(
            QCoreApplication.translate("Actions", "&Previous conversation"), "chevron-up", ("K",)
        ),
        "why": _Plan(QCoreApplication.translate("Actions", "&Why is this here?"), "info"),
        "search": _Plan(
            QCoreApplication.translate("Actions", "&Search"), "search", ("Ctrl+K", "/")
        ),
    }


def _window_plans() -> dict[str, _Plan]:
    """Actions on accounts and on the window."""
    return {
        "sync_now": _Plan(
            QCoreApplication.translate("Actions", "Check for &mail"),
            "refresh-cw",
            ("F5", "Ctrl+Shift+R"),
        ),
        "sync_past": _Plan(QCoreApplication.translate("Actions", "Sync &past emails…"), "history"),
        "sync_details": _Plan(QCoreApplication.translate("Actions", "Sync &details…"), "info"),
        "queue": _Plan(QCoreApplication.translate("Actions", "&Waiting for the server…"), "clock"),
        "what_happened": _Plan(
            QCoreApplication.translate("Actions", "What &happened…"), "history", ("Ctrl+H",)
        ),
        "preferences": _Plan(
            QCoreApplication.translate("Actions", "P&references…"), "settings", ("Ctrl+,",)
        ),
        "add_account": _Plan(
            QCoreApplication.translate("Actions", "&Add new account…"), "user-plus"
        ),
        "shortcuts": _Plan(
            QCoreApplication.translate("Actions", "&Keyboard shortcuts"), "keyboard", ("?",)
        ),
        "quit": _Plan(QCoreApplication.translate("Actions", "&Quit"), "", ("Ctrl+Q",)),
    }


def _record_plans() -> dict[str, _Plan]:
    """Actions on records and on the mail in their histories."""
    return {
        "link": _Plan(QCoreApplication.translate("Actions", "Lin&k…"), "link", ("L",)),
        "unlink": _Plan(QCoreApplication.translate("Actions", "U&nlink"), "unlink"),
        "delete_email": _Plan(
            QCoreApplication.translate("Actions", "Delete &this email"), "trash-2"
        ),
        "new_deal": _Plan(QCoreApplication.translate("Actions", "New &deal"), "handshake"),
        "new_lead": _Plan(QCoreApplication.translate("Actions", "New &lead"), "target"),
        "new_project": _Plan(
            QCoreApplication.translate("Actions", "New &project"), "folder-kanban"
        ),
        "new_person": _Plan(QCoreApplication.translate("Actions", "New p&erson"), "user"),
        "new_organization": _Plan(
            QCoreApplication.translate("Actions", "New &organization"), "building-2"
        ),
        "side_panel": _Plan(
            QCoreApplication.translate("Actions", "&Contacts beside the conversation"),
            "panel-right",
            can_check=True,
        ),
    }


def _coming_plans() -> dict[str, _Plan]:
    """Actions of features that are not built yet: invisible, disabled, but known by name."""
    return {
        "compose": _Plan(
            QCoreApplication.translate("Actions", "&Compose"), "square-pen", is_ready=False
        ),
        "reply": _Plan(QCoreApplication.translate("Actions", "&Reply"), "reply", is_ready=False),
        "reply_all": _Plan(
            QCoreApplication.translate("Actions", "Reply a&ll"), "reply-all", is_ready=False
        ),
        "forward": _Plan(
            QCoreApplication.translate("Actions", "&Forward"), "forward", is_ready=False
        ),
    }


class Actions:
    """The window's actions by name: `actions["archive"]` has the objectName `action_archive`."""

    def __init__(self, window: QWidget) -> None:
        plans = _mail_plans() | _record_plans() | _window_plans() | _coming_plans()
        self._by_name = {name: _made(name, plan, window) for name, plan in plans.items()}
        self._ready = [self._by_name[name] for name, plan in plans.items() if plan.is_ready]

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def ready(self) -> list[QAction]:
        """The actions that do something, for the shortcut sheet."""
        return list(self._ready)


def plain_text(action: QAction) -> str:
    """An action's words without its mnemonic and its dots."""
    return action.text().replace("&", "").rstrip("…")


def _made(name: str, plan: _Plan, window: QWidget) -> QAction:
    action = QAction(plan.text, window)
    action.setObjectName(f"action_{name}")
    if plan.icon:
        action.setIcon(icons.icon(plan.icon))
    action.setShortcuts([QKeySequence(key) for key in plan.keys])
    action.setMenuRole(_ROLES.get(name, QAction.MenuRole.NoRole))
    action.setCheckable(plan.can_check)
    if not plan.is_ready:
        action.setVisible(False)
        action.setEnabled(False)
    tip = plain_text(action)
    if plan.keys:
        tip = (
            f"{tip} ({QKeySequence(plan.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)})"
        )
    action.setToolTip(tip)
    window.addAction(action)
    return action


_ROLES = {
    "preferences": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
}
