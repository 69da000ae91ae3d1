"""Commands about links: by hand, in bulk, and for past mail on request; each has its undo (M14)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from models.commands.done import Done, conversations_changed
from models.events import Event, LinksChanged
from models.mail import links
from models.mail.conversation import accounts_of, of_messages
from models.queries import linkable_mail
from models.records import person_matching, records
from models.records.records import ITEMS, Kind, RecordError
from models.store import database, ledger
from models.store.database import chunks

CHUNK = 500
GONE = "This record was deleted in the meantime."


@dataclass(frozen=True, slots=True)
class LinkConversations:
    """Link conversations to a deal, lead or project, replacing their present link."""

    conversation_ids: tuple[int, ...]
    record_key: str


@dataclass(frozen=True, slots=True)
class UnlinkConversations:
    """Unlink conversations; their offers stay."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DismissOffers:
    """Remove the offers of conversations, so that they no longer ask."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkPersons:
    """Link messages to a person by hand."""

    message_ids: tuple[int, ...]
    person_id: int


@dataclass(frozen=True, slots=True)
class UnlinkPersons:
    """Unlink messages from a person; the rule does not link them again."""

    message_ids: tuple[int, ...]
    person_id: int


@dataclass(frozen=True, slots=True)
class LinkPast:
    """Link what `linkable_mail.preview` found for a record, or only these conversations of it."""

    record_key: str
    conversation_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class LinkState:
    """How a conversation was linked, and its offers: (record_key, reason, offered_at)."""

    conversation_id: int
    record_key: str = ""
    origin: str = ""
    reason: str = "{}"
    linked_at: int = 0
    offers: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreLinks:
    """Undo: link conversations as they were."""

    states: tuple[LinkState, ...]


LinkCommand = (
    LinkConversations
    | UnlinkConversations
    | DismissOffers
    | LinkPersons
    | UnlinkPersons
    | LinkPast
    | RestoreLinks
)


def execute(command: LinkCommand) -> Done[LinkCommand]:
    """Carry out the command.

    Raises: RecordError with the sentence for the user.
    """
    match command:
        case LinkConversations(conversation_ids=ids, record_key=key):
            return _link(ids, key, {"code": "by_hand"}, "person")
        case UnlinkConversations(conversation_ids=ids):
            return _change(ids, "")
        case DismissOffers(conversation_ids=ids):
            return _dismiss(ids)
        case LinkPersons() | UnlinkPersons():
            return _persons(command)
        case LinkPast(record_key=key, conversation_ids=chosen):
            return _link_past(key, chosen)
        case RestoreLinks(states=states):
            return _restore(states)


def _link(
    ids: Sequence[int], key: str, reason: dict[str, object], origin: str
) -> Done[LinkCommand]:
    if records.split(key)[0] not in ITEMS or records.title(key) is None:
        raise RecordError(GONE)
    return _change(ids, key, reason, origin)


def _change(
    ids: Sequence[int],
    key: str,
    reason: dict[str, object] | None = None,
    origin: str = "person",
) -> Done[LinkCommand]:
    """Link to `key`, or unlink if it is ''; skip conversations that are in that state already."""
    before: list[LinkState] = []
    for chunk in chunks(ids, CHUNK):
        with database.writing(durable=True):
            states = [state for state in states_of(chunk) if state.record_key != key]
            for state in states:
                if key:
                    links.put(state.conversation_id, key, origin=origin, reason=reason)
                else:
                    links.take(state.conversation_id)
            _tell_ledger(states, key, origin)
            before += states
    if not before:
        return Done()
    return Done(tuple(_events(before, key)), RestoreLinks(tuple(before)), len(before))


def _tell_ledger(before: Sequence[LinkState], key: str, origin: str) -> None:
    owners = {
        conversation_id: account_id
        for account_id, found in accounts_of(s.conversation_id for s in before).items()
        for conversation_id in found
    }
    ledger.write(
        ledger.Entry(
            "link" if key else "unlink",
            ledger.PERSON if origin == "person" else ledger.RULE,
            owners.get(state.conversation_id),
            None,
            state.conversation_id,
            record_keys=tuple(each for each in (key, state.record_key) if each),
        )
        for state in before
    )


def states_of(conversation_ids: Sequence[int]) -> list[LinkState]:
    """How existing conversations are linked now."""
    marks = database.marks(len(conversation_ids))
    offers: dict[int, tuple[tuple[str, str, int], ...]] = {}
    for owner, *rest in database.rows(
        "SELECT conversation_id, record_key, reason, offered_at FROM link_offer "
        f"WHERE conversation_id IN ({marks})",
        conversation_ids,
    ):
        offers[owner] = (*offers.get(owner, ()), (rest[0], rest[1], rest[2]))
    rows = database.rows(
        "SELECT c.id, coalesce(record_key, ''), coalesce(origin, ''), coalesce(reason, '{}'), "
        "coalesce(linked_at, 0) FROM conversation c LEFT JOIN link ON conversation_id = c.id "
        f"WHERE c.id IN ({marks}) ORDER BY c.id",
        conversation_ids,
    )
    return [LinkState(*[*row, offers.get(row[0], ())]) for row in rows]


def _events(states: Sequence[LinkState], *keys: str) -> list[Event]:
    ids = [state.conversation_id for state in states]
    every = dict.fromkeys([*keys, *(state.record_key for state in states)])
    events = conversations_changed(accounts_of(ids).items())
    touched = records.with_organizations(key for key in every if key)
    return [*events, LinksChanged(touched, tuple(ids))]


def _dismiss(ids: Sequence[int]) -> Done[LinkCommand]:
    before: list[LinkState] = []
    for chunk in chunks(ids, CHUNK):
        with database.writing(durable=True):
            before += [state for state in states_of(chunk) if state.offers]
            database.run(
                f"DELETE FROM link_offer WHERE conversation_id IN ({database.marks(len(chunk))})",
                chunk,
            )
    if not before:
        return Done()
    undo = RestoreLinks(tuple(before))
    return Done(tuple(_events(before)), undo, len(before))


def _persons(command: LinkPersons | UnlinkPersons) -> Done[LinkCommand]:
    key = f"{Kind.PERSON}:{command.person_id}"
    undo: LinkCommand
    with database.writing(durable=True):
        if records.get(key) is None:
            raise RecordError(GONE)
        if isinstance(command, LinkPersons):
            ids = tuple(person_matching.put(command.message_ids, command.person_id))
            undo = UnlinkPersons(ids, command.person_id)
        else:
            ids = tuple(person_matching.take(command.message_ids, command.person_id))
            undo = LinkPersons(ids, command.person_id)
    if not ids:
        return Done()
    events = (LinksChanged(records.with_organizations([key]), tuple(of_messages(ids))),)
    return Done(events, undo, len(ids))


def _link_past(key: str, chosen: tuple[int, ...] | None) -> Done[LinkCommand]:
    found = linkable_mail.preview(key).conversation_ids
    wanted = found if chosen is None else [id_ for id_ in chosen if id_ in set(found)]
    return _link(wanted, key, {"code": "past_mail"}, "rule") if wanted else Done()


def _restore(states: Sequence[LinkState]) -> Done[LinkCommand]:
    now: list[LinkState] = []
    by_id = {state.conversation_id: state for state in states}
    for chunk in chunks(by_id, CHUNK):
        with database.writing(durable=True):
            found = states_of(chunk)
            now += found
            for each in found:
                _put_back(by_id[each.conversation_id])
            for key in {by_id[each.conversation_id].record_key for each in found}:
                owned = [s for s in found if by_id[s.conversation_id].record_key == key]
                _tell_ledger([s for s in owned if s.record_key != key], key, "person")
    if not now:
        return Done()
    keys = [state.record_key for state in states]
    return Done(tuple(_events(now, *keys)), RestoreLinks(tuple(now)), len(now))


def _put_back(state: LinkState) -> None:
    links.take(state.conversation_id)
    database.run("DELETE FROM link_offer WHERE conversation_id = ?", (state.conversation_id,))
    if state.record_key:
        links.put(
            state.conversation_id,
            state.record_key,
            origin=state.origin,
            reason=json.loads(state.reason),
            linked_at=state.linked_at,
        )
    for record_key, reason, offered_at in state.offers:
        database.run(
            "INSERT OR IGNORE INTO link_offer (conversation_id, record_key, reason, offered_at) "
            "VALUES (?, ?, ?, ?)",
            (state.conversation_id, record_key, reason, offered_at),
        )
