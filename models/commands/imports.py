"""Import what `files.plan` found, and undo an import.

For the user each is one step. It takes many transactions, with room for other commands between
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from models.commands import import_undo
from models.commands import records as record_commands
from models.commands.done import Done
from models.events import Event
from models.files import namesakes, record_merge, unfinished_import
from models.files.drafts import Draft, ids_by_name, name_sign
from models.files.namesakes import Namesakes
from models.files.record_merge import Filled
from models.records import person_matching, record_rows, records, saving
from models.records.records import Deal, Kind, Labelled, Organization, Person, Record, kind_of
from models.store import database
from models.store.hashing import key64

OnDuplicate = Literal["skip", "update", "create"]
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class ImportRecords:
    """Import drafts of a plan: all of them, or those that the user left ticked.

    Attributes:
        on_duplicate: What happens to a record that is here already: skip it, fill it up with what
            is new (nothing is overwritten), or create a second one.
    """

    drafts: tuple[Draft, ...]
    on_duplicate: OnDuplicate = "skip"


@dataclass(frozen=True, slots=True)
class UndoImport:
    """Undo an import: remove the records it created and the values it filled in."""

    made: tuple[str, ...]
    filled: tuple[Filled, ...] = ()


LongCommand = ImportRecords | UndoImport


@dataclass(slots=True)
class _Import:
    """An import in progress. `untold`: changes that `unfinished_import` does not know yet."""

    on_duplicate: OnDuplicate
    made: dict[str, None] = field(default_factory=dict)
    updated: dict[str, Filled] = field(default_factory=dict)
    organizations: dict[str, int] = field(default_factory=dict)
    persons: Namesakes = field(default_factory=Namesakes)
    lines: dict[int, str] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    new_persons: list[int] = field(default_factory=list)
    count: int = 0
    untold: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of a long command. `done` is set on the last one."""

    events: tuple[Event, ...] = ()
    done: Done[UndoImport] | None = None


def steps(command: LongCommand) -> Iterator[Step]:
    """Carry out the command, one transaction per step. An unfinished import is taken back.

    Raises: StoreError with the sentence for the user; nothing of that step is written then.
    """
    while unfinished_import.is_due():  # take back an import that was cut short
        yield Step(tuple(import_undo.step()))
    yield from _import(command) if isinstance(command, ImportRecords) else _undo(command)


def _import(command: ImportRecords) -> Iterator[Step]:
    work = _open(command)
    for start in range(0, len(command.drafts), CHUNK):
        with database.writing(durable=True):
            for draft in command.drafts[start : start + CHUNK]:
                _take(work, draft)
            person_matching.relink(work.new_persons)
            work.new_persons.clear()
            _tell(work)
        yield Step()
    unfinished_import.forget()
    yield Step(done=_done(work))


def _tell(work: _Import) -> None:
    """Note what this transaction did, so that it is taken back if the import is not completed."""
    made = [key for key in work.untold if key in work.made]
    unfinished_import.remember(
        made, [work.updated[key] for key in work.untold if key in work.updated]
    )
    work.untold.clear()


def _done(work: _Import) -> Done[UndoImport]:
    if not work.made and not work.updated:
        return Done()
    events = record_commands.changed(tuple(dict.fromkeys((*work.made, *work.updated))))
    undo = UndoImport(tuple(work.made), tuple(work.updated.values()))
    return Done(tuple(events), undo, work.count)


def _undo(command: UndoImport) -> Iterator[Step]:
    """Decide the undo in one transaction: after a crash it continues at the next start."""
    with database.writing(durable=True):
        unfinished_import.remember(command.made, command.filled)
    while unfinished_import.is_due():
        yield Step(tuple(import_undo.step()))
    count = len(command.made) + len(command.filled)
    yield Step(done=Done(count=count))


def _open(command: ImportRecords) -> _Import:
    """Load the organizations, persons and stages that the drafts name."""
    work = _Import(command.on_duplicate)
    names = {name_sign(draft.organization) for draft in command.drafts if draft.organization}
    work.organizations = ids_by_name(Kind.ORGANIZATION, names) if names else {}
    persons = {name_sign(name) for draft in command.drafts for name, _ in draft.persons if name}
    may_fill = command.on_duplicate == "update"
    work.persons = namesakes.stored(persons, may_fill=may_fill) if persons else Namesakes()
    work.stages = {name_sign(stage.name): stage.id for stage in records.stages()}
    return work


def _take(work: _Import, draft: Draft) -> None:
    known = draft.duplicate_key
    if known.startswith("line:"):
        known = work.lines.get(int(known[5:]), "")
    if known and work.on_duplicate == "skip":
        work.lines[draft.number] = known
        return
    record = _complete(work, draft)
    before = records.get(known) if known and work.on_duplicate == "update" else None
    if before is None:
        work.lines[draft.number] = _make(work, record, draft.organization)
        work.count += 1
        return
    work.lines[draft.number] = known
    work.count += _fill_up(work, before, record)


