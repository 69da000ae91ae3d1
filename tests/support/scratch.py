"""Where the tests keep their files: in memory, where the system has a place for that.

Most of the suite's time on a disk is waiting: every durable transaction makes SQLite wait until
the disk has it. What a killed process leaves behind is the same in memory; only a power cut would
differ, and no test makes one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, on Linux
ROOM = 2_000_000_000  # a whole run takes less than half of it


def keep_files_in_memory(memory: Path = MEMORY) -> None:
    """New temporary folders are made there, also by child processes; TMPDIR goes before."""
    if "TMPDIR" not in os.environ and _is_fit(memory):
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None  # looked up anew at the next use


def folder_for_all() -> str:
    """Where a server that runs as another user finds its folder, and sockets have short paths."""
    return str(MEMORY) if os.environ.get("TMPDIR") == str(MEMORY) else "/tmp"  # noqa: S108


def _is_fit(memory: Path) -> bool:
    """Whether there is room, and programs may be run from it: tests write small scripts."""
    if not memory.is_dir() or not os.access(memory, os.W_OK | os.X_OK):
        return False
    is_without_programs = os.statvfs(memory).f_flag & os.ST_NOEXEC
    return not is_without_programs and shutil.disk_usage(memory).free >= ROOM
