"""Checks an account's SMTP server, without a sign-in, when the user asks for a health report."""

from __future__ import annotations

import itertools
import logging
import threading

from PySide6.QtCore import QObject, Signal, Slot

from models.accounts import certificates
from models.accounts.account import AccountConfig
from sync.errors import SyncError
from sync.health import server_findings
from sync.health.report import Finding
from sync.providers import Security
from sync.qt.probes.attempt import Try
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing

log = logging.getLogger(__name__)

BUG_SENTENCE = "The look failed because of a fault in Dealpost."


class SmtpLook(QObject):
    """Runs one check at a time, in its own thread; none of its methods blocks.

    Signals:
        looked: The Finding.
    """

    looked = Signal(object)
    _finished = Signal(int, object)

    def __init__(self, timing: Timing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timing = timing
        self._tickets = itertools.count(1)
        self._try: Try | None = None
        self._finished.connect(self._on_finished)

    def look(self, config: AccountConfig) -> None:
        """Connect, secure the connection, hang up; a check that still runs is abandoned."""
        self.cancel()
        current = self._try = Try(next(self._tickets))
        self.destroyed.connect(current.cancel)
        place = SmtpPlace(
            config.smtp_host,
            config.smtp_port,
            Security(config.smtp_security),
            config.plain_text_agreed,
            trusted=certificates.of_host(config.smtp_host),
        )

        def run() -> None:
            found = _look(current, place, self._timing)
            current.tell(lambda: self._finished.emit(current.ticket, found))

        threading.Thread(target=run, name="smtp-look", daemon=True).start()

    def cancel(self) -> None:
        """Abandon the check; no signal follows."""
        if self._try is not None:
            self._try.cancel()
            self._try = None

    @Slot(int, object)
    def _on_finished(self, ticket: int, found: Finding) -> None:
        if self._try is None or self._try.ticket != ticket:
            return
        self._try = None
        self.looked.emit(found)


def _look(current: Try, place: SmtpPlace, timing: Timing) -> Finding:
    smtp = SmtpTry(place, timing)
    current.on_cancel(smtp.abort)
    try:
        return server_findings.sending(smtp.look())
    except SyncError as error:
        return server_findings.no_sending(error.sentence, type(error).__name__)
    except Exception as error:  # the boundary of this thread: the user waits for an answer
        log.exception("a look at a server failed")
        return server_findings.no_sending(BUG_SENTENCE, type(error).__name__)
