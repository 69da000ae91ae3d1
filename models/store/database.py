"""The one database of a profile: its file, its connections, its transactions.

Every thread that reads or writes opens its own connection with `open_for_thread` and
closes it with `close_for_thread`; peewee keeps them apart by thread. SQLite comes with
apsw, the same version on every machine: what an older SQLite cannot read is nobody's
surprise.

What is special to SQLite stays in this module and in `search.py`.
"""

from __future__ import annotations

import json
import re
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import apsw
from peewee import Model, PeeweeException
from playhouse.apsw_ext import APSWDatabase

BUSY_TIMEOUT_SECONDS = 10.0  # longer than any transaction of ours but the wipe of a large file
CHECKPOINT_PAGES = 4000  # 16 MB: a full sync writes many pages again and again before that

CHUNK = 500  # ids in one query

_GROUP = 200  # rows of one statement at most; SQLite takes 32,766 values
_FEW = 8  # rows that are not worth a statement of their own
_VALUES = re.compile(r"(\s*INSERT\s.*?\bVALUES\s*)(\([^()]*\))(.*)", re.DOTALL)
_IDS = 2000  # that are made numbers without a chance for other threads

Row = tuple[Any, ...]
_T = TypeVar("_T")


class StoreError(Exception):
    """Something around the database is wrong; the text is meant for the person."""


class NewerSchemaError(StoreError):
    """The profile was written by a newer Dealpost."""


class DiskFullError(StoreError):
    """There is no room left on the disk; nothing of the transaction was written."""


class BusyStoreError(StoreError):
    """Another thread writes for longer than a writer waits (a wipe of a large file): try again."""


class DamagedStoreError(StoreError):
    """The file is not a database, or it is damaged."""


DISK_FULL = "The disk is full. Free some space, then try again; nothing was lost."
BUSY = "The database is being tidied up; this goes on as soon as that is done."
DAMAGED = (
    "The database of this profile is damaged. Quit Dealpost, keep a copy of the profile folder, "
    "and put your last backup in its place."
)
NEWER = (
    "This profile was written by a newer version of Dealpost. "
    "Update Dealpost, or open another profile."
)
UNREADABLE = "The database of this profile cannot be opened: check the folder's permissions."

db = APSWDatabase(None, timeout=BUSY_TIMEOUT_SECONDS, autoconnect=False)
_local = threading.local()


class BaseModel(Model):
    """A table of the store; bound to the one database."""

    class Meta:
        database = db
        legacy_table_names = False


def bind(path: Path) -> None:
    """Name the file that `open_for_thread` opens. No connection may be open."""
    db.init(str(path), timeout=BUSY_TIMEOUT_SECONDS)  # `init` forgets the time-out otherwise


def path() -> str:
    """The file that is bound."""
    return str(db.database)


def open_for_thread(*, read_only: bool = False) -> None:
    """Open this thread's connection; `read_only` refuses every write on it.

    Raises: DamagedStoreError, StoreError.
    """
    if not db.is_closed():
        return
    with told_plainly():
        db.connect()
        try:
            _set_up(db.connection(), read_only=read_only)
        except BaseException:
            db.close()
            raise


def _set_up(connection: apsw.Connection, *, read_only: bool) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")  # sorted words never reach a temporary file
    connection.execute("PRAGMA cache_size=-16000")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")


def close_for_thread() -> None:
    """Close this thread's connection, if it has one."""
    if not db.is_closed():
        db.close()


@contextmanager
def writing(*, durable: bool) -> Iterator[None]:
    """One write transaction, committed at the end, rolled back on any exception.

    `durable` is for everything that deletes or that queues an operation: WAL with
    synchronous=NORMAL survives a kill but not a power cut
    (https://www.sqlite.org/pragma.html#pragma_synchronous). A nested call joins the
    transaction that is open; it cannot raise that one's durability, so it must not ask
    for more than the outer call did.

    Raises: DiskFullError, BusyStoreError, DamagedStoreError.
    """
    connection = db.connection()
    if not connection.getautocommit():
        if durable and not _local.durable:
            raise RuntimeError("a durable write inside a transaction that is not")
        yield
        return
    with told_plainly():
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")
        _local.durable = durable
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


@contextmanager
def told_plainly() -> Iterator[None]:
    """Errors of SQLite that the person has to hear, as sentences.

    Raises: DiskFullError, BusyStoreError, DamagedStoreError, StoreError.
    """
    try:
        yield
    except apsw.Error as error:
        told = _told(error)
        if told is None:
            raise
        raise told from error
    except PeeweeException as error:
        told = _told(error.__cause__ or error.__context__)
        if told is None:
            raise
        raise told from error


