"""Read and change a profile's database from outside the program."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import apsw


def rows(profile: Path, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The rows that a query finds. The program may be running."""
    store = apsw.Connection(str(profile / "dealpost.db"), flags=apsw.SQLITE_OPEN_READONLY)
    store.set_busy_timeout(5000)
    try:
        return store.execute(sql, parameters).fetchall()
    finally:
        store.close()


def every_byte(profile: Path) -> bytes:
    """The bytes of all files in the profile. The program may be making and removing some."""
    found = []
    for path in profile.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            found += [path.read_bytes()] if path.is_file() else []
    return b"\0".join(found)


def write(profile: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Change the database in one transaction, as another thread of the program would."""
    store = apsw.Connection(str(profile / "dealpost.db"))
    store.set_busy_timeout(5000)
    with store:
        for sql, parameters in statements:
            store.execute(sql, parameters)
    store.close()
