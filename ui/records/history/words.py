"""Turns history entries into text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.queries.history_pages import Entry, MailEntry, NoteEntry
from models.records.records import split
from ui.records import kinds
from ui.style import formatting

_CONTEXT = "History"
MOST_NAMED = 3  # recipients shown by name


def title(entry: Entry) -> str:
    """The subject of a mail, the first line of a note, or what changed."""
    if isinstance(entry, MailEntry):
        subject = formatting.clean(entry.subject)
        return subject or QCoreApplication.translate(_CONTEXT, "(no subject)")
    if entry.kind == "note":
        return formatting.clean(entry.text.partition("\n")[0])
    return change(entry)


def change(entry: NoteEntry) -> str:
    """Stage: Contact made → Proposal made."""
    if entry.kind == "stage":
        name, before, after = (
            QCoreApplication.translate(_CONTEXT, "Stage"), entry.before, entry.after,
        )  # fmt: skip
    else:
        known = kinds.statuses(str(split(entry.record_key)[0]))
        name = QCoreApplication.translate(_CONTEXT, "Status")
        before, after = known.get(entry.before, entry.before), known.get(entry.after, entry.after)
    text = QCoreApplication.translate(_CONTEXT, "{what}: {before} → {after}")
    return text.format(what=name, before=before or "–", after=after or "–")


def sender(entry: MailEntry) -> str:
    """Who wrote."""
    return formatting.display_name(formatting.OWN if entry.is_own else entry.sender)


def recipients(entry: MailEntry) -> str:
    """To Ann Lee, Bo and 3 more."""
    names = [formatting.display_name(each) for each in entry.recipients]
    if not names:
        return ""
    shown = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        more = QCoreApplication.translate(_CONTEXT, "{names} and {count} more")
        shown = more.format(names=shown, count=len(names) - MOST_NAMED)
    return QCoreApplication.translate(_CONTEXT, "to {}").format(shown)


def words(entry: Entry, now: int) -> str:
    """The whole entry as text for screen readers."""
    tr = QCoreApplication.translate
    when = formatting.relative_date(entry.at, now)
    if not isinstance(entry, MailEntry):
        kind = tr(_CONTEXT, "Note") if entry.kind == "note" else tr(_CONTEXT, "Change")
        text = formatting.clean(entry.text) if entry.kind == "note" else change(entry)
        return f"{kind}, {text}, {when}"
    count = entry.attachment_count
    parts = [
        tr(_CONTEXT, "Mail"),
        sender(entry),
        recipients(entry),
        title(entry),
        formatting.clean(entry.snippet),
        tr(_CONTEXT, "%Ln attachments", "", count) if count else "",
        tr(_CONTEXT, "archived") if entry.is_archived else "",
        when,
    ]
    return ", ".join(part for part in parts if part)
