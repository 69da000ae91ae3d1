"""Amounts and days as they are typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from ui.records import money


@pytest.fixture(autouse=True)
def english(qtbot: QtBot) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12500", 1_250_000),
        ("12,500", 1_250_000),
        ("12.500", 1_250_000),
        ("12 500,50", 1_250_050),
        ("12,500.5", 1_250_050),
        ("€ 99", 9_900),
        ("-3", -300),
        ("", None),
        ("soon", None),
        ("9" * 20, None),
        ("12,500 EUR", 1_250_000),
        ("350 zł", 35_000),
        ("12500s", None),
        ("12k", None),
    ],
)
def test_amounts(text: str, cents: int | None) -> None:
    assert money.parsed(text) == cents


def test_an_amount_reads_back() -> None:
    for cents in (0, 1, 99, 100, 1_234_567, 1_250_000):
        assert money.parsed(money.shown(cents, "EUR")) == cents


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-12-01", "2026-12-01"),
        ("1 Dec 2026", "2026-12-01"),
        ("1.12.2026", "2026-12-01"),
        ("", ""),
        ("some day", None),
    ],
)
def test_days(text: str, iso: str | None) -> None:
    assert money.parsed_day(text) == iso
    if iso:
        assert money.parsed_day(money.day(iso)) == iso
