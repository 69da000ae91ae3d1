"""What a user formats becomes HTML that holds nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from ui.widgets import rich_text

pytestmark = pytest.mark.usefixtures("qtbot")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("<p>Ann</p><p><br></p>", "Ann"),
        ("<p>Ann</p><p>Sales</p>", "Ann<br>\nSales"),
        ("<b>Ann</b> <i>Lee</i> <u>Ltd</u>", "<b>Ann</b> <i>Lee</i> <u>Ltd</u>"),
        ("<b><i>Both</i></b>", "<b><i>Both</i></b>"),
        ('<a href="https://a.example/?x=1&amp;y">Us</a>', '<a href="https://a.example/?x=1&amp;y">Us</a>'),
        ('<a href="javascript:alert(1)">Us</a>', "Us"),
        ('<a href="file:///etc/passwd">Us</a>', "Us"),
        ("&lt;script&gt;x&lt;/script&gt;", "&lt;script&gt;x&lt;/script&gt;"),
        ('<script>x</script><img src="https://t.example/p.gif">Ann', "Ann"),
        ('<span style="background:url(https://t.example)" onclick="x">Ann</span>', "Ann"),
    ],
)  # fmt: skip
def test_a_fragment_holds_nothing_else(given: str, kept: str) -> None:
    document = QTextDocument()
    document.setHtml(given)
    written = rich_text.fragment(document)
    assert written.replace("<u>", "").replace("</u>", "") == kept.replace("<u>", "").replace(
        "</u>", ""
    )
    again = QTextDocument()
    again.setHtml(written)
    assert rich_text.fragment(again) == written
    assert again.toPlainText().strip() == document.toPlainText().replace("\ufffc", "").strip()


def test_spaces_and_breaks_inside_a_line_stay(qtbot: QtBot) -> None:
    document = QTextDocument()
    document.setPlainText("a   b\u2028c")
    written = rich_text.fragment(document)
    again = QTextDocument()
    again.setHtml(written)
    assert again.toPlainText().replace("\u00a0", " ").replace("\n", "\u2028") == "a   b\u2028c"
    assert qtbot is not None


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("a.example/x", "https://a.example/x"),
        ("ann@a.example", "mailto:ann@a.example"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("hello", ""),
        ("two words.example", ""),
        ("", ""),
    ],
)
def test_where_a_link_may_lead(typed: str, target: str) -> None:
    assert rich_text.link_of(typed) == target
