"""Which way a text runs."""

from __future__ import annotations

import unicodedata


def is_right_to_left(text: str) -> bool:
    """Whether its first strong letter is of a script that runs from right to left (UAX 9, P2)."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False
