"""Plain text set for reading."""

from __future__ import annotations

import pytest

from ui.reader.message import quoting
from ui.reader.message.quoting import Kind


def kinds(text: str) -> list[str]:
    found = quoting.pieces(text)
    return [*(p.kind.value for p in found.shown), "|", *(p.kind.value for p in found.folded)]


def test_a_quote_at_the_end_folds_with_the_line_that_announces_it() -> None:
    text = (
        "Fine.\n\nOn Tue, 3 Nov 2026 at 10:00, Ann Lee\n<ann@x.test> wrote:\n> Shall we?\n> Yes\n"
    )
    found = quoting.pieces(text)
    assert [piece.text for piece in found.shown] == ["Fine."]
    assert found.folded[-1].text == "Shall we?\nYes"
    assert "wrote:" in found.folded[0].text


def test_answers_between_quotes_stay() -> None:
    assert kinds("> one?\nyes\n\n> two?\nno") == ["quote", "text", "quote", "text", "|"]


def test_a_mail_that_is_all_quote_is_shown() -> None:
    assert kinds("> a\n> b") == ["quote", "|"]


def test_outlooks_original_message_folds() -> None:
    text = "Thanks\n\n-----Original Message-----\nFrom: a\n\nold words"
    assert [piece.text for piece in quoting.pieces(text).shown] == ["Thanks"]


def test_a_signature_is_marked_and_its_dashes_go() -> None:
    found = quoting.pieces("Hello\n\n-- \nAnn\nSales").shown
    assert (found[-1].kind, found[-1].text) == (Kind.SIGNATURE, "Ann\nSales")


def test_flowed_lines_are_joined_and_others_are_not() -> None:
    line = "This line is long enough to be taken for one that flows "
    assert quoting.unflowed(f"{line}\n{line}\nend.\nnext") == f"{line}{line}end.\nnext"
    assert quoting.unflowed("one \ntwo\nthree") == "one \ntwo\nthree"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("see https://a.test/x?y=1&z=2.", "https://a.test/x?y=1&amp;z=2"),
        ("(www.a.test)", "http://www.a.test"),
        ("ask ann@a.test, please", "mailto:ann@a.test"),
        ("https://en.test/A_(b)", "https://en.test/A_(b)"),
    ],
)
def test_links_are_found(text: str, target: str) -> None:
    assert f'href="{target}"' in quoting.linked(text)


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=y>", 'http://a.test/"onclick="x', "a & b <b>"]
)
def test_every_word_is_escaped(text: str) -> None:
    html = quoting.linked(text)
    assert "<img" not in html
    assert "<b>" not in html
    assert 'onclick="' not in html


def test_a_very_long_text_is_cut_and_says_so() -> None:
    found = quoting.pieces("word " * 100_000)
    assert found.was_cut
    assert sum(len(piece.text) for piece in found.shown) <= quoting.MOST_CHARACTERS
