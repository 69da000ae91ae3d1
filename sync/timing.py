"""Every wait of the engine, in one place, so that tests can live in tenths of a second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits in seconds.

    Attributes:
        second_sitting: Between the two proofs that a message is gone (SYNC.md section 2).
        cycle: Between two cycles over all mailboxes while nothing happens.
        idle_renew: IDLE is renewed after so long; servers may hang up after 30 minutes
            (RFC 2177 section 3).
        idle_settle: News that IDLE tells are collected for so long before a cycle.
        backoff_first, backoff_most: The first and the longest wait after a lost connection.
        backoff_reset: A connection that lived so long sets the back-off to its start.
        look_around: The program looks so often whether the machine slept or the network changed.
        sleep_gap: A clock that is ahead by more than this at such a look means a sleep.
        hanging_first, hanging_most: A mailbox at which the connection ends each time is left
            out for so long.
        operation_retry_first, operation_retry_most: The same for one operation.
        connect: For name look-up, TCP and TLS together.
        command: For an IMAP command without a large answer.
        transfer: For a step that fetches bodies.
        sign_in: For the whole of a sign-in, also the wizard's.
        browser: So long the person may take to sign in to the provider in the browser.
        flags_all: Between two readings of all flags where the server has no CONDSTORE.
        full_check: Between two complete listings of a mailbox whose numbers add up.
        undo: The undo toast stays so long.
        wipe_idle: The program counts as idle after so long without input or sync.
        status: Status events of one account are at least so far apart.
        stop: Threads have so long to stop before their sockets are cut.
    """

    second_sitting: float = 60.0
    cycle: float = 60.0
    idle_renew: float = 540.0
    idle_settle: float = 0.05
    backoff_first: float = 2.0
    backoff_most: float = 300.0
    backoff_reset: float = 300.0
    look_around: float = 5.0
    sleep_gap: float = 30.0
    hanging_first: float = 60.0
    hanging_most: float = 3600.0
    operation_retry_first: float = 5.0
    operation_retry_most: float = 900.0
    connect: float = 15.0
    command: float = 60.0
    transfer: float = 120.0
    sign_in: float = 30.0
    browser: float = 600.0
    flags_all: float = 1800.0
    full_check: float = 3600.0
    undo: float = 8.0
    wipe_idle: float = 60.0
    status: float = 0.25
    stop: float = 1.0
