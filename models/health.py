"""What was found out about an account's servers when it was last looked at."""

from __future__ import annotations

import json
from typing import Any

from peewee import ForeignKeyField, IntegerField, TextField

from models import database
from models.account import Account
from models.clock import now_ms
from models.database import BaseModel


class Health(BaseModel):
    """The last report of one account, as JSON."""

    account = ForeignKeyField(Account, on_delete="CASCADE", primary_key=True)
    checked_at = IntegerField()
    report = TextField()


def store(account_id: int, report: dict[str, Any]) -> None:
    """Keep the newest report; the one before goes."""
    with database.writing(durable=False):
        database.run(
            "INSERT OR REPLACE INTO health (account_id, checked_at, report) VALUES (?, ?, ?)",
            (account_id, now_ms(), json.dumps(report)),
        )


def of_account(account_id: int) -> tuple[int, dict[str, Any]] | None:
    """When it was looked at, and the report; None if never."""
    row = database.row("SELECT checked_at, report FROM health WHERE account_id = ?", (account_id,))
    return (row[0], json.loads(row[1])) if row else None
