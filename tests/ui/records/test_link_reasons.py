"""Every code that the store gives as a reason has a sentence of its own."""

from __future__ import annotations

import inspect

import pytest

from models.intake import link_rules
from models.queries.history_reasons import ADDRESS, BY_HAND, CAME_BACK, HistoryReason, PersonReason
from models.queries.side_panel import LinkFacts
from ui.records import link_reasons

CODES = (
    link_rules.ONE_OPEN,
    link_rules.SEVERAL_OPEN,
    link_rules.BEGAN_BEFORE,
    "past_mail",
    "came_back",
    "merged",
)


def _facts(code: str, origin: str = "rule") -> LinkFacts:
    values = {"code": code, "origin": origin, "person_ids": (1,)}
    names = list(inspect.signature(LinkFacts).parameters)
    return LinkFacts(**{name: values.get(name, 0) for name in names})  # type: ignore[arg-type]


@pytest.mark.parametrize("code", CODES)
def test_each_reason_is_told_differently(code: str) -> None:
    told = link_reasons.sentence(_facts(code), {1: "Ann Lee"})
    others = {
        link_reasons.sentence(_facts(other), {1: "Ann Lee"}) for other in CODES if other != code
    }
    assert told
    assert told not in others


def test_a_link_by_hand_says_so() -> None:
    assert link_reasons.sentence(_facts("by_hand", "person"), {}) == "You linked it."


@pytest.mark.parametrize("key", ["person:1", "organization:2"])
@pytest.mark.parametrize("code", [ADDRESS, BY_HAND, CAME_BACK])
def test_each_way_into_a_history_is_told(key: str, code: str) -> None:
    addresses = ("ann@lee.test",) if code == ADDRESS else ()
    person = PersonReason(1, "Ann Lee", code, addresses)
    told = link_reasons.history_sentence(HistoryReason(key, 7, (person,)))
    assert ("ann@lee.test" in told) == (code == ADDRESS)
    assert ("Ann Lee" in told) == (key == "organization:2" or code != ADDRESS)


def test_what_left_the_history_has_no_reason() -> None:
    assert link_reasons.history_sentence(HistoryReason("deal:1", 7)) == ""
