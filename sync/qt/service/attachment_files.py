"""Writes an attachment to a file: one that the user saves, or a copy to open.

A file is there whole or not at all: it is written beside its target and then moved there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

from models.mail import body
from sync.mime import parse

_PIECE = 1_048_576


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """The result of writing an attachment out.

    Attributes:
        is_here: False while only the server has its bytes; nothing was written then.
        reason: Why the file could not be written, or ''.
    """

    path: Path
    is_here: bool = True
    reason: str = ""


def write_out(attachment_id: int, path: Path, *, is_copy: bool) -> AttachmentFile | None:
    """Write an attachment to a file; None if it is gone, for example with its deleted mail.

    Args:
        is_copy: The file is a copy to open: private, read-only, and kept if it exists already.
    """
    if is_copy and path.exists():
        return AttachmentFile(path)
    row = body.attachment(attachment_id)
    if row is None:
        return None
    content = body.attachment_content(attachment_id)
    if content is None and (raw := body.raw(row.message_id)) is not None:
        content = parse.attachment_bytes(raw, row.position)
    if content is None:
        return AttachmentFile(path, is_here=False)
    try:
        _write(path, content, is_copy=is_copy)
    except OSError as error:
        return AttachmentFile(path, reason=_reason(error))
    if is_copy and body.attachment(attachment_id) is None:
        _remove(path)  # deleted while it was written, when there was no copy to remove yet
        return None
    return AttachmentFile(path)


def _write(path: Path, content: bytes, *, is_copy: bool) -> None:
    if is_copy:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = path.resolve()  # replaces what a symbolic link leads to, not the link
    beside = target.with_name(f".dealpost-{uuid.uuid4().hex}.part")
    opened = os.open(
        beside,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0),
        0o600 if is_copy else 0o666,
    )
    try:
        with os.fdopen(opened, "wb") as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view[:_PIECE]) :]
            file.flush()
            os.fsync(opened)  # some disks report only now that they are full
        if is_copy:
            beside.chmod(stat.S_IRUSR)
        beside.replace(target)
    except BaseException:
        _remove(beside)
        raise


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        path.unlink()


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "this place cannot be written to"
    if error.errno == errno.ENOENT:
        return "this folder is not there any more"
    return error.strerror or type(error).__name__
