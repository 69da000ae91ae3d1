"""What a row of the bench measured, and how it is printed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        what: What was measured, in words.
        value: In `unit`; NaN if it could not be measured (then `how` says why).
        goal: The most it may be, or None.
        how: How exactly it was measured, for readers who doubt it.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    how: str = ""

    @property
    def verdict(self) -> str:
        """`ok` or `MISSED`, and how much of the goal was used."""
        if math.isnan(self.value):
            return "not measured"
        if self.goal is None:
            return ""
        return f"{'ok' if self.value <= self.goal else 'MISSED'} ({self.value / self.goal:.2f}x)"


def skipped(what: str, why: str) -> Figure:
    """A figure that this machine cannot measure."""
    return Figure(what, math.nan, "", None, why)


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile: the value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def line(figure: Figure) -> str:
    """A figure for the terminal."""
    value = "-" if math.isnan(figure.value) else f"{figure.value:,.4g} {figure.unit}"
    goal = "" if figure.goal is None else f"goal {figure.goal:,.4g}"
    return f"  {figure.what:<58} {value:>14}  {goal:<12} {figure.verdict}\n      {figure.how}"