def _fill_up(work: _Import, before: Record, new: Record) -> bool:
    """Fill up the known record; return whether the file added anything."""
    filled = _filled(before, new)
    if filled == before:
        return False
    key = records.key_of(before)
    record_rows.write(saving.tidy(filled, before))
    after = records.get(key)
    if key not in work.made and after is not None:
        work.updated[key] = record_merge.again(work.updated.get(key), before, after)
        work.untold[key] = None
    if isinstance(filled, Person):
        work.new_persons.append(filled.id)
    return True


def _make(work: _Import, record: Record, organization: str = "") -> str:
    record_id = record_rows.write(saving.tidy(replace(record, id=0)))
    key = f"{kind_of(record)}:{record_id}"
    work.made[key] = work.untold[key] = None
    if isinstance(record, Person):
        work.new_persons.append(record_id)
        signs = name_sign(record.name), key, name_sign(organization)
        work.persons.join(*signs, is_bare=not record.addresses)
    elif isinstance(record, Organization):
        work.organizations.setdefault(name_sign(record.name), record_id)
    return key


def _complete(work: _Import, draft: Draft) -> Record:
    """The record with the ids of the records it names; those that do not exist are created."""
    record = draft.record
    if isinstance(record, Organization):
        return record
    organization_id = _organization(work, draft.organization) if draft.organization else None
    record = replace(record, organization_id=organization_id)
    if isinstance(record, Person):
        return record
    ids = tuple(_person(work, person, draft.organization) for person in draft.persons)
    record = replace(record, person_ids=ids)
    if isinstance(record, Deal) and draft.stage:
        return replace(record, stage_id=work.stages.get(name_sign(draft.stage)))
    return record


def _organization(work: _Import, name: str) -> int:
    sign = name_sign(name)
    if sign not in work.organizations:
        _make(work, Organization(name=name))
    return work.organizations[sign]


def _person(work: _Import, named: tuple[str, str], organization: str) -> int:
    """Find the person by address, else by name, preferring one of this organization.

    A deal's person may work elsewhere. But a person with an address is the same as a namesake
    without one only if the organization fits; see `drafts.with_duplicates`.
    """
    name, address = named
    sign, of = name_sign(name), name_sign(organization)
    found = person_matching.persons_with([key64(address)]) if address else {}
    if found:
        return next(iter(found.values()))[0]
    person = Person(
        name=name or address,
        addresses=(Labelled(address),) if address else (),
        organization_id=work.organizations.get(of) if of else None,
    )
    if address:
        key = _take_address(work, person, sign, of)
    else:
        known = work.persons.find(sign, of) or work.persons.find(sign, "")
        key = known.key if known is not None else ""
    return records.split(key or _make(work, person, organization))[1]


def _take_address(work: _Import, person: Person, sign: str, of: str) -> str:
    """Give this address to a namesake without one and return their key; '' if there is none."""
    while known := work.persons.find(sign, of, is_bare=True):
        work.persons.join(sign, known.key, of, is_bare=False)
        before = records.get(known.key)
        if isinstance(before, Person) and not before.addresses:  # the user typed none meanwhile
            _fill_up(work, before, person)
            return known.key
    return ""


def _filled(before: Record, new: Record) -> Record:
    """The known record plus what the file adds; nothing is overwritten."""
    if isinstance(before, Person) and isinstance(new, Person):
        return replace(
            before,
            title=before.title or new.title,
            note=_both(before.note, new.note),
            organization_id=before.organization_id or new.organization_id,
            addresses=_more(before.addresses, new.addresses),
            phones=_more(before.phones, new.phones),
        )
    if isinstance(before, Organization) and isinstance(new, Organization):
        domains = tuple(dict.fromkeys((*before.domains, *new.domains)))
        return replace(before, note=_both(before.note, new.note), domains=domains)
    if isinstance(before, Person | Organization) or isinstance(new, Person | Organization):
        return before
    filled = replace(
        before,
        note=_both(before.note, new.note),
        organization_id=before.organization_id or new.organization_id,
        person_ids=tuple(dict.fromkeys((*before.person_ids, *new.person_ids))),
    )
    if isinstance(filled, Deal) and isinstance(new, Deal):
        return replace(
            filled,
            value_cents=new.value_cents if filled.value_cents is None else filled.value_cents,
            currency=filled.currency or new.currency,
            expected_close=filled.expected_close or new.expected_close,
        )
    return filled


def _both(first: str, second: str) -> str:
    return first if second in first else f"{first}\n\n{second}".strip()


def _more(known: Sequence[Labelled], new: Sequence[Labelled]) -> tuple[Labelled, ...]:
    values = {each.value for each in known}
    return (*known, *(each for each in new if each.value not in values))
