"""Insert the rows of new messages: one statement per table for a whole batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from models.flags import Flag
from models.mail.body import add_attachments, pack
from models.mail.threading import Joined, Newcomer
from models.parsed_mail import Address, Incoming, PackedBody, ParsedMail, plain
from models.store import database, ledger, search_index
from models.store.clock import now_ms
from models.store.database import chunks
from models.store.hashing import key64

MOST_REFERENCES: Final = 200  # a hostile header names thousands; the first and last matter most
MOST_ADDRESSES: Final = 2000
_SEEN: Final = int(Flag.SEEN)  # the enum's operators are slow

_INSERT_MESSAGE: Final = (
    "INSERT INTO message (id, account_id, conversation_id, identity, server_identity, "
    "message_key, message_id_header, in_reply_to, reference_list, subject, from_name, "
    "from_address, recipients, dated_at, received_at, size, snippet, is_own, is_read, is_draft, "
    "is_past, attachment_count, body_state, added_at) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def insert(
    account_id: int,
    new: Mapping[int, Incoming],
    newcomers: Mapping[int, Newcomer],
    joined: Joined,
    *,
    is_past: bool,
) -> None:
    """Write the new messages with their keys, addresses, bodies, attachments and index entries."""
    now = now_ms()
    rows, entries = [], []
    for id_, mail in new.items():
        recipients = _recipients(mail.parsed)
        row = _message_row(mail, newcomers[id_], recipients)
        rows.append(
            (id_, account_id, joined.of_message[id_], *row, is_past, *_body_facts(mail), now)
        )
        entries.append(_entry(id_, mail.parsed, row, recipients))
    database.run_many(_INSERT_MESSAGE, rows)
    database.run_many(
        "INSERT INTO message_reference (message_id, account_id, key) VALUES (?, ?, ?)",
        [(id_, account_id, key) for id_, newcomer in newcomers.items() for key in newcomer.keys],
    )
    database.run_many(
        "INSERT OR IGNORE INTO message_address (message_id, key, part) VALUES (?, ?, ?)",
        _address_rows(new),
    )
    database.run_many(
        "INSERT INTO body (message_id, raw, header, text, html, indexed) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (id_, packed.raw, packed.header, packed.text, packed.html, packed.indexed)
            for id_, packed in _packed(new)
        ),
    )
    add_attachments({id_: mail.parsed.attachments for id_, mail in new.items()})
    search_index.add_many(entries)


def _packed(new: Mapping[int, Incoming]) -> Iterator[tuple[int, PackedBody]]:
    for id_, mail in new.items():
        yield id_, mail.packed or pack(mail.raw, mail.partial, mail.parsed.text)


# json.dumps creates a new encoder for each call with other than default arguments.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _message_row(
    mail: Incoming, newcomer: Newcomer, recipients: dict[str, list[tuple[str, str]]]
) -> tuple[Any, ...]:
    """The columns `identity` to `is_draft`, in the order of the table."""
    parsed = mail.parsed
    name, address = parsed.from_[0] if parsed.from_ else ("", "")
    return (
        mail.identity,
        mail.server_identity,
        newcomer.keys[0] if parsed.message_id_header.strip() else None,
        plain(parsed.message_id_header),
        plain(" ".join(parsed.in_reply_to)),
        plain(" ".join(parsed.references)),
        plain(parsed.subject),
        plain(name),
        plain(address).lower(),
        _encode(recipients),
        parsed.dated_at,
        mail.received_at,
        mail.size,
        plain(parsed.snippet),
        newcomer.is_own,
        bool(mail.flags & _SEEN),
        newcomer.is_draft,
    )


def _recipients(parsed: ParsedMail) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for part in ("to", "cc", "bcc", "reply_to"):
        pairs: tuple[Address, ...] = getattr(parsed, part)
        if pairs:
            found[part] = [(plain(name), plain(address).lower()) for name, address in pairs]
    return found


def _body_facts(mail: Incoming) -> tuple[int, str]:
    """`attachment_count` and `body_state`."""
    real = sum(1 for item in mail.parsed.attachments if not item.is_inline)
    if mail.raw is not None:
        return real, "full"
    if mail.is_poison:
        return real, "poison"
    return real, "none" if mail.partial is None else "partial"


def _entry(
    message_id: int,
    parsed: ParsedMail,
    row: tuple[Any, ...],
    recipients: dict[str, list[tuple[str, str]]],
) -> search_index.Entry:
    """The index entry. It must have exactly the words of the rows, or they cannot be removed."""
    return (
        message_id,
        row[6],
        search_index.addresses_of(row[7], row[8], recipients),
        search_index.body_text(plain(parsed.text)),
        search_index.names_of(plain(item.file_name) for item in parsed.attachments),
    )


def reference_keys(parsed: ParsedMail) -> tuple[int, ...]:
    """The keys of all Message-IDs that a mail names, its own first."""
    references = parsed.references
    if len(references) > MOST_REFERENCES:
        half = MOST_REFERENCES // 2
        references = references[:half] + references[-half:]
    names = (parsed.message_id_header, *parsed.in_reply_to[:MOST_REFERENCES], *references)
    return tuple(dict.fromkeys(key64(name.strip()) for name in names if name.strip()))


def _address_rows(new: Mapping[int, Incoming]) -> Iterator[tuple[int, int, str]]:
    keys: dict[str, int] = {}
    for message_id, mail in new.items():
        parsed = mail.parsed
        for part, pairs in (
            ("from", parsed.from_),
            ("to", parsed.to),
            ("cc", parsed.cc),
            ("bcc", parsed.bcc),
        ):
            for _name, address in pairs[:MOST_ADDRESSES]:
                if address not in keys:
                    keys[address] = key64(address)
                yield message_id, keys[address], part


def ledger_keys(
    parsed: ParsedMail, keys: Sequence[int]
) -> tuple[int | None, int | None, int | None]:
    """`message_key, from_key, subject_key` of a mail."""
    return (
        keys[0] if parsed.message_id_header.strip() else None,
        key64(parsed.from_[0][1]) if parsed.from_ else None,
        key64(parsed.subject) if parsed.subject else None,
    )


def left_out_entries(account_id: int, mails: Iterable[Incoming]) -> Iterator[ledger.Entry]:
    """Ledger entries for blocked mail, so that the user finds it by sender or subject."""
    for mail in mails:
        yield ledger.Entry(
            "left_out",
            ledger.RULE,
            account_id,
            None,
            None,
            *ledger_keys(mail.parsed, reference_keys(mail.parsed)),
            evidence={"code": "blocked", "mailbox": mail.mailbox_id, "uid": mail.uid},
        )


def mark_own(message_ids: Iterable[int]) -> list[int]:
    """Mark messages that lie in Sent as the user's own; return the conversations that changed."""
    changed: list[int] = []
    for chunk in chunks(message_ids):
        found = database.rows(
            "UPDATE message SET is_own = 1 WHERE is_own = 0 "
            f"AND id IN ({database.marks(len(chunk))}) RETURNING conversation_id",
            chunk,
        )
        changed += [conversation_id for (conversation_id,) in found]
    return changed
