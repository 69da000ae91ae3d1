"""Files that ship with the program: icons, fonts, the style sheet, the providers."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def path(*parts: str) -> Path:
    """The path of a shipped file: `path("icons", "inbox.svg")`."""
    return FOLDER.joinpath(*parts)
