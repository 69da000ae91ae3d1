"""What the sync engine asks of the store and tells it: locations, arrivals, cases, cursors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from models.server import arrival, location
from models.server.operation import Payload
from models.store import database
from models.store.clock import now_ms
from models.store.database import chunks

# --- locations ---------------------------------------------------------------------------


def newest_locations(mailbox_id: int, uidvalidity: int, count: int) -> list[int]:
    """The highest UIDs known in a mailbox."""
    rows = database.rows(
        "SELECT uid FROM location WHERE mailbox_id = ? AND uidvalidity = ? "
        "ORDER BY uid DESC LIMIT ?",
        (mailbox_id, uidvalidity, count),
    )
    return [uid for (uid,) in rows]


def has_locations(account_id: int) -> set[int]:
    """The mailboxes of an account in which a message of the store lies."""
    rows = database.rows(
        "SELECT m.id FROM mailbox m WHERE m.account_id = ? "
        "AND EXISTS (SELECT 1 FROM location l WHERE l.mailbox_id = m.id)",
        (account_id,),
    )
    return {mailbox_id for (mailbox_id,) in rows}


def location_counts(account_id: int) -> dict[int, int]:
    """By mailbox of an account, how many messages of the store lie in it."""
    rows = database.rows(
        "SELECT l.mailbox_id, count(*) FROM location l JOIN mailbox m ON m.id = l.mailbox_id "
        "WHERE m.account_id = ? GROUP BY l.mailbox_id",
        (account_id,),
    )
    return dict(rows)


def put_location(
    message_id: int,
    mailbox_id: int,
    uidvalidity: int,
    uid: int,
    *,
    flags: int = 0,
    put_by_archive: bool = False,
) -> None:
    """A message lies here now; a location of another message at this UID is taken over."""
    database.run(
        "INSERT INTO location (message_id, mailbox_id, uidvalidity, uid, flags, put_by_archive) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (mailbox_id, uidvalidity, uid) DO UPDATE SET "
        "message_id = excluded.message_id, flags = excluded.flags, state = 'live', asks = 0, "
        "missing_since = NULL, last_ask_at = NULL, "
        "put_by_archive = max(put_by_archive, excluded.put_by_archive)",
        (message_id, mailbox_id, uidvalidity, uid, flags, put_by_archive),
    )


def message_exists(message_id: int) -> bool:
    """Whether the message was not deleted meanwhile."""
    return database.value("SELECT 1 FROM message WHERE id = ?", (message_id,)) is not None


# --- cases: what vanished ------------------------------------------------------------------


def next_sitting_at(account_id: int, second_sitting: int) -> int | None:
    """When the next open case may have its second sitting, or None."""
    found: int | None = database.value(
        "SELECT min(l.missing_since) FROM mailbox m JOIN location l ON l.mailbox_id = m.id "
        "WHERE m.account_id = ? AND l.state = 'missing' AND l.asks < 2",
        (account_id,),
    )
    return None if found is None else found + second_sitting


def in_trash(account_id: int) -> set[int]:
    """Messages of the store that have a copy in Trash."""
    rows = database.rows(
        "SELECT DISTINCT l.message_id FROM mailbox m JOIN location l ON l.mailbox_id = m.id "
        "WHERE m.account_id = ? AND m.role = 'trash' AND l.state <> 'held'",
        (account_id,),
    )
    return {message_id for (message_id,) in rows}


def mark_junk(states: Mapping[int, bool]) -> list[int]:
    """Whether messages lie in the server's junk mailbox; those for which it changed."""
    return [
        message_id
        for message_id, is_junk in states.items()
        if database.run(
            "UPDATE message SET on_junk = ? WHERE id = ? AND on_junk <> ?",
            (is_junk, message_id, is_junk),
        )
    ]


def linked(message_ids: Iterable[int]) -> set[int]:
    """Those whose conversation belongs to a deal, lead or project."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.id FROM message m JOIN link ON link.conversation_id = m.conversation_id "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return found


def deleted_since(account_id: int, since: int) -> int:
    """How many unexplained deletes of other programs were carried out since then."""
    return int(
        database.value(
            "SELECT count(*) FROM ledger WHERE account_id = ? AND kind = 'delete' "
            "AND cause = 'server' AND at >= ? "
            "AND json_extract(evidence, '$.verdict') = 'deleted'",
            (account_id, since),
        )
    )


# --- identities and arrivals -----------------------------------------------------------------


def identities_in(mailbox_id: int, uidvalidity: int) -> dict[int, bytes]:
    """The identity of every located message of a mailbox, by UID."""
    return dict(
        database.rows(
            "SELECT l.uid, m.identity FROM location l JOIN message m ON m.id = l.message_id "
            "WHERE l.mailbox_id = ? AND l.uidvalidity = ?",
            (mailbox_id, uidvalidity),
        )
    )


def identity_of(message_id: int) -> tuple[bytes, str, str] | None:
    """Identity, the server's identity and the Message-ID header of a message."""
    row = database.row(
        "SELECT identity, server_identity, message_id_header FROM message WHERE id = ?",
        (message_id,),
    )
    return None if row is None else (row[0], row[1], row[2])


