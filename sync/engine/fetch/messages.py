"""Fetches messages, verifies them, and takes them apart for the store.

Messages up to 2 MiB are fetched whole. Of larger ones the text comes first, and attachments when
the user asks for them. A body is stored only if it belongs to the expected mail, because Courier
answers the FETCH of an expunged message with an invented one. A message that a server cannot return
is poison: its header is kept, and the rest of the mailbox goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.intake.intake import Incoming
from models.mail.body import pack
from models.parsed_mail import ParsedMail, PartialBody
from models.server.mailbox import MailboxState
from sync.engine.context import SyncContext, now
from sync.engine.fetch import missing_answers
from sync.errors import RefusedError
from sync.mime import bodystructure, parse
from sync.mime.identity import identity as identity_from
from sync.session import Facts, Fetched

WHOLE_MOST = 2 * 1024 * 1024  # bytes; of larger mail the text comes first
_SIZE_SLACK = 0.01  # some servers count line ends differently
_NO_TEXT = b"Content-Type: text/plain\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message to fetch, with what is known of it. `identity` is set if its header was read."""

    uid: int
    facts: Facts
    identity: bytes | None = None

    @property
    def bytes_to_come(self) -> int:
        """The bytes that it adds to a step."""
        return self.facts.size if self.facts.size <= WHOLE_MOST else WHOLE_MOST // 8


def identity_of(fetched: Fetched) -> bytes:
    """The identity of a message, from its header fields or its whole source."""
    return identity_from(fetched.raw, fetched.facts.size, fetched.facts.received_at)


def fetch(context: SyncContext, box: MailboxState, wanted: Sequence[Wanted]) -> list[Incoming]:
    """Fetch the messages of the open mailbox that still exist, in the order asked for."""
    aside = context.left_out((item.uid for item in wanted), whole=True)
    asked = [item for item in wanted if item.uid not in aside]
    small = [item for item in asked if item.facts.size <= WHOLE_MOST]
    whole = _fetch_whole(context, box, small)
    for item in [item for item in small if item.uid not in whole][: missing_answers.SINGLY]:
        whole |= _fetch_whole(context, box, [item])  # some servers drop lines of long answers
    large = [item for item in asked if item.facts.size > WHOLE_MOST]
    lacking = [item for item in small if item.uid not in whole]
    lacking += [item for item in wanted if item.uid in aside]
    found = whole | {i.uid: got for i in large if (got := _fetch_large(context, box, i))}
    found |= _fetch_poison(context, box, [*lacking, *(i for i in large if i.uid not in found)])
    return [found[item.uid] for item in wanted if item.uid in found]


def _fetch_whole(
    context: SyncContext, box: MailboxState, wanted: Sequence[Wanted]
) -> dict[int, Incoming]:
    if not wanted:
        return {}
    by_uid = {item.uid: item for item in wanted}
    got = [f for f in context.session.fetch_messages(by_uid) if f.uid in by_uid]
    true = _genuine(context, by_uid, got)
    mails = parse.parse_many([fetched.raw for fetched, _ in true])
    return {
        fetched.uid: incoming(
            box, by_uid[fetched.uid].facts, fetched.facts, identity, parsed, raw=fetched.raw
        )
        for (fetched, identity), parsed in zip(true, mails, strict=True)
    }


def _genuine(
    context: SyncContext, wanted: dict[int, Wanted], got: Sequence[Fetched]
) -> list[tuple[Fetched, bytes]]:
    """Keep the messages that are the requested mail, with their identity."""
    true: list[tuple[Fetched, bytes]] = []
    doubtful: list[tuple[Fetched, bytes]] = []
    for fetched in got:
        item = wanted[fetched.uid]
        identity = identity_from(fetched.raw, item.facts.size, item.facts.received_at)
        if item.identity is not None:
            if identity == item.identity:
                true.append((fetched, identity))
        elif abs(len(fetched.raw) - item.facts.size) <= item.facts.size * _SIZE_SLACK:
            true.append((fetched, identity))
        else:
            doubtful.append((fetched, identity))
    if doubtful:
        headers = context.session.fetch_identity([fetched.uid for fetched, _ in doubtful])
        for fetched, identity in doubtful:
            header = headers.get(fetched.uid)
            facts = wanted[fetched.uid].facts
            if header and identity_from(header.raw, facts.size, facts.received_at) == identity:
                true.append((fetched, identity))
    return true


def incoming(
    box: MailboxState,
    facts: Facts,
    newer: Facts,
    identity: bytes,
    parsed: ParsedMail,
    *,
    raw: bytes | None = None,
    partial: PartialBody | None = None,
    is_poison: bool = False,
) -> Incoming:
    """A mail as the store takes it. `newer` holds the facts that came with its body."""
    flags = newer.flags if newer.flags is not None else facts.flags
    return Incoming(
        mailbox_id=box.id,
        uidvalidity=box.uidvalidity,
        uid=facts.uid,
        flags=flags or 0,
        modseq=max(facts.modseq, newer.modseq),
        received_at=facts.received_at or newer.received_at or parsed.dated_at or now(),
        size=facts.size or newer.size or len(raw or b""),
        identity=identity,
        server_identity=facts.server_identity or newer.server_identity,
        parsed=parsed,
        raw=raw,
        partial=partial,
        packed=pack(raw, partial, parsed.text),
        is_poison=is_poison,
    )


def _fetch_large(context: SyncContext, box: MailboxState, item: Wanted) -> Incoming | None:
    """Fetch header and text of a large message; its attachments stay on the server."""
    try:
        parts = bodystructure.parts_of(context.session.fetch_structure(item.uid))
        if not parts:
            return None
        header = context.session.fetch_part(item.uid, "HEADER")
        identity = identity_from(header, item.facts.size, item.facts.received_at)
        if item.identity is not None and identity != item.identity:
            return None
        shown = [part for part in bodystructure.text_parts(parts) if part is not None]
        texts = {part.section: context.session.fetch_part(item.uid, part.section) for part in shown}
    except RefusedError:
        return None
    parsed, partial = bodystructure.partial_mail(header, parts, texts)
    return incoming(box, item.facts, item.facts, identity, parsed, partial=partial)


def _fetch_poison(
    context: SyncContext, box: MailboxState, wanted: Sequence[Wanted]
) -> dict[int, Incoming]:
    """A message whose body cannot be fetched: its header alone, or not even that."""
    if not wanted:
        return {}
    gone = missing_answers.gone(context, [item.uid for item in wanted])
    there = [item for item in wanted if item.uid not in gone]
    headers = missing_answers.headers(
        context, [item.uid for item in there], context.session.fetch_headers
    ).found
    found: dict[int, Incoming] = {}
    for item in there:
        fetched = headers.get(item.uid)
        header = fetched.raw if fetched else b""
        identity = identity_from(header, item.facts.size, item.facts.received_at)
        if header and item.identity not in {None, identity}:
            continue  # another mail has this UID now: a listing will name it again
        identity = item.identity or identity
        parsed = parse.parse(header + _NO_TEXT if header else _NO_TEXT)
        found[item.uid] = incoming(box, item.facts, item.facts, identity, parsed, is_poison=True)
    return found
