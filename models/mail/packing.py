"""A body as the table keeps it. Packing needs no store, so the thread that fetched it does it."""

from __future__ import annotations

from models.parsed_mail import PackedBody, PartialBody, plain
from models.store import search_index
from models.store.compression import compress, compress_text


def pack(raw: bytes | None, partial: PartialBody | None, text: str) -> PackedBody:
    """The compressed columns of a body, and of the words that the index gets of it."""
    indexed = compress_text(search_index.body_text(plain(text)))
    if raw is not None:
        return PackedBody(raw=compress(raw), indexed=indexed)
    if partial is None:
        return PackedBody(indexed=indexed)
    return PackedBody(
        header=compress(partial.header),
        text=None if partial.text is None else compress_text(partial.text),
        html=None if partial.html is None else compress_text(partial.html),
        indexed=indexed,
    )
