"""Fetches what the user is looking at and the store lacks: a body, an attachment. It goes first."""

from __future__ import annotations

from collections import deque

from models.events import MessagesChanged
from models.mail import body, message
from models.server import location, mailbox
from models.server.location import LocationRow
from models.server.mailbox import MailboxState
from sync.engine.context import Step, SyncContext, again
from sync.engine.fetch import messages
from sync.engine.fetch.messages import Wanted
from sync.errors import UNOPENED, ThrottledError
from sync.mime import bodystructure


class Demand:
    """The requested bodies and attachments. The latest goes first, because it is on the screen."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._wanted: deque[tuple[str, int]] = deque()

    def want_body(self, message_id: int) -> None:
        """Ask for the body of a message."""
        self._want("body", message_id)

    def want_attachment(self, attachment_id: int) -> None:
        """Ask for one attachment."""
        self._want("attachment", attachment_id)

    def _want(self, kind: str, wanted_id: int) -> None:
        if (kind, wanted_id) in self._wanted:
            self._wanted.remove((kind, wanted_id))
        self._wanted.append((kind, wanted_id))

    def step(self) -> Step | None:
        """Fetch one of them. None if nothing is requested."""
        if not self._wanted:
            return None
        kind, wanted_id = self._wanted.pop()
        try:
            name = self._body(wanted_id) if kind == "body" else self._attachment(wanted_id)
        except ThrottledError:
            raise
        except UNOPENED:
            return again("body")  # it stays as it is, and can be requested again
        return again("body", name)

    def _body(self, message_id: int) -> str:
        known = message.get(message_id)
        if known is None or known.body_state in {"full", "partial"}:
            return ""
        found = self._open(message_id)
        if found is None:
            return ""
        place, box = found
        facts = self._context.session.fetch_facts([place.uid]).get(place.uid)
        if facts is None:
            return box.name
        wanted = Wanted(place.uid, facts, known.identity)
        for mail in messages.fetch(self._context, box, [wanted]):
            if not mail.is_poison:
                body.complete_body(
                    message_id,
                    text=mail.parsed.text,
                    snippet=mail.parsed.snippet,
                    attachments=mail.parsed.attachments,
                    raw=mail.raw,
                    partial=mail.partial,
                )
        self._context.report(MessagesChanged(self._context.account.id, (message_id,)))
        return box.name

    def _attachment(self, attachment_id: int) -> str:
        row = body.attachment(attachment_id)
        if row is None or row.is_here or not row.section:
            return ""
        found = self._open(row.message_id)
        if found is None:
            return ""
        place, box = found
        content = self._context.session.fetch_part(place.uid, row.section)
        body.save_attachment_content(
            attachment_id, bodystructure.decode_part(content, row.encoding)
        )
        self._context.report(MessagesChanged(self._context.account.id, (row.message_id,)))
        return box.name

    def _open(self, message_id: int) -> tuple[LocationRow, MailboxState] | None:
        """Open the mailbox of a live copy, if its UID is still this message."""
        known = message.get(message_id)
        boxes = {box.id: box for box in mailbox.of_account(self._context.account.id)}
        for place in location.locations_of([message_id]).get(message_id, []):
            box = boxes.get(place.mailbox_id)
            if known is None or box is None or place.state != "live":
                continue
            if self._context.examine(box).uidvalidity != place.uidvalidity:
                continue
            header = self._context.session.fetch_identity([place.uid]).get(place.uid)
            if header is not None and messages.identity_of(header) == known.identity:
                return place, box
        return None
