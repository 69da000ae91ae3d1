"""Parses untrusted XML: elements and text, but nothing that could expand or load other files.

A file with a DOCTYPE is refused as a whole. Without one there are only the five entities that XML
itself defines, so nothing expands ("billion laughs") and nothing outside is read.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder  # the builder parses nothing
from xml.parsers import expat  # used within this module's bounds

MOST_DEPTH = 16


class NotTakenError(Exception):
    """The text is not XML, or is XML that is refused here."""


def parse(body: bytes) -> Element:
    """Parse a file; return its root element. Raises: NotTakenError."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise NotTakenError("nested too deeply")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise NotTakenError("a DOCTYPE")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, UnicodeError, ValueError, LookupError) as error:
        raise NotTakenError(str(error)) from None
    return builder.close()
