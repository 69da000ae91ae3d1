"""Which person of a name is meant where a file gives no address, or the first one."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from models.records.records import Kind
from models.store import database

# The name of a record as `drafts.name_sign` gives it: the first line of its search text.
NAME_SQL: Final = (
    "CASE instr({0}.folded, char(10)) WHEN 0 THEN {0}.folded "
    "ELSE substr({0}.folded, 1, instr({0}.folded, char(10)) - 1) END"
)


@dataclass(slots=True)
class Namesake:
    """A person of a name. `organization`: the sign of its name, or ''; `is_bare`: no address."""

    key: str
    organization: str
    is_bare: bool


# Of a name, those of an organization, of none (''), or all (None); all of them or the bare ones.
_Place = tuple[str, str | None, bool]


@dataclass(slots=True)
class Namesakes:
    """Persons by name, the oldest first.

    Two are the same only if they may be of one organization: one of them says none, or both say
    the same. Who left a queue's place never comes back to it, so that a file of one name alone
    costs no more than any other.
    """

    organizations: dict[str, str] = field(default_factory=dict)  # by key, of other names too
    _queues: dict[_Place, deque[Namesake]] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], Namesake] = field(default_factory=dict)

    def find(self, name: str, organization: str, *, is_bare: bool = False) -> Namesake | None:
        """The one that is meant, rather of the same organization; `is_bare`: without address."""
        for place in (organization, "" if organization else None):
            queue = self._queues.get((name, place, is_bare))
            while queue:
                first = queue[0]
                if place in (None, first.organization) and first.is_bare >= is_bare:
                    return first
                queue.popleft()
        return None

    def join(self, name: str, key: str, organization: str, *, is_bare: bool) -> None:
        """What a row says of the person with this key."""
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
    """Those that are here, by the signs of their names.

    Args:
        keys: Whose organizations to know, whatever their names.
        may_fill: Those without an address may get one; else none is taken for bare.
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
