"""Every wait of the engine in one place, so that tests can use tenths of a second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits in seconds.

    Attributes:
        second_sitting: Between the two checks that prove a message gone (docs/sync.md, "Proof before a
            delete").
        cycle: Between two cycles over all mailboxes while nothing happens.
        idle_renew: How long one IDLE lasts; servers may hang up after 30 minutes (RFC 2177 section 3).
        idle_settle: How long news from IDLE are collected before a cycle.
        backoff_first, backoff_most: The first and the longest wait after a lost connection.
        backoff_reset: A connection that lived this long resets the back-off.
        look_around: How often the program checks whether the computer slept or the network changed.
        sleep_gap: A clock that is ahead by more than this at such a check means a sleep.
        hanging_first, hanging_most: The first and the longest time that a mailbox or mail is
            in quarantine, because the connection ends there each time.
        operation_retry_first, operation_retry_most: The first and the longest wait
            before an operation is tried again.
        connect: The time for name look-up, TCP and TLS together.
        command: The time for an IMAP command without a large answer.
        transfer: The time for a step that fetches bodies.
        sign_in: The time for a whole sign-in, also in the wizard.
        browser: How long the user may take to sign in in the browser.
        flags_all: Between two reads of all flags, without CONDSTORE.
        full_check: Between two complete listings of a mailbox whose numbers add up.
        undo: How long the undo toast stays.
        wipe_idle: After this long without input or sync the program counts as idle.
        status: The least time between two status events of an account.
        stop: How long threads have to stop before their sockets are cut.
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
