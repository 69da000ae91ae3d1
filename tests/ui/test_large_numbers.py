"""Numbers in sentences are grouped as the user writes them, in plurals too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

import ui
from models.commands.delete import DeletePreview
from models.events import Phase, StatusChanged
from ui.commands.confirm_delete import question
from ui.reader.message import wording
from ui.status import status_text


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


def test_plurals_are_grouped() -> None:
    status = StatusChanged(1, Phase.STOPPED, pending=12345, held=1200)
    said = status_text.summary([status], {1: "a@x.example"}, 0)

    assert "12,345 changes wait for the server" in said
    assert "1,200 deletes are held back" in said
    assert wording.attachments_note(1000) == "1,000 attachments"
    assert question(DeletePreview(4321, 1, (), {1: False}, 0)) == (
        "Delete this conversation with 4,321 mails for good?"
    )


def test_no_plural_is_left_out() -> None:
    """`%n` writes 12345 in every language, `%Ln` as the user does."""
    folder = Path(str(ui.__file__)).parent
    bare = [path.name for path in folder.rglob("*.py") if re.search(r"%n\b", path.read_text())]

    assert bare == []
