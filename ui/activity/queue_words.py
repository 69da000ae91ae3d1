"""Operations in words: what waits, why, since when, and when it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from models.events import Phase, StatusChanged
from models.queries.operation_pages import QueueItem
from models.server import operation
from ui.activity.lines import Line
from ui.style import formatting

_CONTEXT = "Queue"
_ICONS = {
    operation.ARCHIVE: "archive",
    operation.UNARCHIVE: "archive-restore",
    operation.TRASH: "trash-2",
    operation.FLAGS: "mail-open",
    operation.SEND: "send",
    operation.APPEND_DRAFT: "pencil",
    operation.APPEND_SENT: "send",
    operation.CREATE: "folder",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What the sentences need to know about the accounts."""

    addresses: Mapping[int, str]
    statuses: Mapping[int, StatusChanged]
    read_only_ids: frozenset[int] = frozenset()


def line(item: QueueItem, around: Around, now: int) -> Line:
    """An operation as a line: Archive “Subject”, why it waits, and since when."""
    is_refused = item.state == "refused"
    since = QCoreApplication.translate(_CONTEXT, "since {}").format(
        formatting.since(item.created_at, now)
    )
    why = reason(item, around, now)
    parts = [why, around.addresses.get(item.account_id, "") if len(around.addresses) > 1 else ""]
    return Line(
        item.id,
        "triangle-alert" if is_refused else _ICONS.get(item.kind, "clock"),
        "warning" if is_refused else "muted",
        what(item),
        "  ·  ".join(part for part in parts if part),
        since,
        f"{what(item)}\n{why}\n{formatting.full_date(item.created_at)}",
    )


def what(item: QueueItem) -> str:
    """Archive “Subject”, or only the verb where the mail was deleted here."""
    if item.kind == operation.CREATE:
        return QCoreApplication.translate(_CONTEXT, "Create the label “{name}”").format(
            name=formatting.clean(item.name)
        )
    return _verb(item).format(mail=_mail(item))


def _verb(item: QueueItem) -> str:
    match item.kind:
        case operation.ARCHIVE:
            return QCoreApplication.translate(_CONTEXT, "Archive {mail}")
        case operation.UNARCHIVE:
            return QCoreApplication.translate(_CONTEXT, "Put {mail} back into the inbox")
        case operation.TRASH:
            return QCoreApplication.translate(_CONTEXT, "Move {mail} to Trash")
        case operation.FLAGS if item.is_seen:
            return QCoreApplication.translate(_CONTEXT, "Mark {mail} as read")
        case operation.FLAGS:
            return QCoreApplication.translate(_CONTEXT, "Mark {mail} as unread")
        case operation.SEND:
            return QCoreApplication.translate(_CONTEXT, "Send {mail}")
        case operation.APPEND_DRAFT:
            return QCoreApplication.translate(_CONTEXT, "Save the draft {mail}")
        case operation.APPEND_SENT:
            return QCoreApplication.translate(_CONTEXT, "Save {mail} in Sent")
        case _:
            return QCoreApplication.translate(_CONTEXT, "Change {mail}")


def _mail(item: QueueItem) -> str:
    subject = formatting.clean(item.subject)
    if subject:
        return QCoreApplication.translate(_CONTEXT, "“{subject}”").format(subject=subject)
    if item.has_message:
        return QCoreApplication.translate(_CONTEXT, "a mail without a subject")
    if item.kind == operation.TRASH:
        return QCoreApplication.translate(_CONTEXT, "a deleted mail")
    return QCoreApplication.translate(_CONTEXT, "a mail that is gone from here")


def reason(item: QueueItem, around: Around, now: int) -> str:
    """Why the operation is not done yet."""
    if item.state == "refused":
        return _refused(item)
    if item.state == "running":
        return QCoreApplication.translate(_CONTEXT, "is being done now")
    status = around.statuses.get(item.account_id)
    if item.account_id in around.read_only_ids:
        return QCoreApplication.translate(_CONTEXT, "waits while read-only mode is on")
    outside = _outside(status, now)
    if outside:
        return outside
    if item.server_words in operation.QUESTIONS.values():
        return _asked(item)
    if item.server_words == operation.LOST:
        return QCoreApplication.translate(
            _CONTEXT, "It is not where it was; every label is looked through for it"
        )
    if item.server_words:
        return _later(item, now)
    return QCoreApplication.translate(_CONTEXT, "waits for its turn")


def _refused(item: QueueItem) -> str:
    words = formatting.clean(item.server_words)
    if not words:
        return QCoreApplication.translate(_CONTEXT, "The server refused it.")
    return QCoreApplication.translate(_CONTEXT, "The server refused it: {words}").format(
        words=words
    )


def _outside(status: StatusChanged | None, now: int) -> str:
    """Why the whole account cannot reach its server, or ''."""
    if status is None:
        return ""
    if status.phase is Phase.NEEDS_SIGN_IN:
        return QCoreApplication.translate(_CONTEXT, "waits for you to sign in")
    if status.phase is Phase.STOPPED:
        return QCoreApplication.translate(_CONTEXT, "waits until syncing is started again")
    if status.phase is Phase.NEEDS_ANSWER or status.phase is Phase.PAUSED:
        return QCoreApplication.translate(_CONTEXT, "waits because the account is paused")
    if status.phase is not Phase.WAITING:
        return ""
    text = QCoreApplication.translate(_CONTEXT, "waits for the network")
    if status.retry_at is not None:
        text = QCoreApplication.translate(
            _CONTEXT, "waits for the network, next try at {time}"
        ).format(time=formatting.since(status.retry_at, now))
    return text


def _asked(item: QueueItem) -> str:
    if item.server_words == operation.QUESTIONS["trash"]:
        return QCoreApplication.translate(_CONTEXT, "waits for you to choose the Trash")
    return QCoreApplication.translate(_CONTEXT, "waits for you to choose the Archive")


def _later(item: QueueItem, now: int) -> str:
    words = formatting.clean(item.server_words)
    if item.next_try_at > now:
        text = QCoreApplication.translate(_CONTEXT, "{words} Next try at {time}")
        return text.format(words=words, time=formatting.since(item.next_try_at, now))
    return QCoreApplication.translate(_CONTEXT, "{words} Tried again now").format(words=words)
