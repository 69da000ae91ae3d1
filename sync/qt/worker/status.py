"""Reports a worker's status: facts from the store, and what the worker is doing now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypedDict, Unpack

from models.events import PastProgress, Phase, StatusChanged
from models.server import sync_facts
from models.shown_certificate import ShownCertificate
from sync.timing import Timing


class Doing(TypedDict, total=False):
    """The fields of `StatusChanged` that only the worker knows."""

    mailbox: str
    done: int
    total: int
    past: PastProgress
    error: str
    retry_at: int | None
    certificate: ShownCertificate | None


def status(account_id: int, phase: Phase, doing: Doing) -> StatusChanged:
    """The event for the window: the store's facts together with what the worker does."""
    found = sync_facts.of_account(account_id)
    return StatusChanged(
        account_id,
        phase,
        pending=found.pending,
        refused=found.refused,
        checking=found.checking,
        held=found.held,
        questions=found.questions,
        closed=found.closed,
        last_success_at=found.last_success_at,
        **doing,
    )


class StatusReporter:
    """Reports the status, at most once per `Timing.status` unless told to report at once.

    Attributes:
        phase: The phase last reported; a report that is held back leaves it alone.
    """

    def __init__(
        self, account_id: int, timing: Timing, emit: Callable[[StatusChanged], None]
    ) -> None:
        self._account_id = account_id
        self._timing = timing
        self._emit = emit
        self._reported_at = 0.0
        self.phase = Phase.STARTING

    def report(self, phase: Phase, *, at_once: bool = False, **doing: Unpack[Doing]) -> None:
        """Emit the status if `at_once`, or if the last report is at least `Timing.status` old."""
        now = time.monotonic()
        if not at_once and now - self._reported_at < self._timing.status:
            return
        found = status(self._account_id, phase, doing)
        self.phase = phase
        self._reported_at = now
        self._emit(found)
