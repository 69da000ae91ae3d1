"""Remove the copies of attachments that the user opened: `<profile>/opened/<message id>/`.

They are removed with their mail (R7). On Windows, a file that another program holds open stays.
What is left of deleted mail is tried again with every wipe, and at start and quit.
"""

from __future__ import annotations

import contextlib
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from models.store import database

_OPENED: Final = "opened"


def folder_of(profile: Path) -> Path:
    """The folder with the copies of a profile."""
    return profile / _OPENED


def remove_all(profile: Path) -> None:
    """Remove all copies; one that another program uses stays until later."""
    _remove(folder_of(profile))


def remove(profile: Path, message_ids: Iterable[int]) -> None:
    """Remove the copies of these messages."""
    for message_id in message_ids:
        _remove(folder_of(profile) / str(int(message_id)))


def remove_left_over(profile: Path) -> bool:
    """Remove copies of mail that is gone; True if none of them is left."""
    left = [path for path in _folders(profile) if not _is_known(path.name)]
    for path in left:
        _remove(path)
    return not any(path.exists() for path in left)


def _folders(profile: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(folder_of(profile).iterdir())
    return []


def _is_known(name: str) -> bool:
    if not name.isdecimal():
        return False
    return database.row("SELECT 1 FROM message WHERE id = ?", (int(name),)) is not None


def _remove(path: Path) -> None:
    """Remove what can be removed. Of a link, only the link itself, never what it leads to."""
    if path.is_symlink() or path.is_file():
        _make_writable(path)
        with contextlib.suppress(OSError):
            path.unlink()
        return
    for each in path.rglob("*"):
        _make_writable(each)
    shutil.rmtree(path, ignore_errors=True)


def _make_writable(path: Path) -> None:
    """Make a copy writable: copies are read-only, and Windows does not remove a read-only file."""
    if path.is_symlink() or path.is_dir():
        return
    with contextlib.suppress(OSError):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
