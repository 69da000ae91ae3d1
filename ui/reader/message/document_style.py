"""The style of the conversation's document, from the theme's tokens."""

from __future__ import annotations

import re
from functools import lru_cache

import resources
from ui.style.theme import Theme


def document_style(theme: Theme) -> str:
    """The style sheet of the page, outside of the mails' own roots."""
    sheet = _sheet("reader.css")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: theme.color(found[1]).name(), sheet)


def shadow_style() -> str:
    """What each mail's own root starts from."""
    return _sheet("reader-mail.css")


@lru_cache(maxsize=4)
def _sheet(name: str) -> str:
    return resources.path(name).read_text(encoding="utf-8")
