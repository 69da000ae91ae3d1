"""The requests that the window sends to the reader threads, and the results it gets back.

A request is a frozen dataclass. `MailService.ask` returns a ticket at once and emits
`answered(Answer)` later. Bodies are read, MIME is parsed, HTML is cleaned and searches run in the
reader thread, never in the GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.commands.account_jobs import RemovalPreview
from models.commands.delete import DeletePreview
from models.files.export import ExportResult
from models.files.plan import ImportPlan
from models.queries.conversation_list import Counts, ListIds, ListQuery
from models.queries.held_deletes import Held
from models.queries.history_pages import KINDS, PAGE, Cursor, HistoryPage
from models.queries.history_reasons import HistoryReason
from models.queries.ledger_pages import LedgerPage, LedgerQuery
from models.queries.linkable_mail import LinkPreview
from models.queries.operation_pages import QueuePage
from models.queries.record_deletion import RecordsPreview
from models.queries.record_detail import RecordDetail
from models.queries.record_list import BoardColumn, RecordQuery
from models.queries.side_panel import Panel
from models.records.records import Kind
from sync.html.sanitize import CleanedHtml
from sync.qt.service.attachment_files import AttachmentFile


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The ordered ids of a list (also of a search: `query.text`). Result: ListIds."""

    query: ListQuery
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class CountsRequest:
    """The counts of the sidebar, from rows. Result: Counts."""


@dataclass(frozen=True, slots=True)
class ConversationRequest:
    """The messages of a conversation without their bodies. Result: ConversationHead or None."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """The bodies of some messages, cleaned, ready to show. Result: tuple[MessageContent, ...]."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AttachmentRequest:
    """Write an attachment to a file; see `write_out`. Result: AttachmentFile, or None if gone."""

    attachment_id: int
    path: Path
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """The message's source, as the server has it. Result: bytes or None."""

    message_id: int


@dataclass(frozen=True, slots=True)
class DeletePreviewRequest:
    """What a delete would do, for its dialog (R5, R14). Result: DeletePreview."""

    conversation_ids: tuple[int, ...] = ()
    message_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovalPreviewRequest:
    """What removing an account would keep (S7). Result: RemovalPreview."""

    account_id: int


@dataclass(frozen=True, slots=True)
class RecordListRequest:
    """The ordered ids of a list of records. Result: ListIds; rows: `record_list.rows`."""

    query: RecordQuery
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class BoardRequest:
    """The deals by stage. Result: tuple[BoardColumn, ...]; rows: `record_list.rows`."""

    status: str = "open"
    text: str = ""


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A record as its detail view shows it. Result: RecordDetail or None."""

    record_key: str


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """A page of a record's history, newest first. Result: HistoryPage."""

    record_key: str
    before: Cursor | None = None
    limit: int = PAGE
    kinds: tuple[str, ...] = KINDS


@dataclass(frozen=True, slots=True)
class HistoryReasonRequest:
    """Why a mail is in a record's history. Result: HistoryReason."""

    record_key: str
    message_id: int


@dataclass(frozen=True, slots=True)
class RecordsPreviewRequest:
    """What deleting records would do, for its dialog. Result: RecordsPreview."""

    record_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkPreviewRequest:
    """What "Link past mail" would link to a record. Result: LinkPreview."""

    record_key: str


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """Who an open conversation is with, its link and its offers (M11). Result: Panel or None."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Read a file before it is imported; see `models.files.plan.plan_file`. Result: ImportPlan.

    The plan's drafts go into the command `ImportRecords`.
    """

    path: Path
    kind: Kind | None = None
    columns: tuple[str, ...] | None = None
    encoding: str = ""
    delimiter: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Write records to a file, as vCards if it ends in `.vcf`. Result: ExportResult."""

    path: Path
    kind: Kind
    record_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A page of operations that wait for a server, or that one refused. Result: QueuePage."""

    limit: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRequest:
    """A page of the ledger, newest first, before the entry with this id. Result: LedgerPage."""

    query: LedgerQuery
    limit: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class HeldRequest:
    """The deletes that the brake holds (X3). Result: Held."""


FileRequest = (
    AttachmentRequest | ImportRequest | ExportRequest
)  # read in a second reader thread, because files may be long

Request = (
    QueueRequest
    | LedgerRequest
    | HeldRequest
    | ListRequest
    | CountsRequest
    | ConversationRequest
    | ContentRequest
    | SourceRequest
    | DeletePreviewRequest
    | RemovalPreviewRequest
    | RecordListRequest
    | BoardRequest
    | RecordRequest
    | HistoryRequest
    | HistoryReasonRequest
    | RecordsPreviewRequest
    | LinkPreviewRequest
    | PanelRequest
    | FileRequest
)

Address = tuple[str, str]  # display name or '', address


@dataclass(frozen=True, slots=True)
class AttachmentHead:
    """One attachment of a message; `is_here` is False while only the server has it."""

    attachment_id: int
    message_id: int
    position: int
    file_name: str
    content_type: str
    size: int
    is_inline: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class MessageHead:
    """One message of an open conversation, as its closed card shows it."""

    message_id: int
    conversation_id: int
    account_id: int
    subject: str
    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    dated_at: int | None
    received_at: int
    snippet: str
    is_own: bool
    is_read: bool
    is_draft: bool
    on_junk: bool
    body_state: str  # full | partial | none | poison
    attachments: tuple[AttachmentHead, ...]
    is_held: bool = False  # deleted on the server; the brake waits for the user's answer


@dataclass(frozen=True, slots=True)
class ConversationHead:
    """A conversation as the reading pane needs it, oldest message first."""

    conversation_id: int
    account_id: int
    account_address: str
    subject: str
    is_archived: bool
    link_key: str
    link_title: str
    messages: tuple[MessageHead, ...]


@dataclass(frozen=True, slots=True)
class InlinePart:
    """A picture that the HTML refers to by `cid:`."""

    content_id: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MessageContent:
    """The body of one message. `html` is None if there is only text."""

    message_id: int
    html: CleanedHtml | None
    text: str
    inline: tuple[InlinePart, ...]
    body_state: str  # as above, or lost: its account was removed before the body was fetched


Result = (
    ListIds
    | Counts
    | ConversationHead
    | tuple[MessageContent, ...]
    | AttachmentFile
    | DeletePreview
    | RemovalPreview
    | tuple[BoardColumn, ...]
    | RecordDetail
    | HistoryPage
    | HistoryReason
    | RecordsPreview
    | LinkPreview
    | Panel
    | ImportPlan
    | ExportResult
    | QueuePage
    | LedgerPage
    | Held
    | bytes
    | None
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The reader's answer. `error` is the sentence for the user, or ''."""

    ticket: int
    request: Request
    result: Result
    error: str = ""