def _told(error: BaseException | None) -> StoreError | None:
    if isinstance(error, apsw.FullError):
        return DiskFullError(DISK_FULL)
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return BusyStoreError(BUSY)
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return DamagedStoreError(DAMAGED)
    if isinstance(error, apsw.CantOpenError):
        return StoreError(UNREADABLE)
    return None


def _roll_back(connection: apsw.Connection) -> None:
    """A full disk has rolled back by itself; anything else has not."""
    if not connection.getautocommit():
        connection.execute("ROLLBACK")


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Every row of a query, read to its end: an open cursor would hold up the checkpoint."""
    try:
        found: list[Row] = db.connection().execute(sql, tuple(parameters)).fetchall()
    except apsw.CorruptError as error:
        raise DamagedStoreError(DAMAGED) from error
    return found


def rows_at_once(
    columns: Sequence[str], sql: str, parameters: Sequence[Any] = (), *, order: str
) -> list[Row]:
    """These columns, numbers and texts, of many rows of a query, ordered.

    In one row, as JSON: apsw gives up the interpreter's lock for each row (see `run_many`).
    """
    one = f"json_array({', '.join(columns)})"
    text = value(f"SELECT json_group_array({one} ORDER BY {order}) FROM ({sql})", parameters)
    return [tuple(found) for found in json.loads(text)]


def row(sql: str, parameters: Sequence[Any] = ()) -> Row | None:
    """The first row of a query, or None."""
    found = rows(sql, parameters)
    return found[0] if found else None


def id_array(sql: str, parameters: Sequence[Any] = ()) -> array[int]:
    """What a statement selects as `id`, in its order.

    In one row: a thread that fetches 100,000 rows gives up the interpreter's lock for each of
    them, and fights over it with the GUI thread. Nor does it keep the lock for all of them.
    """
    text = value(f"SELECT group_concat(id) FROM ({sql})", parameters)
    words = text.split(",") if text else []
    found = array("q")
    for start in range(0, len(words), _IDS):
        found.extend(map(int, words[start : start + _IDS]))
    return found


def value(sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row, or None."""
    found = row(sql, parameters)
    return found[0] if found else None


def run(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Execute one writing statement; how many rows it changed."""
    connection = db.connection()
    connection.execute(sql, tuple(parameters))
    return int(connection.changes())


def insert(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Execute one INSERT; the new row's id."""
    connection = db.connection()
    connection.execute(sql, tuple(parameters))
    return int(connection.last_insert_rowid())


def run_many(sql: str, parameters: Iterable[Sequence[Any]]) -> None:
    """Execute one statement for each set of parameters.

    Many rows of an INSERT go in with one statement. apsw gives up the interpreter's lock for each
    and has to win it back after it, which beside a busy thread takes longer than the row itself.
    """
    connection = db.connection()
    left = iter(parameters)
    while group := list(islice(left, _GROUP)):
        grouped = _for_rows(sql, len(group)) if len(group) >= _FEW else ""
        if grouped:
            # In the cache a statement would keep its values, some megabytes of mail.
            values = tuple(chain.from_iterable(group))
            connection.execute(grouped, values, can_cache=False)
        else:
            connection.executemany(sql, group)


def update_many(table: str, columns: Sequence[str], rows_by_id: Sequence[Sequence[Any]]) -> None:
    """Set these columns of many rows with few statements; each of `rows_by_id` ends with an id."""
    sets = ", ".join(f"{name} = news.column{n}" for n, name in enumerate(columns, 1))
    one = f"({marks(len(columns) + 1)})"
    for start in range(0, len(rows_by_id), _GROUP):
        group = rows_by_id[start : start + _GROUP]
        db.connection().execute(
            f"UPDATE {table} SET {sets} FROM (VALUES {', '.join([one] * len(group))}) AS news "
            f"WHERE {table}.id = news.column{len(columns) + 1}",
            tuple(chain.from_iterable(group)),
            can_cache=False,
        )


@lru_cache(maxsize=32)
def _for_rows(sql: str, count: int) -> str:
    """The same INSERT for so many rows; '' where that cannot be said."""
    found = _VALUES.fullmatch(sql)
    if found is None:
        return ""
    head, row_marks, tail = found.groups()
    return f"{head}{', '.join([row_marks] * count)}{tail}"


def marks(count: int) -> str:
    """`?,?,?`: the placeholders for `count` values of an IN list (32,766 at most)."""
    return ",".join("?" * count)


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """The ids, each once and in their order, in lists that one query can hold."""
    rest = iter(dict.fromkeys(ids))
    while chunk := list(islice(rest, size)):
        yield chunk


def parts(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """The values in slices that one query can hold."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
