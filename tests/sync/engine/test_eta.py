"""The remaining time is measured, never guessed."""

from __future__ import annotations

import pytest

from sync.engine.eta import GAP, WARM_UP, WINDOW, Pace


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(pace: Pace, clock: Clock, seconds: float, *, rate: float, done: int = 0) -> int:
    """Run steps of half a second at a given rate. Returns how many messages are done."""
    for _ in range(round(seconds * 2)):
        clock.now += 0.5
        done += round(rate / 2)
        pace.note(done)
    return done


def test_in_the_first_seconds_nothing_is_said(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.seconds_left(100) is None
    run(pace, clock, WARM_UP - 0.5, rate=100)
    assert pace.seconds_left(100) is None
    run(pace, clock, 2, rate=100, done=1000)
    assert pace.seconds_left(100) is not None


def test_at_a_steady_pace_it_is_right(clock: Clock) -> None:
    pace = Pace(clock)
    run(pace, clock, 20, rate=100)
    assert pace.seconds_left(6000) == pytest.approx(60)


def test_a_pace_that_changed_is_forgotten_after_a_while(clock: Clock) -> None:
    pace = Pace(clock)
    done = run(pace, clock, 60, rate=1000)
    run(pace, clock, WINDOW + 5, rate=10, done=done)
    left = pace.seconds_left(600)
    assert left is not None
    assert left == pytest.approx(60, rel=0.1)


def test_after_a_gap_it_is_measured_anew(clock: Clock) -> None:
    pace = Pace(clock)
    done = run(pace, clock, 20, rate=100)
    clock.now += GAP + 1
    pace.note(done)
    assert pace.seconds_left(600) is None


def test_without_progress_there_is_no_answer(clock: Clock) -> None:
    pace = Pace(clock)
    run(pace, clock, 20, rate=0)
    assert pace.seconds_left(600) is None


def test_another_past_sync_begins_anew(clock: Clock) -> None:
    pace = Pace(clock)
    run(pace, clock, 20, rate=100)
    clock.now += 1
    pace.note(0)
    assert pace.seconds_left(600) is None