def messages_with(account_id: int, identities: Iterable[bytes]) -> dict[bytes, list[int]]:
    """The messages of an account by identity, oldest first."""
    wanted = list(dict.fromkeys(identities))
    found: dict[bytes, list[int]] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = database.rows(
            "SELECT identity, id FROM message WHERE account_id = ? "
            f"AND identity IN ({database.marks(len(part))}) ORDER BY id",
            (account_id, *part),
        )
        for identity, message_id in rows:
            found.setdefault(identity, []).append(message_id)
    return found


def messages_with_server_identity(account_id: int, names: Iterable[str]) -> dict[str, list[int]]:
    """The messages of an account by X-GM-MSGID; EMAILID names contents, not messages."""
    wanted = [name for name in dict.fromkeys(names) if name.startswith("gm:")]
    found: dict[str, list[int]] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = database.rows(
            "SELECT server_identity, id FROM message WHERE account_id = ? "
            f"AND server_identity IN ({database.marks(len(part))}) ORDER BY id",
            (account_id, *part),
        )
        for name, message_id in rows:
            found.setdefault(name, []).append(message_id)
    return found


def attach_arrivals(account_id: int, identities: Sequence[bytes]) -> None:
    """Messages that just came in lie also where their identity appeared before them."""
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        found = database.rows(
            "SELECT a.identity, a.mailbox_id, a.uidvalidity, a.uid, a.flags FROM arrival a "
            "JOIN mailbox b ON b.id = a.mailbox_id AND b.uidvalidity = a.uidvalidity "
            f"WHERE a.account_id = ? AND a.identity IN ({database.marks(len(part))}) "
            "AND a.is_gone = 0 AND a.is_kept_out = 0 AND a.flags & 8 = 0 AND b.is_mirror = 0 "
            "AND NOT EXISTS (SELECT 1 FROM location l WHERE l.mailbox_id = a.mailbox_id "
            "AND l.uidvalidity = a.uidvalidity AND l.uid = a.uid)",
            (account_id, *part),
        )
        owners = messages_with(account_id, [row[0] for row in found])
        for identity, mailbox_id, uidvalidity, uid, flags in found:
            placed = places_in(mailbox_id, owners.get(identity, ()))
            owner = next((id_ for id_ in owners.get(identity, ()) if id_ not in placed), None)
            if owner is not None:
                put_location(owner, mailbox_id, uidvalidity, uid, flags=flags)


def places_in(mailbox_id: int, message_ids: Iterable[int]) -> set[int]:
    """Those of the messages that have a live location in this mailbox."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT message_id FROM location WHERE mailbox_id = ? AND state = 'live' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            (mailbox_id, *chunk),
        )
        found |= {message_id for (message_id,) in rows}
    return found


def without_place(mailbox_id: int, message_ids: Sequence[int]) -> int:
    """How many of the messages have no live location in this mailbox."""
    return len(message_ids) - len(places_in(mailbox_id, message_ids))


def located(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Those of the UIDs that are a location of some message."""
    found: set[int] = set()
    for chunk in chunks(uids):
        rows = database.rows(
            "SELECT uid FROM location WHERE mailbox_id = ? AND uidvalidity = ? "
            f"AND uid IN ({database.marks(len(chunk))})",
            (mailbox_id, uidvalidity, *chunk),
        )
        found |= {uid for (uid,) in rows}
    return found


