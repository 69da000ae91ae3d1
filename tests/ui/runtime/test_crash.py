"""Faults are logged without words and told once; every hook comes back."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ui.runtime.crash import CrashGuard

SECRET = "the subject of a mail"


@pytest.fixture
def guard(qtbot: QtBot, profile: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashGuard]:
    """A guard over silent hooks: pytest's own would take the fault for the test's."""
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    made = CrashGuard(profile)
    made.install()
    yield made
    made.remove()


def strike() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        sys.excepthook(*sys.exc_info())


def boxes() -> list[QMessageBox]:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]
    return [box for box in found if box.objectName() == "fault_dialog" and box.isVisible()]


def test_a_fault_is_logged_without_its_words(guard: CrashGuard, profile: Path) -> None:
    strike()
    text = (profile / "logs" / "dealpost.log").read_text()
    assert "ValueError" in text
    assert "test_crash.py" in text
    assert SECRET not in text


def test_it_is_told_once(qtbot: QtBot, guard: CrashGuard) -> None:
    strike()
    strike()
    qtbot.waitUntil(lambda: len(boxes()) == 1, timeout=15_000)
    box = boxes()[0]
    assert SECRET not in box.text() + box.informativeText()
    box.close()
    strike()
    QApplication.processEvents()
    assert boxes() == []


def test_a_thread_s_fault_is_told_too(qtbot: QtBot, guard: CrashGuard, profile: Path) -> None:
    thread = threading.Thread(target=lambda: dict[str, str]()[SECRET])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(boxes()) == 1, timeout=15_000)
    boxes()[0].close()
    text = (profile / "logs" / "dealpost.log").read_text()
    assert "KeyError" in text
    assert SECRET not in text


def test_hooks_come_back(qtbot: QtBot, profile: Path) -> None:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)
    made = CrashGuard(profile)
    made.install()
    assert sys.excepthook != before[0]
    made.remove()
    assert (sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)) == before
