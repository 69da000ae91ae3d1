"""Wipe: remove the bytes of deleted mail from the database files (R7).

`secure_delete` overwrites what a statement frees. But pages that the database rebalanced keep
copies, the search index only marks what was taken out of it, and the write-ahead log keeps old
pages. So a delete makes a wipe due, in its own transaction. The wipe rewrites the index, then the
whole file (VACUUM), and empties the log. If a crash cuts it short, it is still due at the next
start.
"""

from __future__ import annotations

import logging
from typing import Final

import apsw

from models.store import database, search_index
from models.store.database import StoreError

_DUE: Final = "wipe_due"
_BYTES_A_SECOND: Final = 60_000_000  # VACUUM on a laptop's SSD, half of what was measured
QUICK_SECONDS: Final = 0.3  # a shorter wipe may hold up the start
_PATIENCE_SECONDS: Final = 0.5  # how long to wait for a reader or writer; the caller retries later

logger = logging.getLogger(__name__)


def mark_due() -> None:
    """Make a wipe due. Call it inside the transaction that deletes something.

    The value counts the deletes, so that a wipe notices one that came while it ran.
    """
    database.run(
        "INSERT INTO setting (name, value) VALUES (?, '1') "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (_DUE,),
    )


def is_due() -> bool:
    """Whether deleted mail may still be readable in the files."""
    return database.row("SELECT 1 FROM setting WHERE name = ?", (_DUE,)) is not None


def wipe_seconds_estimate() -> float:
    """About how many seconds a wipe takes, so that quitting can decide whether to wait for it."""
    pages, size = database.value("PRAGMA page_count"), database.value("PRAGMA page_size")
    return float(pages * size / _BYTES_A_SECOND)


def wipe() -> bool:
    """Rewrite the database without what was deleted; True if nothing of it is left.

    False if another connection is reading or writing, or if the disk has no room for the copy; the
    wipe stays due. Do not call it inside a transaction. Writers in other threads wait for it.
    """
    connection = database.db.connection()
    patience = database.value("PRAGMA busy_timeout")
    connection.set_busy_timeout(round(_PATIENCE_SECONDS * 1000))
    # Otherwise the copy that VACUUM makes would be in memory, however large. It holds no deleted
    # mail, and SQLite removes it.
    connection.execute("PRAGMA temp_store=FILE")
    try:
        return _rewrite()
    except (apsw.BusyError, apsw.LockedError, apsw.FullError, StoreError) as error:
        logger.info("the wipe has to wait: %s", type(error).__name__)
        return False
    finally:
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.set_busy_timeout(patience)


def _rewrite() -> bool:
    """Rewrite the files. The wipe stays due if something was deleted after VACUUM began."""
    if not _empty_log():  # find an open reader now, not after the long VACUUM
        return False
    due = database.value("SELECT value FROM setting WHERE name = ?", (_DUE,))
    search_index.rewrite()
    database.run("VACUUM")
    if not _empty_log():
        return False
    database.run("DELETE FROM setting WHERE name = ? AND value = ?", (_DUE, due))
    return not is_due()


def _empty_log() -> bool:
    """Move the log into the file and truncate it; False while a connection reads from it."""
    found = database.row("PRAGMA wal_checkpoint(TRUNCATE)")
    return found is not None and found[0] == 0
