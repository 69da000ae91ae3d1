"""Colours, fonts and spacing of the whole window: light or dark, comfortable or compact.

Everything that paints asks `Theme.color` for a token by its name and repaints on `changed`.
The theme is a setting of the program, because Qt cannot tell dark from light under a bare X
server. "System" follows `QStyleHints.colorScheme` where there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

import resources

LIGHT = {
    "window": "#f4f5f7",  # sidebar, status bar, dialogs: slightly off the content's colour
    "base": "#ffffff",
    "raised": "#ffffff",
    "field": "#ffffff",
    "text": "#1b1f24",
    "muted": "#59616b",
    "disabled": "#9aa1aa",
    "accent": "#2a5bd0",
    "on_accent": "#ffffff",
    "focus": "#1b3f96",
    "selection": "#dfe8fb",
    "selection_idle": "#e9ebef",  # selected, but the focus is elsewhere
    "selection_muted": "#47505c",
    "hover": "#f0f2f5",
    "line": "#e3e6ea",
    "edge": "#c9ced6",
    "pill": "#e3ebfc",
    "on_pill": "#244fb5",
    "scroll": "#c5cbd3",
    "danger": "#b42318",
    "on_danger": "#ffffff",
    "warning": "#8f5200",
    "warning_back": "#fdf1dc",
    "success": "#1e7a44",
    "info_back": "#e8effd",
    "tip": "#24292f",
    "on_tip": "#f4f5f7",
    "link": "#2a5bd0",
}
DARK = {
    "window": "#17191d",
    "base": "#202328",
    "raised": "#2a2e34",
    "field": "#262a30",
    "text": "#e8eaed",
    "muted": "#a5acb6",
    "disabled": "#6c737d",
    "accent": "#8aadff",
    "on_accent": "#10182a",
    "focus": "#c9d9ff",
    "selection": "#2b3a5c",
    "selection_idle": "#2f343b",
    "selection_muted": "#c3cad6",
    "hover": "#292d33",
    "line": "#33383f",
    "edge": "#474d57",
    "pill": "#2c3855",
    "on_pill": "#a9c3ff",
    "scroll": "#4a515b",
    "danger": "#ff8a7d",
    "on_danger": "#2b0b07",
    "warning": "#f3bd63",
    "warning_back": "#3a2f1c",
    "success": "#6fce95",
    "info_back": "#273350",
    "tip": "#e8eaed",
    "on_tip": "#17191d",
    "link": "#8aadff",
}
# Avatars: white initials have a contrast of at least 4.5 : 1 on each, in both themes.
AVATARS = (
    "#7d4fb0", "#a3405f", "#8a6410", "#3f62c4", "#23747f", "#2e7a4d", "#5d6773", "#a1502a",
    "#5b53c9", "#96437f", "#1f6ea8", "#b03a3a", "#6a5a9c",
)  # fmt: skip

FONT_FAMILY = "Inter"
FONT_WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")


class Mode(StrEnum):
    """What the user chose: system, light or dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much space a row takes."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes that depend on the density, in device-independent pixels."""

    row: int
    sidebar_row: int
    avatar: int
    text: int
    small: int


METRICS = {
    Density.COMFORTABLE: Metrics(row=76, sidebar_row=34, avatar=38, text=13, small=12),
    Density.COMPACT: Metrics(row=48, sidebar_row=28, avatar=26, text=13, small=12),
}


