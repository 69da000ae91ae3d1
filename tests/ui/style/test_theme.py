"""Colours that can be read, switched live."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from ui.style import icons, theme
from ui.style.theme import AVATARS, DARK, LIGHT, Theme

READ_ON = [
    ("text", "base"), ("text", "window"), ("text", "selection"), ("text", "selection_idle"),
    ("text", "hover"), ("muted", "base"), ("muted", "window"), ("muted", "hover"),
    ("selection_muted", "selection"), ("selection_muted", "selection_idle"),
    ("accent", "base"), ("accent", "hover"), ("on_accent", "accent"), ("on_pill", "pill"),
    ("on_pill", "base"), ("on_pill", "selection"), ("on_pill", "selection_idle"),
    ("danger", "base"), ("on_danger", "danger"), ("warning", "window"), ("text", "warning_back"),
    ("text", "info_back"), ("on_tip", "tip"), ("link", "base"), ("success", "window"),
]  # fmt: skip


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = [_linear(part) for part in (color.redF(), color.greenF(), color.blueF())]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "back"), READ_ON)
def test_text_has_contrast(tokens: dict[str, str], ink: str, back: str) -> None:
    assert contrast(QColor(tokens[ink]), QColor(tokens[back])) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("back", ["base", "window", "selection"])
def test_the_focus_ring_is_seen(tokens: dict[str, str], back: str) -> None:
    assert contrast(QColor(tokens["focus"]), QColor(tokens[back])) >= 3


@pytest.mark.parametrize("color", AVATARS)
def test_initials_can_be_read(color: str) -> None:
    assert contrast(QColor("#ffffff"), QColor(color)) >= 4.5


def test_both_themes_have_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_switching_is_live(qtbot: QtBot) -> None:
    shown = Theme()
    shown.set_mode("light")
    shown.install()
    with qtbot.waitSignal(shown.changed):
        shown.set_mode("dark")
    assert shown.is_dark
    assert QApplication.palette().color(QPalette.ColorRole.Base) == QColor(DARK["base"])
    shown.set_mode("light")
    assert QApplication.palette().color(QPalette.ColorRole.Base) == QColor(LIGHT["base"])


def test_a_broken_setting_falls_back(qtbot: QtBot) -> None:
    shown = Theme()
    shown.set_mode("purple")
    shown.set_density("huge")
    assert shown.mode == "system"
    assert shown.density == "comfortable"


def test_the_style_sheet_has_no_unknown_token() -> None:
    colors = {name: QColor(value) for name, value in LIGHT.items()}
    assert not re.search(r"\{\w+\}", theme.style_sheet(colors))


def test_inter_is_shipped_in_four_weights(qtbot: QtBot) -> None:
    theme.load_fonts()
    widths = set()
    shown = Theme()
    shown.install()
    for weight in (400, 500, 600, 700):
        font = shown.font(size=40, weight=weight)
        assert font.family() == "Inter"
        widths.add(font.weight())
    assert len(widths) == 4


def test_icons_take_the_colour_and_the_density_of_the_screen(qtbot: QtBot) -> None:
    made = icons.pixmap("inbox", QColor("#ff0000"), 20, 2.0)
    assert made.devicePixelRatio() == 2.0
    image = made.toImage()
    assert image.width() == 40
    inked = [
        image.pixelColor(x, y)
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() > 200
    ]
    assert inked
    assert all(color.red() > 240 and color.green() < 15 for color in inked)


def test_every_icon_can_be_drawn(qtbot: QtBot) -> None:
    for path in resources.path("icons").glob("*.svg"):
        assert not icons.icon(path.stem).pixmap(20, 20).isNull(), path.name


def test_an_icon_is_sharp_on_a_dense_screen(qtbot: QtBot) -> None:
    drawn = icons.icon("inbox").pixmap(QSize(20, 20), 2.0)
    assert drawn.width() == 40
    assert drawn.devicePixelRatio() == 2.0


def test_an_unknown_icon_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no icon"):
        icons.icon("no-such-icon")
