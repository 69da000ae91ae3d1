"""Waiting in IDLE as the program does it, in a test that has no event loop."""

from __future__ import annotations

import select

from sync.session import ImapSession


def wait_for_news(session: ImapSession, seconds: float) -> bool:
    """Whether the server spoke within so many seconds: first the buffer, then the socket."""
    if session.idle_pending():
        return True
    return bool(select.select([session.fileno()], [], [], seconds)[0])
