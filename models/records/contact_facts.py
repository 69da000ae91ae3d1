"""What is to be known of the contacts as a whole."""

from __future__ import annotations

from models.store import database


def has_contacts() -> bool:
    """Whether there is a person or an organization at all (S5)."""
    return bool(
        database.value(
            "SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM organization)"
        )
    )
