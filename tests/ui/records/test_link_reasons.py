"""Every code that the store gives as a reason has a sentence of its own."""

from __future__ import annotations

import inspect

import pytest

from models import linking
from models.side_panel import LinkFacts
from ui.records import link_reasons

CODES = (
    linking.ONE_OPEN,
    linking.SEVERAL_OPEN,
    linking.BEGAN_BEFORE,
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
