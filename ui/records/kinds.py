"""The five kinds of records: their names, states and icons, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

_CONTEXT = "Kinds"

DEAL, LEAD, PROJECT = "deal", "lead", "project"
PERSON, ORGANIZATION = "person", "organization"
KINDS = (DEAL, LEAD, PROJECT, PERSON, ORGANIZATION)
WORK = (DEAL, LEAD, PROJECT)  # the kinds that a conversation can be linked with

# The sidebar's keys.
KIND_OF_KEY = {
    "deals": DEAL,
    "leads": LEAD,
    "projects": PROJECT,
    "persons": PERSON,
    "organizations": ORGANIZATION,
}
KEY_OF_KIND = {kind: key for key, kind in KIND_OF_KEY.items()}
ICONS = {
    DEAL: "handshake",
    LEAD: "target",
    PROJECT: "folder-kanban",
    PERSON: "user",
    ORGANIZATION: "building-2",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The names of one kind."""

    one: str
    many: str
    new: str
    empty: str
    hint: str
    untitled: str


def words(kind: str) -> Words:
    """The names of a kind, in the user's language."""
    tr = QCoreApplication.translate
    match kind:
        case "deal":
            return Words(
                tr(_CONTEXT, "Deal"),
                tr(_CONTEXT, "Deals"),
                tr(_CONTEXT, "New deal"),
                tr(_CONTEXT, "No deals yet"),
                tr(_CONTEXT, "A deal gathers its people, its stage and every mail about it."),
                tr(_CONTEXT, "(no title)"),
            )
        case "lead":
            return Words(
                tr(_CONTEXT, "Lead"),
                tr(_CONTEXT, "Leads"),
                tr(_CONTEXT, "New lead"),
                tr(_CONTEXT, "No leads yet"),
                tr(_CONTEXT, "A lead is interest that may become a deal."),
                tr(_CONTEXT, "(no title)"),
            )
        case "project":
            return Words(
                tr(_CONTEXT, "Project"),
                tr(_CONTEXT, "Projects"),
                tr(_CONTEXT, "New project"),
                tr(_CONTEXT, "No projects yet"),
                tr(_CONTEXT, "A project is the work that follows a sale, with its mail."),
                tr(_CONTEXT, "(no title)"),
            )
        case "person":
            return Words(
                tr(_CONTEXT, "Person"),
                tr(_CONTEXT, "Persons"),
                tr(_CONTEXT, "New person"),
                tr(_CONTEXT, "No persons yet"),
                tr(_CONTEXT, "Mail finds the persons that it is from or to by their addresses."),
                tr(_CONTEXT, "(no name)"),
            )
        case _:
            return Words(
                tr(_CONTEXT, "Organization"),
                tr(_CONTEXT, "Organizations"),
                tr(_CONTEXT, "New organization"),
                tr(_CONTEXT, "No organizations yet"),
                tr(_CONTEXT, "An organization shows the mail of its persons and its deals."),
                tr(_CONTEXT, "(no name)"),
            )


def statuses(kind: str) -> dict[str, str]:
    """The states of a kind and their names. The first one is the open state."""
    tr = QCoreApplication.translate
    match kind:
        case "deal":
            return {
                "open": tr(_CONTEXT, "Open"),
                "won": tr(_CONTEXT, "Won"),
                "lost": tr(_CONTEXT, "Lost"),
            }
        case "lead":
            return {
                "open": tr(_CONTEXT, "Open"),
                "converted": tr(_CONTEXT, "Converted"),
                "archived": tr(_CONTEXT, "Archived"),
            }
        case "project":
            return {
                "open": tr(_CONTEXT, "Open"),
                "done": tr(_CONTEXT, "Done"),
                "cancelled": tr(_CONTEXT, "Cancelled"),
            }
        case _:
            return {}


def status_tone(status: str) -> str:
    """The theme's colour token of a state."""
    return {
        "won": "success",
        "done": "success",
        "converted": "success",
        "lost": "danger",
        "cancelled": "muted",
        "archived": "muted",
    }.get(status, "on_pill")


def split_key(record_key: str) -> tuple[str, int]:
    """`deal:12` as ("deal", 12). ("", 0) if it is not a record key."""
    kind, _, number = record_key.partition(":")
    if kind not in KINDS or not number.isdigit():
        return "", 0
    return kind, int(number)
