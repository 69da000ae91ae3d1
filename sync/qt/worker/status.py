"""What a worker says about itself: the facts of the store, and what it does now."""

from __future__ import annotations

from typing import TypedDict

from models.events import PastProgress, Phase, StatusChanged
from models.server import sync_facts
from models.shown_certificate import ShownCertificate


class Doing(TypedDict, total=False):
    """What only the worker knows; see `StatusChanged`."""

    mailbox: str
    done: int
    total: int
    past: PastProgress
    error: str
    retry_at: int | None
    certificate: ShownCertificate | None


def status(account_id: int, phase: Phase, doing: Doing) -> StatusChanged:
    """Both together, as the window hears it."""
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
