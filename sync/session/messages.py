"""Reads messages over a session: facts, header fields, parts, the whole. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sync.errors import RefusedError
from sync.session import commands, fetch_parser
from sync.session.mailboxes import MailboxReader
from sync.session.values import MAX_UID, Asked, Facts, Fetched, ServerEvent
from sync.session.words import halves

IDENTITY_FIELDS = ("MESSAGE-ID", "DATE", "FROM", "SUBJECT", "RECEIVED")
ENVELOPE_FIELDS = (
    *("MESSAGE-ID", "DATE", "FROM", "SUBJECT", "TO", "CC", "BCC", "REPLY-TO"),
    *("IN-REPLY-TO", "REFERENCES", "RECEIVED", "CONTENT-TYPE"),
)
_PART_STEP = 1024 * 1024
_SECTION = re.compile(r"[1-9]\d*(?:\.[1-9]\d*)*(?:\.(?:MIME|HEADER|TEXT))?|TEXT|HEADER")


class MessageReader(MailboxReader):
    """A session that reads messages.

    Attributes:
        asking: The mails of the running FETCH, or of the one during which the connection ended.
        suspects: UIDs to fetch one by one, by the mailbox's name and UIDVALIDITY.
    """

    asking: Asked | None = None
    suspects: Mapping[tuple[str, int], set[int]] = {}

    def existing(self, uids: Iterable[int]) -> set[int]:
        """Those of `uids` that exist, asked for with FETCH."""
        return set(self._fetch(uids, "(UID)"))

    def fetch_facts(self, uids: Iterable[int]) -> dict[int, Facts]:
        """Flags, size, INTERNALDATE and server identity, by UID."""
        found = self._fetch(uids, f"({self._fact_items()})")
        return {uid: fetched.facts for uid, fetched in found.items()}

    def fetch_identity(self, uids: Iterable[int]) -> dict[int, Fetched]:
        """Facts, and in `raw` the header fields that an identity is made of."""
        return self.fetch_headers(uids, IDENTITY_FIELDS)

    def fetch_headers(
        self, uids: Iterable[int], fields: Sequence[str] = ENVELOPE_FIELDS
    ) -> dict[int, Fetched]:
        """Facts by UID, and in `raw` these header fields."""
        item = f"BODY.PEEK[HEADER.FIELDS ({' '.join(fields)})]"
        return self._fetch(uids, f"({self._fact_items()} {item})")

    def fetch_messages(self, uids: Iterable[int]) -> list[Fetched]:
        """Whole messages with their facts, without those that the server does not return."""
        found = self._fetch(uids, f"({self._fact_items()} BODY.PEEK[])")
        return [fetched for fetched in found.values() if fetched.raw]

    def fetch_flags(
        self, uids: Iterable[int] = range(1, MAX_UID + 1), changed_since: int | None = None
    ) -> dict[int, Facts]:
        """UID, flags and modseq, by UID.

        With `changed_since` (a modseq) only what changed since then; that is a hint, no proof.
        """
        items = "(UID FLAGS MODSEQ)" if self._has_modseq() else "(UID FLAGS)"
        if changed_since is not None and self._has_modseq():
            items += f" (CHANGEDSINCE {changed_since})"
        found = self._fetch(uids, items)
        return {uid: f.facts for uid, f in found.items() if f.facts.flags is not None}

    def fetch_structure(self, uid: int) -> Any:
        """BODYSTRUCTURE as nested tuples; None if the server's cannot be read."""
        with self._asks(str(uid), is_whole=True):
            reply = self.run("UID", b"FETCH", b"%d" % uid, b"(UID BODYSTRUCTURE)")
        for record in reply.records:
            values = fetch_parser.parsed(record)
            if values is not None and values[b"UID"] == uid and b"BODYSTRUCTURE" in values:
                return values[b"BODYSTRUCTURE"]
        return None

    def fetch_part(self, uid: int, section: str) -> bytes:
        """One part, still encoded (base64, say), fetched in pieces of 1 MiB.

        Raises RefusedError if the server does not return it.
        """
        if _SECTION.fullmatch(section) is None:
            raise RefusedError("This is no section of a message.")
        pieces: list[bytes] = []
        while True:
            start = len(pieces) * _PART_STEP
            item = f"(UID BODY.PEEK[{section}]<{start}.{_PART_STEP}>)"
            found = self._fetch((uid,), item).get(uid)
            if found is None:
                raise RefusedError(f"{self.server.place} does not hand out this part of the mail.")
            pieces.append(found.raw)
            # A server that ignores the range sends everything at once.
            if len(found.raw) != _PART_STEP:
                return b"".join(pieces)

    def _fact_items(self) -> str:
        items = "UID FLAGS INTERNALDATE RFC822.SIZE"
        if self._has_modseq():
            items += " MODSEQ"
        if self.has("X-GM-EXT-1"):
            return items + " X-GM-MSGID"
        return items + " EMAILID" if self.has("OBJECTID") else items

    def _has_modseq(self) -> bool:
        return self.selected is not None and self.selected.highestmodseq > 0

    def _fetch(self, uids: Iterable[int], items: str) -> dict[int, Fetched]:
        if isinstance(uids, range):
            alone: frozenset[int] | None = None
            sets = commands.uid_sets(uids)
        else:
            uids = frozenset(uids)
            alone = uids & self.suspects.get(self.place, set())
            sets = [*commands.uid_sets(uids - alone), *map(str, sorted(alone))]
        is_whole = "BODY.PEEK[" in items and "HEADER" not in items
        found: dict[int, Fetched] = {}
        for part in sets:
            with self._asks("" if alone is None else part, is_whole=is_whole):
                self._fetch_set(part, items, uids.__contains__, found)
        return found

    @property
    def place(self) -> tuple[str, int]:
        """The open mailbox's name and UIDVALIDITY; ("", 0) if none is open."""
        return (self.selected.name, self.selected.uidvalidity) if self.selected else ("", 0)

    @contextmanager
    def _asks(self, uids: str, *, is_whole: bool) -> Iterator[None]:
        """Remember these mails: if the connection ends meanwhile, they are the suspects."""
        self.asking = Asked(self.place, uids, is_whole)
        try:
            yield
        except RefusedError:
            self.asking = None
            raise
        self.asking = None

    def _fetch_set(
        self, part: str, items: str, is_asked: Callable[[object], bool], found: dict[int, Fetched]
    ) -> None:
        """Fetch one set; if the server refuses it, fetch its halves, down to single messages."""
        try:
            reply = self.run(
                "UID", b"FETCH", part.encode(), items.encode(), seconds=self.timing.transfer
            )
        except RefusedError:
            smaller = halves(part)
            for half in smaller:
                self._fetch_set(half, items, is_asked, found)
            if not smaller and not part.isdigit():
                raise
            return
        wire = self._wire
        for uid, fetched in fetch_parser.all_fetched(reply.records).items():
            if is_asked(uid):
                found[uid] = fetched
            elif fetched.facts.flags is not None:
                wire.events.append(ServerEvent("fetch", facts=fetched.facts))
