"""Runs operations: carries out on the server what the user did, in safe portions.

One step does one group: operations of one kind in one mailbox, at most 100 messages. An error says
what comes next: retry with back-off; ask the user (no Trash or Archive is known, and it is never
guessed); or refused, which is shown while the local state stays.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from models.accounts import account
from models.events import OperationsChanged
from models.flags import Flag
from models.server import location, lost_operations, mailbox, operation
from models.server.mailbox import MailboxState, Role
from models.server.operation import OperationRow, Source
from models.store import database
from sync.engine.context import Step, SyncContext, again, now
from sync.engine.outgoing import create_mailbox, move
from sync.engine.outgoing.due import Due
from sync.errors import (
    ProtocolError,
    ReconnectError,
    RefusedError,
    RetryError,
    SyncError,
    ThrottledError,
)

_TARGETS = {operation.ARCHIVE: Role.ARCHIVE, operation.TRASH: Role.TRASH}


class Operations:
    """Works through the queue of one account over one connection."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._due = Due(context)
        self._singles: set[int] = set()  # refused as a group: tried alone next time

    def step(self, *, is_cycle_due: bool = False) -> Step | None:
        """Do one group of what is due; None if nothing is."""
        if self._context.read_only:
            return None
        rows = self._due.rows(is_cycle_due=is_cycle_due)
        if not rows or self._became_read_only():
            return None
        group = self._group(rows)
        self._due.note_tried(group)
        name = self._do(group)
        self._context.report(OperationsChanged(self._context.account.id))
        return again("operations", name)

    def _became_read_only(self) -> bool:
        """Whether the user made the account read-only since the connection was made."""
        known = account.config(self._context.account.id)
        self._context.read_only = known is None or known.read_only
        return self._context.read_only

    def cycle_done(self) -> None:
        """What was tried may be tried again between this cycle and the next."""
        self._due.cycle_done()

    @property
    def wants_look(self) -> bool:
        """Whether an operation came to wait for one whole look at the account."""
        return self._due.wants_look

    def next_due_at(self) -> int | None:
        """When the next operation may be tried, or None."""
        return None if self._context.read_only else self._due.next_at()

    def answered(self) -> None:
        """Mailboxes or roles changed: operations that waited for an answer may go on."""
        for name, words in operation.QUESTIONS.items():
            if self._target_of_role(Role(name)) is not None:
                operation.ask_again(self._context.account.id, words)

    # --- one group ---------------------------------------------------------------------------

    def _group(self, rows: Sequence[OperationRow]) -> list[OperationRow]:
        """The operations that are done together with the first due one."""
        first = rows[0]
        if (
            first.is_begun
            or first.is_lost
            or first.id in self._singles
            or not first.payload.sources
        ):
            return [first]
        alike = [
            row
            for row in rows
            if not row.is_begun and row.id not in self._singles and _alike(row, first)
        ]
        return alike[: move.GROUP]

    def _do(self, rows: list[OperationRow]) -> str:
        """Run a group. Returns its mailbox."""
        try:
            if rows[0].kind == operation.CREATE:
                name = create_mailbox.create(self._context, rows[0])
                self.answered()
                return name
            if rows[0].is_lost:
                self._look_again(rows[0])
                return ""
            if rows[0].kind == operation.FLAGS:
                return self._store_flags(rows)
            return self._move(rows)
        except RetryError as error:
            self._wait_all(rows, error)
            return ""
        except RefusedError as error:
            # Its outcome cannot be looked up: it stays open, and everything else goes on.
            operation.count_try(row.id for row in rows)
            self._wait_all(rows, error)
            return ""
        except (ReconnectError, ProtocolError) as error:
            # If this command ends connections, the next one must not be spent on it alone.
            operation.count_try(row.id for row in rows)
            self._wait_all(rows, error)
            raise

    def _wait_all(self, rows: Sequence[OperationRow], error: SyncError) -> None:
        for row in rows:
            self._wait(row, error)

    def _wait(self, row: OperationRow, error: SyncError) -> None:
        timing = self._context.timing
        seconds = min(timing.operation_retry_first * 2.0**row.attempts, timing.operation_retry_most)
        seconds *= random.uniform(0.8, 1.2)  # noqa: S311  # jitter, no secret
        if isinstance(error, ThrottledError):
            seconds = max(seconds, error.wait_seconds)
        at = now() + self._context.ms(seconds)
        operation.mark_waiting(row.id, at, error.server_words or error.sentence)

    def _ask(self, rows: Sequence[OperationRow], question: str) -> None:
        at = now() + self._context.ms(self._context.timing.operation_retry_most)
        for row in rows:
            operation.mark_waiting(row.id, at, operation.QUESTIONS[question])

    # --- moves -------------------------------------------------------------------------------

    def _move(self, rows: list[OperationRow]) -> str:
        rows = [self._with_sources(row) for row in rows]
        target = self._target(rows[0])
        if target is None:
            self._ask(rows, "trash" if rows[0].kind == operation.TRASH else "archive")
            return ""
        if rows[0].is_begun:
            self._due.note_looked(rows[0])
            move.resume(self._context, rows[0], target)
            return target.name
        todo = self._with_something_to_do(rows)
        if not todo:
            return ""
        source = mailbox.get(todo[0].payload.sources[0][0])
        if source is None or source.id == target.id:
            self._go_on(todo)
            return ""
        self._move_from(todo, source, target)
        return source.name

    def _move_from(
        self, rows: list[OperationRow], source: MailboxState, target: MailboxState
    ) -> None:
        ready, lost = self._verify(rows, source)
        if ready:
            self._send(ready, source, target)
        self._lose(lost)

    def _with_something_to_do(self, rows: list[OperationRow]) -> list[OperationRow]:
        """The operations that still have copies on the server; the others are finished."""
        for row in rows:
            if not row.payload.sources:
                lost_operations.not_needed(row, lost_operations.GONE)
        return [row for row in rows if row.payload.sources]

    def _verify(
        self, rows: list[OperationRow], source: MailboxState
    ) -> tuple[list[OperationRow], list[OperationRow]]:
        """Verify before acting: split into those whose UID is still the message, and the others."""
        try:
            selected = self._context.session.select(source.name)
        except RefusedError as error:
            if source.is_gone:
                return [], rows  # it went with its label; look for other copies
            raise RetryError(error.sentence, server_words=error.server_words) from error
        places = [row.payload.sources[0] for row in rows]
        if selected.uidvalidity and selected.uidvalidity != places[0][1]:
            if selected.uidvalidity == source.uidvalidity:
                # The numbers were mapped, but the message was deleted here. No location says its
                # new UID, so it is found by its identity.
                return [], rows
            # The cycle maps the new numbers and rewrites the operations, which are not lost.
            raise RetryError("The label has new numbers; the mail is looked for first.")
        true = move.verified(self._context, rows, [place[2] for place in places])
        ready = [row for row in rows if row.payload.sources[0][2] in true]
        return ready, [row for row in rows if row.payload.sources[0][2] not in true]

    def _send(self, rows: list[OperationRow], source: MailboxState, target: MailboxState) -> None:
        try:
            left = move.move(self._context, rows, source, target)
        except RefusedError as error:
            self._refused(rows, target, error)
            return
        for row in left:  # the server said OK, but the mail is not in the target: look for it
            move.resume(self._context, row, target)
            self._wait(row, RetryError("The server did not say where the message went."))

    def _refused(self, rows: list[OperationRow], target: MailboxState, error: RefusedError) -> None:
        """A refused group may be done in part: look up each, then try it alone."""
        for row in rows:
            begun = operation.get(row.id)
            if begun is not None and begun.is_begun:
                move.resume(self._context, begun, target)
            now_ = operation.get(row.id)
            if now_ is None or now_.state == "done":
                continue
            if len(rows) > 1:
                self._singles.add(row.id)
            else:
                operation.mark_refused(row.id, error.server_words or error.sentence)

    def _lose(self, rows: Sequence[OperationRow]) -> None:
        """The mails are not where they were: another program moved or deleted them."""
        with database.writing(durable=True):
            for row in rows:
                lost_operations.lose(row)
                self._due.note_lost(row)

    def _look_again(self, row: OperationRow) -> None:
        """All arrivals are known now: the mail was found, or it is gone."""
        target = None if row.kind == operation.FLAGS else self._target(row)
        place = move.found_again(self._context, row, target)
        if place is None:
            lost_operations.not_needed(row, move.why_not_needed(self._context, row, target))
            return
        with database.writing(durable=True):
            lost_operations.found(row, place)

    def _go_on(self, rows: Sequence[OperationRow]) -> None:
        """The mail is already where it belongs: go on with the next source."""
        with database.writing(durable=True):
            for row in rows:
                move.go_on(row)

    def _with_sources(self, row: OperationRow) -> OperationRow:
        """The sources of operations. An unarchive only moves what our archive moved there (R10)."""
        if row.payload.sources or row.kind != operation.UNARCHIVE or row.message_id is None:
            return row
        found = location.locations_of([row.message_id]).get(row.message_id, [])
        sources = tuple(
            (place.mailbox_id, place.uidvalidity, place.uid)
            for place in found
            if place.put_by_archive and place.state == "live"
        )
        return replace(row, payload=replace(row.payload, sources=sources))

    def _target(self, row: OperationRow) -> MailboxState | None:
        if row.payload.target is not None:
            return mailbox.get(row.payload.target)
        return self._target_of_role(_TARGETS.get(row.kind, Role.INBOX))

    def _target_of_role(self, role: Role) -> MailboxState | None:
        if role is Role.ARCHIVE and self._context.is_gmail:
            role = Role.ALL  # the label goes, and the mail stays in All Mail
        found = mailbox.by_role(self._context.account.id, role)
        return found if found is not None and found.missing_since is None else None

    # --- flags -------------------------------------------------------------------------------

    def _store_flags(self, rows: list[OperationRow]) -> str:
        """Set the read state. Doing it twice changes nothing."""
        todo = self._with_something_to_do(rows)
        source = mailbox.get(todo[0].payload.sources[0][0]) if todo else None
        if source is None:
            self._go_on(todo)
            return ""
        ready, lost = self._verify(todo, source)
        ready = [row for row in ready if operation.mark_running(row.id, row.payload)]
        if ready:
            self._store(ready)
        self._lose(lost)
        return source.name

    def _store(self, rows: list[OperationRow]) -> None:
        uids = [row.payload.sources[0][2] for row in rows]
        is_seen = rows[0].payload.seen
        try:
            if is_seen:
                self._context.session.store(uids, add=int(Flag.SEEN))
            else:
                self._context.session.store(uids, remove=int(Flag.SEEN))
        except RefusedError as error:
            for row in rows:
                operation.mark_refused(row.id, error.server_words or error.sentence)
            return
        with database.writing(durable=True):
            for row in rows:
                self._keep_flags(row.payload.sources[0], is_seen=is_seen)
                move.go_on(row)

    def _keep_flags(self, place: Source, *, is_seen: bool) -> None:
        known = location.at(place[0], place[1], [place[2]]).get(place[2])
        if known is not None:
            flags = known.flags | Flag.SEEN if is_seen else known.flags & ~Flag.SEEN
            location.set_flags(place[0], place[1], {place[2]: (int(flags), known.modseq)})


def _alike(row: OperationRow, first: OperationRow) -> bool:
    if row.kind != first.kind or row.payload.seen != first.payload.seen:
        return False
    if row.payload.target != first.payload.target or not row.payload.sources:
        return False
    return row.payload.sources[0][:2] == first.payload.sources[0][:2]
