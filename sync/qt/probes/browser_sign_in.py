"""Signs in with an OAuth provider in the user's browser; waits for it in its own thread."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from sync.errors import SyncError
from sync.oauth import browser
from sync.oauth.access import HeldTokens
from sync.oauth.configuration import OAuthProvider
from sync.qt.probes.attempt import Try
from sync.timing import Timing

__all__ = ["BrowserSignIn", "HeldTokens", "OpenUrl", "open_in_browser"]

log = logging.getLogger(__name__)

OpenUrl = Callable[[str], bool]
BUG_SENTENCE = "The sign-in failed because of a fault in Dealpost. Try again."


def open_in_browser(url: str) -> bool:
    """Open a page in the system's browser; False if there is none."""
    return QDesktopServices.openUrl(QUrl(url))


class BrowserSignIn(QObject):
    """Runs one sign-in at a time. Lives in the GUI thread; none of its methods blocks.

    Signals:
        shown: The user has to go on in the browser: the page's address, and whether the browser
            opened it.
        signed_in: The HeldTokens.
        failed: The sentence for the user.
    """

    shown = Signal(str, bool)
    signed_in = Signal(object)
    failed = Signal(str)
    _told = Signal(int, str, object)

    def __init__(self, timing: Timing, open_url: OpenUrl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timing = timing
        self._open_url = open_url
        self._tickets = itertools.count(1)
        self._try: Try | None = None
        self._told.connect(self._on_told)

    @property
    def is_running(self) -> bool:
        """Whether a sign-in still waits for the browser or the provider."""
        return self._try is not None

    def start(self, provider: OAuthProvider, address: str) -> None:
        """Open the provider's page; a sign-in that still runs is abandoned."""
        self.cancel()
        current = self._try = Try(next(self._tickets))
        self.destroyed.connect(current.cancel)
        work = (current, provider, address, self._timing, self._told.emit)
        threading.Thread(target=_run, args=work, name="browser-sign-in", daemon=True).start()

    def cancel(self) -> None:
        """Abandon the sign-in at once: no signal follows, and the loopback server closes."""
        if self._try is not None:
            self._try.cancel()
            self._try = None

    @Slot(int, str, object)
    def _on_told(self, ticket: int, kind: str, value: object) -> None:
        if self._try is None or self._try.ticket != ticket:
            return
        if kind == "page":
            self.shown.emit(str(value), self._open_url(str(value)))
            return
        self._try = None
        if isinstance(value, HeldTokens):
            self.signed_in.emit(value)
        else:
            self.failed.emit(str(value))


def _run(
    current: Try,
    provider: OAuthProvider,
    address: str,
    timing: Timing,
    emit: Callable[[int, str, object], None],
) -> None:
    """Run one sign-in; the thread's main function."""

    def tell(kind: str, value: object) -> None:
        current.tell(lambda: emit(current.ticket, kind, value))

    try:
        tokens = browser.sign_in(
            provider,
            address,
            timing=timing,
            show=lambda url: tell("page", url),
            is_stopped=current.cancelled.is_set,
        )
    except SyncError as error:
        tell("failed", error.sentence)
    except Exception:  # the boundary of this thread: the user waits for an answer
        log.exception("a sign-in in the browser failed")
        tell("failed", BUG_SENTENCE)
    else:
        tell("tokens", HeldTokens(tokens, timing))
