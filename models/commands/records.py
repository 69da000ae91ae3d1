"""Commands about records: save, delete, merge, stages, notes. An undo is just another command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.commands.done import Done, conversations_changed
from models.events import (
    Event,
    LinksChanged,
    RecordsChanged,
    StagesChanged,
)
from models.records import history, person_matching, record_rows, records, saving
from models.records import snapshots as record_snapshots
from models.records.records import Kind, Person, Record, RecordError, Stage
from models.records.saving import related
from models.records.snapshots import Snapshot
from models.store import database

CHUNK = 500

NO_STAGE = "A pipeline needs at least one stage, and every stage a name."
GONE = "This record was deleted in the meantime."


@dataclass(frozen=True, slots=True)
class SaveRecord:
    """Create a record (its id is 0) or change it. Changes of stage and status go into its history.

    Attributes:
        undone: For an undo, the history entries to remove with it. None: this is no undo.
        columns: Change only these; the others keep what is stored. None: all of them.
        base: The record that `record` was edited from. With it and `columns`, persons are added to
            and removed from those stored now, since others may have been added meanwhile.
    """

    record: Record
    undone: tuple[int, ...] | None = None
    columns: tuple[str, ...] | None = None
    base: Record | None = None


@dataclass(frozen=True, slots=True)
class DeleteRecords:
    """Delete records; mail stays, but its links to them go."""

    record_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergePersons:
    """Merge several persons into one: the kept one gets the addresses, phones, items and notes."""

    kept_id: int
    gone_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestoreRecords:
    """Undo: restore records as they were.

    Attributes:
        is_merge: The first record is a person that took over the notes of the others.
    """

    snapshots: tuple[Snapshot, ...]
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class SaveStages:
    """Set the stages of the pipeline in their order; id 0 is a new one.

    Deals of a stage that is missing here go to the one before it. `deals`: for an undo, the deals
    that go back, as (deal_id, stage_id).
    """

    stages: tuple[Stage, ...]
    deals: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AddNote:
    """Add a note to a record's history. Without `at`, it finishes the note in progress."""

    record_key: str
    text: str
    at: int | None = None


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Store an unfinished note; '' removes it. For a record that is gone nothing is stored."""

    record_key: str
    text: str


@dataclass(frozen=True, slots=True)
class EditNote:
    """Change the text of a note."""

    entry_id: int
    text: str


@dataclass(frozen=True, slots=True)
class DeleteNote:
    """Remove a note from the history."""

    entry_id: int


RecordCommand = (
    SaveRecord
    | DeleteRecords
    | MergePersons
    | RestoreRecords
    | SaveStages
    | AddNote
    | KeepDraft
    | EditNote
    | DeleteNote
)


def execute(command: RecordCommand) -> Done[RecordCommand]:
    """Carry out the command.

    Raises: RecordError with the sentence for the user.
    """
    match command:
        case SaveRecord():
            return _save(command)
        case DeleteRecords(record_keys=keys):
            return _delete(keys)
        case MergePersons():
            return _merge(command)
        case RestoreRecords():
            return _restore(command)
        case SaveStages():
            return _save_stages(command)
        case AddNote() | EditNote() | DeleteNote():
            return _note(command)
        case KeepDraft(record_key=key, text=text):
            with database.writing(durable=False):
                history.set_draft(key, text if records.get(key) is not None else "")
            return Done()


def _save(command: SaveRecord) -> Done[RecordCommand]:
    with database.writing(durable=True):
        saved = saving.save(
            command.record,
            command.columns,
            base=command.base,
            keeps_history=command.undone is None,
        )
        history.remove(command.undone or ())
    before, key = saved.before, saved.record_key
    undo: RecordCommand = DeleteRecords((key,))
    if before is not None:
        undo = SaveRecord(before, saved.entry_ids, command.columns, saved.after)
    is_undo = command.undone is not None
    return Done(tuple(saved.events), None if is_undo else undo, 1, record_key=key)


def _delete(record_keys: Sequence[str]) -> Done[RecordCommand]:
    events: list[Event] = []
    snapshots: list[Snapshot] = []
    for chunk in record_rows.chunks_of(record_keys, CHUNK):
        with database.writing(durable=True):
            found = record_snapshots.take(chunk)
            snapshots += found
            events += erase([each.record_key for each in found])
    if not snapshots:
        return Done()
    undo = RestoreRecords(tuple(snapshots))
    return Done(tuple(events), undo, len(snapshots))


def erase(record_keys: Sequence[str]) -> list[Event]:
    """Remove records inside a transaction; return what changed."""
    linked = record_rows.linked_conversations(record_keys)
    touched = tuple(key for key in related(record_keys) if key not in set(record_keys))
    for kind in Kind:
        ids = [records.split(key)[1] for key in record_keys if key.startswith(f"{kind}:")]
        record_rows.erase(kind, ids)
    return [*conversations_changed(linked.items()), *changed(touched, tuple(record_keys))]


def changed(keys: tuple[str, ...], removed: tuple[str, ...] = ()) -> list[Event]:
    """The events for changed and removed records and their histories."""
    every = tuple(dict.fromkeys((*keys, *removed)))
    return [RecordsChanged(keys, removed), LinksChanged(every)] if every else []


def _merge(command: MergePersons) -> Done[RecordCommand]:
    gone_ids = [id_ for id_ in dict.fromkeys(command.gone_ids) if id_ != command.kept_id]
    keys = [f"{Kind.PERSON}:{id_}" for id_ in (command.kept_id, *gone_ids)]
    with database.writing(durable=True):
        persons = records.many(Kind.PERSON, [command.kept_id, *gone_ids])
        if not persons or persons[0].id != command.kept_id:
            raise RecordError(GONE)
        if len(persons) < 2:
            return Done()
        snapshots = record_snapshots.take(keys)
        _take_over(command.kept_id, [person.id for person in persons[1:]])
        events = erase([records.key_of(person) for person in persons[1:]])
        saved = saving.save(_joined([each for each in persons if isinstance(each, Person)]))
        person_matching.relink([command.kept_id])
    events += saved.events
    return Done(
        tuple(events),
        RestoreRecords(snapshots, is_merge=True),
        len(persons),
        record_key=keys[0],
    )


def _take_over(kept_id: int, gone_ids: Sequence[int]) -> None:
    """Take over items, notes and hand-made links."""
    kept_key = f"{Kind.PERSON}:{kept_id}"
    for gone_id in gone_ids:
        database.run(
            "INSERT OR IGNORE INTO record_person (record_key, person_id) "
            "SELECT record_key, ? FROM record_person WHERE person_id = ?",
            (kept_id, gone_id),
        )
        database.run(
            "INSERT OR IGNORE INTO message_person (message_id, person_id, received_at, is_by_hand) "
            "SELECT message_id, ?, received_at, 1 FROM message_person "
            "WHERE person_id = ? AND is_by_hand = 1",
            (kept_id, gone_id),
        )
        # Before the kept person's mail is matched again with the addresses of the others.
        database.run(
            "INSERT OR IGNORE INTO message_person_refused (person_id, message_id) "
            "SELECT ?1, message_id FROM message_person_refused r WHERE person_id = ?2 AND NOT "
            "EXISTS (SELECT 1 FROM message_person p WHERE p.person_id = ?1 "
            "AND p.message_id = r.message_id)",
            (kept_id, gone_id),
        )
        database.run(
            "INSERT INTO history_entry (record_key, kind, at, content) "
            "SELECT ?, kind, at, content FROM history_entry WHERE record_key = ?",
            (kept_key, f"{Kind.PERSON}:{gone_id}"),
        )


def _joined(persons: Sequence[Person]) -> Person:
    """Merge several persons into one; where they differ, the first wins."""
    kept = persons[0]
    addresses = {each.value: each for person in reversed(persons) for each in person.addresses}
    phones = {each.value: each for person in reversed(persons) for each in person.phones}
    order_a = dict.fromkeys(each.value for person in persons for each in person.addresses)
    order_p = dict.fromkeys(each.value for person in persons for each in person.phones)
    notes = dict.fromkeys(person.note for person in persons if person.note)
    return replace(
        kept,
        organization_id=next((p.organization_id for p in persons if p.organization_id), None),
        title=next((person.title for person in persons if person.title), ""),
        note="\n\n".join(notes),
        addresses=tuple(addresses[value] for value in order_a),
        phones=tuple(phones[value] for value in order_p),
    )


def _restore(command: RestoreRecords) -> Done[RecordCommand]:
    keys = [each.record_key for each in command.snapshots]
    with database.writing(durable=True):
        if command.is_merge:
            _forget_copied_entries(command.snapshots)
        record_snapshots.put_back(command.snapshots)
        linked = record_rows.linked_conversations(keys)
    events = [*conversations_changed(linked.items()), *changed(related(keys))]
    return Done(tuple(events), None, len(keys))


def _forget_copied_entries(snapshots: Sequence[Snapshot]) -> None:
    """For the undo of a merge: remove the entries that the kept person received."""
    kept = snapshots[0].record_key
    for snapshot in snapshots[1:]:
        for rows in snapshot.rows:
            if rows.table == "history_entry":
                places = [rows.columns.index(name) for name in ("kind", "at", "content")]
                database.run_many(
                    "DELETE FROM history_entry WHERE record_key = ? AND kind = ? AND at = ? "
                    "AND content = ?",
                    [(kept, *(values[place] for place in places)) for values in rows.values],
                )


def _save_stages(command: SaveStages) -> Done[RecordCommand]:
    names = [stage.name.strip() for stage in command.stages]
    if not names or not all(names):
        raise RecordError(NO_STAGE)
    before = records.stages()
    kept = {stage.id for stage in command.stages}
    with database.writing(durable=True):
        moved: list[tuple[int, int]] = []
        written = _write_stages(command.stages)
        for position, stage in enumerate(before):
            if stage.id not in kept:
                target = _stage_before(before[:position], kept) or written[0]
                moved += _empty_stage(stage.id, target)
        database.run_many(
            "UPDATE deal SET stage_id = ? WHERE id = ?", [(to, id_) for id_, to in command.deals]
        )
    keys = tuple(f"{Kind.DEAL}:{id_}" for id_, _ in (*moved, *command.deals))
    events: list[Event] = [StagesChanged()]
    events += [RecordsChanged(keys)] if keys else []
    return Done(tuple(events), SaveStages(before, tuple(moved)), len(names))


def _stage_before(before: Sequence[Stage], kept: set[int]) -> int:
    return next((stage.id for stage in reversed(before) if stage.id in kept), 0)


def _write_stages(stages: Sequence[Stage]) -> list[int]:
    written: list[int] = []
    for position, stage in enumerate(stages, 1):
        if stage.id:
            database.run(
                "INSERT INTO stage (id, name, position) VALUES (?, ?, ?) ON CONFLICT (id) "
                "DO UPDATE SET name = excluded.name, position = excluded.position",
                (stage.id, stage.name.strip(), position),
            )
            written.append(stage.id)
        else:
            sql = "INSERT INTO stage (name, position) VALUES (?, ?)"
            written.append(database.insert(sql, (stage.name.strip(), position)))
    return written


def _empty_stage(stage_id: int, target: int) -> list[tuple[int, int]]:
    """Move its deals and delete the stage; return the moved deals as (deal_id, old stage_id)."""
    found = database.rows(
        "UPDATE deal SET stage_id = ? WHERE stage_id = ? RETURNING id", (target, stage_id)
    )
    database.run("DELETE FROM stage WHERE id = ?", (stage_id,))
    return [(deal_id, stage_id) for (deal_id,) in found]


def _note(command: AddNote | EditNote | DeleteNote) -> Done[RecordCommand]:
    with database.writing(durable=True):
        if isinstance(command, AddNote):
            if records.get(command.record_key) is None:
                raise RecordError(GONE)
            if command.at is None:
                history.set_draft(command.record_key, "")
            entry_id = history.add_note(command.record_key, command.text, command.at)
            return _noted(command.record_key, DeleteNote(entry_id))
        found = history.entry(command.entry_id)
        if found is None:
            raise RecordError(GONE)
        key, before, at = found
        if isinstance(command, EditNote):
            history.set_note(command.entry_id, command.text)
            return _noted(key, EditNote(command.entry_id, before))
        history.remove([command.entry_id])
        return _noted(key, AddNote(key, before, at))


def _noted(key: str, undo: RecordCommand) -> Done[RecordCommand]:
    return Done((LinksChanged(records.with_organizations([key])),), undo, 1, record_key=key)
