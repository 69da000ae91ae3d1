"""Keyrings for tests: one with moods, and one in a file that outlives a process."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

FILE_VARIABLE = "DEALPOST_TEST_KEYRING"


class MoodyKeyring(KeyringBackend):
    """A keyring as the user's desktop has it on a bad day.

    Attributes:
        mood: open; locked (refuses at once); silent (its prompt stays open until `speak`);
            failing (a bug of its own); or forgetful (accepts a key and stores nothing).
    """

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own has no annotations
        self.mood = "open"
        self.entries: dict[tuple[str, str], str] = {}
        self.removed: list[str] = []
        self._spoke = threading.Event()

    def speak(self) -> None:
        """Answer the open prompt. Later calls are answered at once."""
        self.mood = "open"
        self._spoke.set()

    def get_password(self, service: str, username: str) -> str | None:
        self._be()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._be()
        if self.mood != "forgetful":
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._be()
        self.removed.append(username)
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError(username)

    def _be(self) -> None:
        if self.mood == "locked":
            raise KeyringLocked("the prompt was closed")
        if self.mood == "failing":
            raise ZeroDivisionError
        if self.mood == "silent":
            self._spoke.wait(30)


class FileKeyring(KeyringBackend):
    """Entries in a JSON file that the environment names; written whole, as a daemon does."""

    priority = 1.0

    @property
    def _file(self) -> Path:
        return Path(os.environ[FILE_VARIABLE])

    def _entries(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return found

    def _write(self, entries: dict[str, str]) -> None:
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(entries))
        fresh.replace(self._file)

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._entries() | {f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise KeyringError(username)
        self._write(entries)
