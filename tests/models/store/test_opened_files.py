"""Copies of opened attachments: gone with their mail, also read-only ones and late ones."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from models.store import opened_files
from tests.models.building import boxes


def copy_of(profile: Path, message_id: int) -> Path:
    folder = opened_files.folder_of(profile) / str(message_id) / "1"
    folder.mkdir(parents=True)
    path = folder / "offer.pdf"
    path.write_bytes(b"words")
    path.chmod(stat.S_IRUSR)
    return path


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Removes no read-only file, and none whose name is in the set: another program holds it."""
    held: set[str] = set()
    remove = os.unlink

    def unlink(path: str, *, dir_fd: int | None = None) -> None:
        if os.stat(path, dir_fd=dir_fd, follow_symlinks=False).st_mode & stat.S_IWUSR == 0:
            raise PermissionError(13, "read-only", path)
        if Path(path).name in held:
            raise PermissionError(13, "in use", path)
        remove(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlink)
    return held


def test_read_only_copies_go_where_windows_keeps_them(tmp_path: Path, windows: set[str]) -> None:
    first, second = copy_of(tmp_path, 1), copy_of(tmp_path, 2)

    opened_files.remove(tmp_path, [1])
    assert not first.exists()
    assert second.exists()
    opened_files.remove_all(tmp_path)

    assert not second.exists()
    assert windows == set()


def test_what_was_held_goes_with_a_later_wipe(store: Path, windows: set[str]) -> None:
    """Its mail is gone; the copy of mail that is here stays."""
    box = boxes()
    box.take(box.mail("here"))
    kept, gone = copy_of(store, 1), copy_of(store, 77)
    windows.add("offer.pdf")
    opened_files.remove(store, [77])
    assert gone.exists()
    assert not opened_files.remove_left_over(store)

    windows.clear()

    assert opened_files.remove_left_over(store)
    assert not gone.exists()
    assert kept.exists()
