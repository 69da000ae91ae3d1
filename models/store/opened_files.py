"""Copies of attachments that the person opened: `<profile>/opened/<message id>/`.

They go with their mail (R7). On Windows a file that another program holds open stays; what is
left of deleted mail is tried again with every wipe, and at start and quit.
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
    """Where the copies of a profile lie."""
    return profile / _OPENED


def remove_all(profile: Path) -> None:
    """Remove every copy; one that is in use elsewhere stays until later."""
    _remove(folder_of(profile))


def remove(profile: Path, message_ids: Iterable[int]) -> None:
    """Remove the copies of these messages."""
    for message_id in message_ids:
        _remove(folder_of(profile) / str(int(message_id)))


def remove_left_over(profile: Path) -> bool:
    """Remove copies of mail that is gone; whether nothing is left of them."""
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
    """Whatever can be removed. A link is removed itself, never what it leads to."""
    if path.is_symlink() or path.is_file():
        _make_writable(path)
        with contextlib.suppress(OSError):
            path.unlink()
        return
    for each in path.rglob("*"):
        _make_writable(each)
    shutil.rmtree(path, ignore_errors=True)


def _make_writable(path: Path) -> None:
    """The copies are read-only, and Windows removes no read-only file."""
    if path.is_symlink() or path.is_dir():
        return
    with contextlib.suppress(OSError):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
