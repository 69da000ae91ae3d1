"""Fixtures and settings of every test: Qt without a screen, a keyring in memory, a fresh store."""

from __future__ import annotations

import gc
import os
import shutil

# Before the first Qt import of any test module.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A program that looks for a keyring again must not find the user's own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium's sandbox refuses to run as root; the program itself never sets this.
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

from tests.support import scratch

scratch.keep_files_in_memory()  # before the first temporary file is made

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication

from models.store import database
from models.store.profile import database_path, open_profile
from tests.support import quick_scrypt
from ui.reader.message import schemes

# Schemes of the reader have to be known before the first QApplication.
schemes.prepare_environment()
schemes.register()

quick_scrypt.make_quick()

# A busy machine makes examples slow, so slowness is no failure.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
# The nightly kind: --hypothesis-profile=long
hypothesis.settings.register_profile(
    "long",
    max_examples=2_000,
    stateful_step_count=40,
    deadline=None,
    # Shrinking replays hundreds of sessions with a server.
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long profile has no time limit: it ends with its examples, or when it is stopped."""
    if config.getoption("--hypothesis-profile") == "long":
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)


pytest_plugins = ["tests.support.fixtures", "tests.support.servers.embedded"]


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as the test; the user's own is never touched."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own has no annotations
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.entries.pop((service, username), None)


@pytest.fixture(autouse=True, scope="session")
def _collect_by_hand() -> None:
    """Collect garbage only between tests, and never look through what imports made."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _widgets_die_in_the_gui_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """No worker thread of a test collects a widget of an earlier one: Qt would crash."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    # Its signals keep a closed window alive; a new style sheet would style its widgets too.
    for widget in QApplication.topLevelWidgets():
        # That also deletes a completer's list, and deleting it twice would crash.
        if not isinstance(widget, QAbstractItemView):
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A folder for a profile, empty."""
    folder = tmp_path / "profile"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def _new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest schema and nothing in it, made once by the real migrations."""
    folder = tmp_path_factory.mktemp("new-profile")
    open_profile(folder)
    return database_path(folder)


@pytest.fixture
def store(profile: Path, _new_database: Path) -> Iterator[Path]:
    """An open store with the newest schema, in this thread."""
    shutil.copyfile(_new_database, database_path(profile))
    open_profile(profile)
    database.open_for_thread()
    yield profile
    database.close_for_thread()
