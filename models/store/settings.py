"""The person's settings, by name: JSON values with their defaults in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from models.store import database

Value = bool | int | str | list[str] | None


@dataclass(frozen=True, slots=True)
class SetOption:
    """Change a setting of the user; a command."""

    name: str
    value: Value


DEFAULTS: Final[dict[str, Value]] = {
    "archive_on_server": False,
    "delete_on_server": False,
    "default_account": None,  # new mail is sent from it; the first one while there is none
    "account_order": [],  # ids as text, as the person arranged them
    "theme": "system",  # system | light | dark
    "density": "comfortable",  # comfortable | compact
    "language": "",  # '' is the person's own
    "simple_html": False,
    "dark_mail": True,
    "notifications": True,
    "undo_send_seconds": 8,
    "trusted_senders": [],
    "blocked": [],  # addresses and domains (M15): see `blocking`
    "side_panel": True,  # contacts beside the open conversation
    "window_geometry": "",
    "window_state": "",
    "secret_store": "",  # keyring | passphrase | session; '' is not chosen yet
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
    """A setting that is yes or no."""
    return get(name) is True


def put(name: str, value: Value) -> None:
    """Keep a setting, inside the transaction that is open or in one of its own."""
    with database.writing(durable=False):
        database.run(
            "INSERT INTO setting (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )


def forget(name: str) -> None:
    """Take a setting back to its default."""
    with database.writing(durable=False):
        database.run("DELETE FROM setting WHERE name = ?", (name,))
