"""Answers the window's requests from the store. Runs in the reader thread, without Qt."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

from models.accounts import account
from models.commands import account_jobs
from models.commands.delete import preview_delete
from models.files import export, plan
from models.mail import body, message
from models.mail.body import AttachmentRow
from models.mail.message import MessageRow
from models.queries import (
    conversation_list,
    held_deletes,
    history_pages,
    history_reasons,
    ledger_pages,
    linkable_mail,
    operation_pages,
    record_deletion,
    record_detail,
    record_list,
    side_panel,
)
from sync.html.sanitize import CleanedHtml, clean
from sync.mime import parse
from sync.qt.service.attachment_files import write_out
from sync.qt.service.requests import (
    Address,
    AttachmentHead,
    AttachmentRequest,
    BoardRequest,
    ContentRequest,
    ConversationHead,
    ConversationRequest,
    CountsRequest,
    DeletePreviewRequest,
    ExportRequest,
    HeldRequest,
    HistoryReasonRequest,
    HistoryRequest,
    ImportRequest,
    InlinePart,
    LedgerRequest,
    LinkPreviewRequest,
    ListRequest,
    MessageContent,
    MessageHead,
    PanelRequest,
    QueueRequest,
    RecordListRequest,
    RecordRequest,
    RecordsPreviewRequest,
    RemovalPreviewRequest,
    Request,
    Result,
    SourceRequest,
)

log = logging.getLogger(__name__)

MOST_TEXT = 500_000  # characters of plain text; no user reads more in a window


def answer(request: Request) -> Result:
    """The result of a request. Raises what the store raises."""
    match request:
        case ListRequest():
            return conversation_list.ids(request.query, request.limit)
        case CountsRequest():
            return conversation_list.counts()
        case ConversationRequest():
            return conversation_head(request.conversation_id)
        case ContentRequest():
            found = [content(message_id) for message_id in request.message_ids]
            return tuple(each for each in found if each is not None)
        case AttachmentRequest():
            return write_out(request.attachment_id, request.path, is_copy=request.is_copy)
        case SourceRequest():
            return body.raw(request.message_id)
        case DeletePreviewRequest():
            return preview_delete(request.conversation_ids, request.message_ids)
        case RemovalPreviewRequest():
            return account_jobs.preview_removal(request.account_id)
        case QueueRequest():
            return operation_pages.page(request.limit, request.offset)
        case LedgerRequest():
            return ledger_pages.page(request.query, request.limit, request.before)
        case HeldRequest():
            return held_deletes.everything()
        case _:
            return _about_records(request)


def _about_records(
    request: RecordListRequest
    | BoardRequest
    | RecordRequest
    | HistoryRequest
    | HistoryReasonRequest
    | RecordsPreviewRequest
    | LinkPreviewRequest
    | PanelRequest
    | ImportRequest
    | ExportRequest,
) -> Result:
    match request:
        case RecordListRequest():
            return record_list.ids(request.query, request.limit)
        case BoardRequest():
            return record_list.board(request.status, request.text)
        case RecordRequest():
            return record_detail.detail(request.record_key)
        case HistoryRequest():
            return history_pages.history_page(
                request.record_key, request.before, request.limit, request.kinds
            )
        case HistoryReasonRequest():
            return history_reasons.reason(request.record_key, request.message_id)
        case RecordsPreviewRequest():
            return record_deletion.preview(request.record_keys)
        case LinkPreviewRequest():
            return linkable_mail.preview(request.record_key)
        case PanelRequest():
            return side_panel.panel(request.conversation_id)
        case ImportRequest():
            return plan.plan_file(
                request.path,
                kind=request.kind,
                columns=request.columns,
                encoding=request.encoding,
                delimiter=request.delimiter,
                is_sure=request.is_sure,
            )
        case ExportRequest():
            return export.export_file(request.path, request.kind, request.record_ids)


def conversation_head(conversation_id: int) -> ConversationHead | None:
    """A conversation with its messages, oldest first; None if it is gone."""
    known = conversation_list.rows((conversation_id,))
    if not known:
        return None
    found = known[0]
    rows = message.of_conversation(conversation_id)
    attachments = body.attachments_of(row.id for row in rows)
    config = account.config(found.account_id)
    held_ids = held_deletes.among(row.id for row in rows) if found.is_held else set()
    return ConversationHead(
        conversation_id=conversation_id,
        account_id=found.account_id,
        account_address=config.address if config else "",
        subject=found.subject,
        is_archived=found.is_archived,
        link_key=found.link_key,
        link_title=found.link_title,
        messages=tuple(
            _head(row, attachments.get(row.id, ()), is_held=row.id in held_ids) for row in rows
        ),
    )


def _head(row: MessageRow, attachments: Iterable[AttachmentRow], *, is_held: bool) -> MessageHead:
    recipients = json.loads(row.recipients)
    return MessageHead(
        message_id=row.id,
        conversation_id=row.conversation_id,
        account_id=row.account_id,
        subject=row.subject,
        from_=(row.from_name, row.from_address),
        to=_addresses(recipients.get("to")),
        cc=_addresses(recipients.get("cc")),
        bcc=_addresses(recipients.get("bcc")),
        reply_to=_addresses(recipients.get("reply_to")),
        dated_at=row.dated_at,
        received_at=row.received_at,
        snippet=row.snippet,
        is_own=row.is_own,
        is_read=row.is_read,
        is_draft=row.is_draft,
        on_junk=row.on_junk,
        body_state=row.body_state,
        attachments=tuple(_attachment_head(each) for each in attachments),
        is_held=is_held,
    )


def _addresses(pairs: list[list[str]] | None) -> tuple[Address, ...]:
    return tuple((name, address) for name, address in pairs or ())


def _attachment_head(row: AttachmentRow) -> AttachmentHead:
    return AttachmentHead(
        attachment_id=row.id,
        message_id=row.message_id,
        position=row.position,
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        is_inline=row.is_inline,
        is_here=row.is_here,
    )


def content(message_id: int) -> MessageContent | None:
    """The body of a message, cleaned; None if the message is gone."""
    row = message.get(message_id)
    if row is None:
        return None
    raw = body.raw(message_id)
    if raw is None:
        return _partial_content(row)
    mail = parse.content(raw)
    inline = tuple(InlinePart(key, kind, data) for key, (kind, data) in mail.inline.items())
    return MessageContent(
        message_id, _cleaned(mail.html), mail.text[:MOST_TEXT], inline, row.body_state
    )


def _partial_content(row: MessageRow) -> MessageContent:
    partial = body.partial(row.id)
    html = _cleaned(partial.html) if partial and partial.html else None
    text = (partial.text or "") if partial else ""
    inline = tuple(
        InlinePart(each.content_id, each.content_type, data)
        for each in body.attachments(row.id)
        if each.is_inline and (data := body.attachment_content(each.id)) is not None
    )
    state = row.body_state
    if state == "none" and row.account_id in account.removed_ids():
        state = "lost"
    return MessageContent(row.id, html, text[:MOST_TEXT], inline, state)


def _cleaned(html: str) -> CleanedHtml | None:
    return clean(html) if html.strip() else None
