"""Text without case and accents: what lists of records sort by and search in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from models.store.search_index import fold


def folded(text: str) -> str:
    """Lower case, letters without their marks: `Õunapuu` is `ounapuu`."""
    if text.isascii():
        return text.casefold()
    # Twice: Unicode puts the marks of a letter in order, in the square of their number.
    return _unmarked(unicodedata.normalize("NFKD", _unmarked(fold(text)))).casefold()


def _unmarked(text: str) -> str:
    return "".join([c for c in text if not unicodedata.combining(c)])


def search_text(first: str, others: Iterable[str]) -> str:
    """One line a value; the first is what a list is sorted by."""
    return "\n".join([folded(" ".join(text.split())) for text in (first, *others) if text])
