"""Which mail the user wants: since when (S4), and whose (S5)."""

from __future__ import annotations

from collections.abc import Sequence

from models.records import person_matching
from models.server import arrival
from models.server.arrival import ArrivalRow
from models.server.mailbox import MailboxState
from sync.engine.context import STEP_MESSAGES, SyncContext
from sync.engine.fetch import messages, missing_answers
from sync.engine.fetch.missing_answers import Headers
from sync.mime import parse

_NO_BODY = b"Content-Type: text/plain\r\n\r\n"


def since(context: SyncContext, box: MailboxState) -> int:
    """The time from which all mail is wanted; older mail may have been left out on purpose."""
    start_at = context.account.start_at if box.is_whole else context.account.whole_since
    return min(context.account.whole_since, start_at)


def past_since(context: SyncContext) -> int:
    """The time at which past mail begins; with "Now" there is no past mail."""
    return (
        context.account.whole_since if context.account.start == "now" else context.account.start_at
    )


def is_of_contacts(context: SyncContext, box: MailboxState) -> bool:
    """Whether only past mail with contacts is taken in from this mailbox."""
    return context.account.scope == "contacts" and not box.is_whole


def envelopes(context: SyncContext, uids: Sequence[int]) -> Headers:
    """Read the headers of UIDs of the open mailbox, with all addresses."""
    return missing_answers.headers(context, uids, context.session.fetch_headers)


class Contacts:
    """The addresses of all persons and organizations, read once."""

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own
        self._persons, self._domains = person_matching.contact_addresses()

    def __bool__(self) -> bool:
        return bool(self._persons or self._domains)

    def has(self, header: bytes) -> bool:
        """Whether a mail has an address of a contact; the account's own addresses never count."""
        mail = parse.parse(header + _NO_BODY)
        parties = (*mail.from_, *mail.to, *mail.cc, *mail.bcc)
        addresses = {address.lower() for _, address in parties} - self._own
        return any(
            address in self._persons or address.rpartition("@")[2] in self._domains
            for address in addresses
        )


def future(context: SyncContext, box: MailboxState, uids: Sequence[int]) -> list[int]:
    """Leave out past mail that the user did not want; it is noted, but not taken in."""
    if not is_of_contacts(context, box):
        return list(uids)
    contacts = Contacts(context.account.addresses)
    wanted = set(uids)
    for start in range(0, len(uids), STEP_MESSAGES):
        found = envelopes(context, uids[start : start + STEP_MESSAGES]).found
        strangers = [
            fetched
            for fetched in found.values()
            if fetched.facts.received_at < since(context, box) and not contacts.has(fetched.raw)
        ]
        wanted -= {fetched.uid for fetched in strangers}
        arrival.note(
            ArrivalRow(
                box.id,
                box.uidvalidity,
                fetched.uid,
                context.account.id,
                messages.identity_of(fetched),
            )
            for fetched in strangers
        )
    return sorted(wanted)
