"""`ImapSession`: reads and changes mail on an IMAP server, and waits for news.

Order of use: `ImapSession(server, timing)`, `open()`, `sign_in(…)`; then `examine(…)` and the
reading methods, or `select(…)` and the changing ones; at the end `close()`. All of it in one
thread; only `abort()` may come from another. A read-only session refuses every changing command
before a byte is sent. No session can send CLOSE, or EXPUNGE without UIDs.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sync.errors import ConnectionLostError, ProtocolError, RefusedError, SyncError, TimedOutError
from sync.net import refusals
from sync.net.server import Server
from sync.session import capabilities, commands
from sync.session.capabilities import Quota, Secured
from sync.session.connection import GOODBYE_SECONDS
from sync.session.fetch_parser import flag_names
from sync.session.messages import MessageReader
from sync.session.values import AppendUid, CopyUid, Selected, ServerEvent
from sync.timing import Timing

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LITERAL_MINUS = 4096


class ImapSession(MessageReader):
    """One connection to one account's server.

    Args:
        server: Where to connect.
        timing: Deadlines: `command` for most commands, `transfer` for bodies.
        read_only: No command that changes a mailbox is sent.
        masked: Capabilities that count as not offered.
        on_command: Called with every command before it is sent: its name and sets of UIDs, no
            secrets and no quoted text.
    """

    def __init__(
        self,
        server: Server,
        timing: Timing | None = None,
        *,
        read_only: bool = False,
        masked: frozenset[str] = frozenset(),
        on_command: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(server, timing, read_only=read_only, masked=masked, on_command=on_command)
        self._names = {}
        self.worked_in = set()
        self._idle_tag: bytes | None = None

    # --- changing ------------------------------------------------------------------------

    def select(self, name: str) -> Selected:
        """Open a mailbox for writing. Raises RefusedError if the server opens it read-only."""
        selected = self._select("SELECT", name)
        if selected.is_read_only:
            raise RefusedError(f"{self.server.place} lets nothing be changed in “{name}”.")
        return selected

    def move(self, uids: Iterable[int], name: str) -> CopyUid | None:
        """Move messages. None if the server does not say where they are now (COPYUID).

        Success proves nothing: for a UID that is gone the server returns OK without data. Check
        the target mailbox. Raises RefusedError without MOVE.
        """
        if not self.has("MOVE"):
            raise RefusedError(f"{self.server.place} cannot move messages.")
        return self._transfer("MOVE", uids, name)

    def copy(self, uids: Iterable[int], name: str) -> CopyUid | None:
        """Copy messages. None if the server does not say where the copies are (COPYUID)."""
        return self._transfer("COPY", uids, name)

    def _transfer(self, verb: str, uids: Iterable[int], name: str) -> CopyUid | None:
        pairs: dict[int, int] = {}
        uidvalidity = 0
        for part in commands.uid_sets(uids):
            self.run("UID", verb.encode(), part.encode(), self._encoded(name))
            for kind, value in self._wire.codes:
                if kind == "COPYUID" and (told := _copy_uid(value)) is not None:
                    uidvalidity = told.uidvalidity
                    pairs.update(told.pairs)
        return CopyUid(uidvalidity, pairs) if pairs else None

    def store(self, uids: Iterable[int], add: int = 0, remove: int = 0) -> None:
        """Add and remove flags (bits of models.flags.Flag); others stay."""
        sets = commands.uid_sets(uids)
        for sign, bits in ((b"+FLAGS.SILENT", add), (b"-FLAGS.SILENT", remove)):
            for part in sets if bits else ():
                self.run("UID", b"STORE", part.encode(), sign, flag_names(bits).encode())

    def uid_expunge(self, uids: Iterable[int]) -> None:
        r"""Remove these if they are \Deleted, no others. Raises RefusedError without UIDPLUS."""
        if not self.has("UIDPLUS"):
            raise RefusedError(f"{self.server.place} cannot remove single messages.")
        for part in commands.uid_sets(uids):
            self.run("UID", b"EXPUNGE", part.encode())

    def create(self, name: str) -> None:
        """Create a mailbox and subscribe to it, so that other programs show it."""
        self.run("CREATE", self._encoded(name))
        try:
            self.run("SUBSCRIBE", self._encoded(name))
        except RefusedError:
            # The mailbox exists, and that is what counts.
            return

    def append(
        self, name: str, raw: bytes, flags: int = 0, received_at: int | None = None
    ) -> AppendUid | None:
        """Add a message to a mailbox. None if the server does not return its UID.

        Args:
            flags: Bits of models.flags.Flag.
            received_at: INTERNALDATE in ms UTC; None is now.
        """
        data = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
        arguments = [self._encoded(name), flag_names(flags).encode()]
        if received_at is not None:
            arguments.append(_date_time(received_at))
        wire = self._wire
        is_short = self.has("LITERAL-") and len(data) <= _LITERAL_MINUS
        without_asking = self.has("LITERAL+") or is_short
        arguments.append((b"{%d+}" if without_asking else b"{%d}") % len(data))
        wire.literal = None if without_asking else data  # type: ignore[assignment]
        wire.trailer = data + b"\r\n" if without_asking else b""
        self.run("APPEND", *arguments, seconds=self.timing.transfer)
        told = (wire.code("APPENDUID") or b"").split()
        if len(told) == 2 and told[0].isdigit() and told[1].isdigit():
            return AppendUid(int(told[0]), int(told[1]))
        return None

    def noop(self) -> None:
        """Ask for news; Courier reports new mail only here."""
        self.working_in = ""
        self.run("NOOP")

    @property
    def secured(self) -> Secured | None:
        """The connection's TLS; None if it has none."""
        return capabilities.secured(self._need_stream().socket)

    def quota(self) -> Quota | None:
        """How much room is used and allowed; None if the server does not say."""
        if not any(name == "QUOTA" or name.startswith("QUOTA=") for name in self.capabilities):
            return None
        try:
            return capabilities.quota(self.run("GETQUOTAROOT", b"INBOX").untagged)
        except RefusedError:
            return None

    # --- waiting -------------------------------------------------------------------------

    @property
    def can_idle(self) -> bool:
        """Whether the server reports news by itself (IDLE)."""
        return self.has("IDLE")

    @property
    def is_idling(self) -> bool:
        """Whether IDLE is running; the server may end it too."""
        return self._idle_tag is not None

    def idle_begin(self) -> None:
        """Start IDLE. News that comes before the server's continuation becomes events as usual.

        Raises: RefusedError if the server has no IDLE or refuses it; what a command raises.
        """
        if not self.can_idle:
            raise RefusedError(f"{self.server.place} does not tell news by itself.")
        wire = self._wire
        self._need_stream().set_deadline(self.timing.command)
        wire.take_records_as_events()
        with self._closed_on_loss():
            tag = wire._command("IDLE")
            if not wire._await_leave(tag):
                kind, words = wire.await_tagged(tag)
                raise refusals.refusal(
                    self.server.place, "IDLE", refusals.clean_words(words), is_bad=kind == "BAD"
                )
        wire.take_records_as_events()
        self._idle_tag = tag

    def idle_pending(self) -> bool:
        """Whether news is buffered that no notifier fires for; check before waiting."""
        return self._need_stream().has_pending or bool(self._wire.events)

    def idle_events(self) -> list[ServerEvent]:
        """Read what has come, without waiting. Raises ConnectionLostError at BYE or a hang-up."""
        stream, wire = self._need_stream(), self._wire
        stream.pull()
        stream.set_deadline(self.timing.command)
        with self._closed_on_loss():
            while stream.has_line:
                wire._get_response()
            if stream.is_at_end:
                raise stream.lost()
        wire.take_records_as_events()
        tag = self._idle_tag
        if tag is not None and wire.is_answered(tag):
            self._idle_tag = None
        return self.take_events()

    def idle_end(self) -> None:
        """End IDLE; news that comes meanwhile becomes events."""
        tag, self._idle_tag = self._idle_tag, None
        if tag is None:
            return
        stream, wire = self._need_stream(), self._wire
        stream.set_deadline(self.timing.command)
        with self._closed_on_loss():
            stream.send(b"DONE\r\n")
            kind, words = wire.await_tagged(tag)
        wire.take_records_as_events()
        if kind != "OK":
            raise refusals.refusal(self.server.place, "IDLE", refusals.clean_words(words))

    def close(self) -> None:
        """End the connection, after a LOGOUT of at most `GOODBYE_SECONDS`.

        IDLE ends first: until then a server takes no other command (RFC 2177 section 3).
        """
        tag, self._idle_tag = self._idle_tag, None
        if tag is not None and self.is_open and not self.is_aborted:
            stream = self._need_stream()
            stream.set_deadline(min(GOODBYE_SECONDS, self.timing.command))
            with contextlib.suppress(SyncError):
                stream.send(b"DONE\r\n")  # the answer is read together with that to LOGOUT
        super().close()

    def _closed_on_loss(self) -> _ClosedOnLoss:
        return _ClosedOnLoss(self)


class _ClosedOnLoss:
    """Closes the socket when an error shows that the connection is of no more use."""

    def __init__(self, session: ImapSession) -> None:
        self._session = session

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _: object
    ) -> None:
        is_lost = isinstance(fault, ConnectionLostError | TimedOutError | ProtocolError)
        if is_lost or (isinstance(fault, SyncError) and not self._session.is_open):
            self._session._need_stream().close()


def _copy_uid(value: bytes) -> CopyUid | None:
    """Parse `38505 304,319:320 3956:3958`; both sets are in the order of the messages."""
    words = value.split()
    if len(words) != 3 or not words[0].isdigit():
        return None
    old, new = commands.expand(words[1]), commands.expand(words[2])
    if len(old) != len(new):
        return None
    return CopyUid(int(words[0]), dict(zip(old, new, strict=True)))


def _date_time(received_at: int) -> bytes:
    """INTERNALDATE in UTC, in quotes."""
    moment = datetime.fromtimestamp(received_at / 1000, UTC)
    month = _MONTHS[moment.month - 1]
    text = f'"{moment.day:2d}-{month}-{moment.year:04d} {moment:%H:%M:%S} +0000"'
    return text.encode()
