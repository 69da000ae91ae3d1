"""Choose where the tests keep their files: in memory, where the system has a place for that.

On a disk, the suite mostly waits: with every durable transaction SQLite waits until the data is
on the disk. Memory keeps the same files when a process is killed. Only a power cut would differ,
and no test makes one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, on Linux
ROOM = 2_000_000_000  # a whole run takes less than half of this


def keep_files_in_memory(memory: Path = MEMORY) -> None:
    """Make new temporary folders in memory, in child processes too. TMPDIR takes precedence."""
    if "TMPDIR" not in os.environ and _is_fit(memory):
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None  # tempfile looks it up again at its next use


def folder_for_all() -> str:
    """A folder that servers running as other users can reach. Paths are short, as sockets need."""
    return str(MEMORY) if os.environ.get("TMPDIR") == str(MEMORY) else "/tmp"  # noqa: S108


def _is_fit(memory: Path) -> bool:
    """Whether the folder has room and lets programs run: tests write small scripts."""
    if not memory.is_dir() or not os.access(memory, os.W_OK | os.X_OK):
        return False
    is_without_programs = os.statvfs(memory).f_flag & os.ST_NOEXEC
    return not is_without_programs and shutil.disk_usage(memory).free >= ROOM