def known_at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Those of the UIDs that are here or that a tombstone keeps out."""
    wanted = list(uids)
    kept_out = arrival.kept_out_at(mailbox_id, uidvalidity, wanted)
    return located(mailbox_id, uidvalidity, wanted) | kept_out.keys()


def count_arrivals(mailbox_id: int, uidvalidity: int, low: int, high: int) -> int:
    """How many UIDs in [low, high) appeared."""
    return int(
        database.value(
            "SELECT count(*) FROM arrival WHERE mailbox_id = ? AND uidvalidity = ? "
            "AND uid >= ? AND uid < ?",
            (mailbox_id, uidvalidity, low, high),
        )
    )


# --- only my contacts ----------------------------------------------------------------------------


def contact_addresses() -> tuple[frozenset[str], frozenset[str]]:
    """All addresses of all persons, and all domains of all organizations, in lower case."""
    addresses = database.rows("SELECT address FROM person_address")
    domains = database.rows("SELECT domain FROM organization_domain")
    return (
        frozenset(address.strip().lower() for (address,) in addresses),
        frozenset(domain.strip().lower() for (domain,) in domains),
    )


# --- a new UIDVALIDITY -----------------------------------------------------------------------


def set_stale(location_ids: Iterable[int]) -> None:
    """The UIDs of these locations name other mail now: under no UIDVALIDITY they are not judged."""
    for chunk in chunks(location_ids):
        database.run(
            "UPDATE OR REPLACE location SET uidvalidity = 0 "
            f"WHERE id IN ({database.marks(len(chunk))})",
            chunk,
        )


# --- operations --------------------------------------------------------------------------------


def set_payload(operation_id: int, payload: Payload) -> None:
    """A part of an operation is done; the rest is begun anew."""
    database.run(
        "UPDATE operation SET payload = ?, state = 'pending', attempts = 0, next_try_at = 0, "
        "changed_at = ? WHERE id = ? AND state IN ('pending', 'running', 'waiting')",
        (payload.to_json(), now_ms(), operation_id),
    )


def count_try(operation_ids: Iterable[int]) -> None:
    """The line broke before these were begun; that counts as well."""
    with database.writing(durable=False):
        for chunk in chunks(operation_ids):
            database.run(
                "UPDATE operation SET attempts = attempts + 1 WHERE state <> 'running' "
                f"AND id IN ({database.marks(len(chunk))})",
                chunk,
            )


def ask_again(account_id: int, words: str) -> int:
    """Operations that waited for an answer of the person may go on."""
    return database.run(
        "UPDATE operation SET next_try_at = 0 WHERE account_id = ? AND state = 'waiting' "
        "AND server_words = ?",
        (account_id, words),
    )


def asked_words(account_id: int) -> set[str]:
    """What the waiting operations of an account say they wait for."""
    rows = database.rows(
        "SELECT DISTINCT server_words FROM operation WHERE account_id = ? AND state = 'waiting'",
        (account_id,),
    )
    return {words for (words,) in rows}


def lower_count(mailbox_id: int, count: int) -> None:
    """So many messages were moved out by us: the next cycle's arithmetic has to know."""
    database.run(
        "UPDATE mailbox SET message_count = max(0, message_count - ?) WHERE id = ?",
        (count, mailbox_id),
    )


# --- the brake ---------------------------------------------------------------------------------


def held_messages(account_id: int | None = None) -> list[int]:
    """Messages whose delete by another program waits for the person's answer."""
    rows = database.rows(
        "SELECT DISTINCT l.message_id FROM mailbox b JOIN location l ON l.mailbox_id = b.id "
        "AND l.state = 'held' WHERE ? IS NULL OR b.account_id = ? ORDER BY 1",
        (account_id, account_id),
    )
    return [message_id for (message_id,) in rows]


def keep_held(message_ids: Iterable[int]) -> None:
    """Keep: the messages stay here; what the server still has in Trash is no news of them."""
    for chunk in chunks(message_ids):
        found = database.rows(
            "SELECT l.id FROM location l JOIN mailbox b ON b.id = l.mailbox_id WHERE "
            f"l.message_id IN ({database.marks(len(chunk))}) "
            "AND (l.state = 'held' OR b.role = 'trash')",
            chunk,
        )
        for (location_id,) in found:
            location.end_location(location_id)


def check_held(message_ids: Iterable[int]) -> None:
    """Check again: both sittings anew, the next cycle begins with them."""
    for chunk in chunks(message_ids):
        database.run(
            "UPDATE location SET state = 'live', asks = 0, missing_since = NULL, "
            "last_ask_at = NULL WHERE state = 'held' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        database.run(
            "UPDATE mailbox SET full_check_at = 0, message_count = message_count + 1 WHERE id IN "
            "(SELECT mailbox_id FROM location "
            f"WHERE message_id IN ({database.marks(len(chunk))}))",
            chunk,
        )
