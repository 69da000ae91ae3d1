"""The facts of sync in words (M22). Pure: statuses in, sentences out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from models.events import Phase, StatusChanged
from ui.style import formatting

# Most serious first: with several accounts the line shows this one.
_GRAVITY = (
    Phase.NEEDS_SIGN_IN,
    Phase.NEEDS_ANSWER,
    Phase.PAUSED,
    Phase.WAITING,
    Phase.SYNCING,
    Phase.CONNECTING,
    Phase.STARTING,
    Phase.STOPPED,
    Phase.IDLE,
)
NEEDS_PERSON = frozenset({Phase.NEEDS_SIGN_IN, Phase.NEEDS_ANSWER, Phase.PAUSED})
_CONTEXT = "SyncStatus"


def summary(
    statuses: Sequence[StatusChanged], addresses: Mapping[int, str], now: int, *, vault: str = ""
) -> str:
    """One line over all accounts. `vault` says why secrets cannot be read, or ''."""
    if not addresses:
        return QCoreApplication.translate(_CONTEXT, "No account yet")
    if vault:
        return vault
    known = [status for status in statuses if status.account_id in addresses]
    if not known:
        return QCoreApplication.translate(_CONTEXT, "Starting…")
    first = min(known, key=lambda status: _GRAVITY.index(status.phase))
    if all(status.phase is Phase.IDLE for status in known):
        first = min(known, key=lambda status: status.last_success_at or 0)
    text = phase_text(first, now)
    if len(addresses) > 1 and first.phase is not Phase.IDLE:
        text = f"{addresses[first.account_id]}: {text}"
    return " · ".join([text, *tails(known)])


def phase_text(status: StatusChanged, now: int) -> str:
    """What an account is doing, and what the user can do if it failed."""
    match status.phase:
        case Phase.STARTING:
            return QCoreApplication.translate(_CONTEXT, "Starting…")
        case Phase.CONNECTING:
            return QCoreApplication.translate(_CONTEXT, "Connecting…")
        case Phase.SYNCING:
            return _syncing(status)
        case Phase.IDLE:
            return _idle(status, now)
        case Phase.WAITING:
            return _waiting(status, now)
        case Phase.STOPPED:
            return QCoreApplication.translate(_CONTEXT, "Syncing is stopped")
        case Phase.NEEDS_SIGN_IN:
            needed = QCoreApplication.translate(_CONTEXT, "Sign in again to go on syncing")
            return status.error or needed
        case Phase.NEEDS_ANSWER:
            return status.error or QCoreApplication.translate(_CONTEXT, "Needs your answer")
        case Phase.PAUSED:
            return status.error or QCoreApplication.translate(_CONTEXT, "Paused")


def tails(statuses: Sequence[StatusChanged]) -> list[str]:
    """What waits, was refused, is being checked, is held or did not open, over all accounts."""
    pending = sum(status.pending for status in statuses)
    refused = sum(status.refused for status in statuses)
    checking = sum(status.checking for status in statuses)
    held = sum(status.held for status in statuses)
    closed = sum(status.closed for status in statuses)
    parts = (
        _counted(
            pending,
            QCoreApplication.translate(_CONTEXT, "1 change waits for the server"),
            QCoreApplication.translate(_CONTEXT, "%Ln changes wait for the server", "", pending),
        ),
        _counted(
            refused,
            QCoreApplication.translate(_CONTEXT, "1 change was refused"),
            QCoreApplication.translate(_CONTEXT, "%Ln changes were refused", "", refused),
        ),
        _counted(
            checking,
            QCoreApplication.translate(_CONTEXT, "1 mail vanished, checking"),
            QCoreApplication.translate(_CONTEXT, "%Ln mails vanished, checking", "", checking),
        ),
        _counted(
            held,
            QCoreApplication.translate(_CONTEXT, "1 delete is held back"),
            QCoreApplication.translate(_CONTEXT, "%Ln deletes are held back", "", held),
        ),
        _counted(
            closed,
            QCoreApplication.translate(_CONTEXT, "1 label cannot be opened"),
            QCoreApplication.translate(_CONTEXT, "%Ln labels cannot be opened", "", closed),
        ),
    )
    return [part for part in parts if part]


def read_only_note(read_only_ids: Collection[int], addresses: Mapping[int, str]) -> str:
    """The sentence about read-only mode, or ''."""
    if not read_only_ids:
        return ""
    if len(read_only_ids) == len(addresses):
        return QCoreApplication.translate(
            _CONTEXT, "Read-only: nothing is changed on the server, what you do waits here"
        )
    named = ", ".join(addresses[id_] for id_ in sorted(read_only_ids) if id_ in addresses)
    return QCoreApplication.translate(_CONTEXT, "Read-only: {}").format(named)


def time_left(seconds: float | None) -> str:
    """The time left, such as “About 3 minutes left”, or '' while it is unknown."""
    if seconds is None:
        return ""
    if seconds < 50:
        return QCoreApplication.translate(_CONTEXT, "less than a minute left")
    minutes = round(seconds / 60)
    if minutes <= 1:
        return QCoreApplication.translate(_CONTEXT, "about a minute left")
    if minutes < 60:
        return QCoreApplication.translate(_CONTEXT, "about {} minutes left").format(
            formatting.number(minutes)
        )
    hours = round(seconds / 3600)
    if hours <= 1:
        return QCoreApplication.translate(_CONTEXT, "about an hour left")
    return QCoreApplication.translate(_CONTEXT, "about {} hours left").format(
        formatting.number(hours)
    )


def _counted(count: int, one: str, many: str) -> str:
    return "" if count == 0 else one if count == 1 else many


def _syncing(status: StatusChanged) -> str:
    if status.total:
        text = QCoreApplication.translate(_CONTEXT, "Getting past mail: {done} of {total}").format(
            done=formatting.number(status.done), total=formatting.number(status.total)
        )
        left = time_left(status.past.seconds_left)
        return f"{text}, {left}" if left else text
    if status.mailbox:
        return QCoreApplication.translate(_CONTEXT, "Checking {mailbox}…").format(
            mailbox=formatting.clean(status.mailbox)
        )
    return QCoreApplication.translate(_CONTEXT, "Checking for mail…")


def _idle(status: StatusChanged, now: int) -> str:
    if status.last_success_at is None:
        return QCoreApplication.translate(_CONTEXT, "Up to date")
    return QCoreApplication.translate(_CONTEXT, "Up to date, {time}").format(
        time=formatting.since(status.last_success_at, now)
    )


def _waiting(status: StatusChanged, now: int) -> str:
    text = status.error or QCoreApplication.translate(_CONTEXT, "No connection")
    if status.retry_at is not None:
        text += " " + QCoreApplication.translate(_CONTEXT, "Next try at {time}.").format(
            time=formatting.since(status.retry_at, now)
        )
    return text
