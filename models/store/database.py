"""Open the one database of a profile, and run statements and transactions on it.

Each thread that reads or writes opens its own connection with `open_for_thread` and closes it with
`close_for_thread`; peewee keeps them apart by thread. SQLite comes with apsw, so its version is
the same on every machine, and no older one has to read the file.

What is special to SQLite stays in this module and in `search_index.py`.
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

BUSY_TIMEOUT_SECONDS = 10.0  # longer than all our transactions, except the wipe of a large file
CHECKPOINT_PAGES = 4000  # 16 MB: before that, a full sync writes many pages again and again

CHUNK = 500  # ids in one query

_GROUP = 200  # most rows of one statement; SQLite takes 32,766 values
_FEW = 8  # fewer rows are not worth a statement of their own
_VALUES = re.compile(r"(\s*INSERT\s.*?\bVALUES\s*)(\([^()]*\))(.*)", re.DOTALL)
_IDS = 2000  # ids that are converted to numbers before other threads get a chance to run

Row = tuple[Any, ...]
_T = TypeVar("_T")


class StoreError(Exception):
    """Something is wrong with the database, or a request to it; the text is for the user."""


class NewerSchemaError(StoreError):
    """The profile was written by a newer Dealpost."""


class DiskFullError(StoreError):
    """The disk is full; nothing of the transaction was written."""


class BusyStoreError(StoreError):
    """Another thread writes for longer than the time-out (a wipe of a large file): try again."""


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
    """Base class of the tables; bound to the one database."""

    class Meta:
        database = db
        legacy_table_names = False


def bind(path: Path) -> None:
    """Set the file that `open_for_thread` opens. No connection may be open."""
    db.init(str(path), timeout=BUSY_TIMEOUT_SECONDS)  # `init` forgets the time-out otherwise


def path() -> str:
    """The file that was set with `bind`."""
    return str(db.database)


def open_for_thread(*, read_only: bool = False) -> None:
    """Open this thread's connection; with `read_only` it refuses every write.

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
    """Run one write transaction: commit at the end, roll back on any exception.

    Use `durable` for everything that deletes or queues an operation: WAL with synchronous=NORMAL
    survives a kill but not a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous). A
    nested call joins the open transaction. It cannot make that one durable, so it must not ask for
    more than the outer call did.

    Raises: DiskFullError, BusyStoreError, DamagedStoreError; RuntimeError for a durable call
    inside a transaction that is not durable.
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
    """Turn SQLite errors that concern the user into errors with a sentence for the user.

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
    """Roll back, unless SQLite has done so itself, as it does when the disk is full."""
    if not connection.getautocommit():
        connection.execute("ROLLBACK")


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows of a query. It is read to its end: an open cursor would hold up the checkpoint."""
    try:
        found: list[Row] = db.connection().execute(sql, tuple(parameters)).fetchall()
    except apsw.CorruptError as error:
        raise DamagedStoreError(DAMAGED) from error
    return found


def rows_at_once(
    columns: Sequence[str], sql: str, parameters: Sequence[Any] = (), *, order: str
) -> list[Row]:
    """Columns (numbers and texts) of many rows of a query, in this order.

    SQLite returns them as JSON in one row, because apsw releases the GIL for each row (see
    `run_many`).
    """
    one = f"json_array({', '.join(columns)})"
    text = value(f"SELECT json_group_array({one} ORDER BY {order}) FROM ({sql})", parameters)
    return [tuple(found) for found in json.loads(text)]


def row(sql: str, parameters: Sequence[Any] = ()) -> Row | None:
    """The first row of a query, or None."""
    found = rows(sql, parameters)
    return found[0] if found else None


def id_array(sql: str, parameters: Sequence[Any] = ()) -> array[int]:
    """The ids that a statement selects as `id`, in its order.

    SQLite returns them in one row: a thread that fetches 100,000 rows releases the GIL for each of
    them, and competes for it with the GUI thread. Nor is the GIL held while all ids are converted.
    """
    text = value(f"SELECT group_concat(id) FROM ({sql})", parameters)
    words = text.split(",") if text else []
    found = array("q")
    for start in range(0, len(words), _IDS):
        found.extend(map(int, words[start : start + _IDS]))
    return found


def value(sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row of a query, or None."""
    found = row(sql, parameters)
    return found[0] if found else None


def run(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Execute one writing statement; return how many rows it changed."""
    connection = db.connection()
    connection.execute(sql, tuple(parameters))
    return int(connection.changes())


def insert(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Execute one INSERT; return the new row's id."""
    connection = db.connection()
    connection.execute(sql, tuple(parameters))
    return int(connection.last_insert_rowid())


def run_many(sql: str, parameters: Iterable[Sequence[Any]]) -> None:
    """Execute one statement for each set of parameters.

    An INSERT writes many rows with one statement. For each statement apsw releases the GIL and has
    to get it back, which beside a busy thread takes longer than the row itself.
    """
    connection = db.connection()
    left = iter(parameters)
    while group := list(islice(left, _GROUP)):
        grouped = _for_rows(sql, len(group)) if len(group) >= _FEW else ""
        if grouped:
            # A cached statement would keep its values: some megabytes of mail.
            values = tuple(chain.from_iterable(group))
            connection.execute(grouped, values, can_cache=False)
        else:
            connection.executemany(sql, group)


def update_many(table: str, columns: Sequence[str], rows_by_id: Sequence[Sequence[Any]]) -> None:
    """Set columns of many rows with few statements; each of `rows_by_id` ends with the id."""
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
    """The same INSERT for `count` rows; '' if its text cannot be extended."""
    found = _VALUES.fullmatch(sql)
    if found is None:
        return ""
    head, row_marks, tail = found.groups()
    return f"{head}{', '.join([row_marks] * count)}{tail}"


def marks(count: int) -> str:
    """`?,?,?`: the placeholders for `count` values of an IN list (32,766 at most)."""
    return ",".join("?" * count)


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """The ids, each once, in their order, in lists that one query can hold."""
    rest = iter(dict.fromkeys(ids))
    while chunk := list(islice(rest, size)):
        yield chunk


def parts(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """The values in slices that one query can hold."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
