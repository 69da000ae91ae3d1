"""XML from strangers: elements and text, and nothing that could grow or reach out.

A file with a DOCTYPE is refused as a whole. Without one there are no entities but the five that
XML brings itself, so nothing expands ("billion laughs") and nothing outside is read.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder  # the builder parses nothing
from xml.parsers import expat  # with the bounds of this module

MOST_DEPTH = 16


class NotTakenError(Exception):
    """No XML, or more of it than is read here."""


def parse(body: bytes) -> Element:
    """The root element. Raises: NotTakenError."""
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
