"""Words of strangers, such as servers, certificates and mail, are shown as the letters they are.

A label that guesses would take a tag for one, and open the files and links that it names.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from models.accounts import account, certificates
from models.accounts.account import NewAccount
from models.events import Phase, StatusChanged
from sync.qt.service.service import MailService
from sync.timing import Timing
from ui.activity.account_card import AccountCard
from ui.commands.confirm_delete import DeleteQuestion
from ui.forms.fields import HintLabel
from ui.settings.account.certificates import CertificatesPart
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.elided import ElidedLabel
from ui.window.undo_toast import UndoToast

pytestmark = pytest.mark.usefixtures("store")

EVIL = '<a href="https://evil.example">Click here</a>'


def assert_plain(window: QWidget) -> None:
    shown = [label for label in window.findChildren(QLabel) if EVIL in label.text()]
    if isinstance(window, QLabel):
        shown.append(window)
    assert shown
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)


def _banner(theme: Theme, parent: QWidget) -> QWidget:
    made = Banner(theme, Tone.WARNING, parent)
    made.say(EVIL)
    return made


def _toast(theme: Theme, parent: QWidget) -> QWidget:
    made = UndoToast(theme, parent)
    made.say(EVIL, 1.0, can_undo=False)
    return made


def _card(theme: Theme, parent: QWidget) -> QWidget:
    made = AccountCard(1, theme, parent)
    made.show_facts(StatusChanged(1, Phase.NEEDS_ANSWER, error=EVIL), "ann@example.org")
    return made


@pytest.mark.parametrize(
    "make",
    [
        _banner,
        _toast,
        _card,
        lambda theme, parent: HintLabel(theme, EVIL, parent),
        lambda theme, parent: DeleteQuestion(EVIL, EVIL, parent),
    ],
)
def test_a_sentence_that_quotes_somebody(
    qtbot: QtBot, make: Callable[[Theme, QWidget], QWidget]
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    assert_plain(make(Theme(), parent))


@pytest.mark.parametrize("text", [EVIL, f"{EVIL}\nA subject", "&lt;b>"])
def test_a_tool_tip_is_never_taken_for_html(qtbot: QtBot, text: str) -> None:
    """What the tip shows in the end is what was written, letter by letter."""
    shown = QTextDocument()
    shown.setHtml(formatting.tool_tip(text))
    assert formatting.tool_tip(text) != text
    assert shown.toPlainText() == text
    assert formatting.tool_tip("R&D: 1 < 2") == "R&D: 1 < 2"

    parent = QWidget()
    qtbot.addWidget(parent)
    assert ElidedLabel(text, parent).toolTip() == formatting.tool_tip(text)


def test_the_name_in_a_certificate(qtbot: QtBot, store: Path) -> None:
    certificates.trust("h", "AA:BB", subject=EVIL)
    account_id = account.create(NewAccount("ann@example.org", "h", 1, "tls", "h", 2, "tls"))
    config = account.config(account_id)
    assert config is not None
    parent = QWidget()
    qtbot.addWidget(parent)
    service = MailService(store, timing=Timing())

    assert_plain(CertificatesPart(service, Theme(), config, parent))
    service.close()
