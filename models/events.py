"""Events: what changed, as frozen dataclasses that cross threads and that views react to.

Every writer ends with one event or a few. Views never assume that a request succeeded; they wait
for the event. An event holds only ids and plain values, never a row of the store, an index or a
widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.shown_certificate import ShownCertificate


@dataclass(frozen=True, slots=True)
class ConversationsChanged:
    """Rows of the conversation lists are new, changed (state, counts, order) or gone.

    Attributes:
        account_id: The account they belong to.
        conversation_ids: New or changed. Each list checks which of them belong in it.
        removed_ids: Gone for good (deleted with their last message, or merged).
    """

    account_id: int
    conversation_ids: tuple[int, ...] = ()
    removed_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesAdded:
    """Mail came in. `notify` is false for past mail and for old mail that was moved."""

    account_id: int
    conversation_ids: tuple[int, ...]
    message_ids: tuple[int, ...]
    notify: bool


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    """Messages are gone for good, deleted here or by another program: close what shows them."""

    account_id: int
    message_ids: tuple[int, ...]
    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Something that a reader shows changed in these messages (a body or attachment arrived)."""

    account_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinksChanged:
    """The history or the links of records changed; keys like `deal:12`.

    A person or deal brings its organization along, whose history is computed from theirs.
    """

    record_keys: tuple[str, ...]
    conversation_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Persons, organizations, deals, leads or projects are new, changed or gone, by their keys.

    Attributes:
        record_keys: New or changed, including their notes, stages and related records.
        removed_keys: Deleted, or merged into another.
    """

    record_keys: tuple[str, ...] = ()
    removed_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StagesChanged:
    """The stages of the pipeline were edited."""


@dataclass(frozen=True, slots=True)
class MailboxesChanged:
    """An account's mailboxes, or their roles, changed."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """An account was added, edited, stopped, started or removed.

    `is_quiet`: the change does not concern the account's connection.
    """

    account_ids: tuple[int, ...]
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The user changed a setting; `name` is its name in `models.store.settings`."""

    name: str


@dataclass(frozen=True, slots=True)
class SecretsChanged:
    """The key to the secrets is kept another way, or the secrets were sealed again."""


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """There is a new report on an account's servers, in `models.accounts.health`."""

    account_id: int


@dataclass(frozen=True, slots=True)
class HeldChanged:
    """The user answered about the deletes that the brake holds in an account."""

    account_id: int


@dataclass(frozen=True, slots=True)
class OperationsChanged:
    """Operations of an account changed: what waits for the server, or what it refused."""

    account_id: int


class Phase(StrEnum):
    """What an account's worker is doing now."""

    STARTING = "starting"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    IDLE = "idle"  # up to date, waiting for news
    WAITING = "waiting"  # for the network or a back-off; retries at `retry_at`
    NEEDS_SIGN_IN = "needs_sign_in"
    NEEDS_ANSWER = "needs_answer"  # no Trash or Archive known, TLS, a full disk
    PAUSED = "paused"  # by a bug of ours, or by the user's stop button
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LabelProgress:
    """How far the past sync of one label is.

    Attributes:
        name, delimiter, role: From its mailbox.
        done: Messages of its range already handled, out of `total` (0: not counted yet).
    """

    name: str
    delimiter: str
    role: str
    done: int
    total: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class PastProgress:
    """How far the past sync of an account is.

    Attributes:
        seconds_left: At the current pace; None: not known yet.
    """

    labels: tuple[LabelProgress, ...] = ()
    seconds_left: float | None = None


NO_PAST = PastProgress()


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """All facts about an account's sync (M22). Times are milliseconds UTC.

    Attributes:
        account_id: The account.
        phase: What the worker is doing.
        mailbox: The mailbox being worked on, decoded from the server's spelling, or ''.
        done: Messages of past mail taken in so far, of `total` (0: not counting).
        total: Messages of past mail to take in.
        pending: Operations that wait for the server.
        refused: Operations that the server refused for good.
        checking: Messages that vanished and are still being checked (open cases; see docs/sync.md).
        held: Deletes that the brake holds.
        last_success_at: End of the last complete cycle, or None.
        retry_at: When the next try comes, or None.
        error: What failed and what to do, as a sentence for the user, or ''.
        questions: Roles that operations wait for because no mailbox has them: trash, archive.
        certificate: What the server showed, if that is why there is no connection.
        past: Progress of past mail while it comes in.
        closed: Mailboxes that the server does not open, which holds up every delete elsewhere.
    """

    account_id: int
    phase: Phase
    mailbox: str = ""
    done: int = 0
    total: int = 0
    pending: int = 0
    refused: int = 0
    checking: int = 0
    held: int = 0
    last_success_at: int | None = None
    retry_at: int | None = None
    error: str = ""
    questions: tuple[str, ...] = ()
    certificate: ShownCertificate | None = None
    past: PastProgress = NO_PAST
    closed: int = 0


Event = (
    ConversationsChanged
    | MessagesAdded
    | MessagesDeleted
    | MessagesChanged
    | LinksChanged
    | RecordsChanged
    | StagesChanged
    | MailboxesChanged
    | AccountsChanged
    | SettingsChanged
    | OperationsChanged
    | HeldChanged
    | SecretsChanged
    | HealthChanged
    | StatusChanged
)
