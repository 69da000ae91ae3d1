"""Open a profile, the folder with the database and opened attachments, and migrate its database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from models.store import database, hashing, opened_files, wipe
from models.store.database import (
    DAMAGED,
    NEWER,
    UNREADABLE,
    DamagedStoreError,
    DiskFullError,
    NewerSchemaError,
    StoreError,
    told_plainly,
)
from models.store.migrations import m0001_initial, m0002_setup

Step = Sequence[str]

# Step n brings a database from version n to version n + 1.
STEPS: Final[tuple[Step, ...]] = (m0001_initial.STATEMENTS, m0002_setup.STATEMENTS)
APPLICATION_ID: Final = 0x4465616C  # "Deal": tells our files from other databases
_MOST_VERSIONS: Final = 1_000_000  # a header with a higher version is not ours
_FILE: Final = "dealpost.db"
_COPY: Final = "dealpost.db.before-migration"


def database_path(folder: Path) -> Path:
    """The database file of a profile."""
    return folder / _FILE


def open_profile(folder: Path, *, steps: Sequence[Step] = STEPS) -> None:
    """Bind the profile's database and migrate it if needed. Leaves no connection open.

    Before a migration the file is copied. The next start that finds nothing to migrate removes the
    copy. A wipe that a crash cut short is finished now if it is quick; else the command thread does
    it as its first work (R7).

    Raises: NewerSchemaError, DamagedStoreError, DiskFullError, StoreError, each with a sentence
    for the user.
    """
    try:
        _prepare(folder)
    except OSError as error:
        raise StoreError(UNREADABLE) from error
    if _version_in_header(database_path(folder)) > len(steps):
        raise NewerSchemaError(NEWER)  # before opening the file, which would change it
    database.bind(database_path(folder))
    hashing.forget_key()
    try:
        with told_plainly():
            database.open_for_thread()
            _bring_up_to_date(folder, steps)
            is_quick = wipe.wipe_seconds_estimate() < wipe.QUICK_SECONDS
            if wipe.is_due() and is_quick and wipe.wipe():
                remove_copy(folder)  # a copy made just now still has the deleted mail
    finally:
        database.close_for_thread()


def clear_opened(folder: Path) -> None:
    """Remove the attachments that the user opened; one in use elsewhere stays until later."""
    opened_files.remove_all(folder)
    opened_files.folder_of(folder).mkdir(mode=0o700, exist_ok=True)


def remove_copy(folder: Path) -> None:
    """Remove the copy that was made before a migration."""
    (folder / _COPY).unlink(missing_ok=True)


def remove_copy_here() -> None:
    """Remove this profile's copy when mail is deleted, because the copy still holds it (R7)."""
    remove_copy(Path(database.path()).parent)


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = database_path(folder)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)  # SQLite gives -wal and -shm the mode of the database
    clear_opened(folder)


def _bring_up_to_date(folder: Path, steps: Sequence[Step]) -> None:
    version = _checked_version(len(steps))
    if version == len(steps):
        remove_copy(folder)
        return
    if version > 0:
        _copy(folder)
    with database.writing(durable=True):
        for step in steps[version:]:
            for statement in step:
                database.run(statement)
        if version == 0:
            hashing.make_key()
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
        database.run(f"PRAGMA user_version = {len(steps)}")
    if version > 0:
        _check_whole()


def _checked_version(newest: int) -> int:
    """The schema's version. Reads only the first pages: a full check of a large file is slow."""
    version = int(database.value("PRAGMA user_version"))
    tables = int(database.value("SELECT count(*) FROM sqlite_schema"))
    application = int(database.value("PRAGMA application_id"))
    if version > newest:
        raise NewerSchemaError(NEWER)
    if (version == 0 and tables) or (version and application != APPLICATION_ID):
        raise DamagedStoreError(DAMAGED)
    return version


def _version_in_header(path: Path) -> int:
    """`user_version` from the file's header (https://www.sqlite.org/fileformat2.html), or 0."""
    with path.open("rb") as file:
        header = file.read(64)
    if len(header) < 64 or not header.startswith(b"SQLite format 3\0"):
        return 0
    version = int.from_bytes(header[60:64], "big")
    return version if version <= _MOST_VERSIONS else 0


def _copy(folder: Path) -> None:
    database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    target = folder / _COPY
    try:
        shutil.copyfile(database_path(folder), target)
        target.chmod(0o600)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise DiskFullError(database.DISK_FULL) from error


def _check_whole() -> None:
    """Check the whole file after a migration; migrations are rare enough for that."""
    if database.value("PRAGMA quick_check(1)") != "ok" or database.row("PRAGMA foreign_key_check"):
        raise DamagedStoreError(DAMAGED)
