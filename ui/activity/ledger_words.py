"""What happened, in plain words: every kind of ledger entry with its cause. Pure."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.queries.ledger_pages import LedgerItem
from models.server import lost_operations, operation
from models.store import ledger
from ui.activity.lines import Line
from ui.style import formatting

_CONTEXT = "Ledger"
_ICONS = {
    "arrival": "mail",
    "kept_out": "shield",
    "left_out": "shield",
    "move": "folder",
    "mailbox": "folder",
    "archive": "archive",
    "restore": "archive-restore",
    "merge": "link",
    "delete": "trash-2",
    "hold": "shield-alert",
    "keep": "shield",
    "check": "refresh-cw",
    "link": "link",
    "unlink": "unlink",
    "refused": "triangle-alert",
    "not_needed": "check",
    "retry": "refresh-cw",
    "given_up": "x",
}
_INKS = {"hold": "warning", "refused": "warning", "delete": "danger", "arrival": "accent"}


def line(item: LedgerItem, now: int) -> Line:
    """A ledger entry as a line of the list."""
    title, detail = sentence(item), about(item)
    return Line(
        item.id,
        _ICONS.get(item.kind, "info"),
        _INKS.get(item.kind, "muted"),
        title,
        detail,
        formatting.since(item.at, now),
        f"{title}\n{detail}\n{formatting.full_date(item.at)}",
    )


def about(item: LedgerItem) -> str:
    """Which mail it is about: subject and sender, or that the mail is gone."""
    subject = formatting.clean(item.subject)
    parts = [subject]
    if item.is_gone:
        parts = [_tr("A mail that is no longer here")]
    elif not subject and (item.message_id is not None or item.conversation_id is not None):
        parts = [_tr("(no subject)") if item.message_id is not None else _tr("A conversation")]
    if any(item.sender) and not item.is_gone:
        parts.append(formatting.display_name(item.sender))
    parts.append(item.address)
    return "  ·  ".join(part for part in parts if part)


def sentence(item: LedgerItem) -> str:
    """What happened and why."""
    makers = {
        "arrival": _arrival,
        "kept_out": _kept_out,
        "left_out": _left_out,
        "move": _move,
        "mailbox": _mailbox,
        "archive": _archive,
        "restore": _restore,
        "delete": _delete,
        "hold": _hold,
        "link": _link,
        "unlink": _unlink,
        "refused": _refused,
        "not_needed": _not_needed,
    }
    maker = makers.get(item.kind)
    return maker(item) if maker is not None else _plain(item)


def _plain(item: LedgerItem) -> str:
    texts = {
        "merge": _tr("Joined with another conversation: a mail belongs to both"),
        "keep": _tr("You kept it here, although it is gone from the server"),
        "check": _tr("You asked to check again whether it is gone from the server"),
        "retry": _tr("You had it tried again on the server"),
        "given_up": _tr("You gave up the change; the server is not told of it"),
    }
    return texts.get(item.kind, item.kind)


def _arrival(item: LedgerItem) -> str:
    if item.evidence.get("returned"):
        text = _tr("Came back to {label}; another program had deleted it")
    elif item.evidence.get("brought_back"):
        text = _tr("Brought back from {label} with “Sync past emails”, as you asked")
    elif item.evidence.get("way") == "past":
        text = _tr("Taken in with past mail from {label}")
    elif item.evidence.get("way") == "moved":
        text = _tr("Older mail that was moved or copied into {label}")
    else:
        text = _tr("Arrived in {label}")
    return text.format(label=_label(item, item.evidence.get("mailbox")))


def _kept_out(item: LedgerItem) -> str:
    text = _tr("Kept out: you deleted it here, and it was seen again in {label}")
    return text.format(label=_label(item, item.evidence.get("mailbox")))


def _left_out(item: LedgerItem) -> str:
    text = _tr("Left out: you blocked its sender; on the server it lies in {label}")
    return text.format(label=_label(item, item.evidence.get("mailbox")))


def _move(item: LedgerItem) -> str:
    if item.cause == ledger.PERSON:
        return _own_move(item)
    gone = item.evidence.get("gone") or [[None]]
    found = item.evidence.get("found") or [None]
    if item.evidence.get("verdict") == "junked":
        return _tr("Another program put it into junk on the server")
    if item.evidence.get("verdict") == "marked":
        return _tr("Another program marked it as deleted on the server")
    text = _tr("Gone from {source} by another program; it lies in {target}")
    return text.format(source=_label(item, gone[0][0]), target=_label(item, found[0]))


def _own_move(item: LedgerItem) -> str:
    texts = {
        operation.ARCHIVE: _tr("Moved from {source} to {target}, because you archived it"),
        operation.UNARCHIVE: _tr("Moved from {source} to {target}, because you restored it"),
        operation.TRASH: _tr("Moved from {source} to {target}, because you deleted it"),
    }
    text = texts.get(str(item.evidence.get("kind")), _tr("Moved from {source} to {target}"))
    source, target = (item.evidence.get(name) or [None] for name in ("from", "to"))
    return text.format(source=_label(item, source[0]), target=_label(item, target[0]))


def _mailbox(item: LedgerItem) -> str:
    texts = {
        "refused": _tr("The server does not open {label}"),
        "hung_up": _tr(
            "The server hangs up each time at {label}; it is left out for a while, then tried again"
        ),
        "past_hung_up": _tr(
            "The server hangs up each time at past mail of {label}; that is tried again later"
        ),
        "mail_hung_up": _tr(
            "The server hangs up each time when one mail of {label} is asked for; that mail is "
            "left out for a while, then tried again"
        ),
        "renamed": _tr("Renamed on the server; it is {label} now"),
        "mirror": _tr("{label} is taken for a copy of everything: what lies there proves nothing"),
        "created": _tr("{label} was created on the server, because you agreed"),
    }
    text = texts.get(str(item.evidence.get("what")), _tr("The server numbered {label} anew"))
    return text.format(label=_label(item, item.evidence.get("mailbox")))


def _archive(item: LedgerItem) -> str:
    if item.cause == ledger.PERSON:
        return _tr("You archived it")
    return _tr("Archived: on the server it lies in the archive alone")


def _restore(item: LedgerItem) -> str:
    if item.cause == ledger.PERSON:
        return _tr("You put it back into Inbox")
    return _tr("Back in Inbox: new mail came")


def _delete(item: LedgerItem) -> str:
    evidence = item.evidence
    if evidence.get("kind") == "account":
        return _tr("Deleted with its account, as you chose")
    if evidence.get("held"):
        return _tr("You agreed to delete it here too; another program had deleted it")
    if item.cause == ledger.PERSON and evidence.get("to_trash"):
        return _tr("You deleted it; the copies on the server go to its Trash")
    if item.cause == ledger.PERSON:
        return _tr("You deleted it; the copies on the server stay")
    if evidence.get("verdict") == "trashed":
        return _tr("Another program moved it to Trash on the server")
    return _tr("Another program deleted it on the server; that was checked twice")


def _hold(item: LedgerItem) -> str:
    texts = {
        "many": _tr("Deleted on the server with unusually many others; held until you answer"),
        "hour": _tr("Deleted on the server with many others within an hour; held until you answer"),
        "linked": _tr("Deleted on the server with other linked mail; held until you answer"),
        "role": _tr("Its label became the Trash; held until you answer"),
        "outcome": _tr("Nobody can tell what became of it on the server; held until you answer"),
        "renumbered": _tr(
            "Not found again when its label was numbered anew; held until you answer"
        ),
        "refused": _tr("Gone, or in a label that cannot be opened; held until you answer"),
        "trash": _tr("Moved to Trash with more than half of its label; held until you answer"),
    }
    found = texts.get(str(item.evidence.get("held")))
    return found or _tr("Deleted on the server; held until you answer")


def _link(item: LedgerItem) -> str:
    record = _record(item)
    if item.cause == ledger.PERSON:
        return _tr("You linked it to {record}").format(record=record)
    return _tr("Linked to {record} by a rule").format(record=record)


def _unlink(item: LedgerItem) -> str:
    record = _record(item)
    if item.cause == ledger.PERSON:
        return _tr("You unlinked it from {record}").format(record=record)
    return _tr("Unlinked from {record} by a rule").format(record=record)


def _refused(item: LedgerItem) -> str:
    texts = {
        operation.ARCHIVE: _tr("The server refused to archive it"),
        operation.UNARCHIVE: _tr("The server refused to put it back into the inbox"),
        operation.TRASH: _tr("The server refused to move it to Trash"),
        operation.FLAGS: _tr("The server refused to change its read state"),
        operation.CREATE: _tr("The server refused to create the label"),
        operation.SEND: _tr("The server refused to send it"),
    }
    text = texts.get(str(item.evidence.get("kind")), _tr("The server refused the change"))
    words = formatting.clean(str(item.evidence.get("words") or ""))
    return f"{text}: {words}" if words else text


def _not_needed(item: LedgerItem) -> str:
    if item.evidence.get("why") == lost_operations.ELSEWHERE:
        return _tr("Nothing was left to do on the server: another program had moved it")
    return _tr("Nothing was left to do on the server: it is no longer where it was")


def _record(item: LedgerItem) -> str:
    title = formatting.clean(item.records[0]) if item.records else ""
    return f"“{title}”" if title else _tr("a record that is gone")


def _label(item: LedgerItem, mailbox_id: object) -> str:
    name = item.mailboxes.get(mailbox_id) if isinstance(mailbox_id, int) else None
    if name is None:
        return _tr("a label that is gone")
    return _tr("the inbox") if name.upper() == "INBOX" else f"“{formatting.clean(name)}”"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)
