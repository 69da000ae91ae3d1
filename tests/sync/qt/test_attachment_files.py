"""Attachments become files: whole or not at all, and copies only while their mail is here."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from models.mail import body
from models.parsed_mail import ParsedAttachment
from models.store import database
from sync.qt.service.attachment_files import write_out
from tests.models.building import boxes

CONTENT = b"words " * 500_000


@pytest.fixture
def attachment_id(store: Path) -> int:
    """Of three megabytes."""
    box = boxes()
    part = ParsedAttachment("offer.pdf", "application/pdf", len(CONTENT))
    box.take(box.mail("see", attachments=(part,)))
    made = int(database.value("SELECT id FROM attachment"))
    with database.writing(durable=False):
        body.save_attachment_content(made, CONTENT)
    assert store.exists()
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_it_is_saved_where_the_person_wants_it(attachment_id: int, tmp_path: Path) -> None:
    target = tmp_path / "offer.pdf"
    target.write_bytes(b"older")
    link = tmp_path / "link.pdf"
    link.symlink_to(target)

    written = write_out(attachment_id, link, is_copy=False)

    assert written is not None
    assert written.reason == ""
    assert target.read_bytes() == CONTENT
    assert link.is_symlink()
    assert names(tmp_path) == ["link.pdf", "offer.pdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for files there")
def test_a_full_disk_leaves_what_was_there(attachment_id: int, tmp_path: Path) -> None:
    import resource  # only where it exists

    target = tmp_path / "offer.pdf"
    target.write_bytes(b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        written = write_out(attachment_id, target, is_copy=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert written is not None
    assert written.reason == "File too large"
    assert target.read_bytes() == b"older"
    assert names(tmp_path) == ["offer.pdf"]


def test_reasons_in_words(
    attachment_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = write_out(attachment_id, tmp_path / "gone" / "a.pdf", is_copy=False)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    filled = write_out(attachment_id, tmp_path / "a.pdf", is_copy=False)

    assert gone is not None
    assert gone.reason == "this folder is not there any more"
    assert filled is not None
    assert filled.reason == "the disk is full"
    assert names(tmp_path) == []


def test_a_copy_is_private_read_only_and_written_once(attachment_id: int, tmp_path: Path) -> None:
    path = tmp_path / "opened" / "1" / "1" / "offer.pdf"

    write_out(attachment_id, path, is_copy=True)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IRUSR
    at = path.stat().st_mtime_ns
    write_out(attachment_id, path, is_copy=True)

    assert path.stat().st_mtime_ns == at
    assert path.read_bytes() == CONTENT


def test_a_mail_deleted_meanwhile_leaves_no_copy(
    attachment_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever removed the copies of the mail came too early."""
    path = tmp_path / "opened" / "1" / "1" / "offer.pdf"
    wait = os.fsync

    def deleting(opened: int) -> None:
        wait(opened)
        with database.writing(durable=False):
            database.run("DELETE FROM attachment")

    monkeypatch.setattr(os, "fsync", deleting)

    assert write_out(attachment_id, path, is_copy=True) is None
    assert not path.exists()
    assert write_out(attachment_id, tmp_path / "later.pdf", is_copy=False) is None
