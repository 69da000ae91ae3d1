"""How the window looks: the choices of the View menu, and the settings that they change."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from models.store import settings
from models.store.settings import SetOption
from ui.commands.command_stack import CommandStack
from ui.reader.view import ConversationView
from ui.style.theme import Density, Mode, Theme

_CONTEXT = "Menus"


class Appearance(QObject):
    """Theme, density and simple HTML: stored when the user chooses, applied when the setting changes.

    Attributes:
        actions: The choices of the View menu, with a separator between the groups.
    """

    def __init__(
        self, theme: Theme, stack: CommandStack, reader: ConversationView, window: QWidget
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._stack = stack
        self._reader = reader
        self.actions = appearance_actions(theme, window)
        for action in self.actions:
            action.triggered.connect(partial(self._on_chosen, action))
        reader.set_simple_html(settings.is_on("simple_html"))

    def _on_chosen(self, action: QAction) -> None:
        name, value = action.data()
        self._stack.run_quietly(SetOption(name, value))

    def read_setting(self, name: str) -> None:
        """Apply a setting that has changed. Other settings are ignored."""
        if name == "theme":
            self._theme.set_mode(str(settings.get("theme")))
        elif name == "density":
            self._theme.set_density(str(settings.get("density")))
        elif name == "simple_html":
            self._reader.set_simple_html(settings.is_on("simple_html"))
        for action in self.actions:
            if action.data() and action.data()[0] == name:
                action.setChecked(action.data()[1] == settings.get(name))


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
