"""Dates, sizes and names as the user reads them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.style import formatting


def at(text: str) -> int:
    """A time of the wall clock here, in milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


NOW = at("2026-11-20 15:00")  # a Friday


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("2026-11-20 10:42"), "10:42"),
        (at("2026-11-20 00:00"), "00:00"),
        (at("2026-11-19 23:59"), "Yesterday"),
        (at("2026-11-17 09:00"), "Tue"),
        (at("2026-11-14 09:00"), "Sat"),
        (at("2026-11-13 09:00"), "13 Nov"),
        (at("2026-01-02 09:00"), "2 Jan"),
        (at("2024-11-14 09:00"), "14 Nov 2024"),
        (at("2026-11-25 09:00"), "25 Nov"),  # a clock that runs ahead
    ],
)
def test_dates_get_shorter_the_nearer_they_are(moment: int, expected: str) -> None:
    assert formatting.relative_date(moment, NOW) == expected


def test_the_whole_date_is_there_for_tool_tips() -> None:
    moment = at("2026-11-17 09:05")
    assert formatting.full_date(moment) == "Tuesday, 17 November 2026, 09:05"


def test_since_names_the_day_only_if_it_is_another() -> None:
    assert formatting.since(at("2026-11-20 09:05"), NOW) == "09:05"
    assert formatting.since(at("2026-11-19 09:05"), NOW) == "Yesterday 09:05"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 B"), (999, "999 B"), (14_200, "14 kB"), (2_300_000, "2.3 MB"), (5 * 10**9, "5.0 GB")],
)
def test_sizes(count: int, expected: str) -> None:
    assert formatting.size(count) == expected


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ([("Ann Lee", "a@x.example")], "Ann Lee"),
        ([("Ann Lee", "a@x.example"), ("", "")], "Ann Lee, You"),
        ([("", "billing@x.example")], "billing@x.example"),
        ([("Ann Lee", "a@x"), ("", ""), ("Bob Ray", "b@x"), ("Ann Lee", "a@x")], "Ann, You, Bob"),
        ([("Lee, Ann", "a@x"), ("", ""), ("", "cy@x")], "Ann, You, cy"),
    ],
)
def test_parties(parties: list[tuple[str, str]], expected: str) -> None:
    assert formatting.parties_text(parties) == expected


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (("Ann Lee", "x@y"), "AL"),
        (("Dr. Maxi Konst (Procurement, EMEA)", "x@y"), "MK"),
        (("", "billing@x.example"), "B"),
        (("Łukasz Żak", ""), "ŁŻ"),
        (("...", "..."), "?"),
    ],
)
def test_initials(party: tuple[str, str], expected: str) -> None:
    assert formatting.initials(party) == expected


def test_an_address_keeps_its_colour() -> None:
    assert formatting.color_index("Ann@X.example ", 12) == formatting.color_index(
        "ann@x.example", 12
    )


def test_direction_overrides_and_fillers_are_dropped() -> None:
    assert formatting.clean("exe\u202egpj.\r\nnext\t\u200c \u034f end") == "exegpj. next end"


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_name_breaks_a_row(name: str, address: str) -> None:
    party = (name, address)
    assert formatting.initials(party)
    assert formatting.display_name(party)
    assert "\n" not in formatting.parties_text([party])
    formatting.parties_text([party, ("", ""), ("Bob", "b@x")])