class Theme(QObject):
    """The current look: colours, fonts and sizes.

    Signals:
        changed: Colours or density changed. The application's palette and style already have.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = Mode.SYSTEM
        self._density = Density.COMFORTABLE
        self._colors: dict[str, QColor] = {}
        self._is_dark = False
        self._fonts: dict[
            tuple[int, int, bool], QFont
        ] = {}  # a cache, because painting asks all the time
        self._read_tokens()

    @property
    def mode(self) -> Mode:
        """What the user chose. `is_dark` is the result."""
        return self._mode

    @property
    def density(self) -> Density:
        """Comfortable or compact."""
        return self._density

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self._is_dark

    @property
    def metrics(self) -> Metrics:
        """The sizes of this density."""
        return METRICS[self._density]

    def color(self, name: str) -> QColor:
        """The colour of a token. Raises KeyError for an unknown name."""
        return self._colors[name]

    def font(
        self, *, size: int | None = None, weight: int = 400, is_tabular: bool = False
    ) -> QFont:
        """The window's font. `is_tabular` gives all digits one width, so that times line up."""
        wanted = (size or self.metrics.text, weight, is_tabular)
        known = self._fonts.get(wanted)
        if known is None:
            known = QFont(QApplication.font())
            known.setPixelSize(wanted[0])
            known.setWeight(QFont.Weight(weight))
            if is_tabular:
                known.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[wanted] = known
        return QFont(known)

    def install(self) -> None:
        """Set the application's style, font, palette and style sheet, and follow the system."""
        application = _application()
        fusion = QStyleFactory.create("Fusion")
        application.setStyle(fusion)
        load_fonts()
        font = QFont(FONT_FAMILY)
        font.setPixelSize(13)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # even letter spacing
        application.setFont(font)
        self._fonts.clear()
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    def set_mode(self, mode: str) -> None:
        """Switch to system, light or dark. Anything else counts as system."""
        wanted = Mode(mode) if mode in set(Mode) else Mode.SYSTEM
        if wanted is not self._mode:
            self._mode = wanted
            self._apply()

    def set_density(self, density: str) -> None:
        """Switch to comfortable or compact. Anything else counts as comfortable."""
        wanted = Density(density) if density in set(Density) else Density.COMFORTABLE
        if wanted is not self._density:
            self._density = wanted
            self.changed.emit()

    @Slot()
    def _follow_system(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._read_tokens()
        application = _application()
        application.setPalette(palette(self._colors))
        application.setStyleSheet(style_sheet(self._colors))
        self.changed.emit()

    def _read_tokens(self) -> None:
        self._is_dark = self._mode is Mode.DARK or (self._mode is Mode.SYSTEM and system_is_dark())
        self._colors = {n: QColor(c) for n, c in (DARK if self._is_dark else LIGHT).items()}


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("the theme needs a QApplication")
    return application


def system_is_dark() -> bool:
    """Whether the desktop is dark. False if it does not say."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return False
    return application.styleHints().colorScheme() == Qt.ColorScheme.Dark


def load_fonts() -> None:
    """Register the shipped fonts, once: adding a font again costs memory."""
    if FONT_FAMILY in QFontDatabase.families():
        return
    for weight in FONT_WEIGHTS:
        QFontDatabase.addApplicationFont(str(resources.path("fonts", f"Inter-{weight}.woff2")))


def style_sheet(colors: dict[str, QColor]) -> str:
    """The shipped style sheet with the tokens filled in."""
    text = resources.path("style.qss").read_text(encoding="utf-8")
    return re.sub(
        r"\{(\w+)\}",
        lambda match: colors[match[1]].name() if match[1] in colors else match[0],
        text,
    )


def palette(colors: dict[str, QColor]) -> QPalette:
    """A palette of the tokens, for everything that Qt's style draws by itself."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "window", role.WindowText: "text", role.Base: "base",
        role.AlternateBase: "window", role.Text: "text", role.Button: "raised",
        role.ButtonText: "text", role.BrightText: "danger", role.Highlight: "accent",
        role.HighlightedText: "on_accent", role.Link: "link", role.LinkVisited: "link",
        role.ToolTipBase: "tip", role.ToolTipText: "on_tip", role.PlaceholderText: "muted",
        role.Light: "raised", role.Midlight: "line", role.Mid: "edge", role.Dark: "edge",
        role.Shadow: "line", role.Accent: "accent",
    }  # fmt: skip
    for palette_role, name in pairs.items():
        made.setColor(palette_role, colors[name])
    for palette_role in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, palette_role, colors["disabled"])
    return made
