"""Turns what the user formats in a text field into HTML that holds nothing else."""

from __future__ import annotations

import html
from collections.abc import Iterator

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument

LINK_SCHEMES = ("https://", "http://", "mailto:")


def fragment(document: QTextDocument) -> str:
    """Bold, italics, underlines, links and line breaks of a document as HTML; '' if it is empty.

    The HTML is built from the characters and their formats, so no pasted markup comes along.
    """
    lines = ["".join(map(_run, _runs(block))) for block in _blocks(document)]
    while lines and not lines[-1].replace("<br>", "").strip():
        lines.pop()
    return "<br>\n".join(lines)


def link_of(text: str) -> str:
    """A link that the user typed, with its scheme added. '' if mail may not link there."""
    text = text.strip()
    if text.lower().startswith(LINK_SCHEMES):
        return text
    if "@" in text and "/" not in text and " " not in text:
        return f"mailto:{text}"
    is_host = "." in text.strip(".") and ":" not in text.partition("/")[0] and " " not in text
    return f"https://{text}" if is_host else ""


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _runs(block: QTextBlock) -> Iterator[tuple[str, QTextCharFormat]]:
    place = block.begin()
    while not place.atEnd():
        found = place.fragment()
        yield found.text(), found.charFormat()
        place += 1


def _run(run: tuple[str, QTextCharFormat]) -> str:
    text, shape = run
    # U+2028 is a line break inside a block. U+FFFC stands for a picture.
    written = html.escape(text.replace("\ufffc", "")).replace("\u2028", "<br>\n")
    written = written.replace("  ", " \u00a0")
    target = shape.anchorHref()
    if target.lower().startswith(LINK_SCHEMES):
        return f'<a href="{html.escape(target)}">{written}</a>' if written else ""
    for is_on, tag in (
        (shape.fontUnderline(), "u"),
        (shape.fontItalic(), "i"),
        (shape.fontWeight() >= QFont.Weight.DemiBold, "b"),
    ):
        written = f"<{tag}>{written}</{tag}>" if is_on and written else written
    return written
