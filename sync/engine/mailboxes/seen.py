"""A mailbox as one cycle sees it: its row, and its numbers on the server."""

from __future__ import annotations

from dataclasses import dataclass

from models.server.mailbox import MailboxState
from sync.session import Status


@dataclass(frozen=True, slots=True)
class SeenMailbox:
    """A mailbox and its present numbers. `status` is None if they are unknown."""

    mailbox: MailboxState
    status: Status | None

    @property
    def is_there(self) -> bool:
        """Whether it is in LIST, selectable and not refused."""
        return self.mailbox.is_selectable and self.mailbox.missing_since is None

    @property
    def is_level(self) -> bool:
        """Whether everything that has appeared is noted."""
        return self.status is not None and self.mailbox.watermark >= self.status.uidnext

    @property
    def is_rolled_back(self) -> bool:
        """Whether HIGHESTMODSEQ fell: the server may now show an older state."""
        return self.status is not None and (
            0 < self.status.highestmodseq < self.mailbox.highestmodseq
        )

    @property
    def has_news(self) -> bool:
        """Whether any number differs from the snapshot."""
        if self.status is None or not self.is_there:
            return False
        box, status = self.mailbox, self.status
        return (
            (box.uidvalidity, box.uidnext, box.message_count, box.highestmodseq)
            != (status.uidvalidity, status.uidnext, status.messages, status.highestmodseq)
        ) or box.watermark < status.uidnext
