"""Text without case and accents: what lists of records sort by and search in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from models.search import fold


def folded(text: str) -> str:
    """Lower case, letters without their marks: `Õunapuu` is `ounapuu`."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", fold(text))
    return "".join([c for c in plain if not unicodedata.combining(c)]).casefold()


def search_text(first: str, others: Iterable[str]) -> str:
    """One line a value; the first is what a list is sorted by."""
    return "\n".join([folded(" ".join(text.split())) for text in (first, *others) if text])
