"""Mail that another program moved away and back: a new UID, but no second copy.

An arrival may have an identity that is already known in the same mailbox. Before it counts as one
more copy, the server is asked about the old UIDs. If one is gone, the location moves to the new UID.
If a tombstone keeps the mail out (R8), the new UID is kept out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.flags import Flag
from models.server import arrival, known_uids
from models.server.arrival import ArrivalRow
from models.server.known_uids import Earlier
from models.server.mailbox import MailboxState
from models.store import database
from sync.engine.context import SyncContext
from sync.engine.fetch import missing_answers


@dataclass(frozen=True, slots=True)
class Sighting:
    """A UID of the open mailbox with its identity."""

    uid: int
    identity: bytes
    server_identity: str
    flags: int

    def is_of(self, row: Earlier) -> bool:
        """Whether this is the same mail."""
        is_gmail = self.server_identity.startswith("gm:")
        return self.identity == row.identity or (
            is_gmail and self.server_identity == row.server_identity
        )


def follow(context: SyncContext, box: MailboxState, found: Sequence[Sighting]) -> set[int]:
    """Settle the old UIDs of what appeared. Returns the new UIDs whose old ones are in doubt.

    Those have to wait: if they were taken in now, deleted mail might reappear.
    """
    new = {sighting.uid for sighting in found}
    told = known_uids.earlier(
        context.account.id,
        box.id,
        box.uidvalidity,
        {sighting.identity for sighting in found},
        {sighting.server_identity for sighting in found},
    )
    old = [row for row in told if row.uid not in new]
    if not old:
        return set()
    located = known_uids.located(box.id, box.uidvalidity, new)
    there, gone = missing_answers.told_apart(context, [row.uid for row in old])
    free = [s for s in found if s.uid not in located and not s.flags & Flag.DELETED]
    _settle(context, box, [row for row in old if row.uid in gone], free)
    doubtful = [row for row in old if row.uid not in there | gone]
    return {s.uid for s in free if any(s.is_of(row) for row in doubtful)}


def _settle(
    context: SyncContext, box: MailboxState, gone: Iterable[Earlier], free: Sequence[Sighting]
) -> None:
    moved: dict[int, Sighting] = {}
    taken: set[int] = set()
    with database.writing(durable=False):
        for row in gone:
            if row.location_id is None:
                arrival.gone(box.id, box.uidvalidity, [row.uid])
                continue
            sighting = next((s for s in free if s.uid not in taken and s.is_of(row)), None)
            if sighting is not None:
                taken.add(sighting.uid)
                moved[row.uid] = sighting
        if moved:
            known_uids.move(
                box.id,
                box.uidvalidity,
                {old: sighting.uid for old, sighting in moved.items()},
                [_appeared(context, box, sighting) for sighting in moved.values()],
            )


def _appeared(context: SyncContext, box: MailboxState, sighting: Sighting) -> ArrivalRow:
    return ArrivalRow(
        box.id,
        box.uidvalidity,
        sighting.uid,
        context.account.id,
        sighting.identity,
        sighting.server_identity,
        sighting.flags,
    )
