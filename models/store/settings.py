"""The user's settings by name, stored as JSON, with all their defaults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from models.store import database

Value = bool | int | str | list[str] | None


@dataclass(frozen=True, slots=True)
class SetOption:
    """Command: change a setting of the user."""

    name: str
    value: Value


DEFAULTS: Final[dict[str, Value]] = {
    "archive_on_server": False,
    "delete_on_server": False,
    "default_account": None,  # new mail is sent from it; None: from the first account
    "account_order": [],  # ids as text, in the user's order
    "theme": "system",  # system | light | dark
    "density": "comfortable",  # comfortable | compact
    "language": "",  # '' is the language of the user's system
    "simple_html": False,
    "dark_mail": True,
    "notifications": True,
    "undo_send_seconds": 8,
    "trusted_senders": [],
    "blocked": [],  # addresses and domains (M15): see `models.intake.blocked_addresses`
    "side_panel": True,  # contacts beside the open conversation
    "window_geometry": "",
    "window_state": "",
    "secret_store": "",  # keyring | passphrase | session; '': not chosen yet
    "first_start_at": None,
}


def get(name: str) -> Value:
    """The value of a setting, or its default.

    Raises: KeyError for a name that is neither stored nor has a default.
    """
    stored = database.value("SELECT value FROM setting WHERE name = ?", (name,))
    if stored is None:
        return DEFAULTS[name]
    value: Value = json.loads(stored)
    return value


def is_on(name: str) -> bool:
    """Whether a yes-or-no setting is on."""
    return get(name) is True


def put(name: str, value: Value) -> None:
    """Store a setting, in the open transaction or in one of its own."""
    with database.writing(durable=False):
        database.run(
            "INSERT INTO setting (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )


def forget(name: str) -> None:
    """Set a setting back to its default."""
    with database.writing(durable=False):
        database.run("DELETE FROM setting WHERE name = ?", (name,))
