"""PySide6 6.12.0 drops a reference to None at each void call on Python 3.11, until it dies."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject

CALLS = 1_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_void_calls_leave_the_reference_count_of_none_alone() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < CALLS / 10


def test_void_calls_do_not_end_the_process() -> None:
    thing = QObject()
    for number in range(20_000):
        thing.setObjectName(str(number))
    assert thing.objectName() == "19999"
