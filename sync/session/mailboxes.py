"""Reads mailboxes over a session: names, numbers and UIDs. Nothing here changes mail."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from imapclient.exceptions import IMAPClientError
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7
from imapclient.response_parser import parse_response

from sync.errors import ProtocolError, RefusedError
from sync.session import commands
from sync.session.connection import Reply
from sync.session.sign_in import SigningIn
from sync.session.values import MAX_UID, Listed, Selected, ServerEvent, Status, UidListing
from sync.session.words import as_number, as_text, parsable, with_status

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_UNREADABLE = (IMAPClientError, ValueError, TypeError, IndexError, RecursionError)


class MailboxReader(SigningIn):
    """A session that reads mailboxes."""

    _names: dict[str, bytes]
    working_in = ""  # the mailbox of the last command that named one
    worked_in: set[str]  # all such mailboxes since this was last cleared
    _is_list_status_empty = False

    # --- mailboxes -----------------------------------------------------------------------

    @property
    def can_list_status(self) -> bool:
        """Whether one command returns the numbers of all mailboxes (LIST-STATUS)."""
        return self.has("LIST-STATUS") and not self._is_list_status_empty

    def list_mailboxes(
        self,
        status: bool = True,
        names: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> list[Listed]:
        """All mailboxes, with their numbers if `status`.

        Without LIST-STATUS, or where it returns nothing, the numbers of each mailbox cost a round
        trip. Then only the mailboxes in `names` are asked (None: all), and never those in
        `without`.
        """
        self.working_in = ""
        if status and self.can_list_status:
            found = self._list(self._list_options(status=True))
            if any(entry.status for entry in found) or not any(e.is_selectable for e in found):
                return found
            self._is_list_status_empty = True
        found = self._list(self._list_options(status=False))
        if not status:
            return found
        return [e if e.name in without else self._with_status(e, names) for e in found]

    def _list_options(self, *, status: bool) -> bytes:
        options = ["SPECIAL-USE"] if self.has("SPECIAL-USE") else []
        if status:
            options.append(f"STATUS ({self._status_items()})")
        is_extended = self.has("LIST-EXTENDED") or self.has("LIST-STATUS")
        return f"RETURN ({' '.join(options)})".encode() if options and is_extended else b""

    def _list(self, options: bytes) -> list[Listed]:
        arguments = (b'""', b'"*"', options) if options else (b'""', b'"*"')
        try:
            reply = self.run("LIST", *arguments)
        except RefusedError:
            if not options:
                raise
            reply = self.run("LIST", b'""', b'"*"')
        listed: dict[str, Listed] = {}
        numbers: dict[str, Status] = {}
        for kind, segments in reply.untagged:
            if kind == b"LIST" and (entry := self._listed(segments)) is not None:
                listed.setdefault(entry.name, entry)
            elif kind == b"STATUS" and (told := self._status_of(segments)) is not None:
                numbers[told[0]] = told[1]
        return [with_status(entry, numbers.get(entry.name)) for entry in listed.values()]

    def _listed(self, segments: list[bytes]) -> Listed | None:
        try:
            attributes, delimiter, name, *_ = parse_response(parsable(segments))
            text = self._decoded(name)
            words = frozenset(str(as_text(word)).lower() for word in attributes)
        except _UNREADABLE:
            return None
        return Listed(text, as_text(delimiter), words)

    def _with_status(self, entry: Listed, names: Collection[str] | None) -> Listed:
        if not entry.is_selectable or (names is not None and entry.name not in names):
            return entry
        try:
            return with_status(entry, self.status(entry.name))
        except RefusedError:
            return entry

    def status(self, name: str) -> Status:
        """The numbers of one mailbox. Raises RefusedError if it is missing or closed to us."""
        self._work_in(name)
        reply = self.run("STATUS", self._encoded(name), f"({self._status_items()})".encode())
        for kind, segments in reply.untagged:
            if kind == b"STATUS" and (told := self._status_of(segments)) is not None:
                return told[1]
        return Status(messages=0)

    def _status_items(self) -> str:
        items = "MESSAGES UIDNEXT UIDVALIDITY"
        if self.has("CONDSTORE") or self.has("QRESYNC"):
            items += " HIGHESTMODSEQ"
        return items + " MAILBOXID" if self.has("OBJECTID") else items

    def _status_of(self, segments: list[bytes]) -> tuple[str, Status] | None:
        try:
            name, values = parse_response(parsable(segments))[:2]
            pairs = dict(
                zip((as_text(k).upper() for k in values[0::2]), values[1::2], strict=False)
            )
            # Some servers answer `STATUS x ()`; that is not a count of 0.
            if "MESSAGES" not in pairs:
                return None
            return self._decoded(name), Status(
                messages=as_number(pairs["MESSAGES"]),
                uidnext=as_number(pairs.get("UIDNEXT")),
                uidvalidity=as_number(pairs.get("UIDVALIDITY")),
                highestmodseq=as_number(pairs.get("HIGHESTMODSEQ")),
                mailbox_id=as_text(pairs.get("MAILBOXID")),
            )
        except _UNREADABLE:
            return None

    def _work_in(self, name: str) -> None:
        """Remember this mailbox: if the connection ends now, it is the suspect."""
        self.working_in = name
        self.worked_in.add(name)

    def examine(self, name: str) -> Selected:
        """Open a mailbox for reading. Raises RefusedError if the server does not open it."""
        return self._select("EXAMINE", name)

    def _select(self, verb: str, name: str) -> Selected:
        with_modseq = self.has("CONDSTORE") or self.has("QRESYNC")
        arguments = (b"(CONDSTORE)",) if with_modseq else ()
        wire = self._wire
        self._work_in(name)
        commands.check(verb, (), read_only=self.read_only)
        # From here on no mailbox is open, even if the server refuses (RFC 9051 section 6.3.2).
        self.selected, wire.state = None, "AUTH"
        # News of the previous mailbox has only sequence numbers or no mailbox name, so it would
        # be taken for news of this one.
        wire.records, wire.events = [], []
        try:
            self.run(verb, self._encoded(name), *arguments)
            self.selected = self._told_by_select(name, verb, wire.events)
        finally:
            wire.events = []
        wire.state = "SELECTED"
        return self.selected

    def _told_by_select(self, name: str, verb: str, events: Sequence[ServerEvent]) -> Selected:
        counts = [event.number for event in events if event.kind == "exists"]
        if not counts:
            raise ProtocolError(f"{self.server.place} opened a mailbox without saying its size.")
        wire = self._wire
        mode = [kind for kind, _ in wire.codes if kind in ("READ-ONLY", "READ-WRITE")]
        return Selected(
            name=name,
            exists=counts[-1],
            uidvalidity=as_number(wire.code("UIDVALIDITY")),
            uidnext=as_number(wire.code("UIDNEXT")),
            highestmodseq=as_number(wire.code("HIGHESTMODSEQ")),
            is_read_only=mode[-1] == "READ-ONLY" if mode else verb == "EXAMINE",
            mailbox_id=as_text(wire.code("MAILBOXID")).strip("()"),
        )

    # --- UIDs ----------------------------------------------------------------------------

    def all_uids(self, low: int = 1, high: int = MAX_UID) -> UidListing:
        """The UIDs of the open mailbox from `low` to `high`.

        A listing of the whole mailbox is complete only if it has as many UIDs as EXISTS says.
        """
        listing = self._search(f"UID {low}:{high}".encode())
        inside = tuple(uid for uid in listing.uids if low <= uid <= high)
        is_complete = listing.is_complete and len(inside) == len(listing.uids)
        if low <= 1 and high == MAX_UID and self._exists() != len(inside):
            is_complete = False
        return UidListing(inside, listing.count, is_complete)

    def search_since(self, since: date | int) -> UidListing:
        """UIDs received on that day or later, by the server's calendar.

        A time in ms UTC is taken with a day's slack, since the server's time zone is unknown.
        """
        day = since
        if isinstance(day, int):
            day = datetime.fromtimestamp(day / 1000, UTC).date() - _DAY
        text = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}"
        return self._search(f"SINCE {text}".encode())

    def search_header_message_id(self, message_id: str) -> UidListing:
        """UIDs with this Message-ID; an empty, incomplete listing if it is not safe to send."""
        if not commands.is_searchable(message_id):
            return UidListing((), None, False)
        return self._search(b"HEADER MESSAGE-ID " + commands.quote(message_id))

    def search_gmail_message_id(self, number: int) -> UidListing:
        """UIDs with this X-GM-MSGID."""
        return self._search(b"X-GM-MSGID %d" % number)

    def _search(self, criteria: bytes) -> UidListing:
        words = criteria.split(b" ")
        if self.has("ESEARCH"):
            reply = self.run("UID", b"SEARCH", b"RETURN (ALL COUNT)", *words)
            return self._esearch(reply)
        reply = self.run("UID", b"SEARCH", *words)
        return self._plain_search(reply)

    def _esearch(self, reply: Reply) -> UidListing:
        answers = [s[0] for kind, s in reply.untagged if kind == b"ESEARCH"]
        if len(answers) != 1:
            return UidListing((), None, False)
        count = re.search(rb"\bCOUNT (\d+)", answers[0])
        found = re.search(rb"\bALL ([\d:,]+)", answers[0])
        is_uid = re.search(rb"\bUID\b", answers[0]) is not None
        uids = tuple(sorted(set(commands.expand(found.group(1))))) if found and is_uid else ()
        number = int(count.group(1)) if count else None
        return UidListing(uids, number, number == len(uids) and is_uid and self._is_whole(uids))

    def _plain_search(self, reply: Reply) -> UidListing:
        """Read a SEARCH without ESEARCH; only exactly one SEARCH line can prove absence."""
        lines = [s[0] for kind, s in reply.untagged if kind == b"SEARCH"]
        words = b" ".join(re.sub(rb"\(MODSEQ \d+\)", b"", line) for line in lines).split()
        numbers = [int(word) for word in words if word.isdigit()]
        uids = tuple(sorted(set(numbers)))
        is_clean = len(lines) == 1 and len(numbers) == len(words) == len(uids)
        return UidListing(uids, None, is_clean and self._is_whole(uids))

    def _is_whole(self, uids: tuple[int, ...]) -> bool:
        """Whether there is no UID 0 and the server did not cut its answer short (RFC 9738)."""
        return self._wire.code("MESSAGELIMIT") is None and (not uids or uids[0] > 0)

    def _exists(self) -> int:
        """How many messages the open mailbox has now, counting news since it was opened."""
        if self.selected is None:
            raise ProtocolError("No mailbox is open.")
        return self._wire.exists

    # --- names ---------------------------------------------------------------------------

    def _decoded(self, name: Any) -> str:
        """A mailbox's name as readable text; the server's spelling is kept for sending."""
        raw = as_text(name).encode("latin-1", "replace") if not isinstance(name, bytes) else name
        try:
            text = str(decode_utf7(raw))
        except (ValueError, IndexError):
            text = raw.decode("utf-8", "replace")
        if text.upper() == "INBOX":
            text = "INBOX"
        self._names[text] = raw
        return text

    def _encoded(self, name: str) -> bytes:
        raw = self._names.get(name)
        return commands.quote(raw if raw is not None else encode_utf7(name))
