"""Decide which of several namesakes a file means when it gives no address, or a first one."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from models.records.records import Kind
from models.store import database

# The name of a record as `drafts.name_sign` returns it: the first line of its search text.
NAME_SQL: Final = (
    "CASE instr({0}.folded, char(10)) WHEN 0 THEN {0}.folded "
    "ELSE substr({0}.folded, 1, instr({0}.folded, char(10)) - 1) END"
)


@dataclass(slots=True)
class Namesake:
    """A person with a given name. `organization`: its name sign, or ''; `is_bare`: no address."""

    key: str
    organization: str
    is_bare: bool


# Persons of a name, in one organization, in none (''), or in any (None); all or only bare ones.
_Place = tuple[str, str | None, bool]


@dataclass(slots=True)
class Namesakes:
    """Persons by name, the oldest first.

    Two are the same only if they may belong to one organization: one of them names none, or both
    name the same. A person who leaves a queue never comes back to it, so a file with only one name
    costs no more than any other.
    """

    organizations: dict[str, str] = field(default_factory=dict)  # by key, also for other names
    _queues: dict[_Place, deque[Namesake]] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], Namesake] = field(default_factory=dict)

    def find(self, name: str, organization: str, *, is_bare: bool = False) -> Namesake | None:
        """The person that is meant, preferably of this organization; `is_bare`: has no address."""
        for place in (organization, "" if organization else None):
            queue = self._queues.get((name, place, is_bare))
            while queue:
                first = queue[0]
                if place in (None, first.organization) and first.is_bare >= is_bare:
                    return first
                queue.popleft()
        return None

    def join(self, name: str, key: str, organization: str, *, is_bare: bool) -> None:
        """Note what a row says about the person with this key."""
        known = self._by_key.get((name, key))
        if known is None:
            known = Namesake(key, self.organizations.get(key) or organization, is_bare)
            self._by_key[name, key] = known
            self._put(name, None, known)
            self._put(name, known.organization, known)
            return
        known.is_bare = known.is_bare and is_bare
        if organization and not known.organization:
            known.organization = organization
            self._put(name, organization, known)

    def _put(self, name: str, place: str | None, known: Namesake) -> None:
        for is_bare in (False, True) if known.is_bare else (False,):
            self._queues.setdefault((name, place, is_bare), deque()).append(known)


def stored(
    names: Collection[str], keys: Collection[str] = (), *, may_fill: bool = True
) -> Namesakes:
    """The stored persons, by the signs of their names.

    Args:
        keys: Persons whose organizations to load, whatever their names.
        may_fill: Persons without an address may get one; otherwise none counts as bare.
    """
    found = Namesakes()
    rows = database.rows(
        f"SELECT p.id, {NAME_SQL.format('p')}, coalesce({NAME_SQL.format('o')}, ''), "
        "NOT EXISTS (SELECT 1 FROM person_address a WHERE a.person_id = p.id) "
        "FROM person p LEFT JOIN organization o ON o.id = p.organization_id ORDER BY p.id"
    )
    for id_, name, organization, is_bare in rows:
        key = f"{Kind.PERSON}:{id_}"
        if key in keys:
            found.organizations[key] = organization
        if name in names:
            found.join(name, key, organization, is_bare=bool(is_bare) and may_fill)
    return found
