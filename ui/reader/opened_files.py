"""Copies of opened attachments, in the profile under safe names. They go when their mail goes.

They lie in `<profile>/opened/<message id>/`, read-only, so that the user does not edit a copy by
mistake.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from models.store import opened_files
from ui.style import formatting

MOST_LETTERS = 120

# Files that the system runs, that carry macros, or that lead somewhere else.
DANGEROUS = frozenset(
    [
        "ade",
        "adp",
        "apk",
        "app",
        "appimage",
        "appx",
        "application",
        "appref-ms",
        "asp",
        "bas",
        "bat",
        "bin",
        "cab",
        "chm",
        "class",
        "cmd",
        "com",
        "command",
        "cpl",
        "crt",
        "deb",
        "desktop",
        "diagcab",
        "dll",
        "dmg",
        "docm",
        "dotm",
        "elf",
        "exe",
        "gadget",
        "hlp",
        "hta",
        "htm",
        "html",
        "inf",
        "ins",
        "iqy",
        "iso",
        "img",
        "isp",
        "jar",
        "jnlp",
        "js",
        "jse",
        "ksh",
        "lnk",
        "mad",
        "maf",
        "mam",
        "mcf",
        "mda",
        "mdb",
        "mde",
        "mht",
        "mhtml",
        "mjs",
        "msc",
        "msi",
        "msix",
        "msp",
        "mst",
        "ocx",
        "one",
        "pif",
        "pkg",
        "pl",
        "potm",
        "ppam",
        "ppsm",
        "pptm",
        "prg",
        "ps1",
        "ps1xml",
        "ps2",
        "psc1",
        "psd1",
        "psm1",
        "py",
        "pyc",
        "pyw",
        "rb",
        "reg",
        "rpm",
        "run",
        "scf",
        "scr",
        "sct",
        "service",
        "settingcontent-ms",
        "sh",
        "shb",
        "shs",
        "sldm",
        "slk",
        "svg",
        "sys",
        "terminal",
        "tmp",
        "url",
        "vb",
        "vbe",
        "vbs",
        "vbscript",
        "vhd",
        "vhdx",
        "vsmacros",
        "website",
        "workflow",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xbap",
        "xhtml",
        "xlam",
        "xlm",
        "xlsm",
        "xltm",
        "xll",
        "xml",
        "xsl",
    ]
)
_DANGEROUS_TYPES = ("application/x-msdownload", "application/x-sh", "text/html", "image/svg")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def safe_name(file_name: str, fallback: str = "attachment") -> str:
    """A file name without folders, text direction tricks or device names."""
    name = formatting.clean(unicodedata.normalize("NFC", file_name))
    name = _FORBIDDEN.sub("_", name).strip(". ")
    if not name:
        return fallback
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 12:  # a longer ending is not an extension
        return f"{stem[: MOST_LETTERS - len(ending) - 1].rstrip('. ')}.{ending}"
    return name[:MOST_LETTERS]


def is_dangerous(file_name: str, content_type: str) -> bool:
    """Whether opening it can run code. Checks the name, because the system goes by that too."""
    _stem, dot, ending = safe_name(file_name).lower().rpartition(".")
    return (bool(dot) and ending in DANGEROUS) or content_type.lower().startswith(_DANGEROUS_TYPES)


def free_path(folder: Path, name: str) -> Path:
    """`name` in `folder`, with a number if that name is taken."""
    path = folder / name
    count = 1
    while path.exists():
        count += 1
        path = folder / f"{Path(name).stem} ({count}){Path(name).suffix}"
    return path


class OpenedFiles:
    """The place for the copies of one profile."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile

    def path(self, message_id: int, attachment_id: int, file_name: str) -> Path:
        """The path for the copy of an attachment that a program is to open."""
        folder = opened_files.folder_of(self._profile) / str(message_id) / str(attachment_id)
        return folder / safe_name(file_name)

    def remove_all(self) -> None:
        """Remove all copies. Called at quit."""
        opened_files.remove_all(self._profile)
