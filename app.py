"""Start Dealpost: put profile, database, service and window together. No logic of its own."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QCoreApplication, QLocale, QLockFile, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMessageBox

from models.store import database, settings
from models.store.database import StoreError
from models.store.profile import clear_opened, open_profile
from sync.qt.service.service import MailService
from sync.timing import Timing
from ui.reader.message import schemes
from ui.runtime.collector import GuiCollector
from ui.runtime.crash import CrashGuard, WordlessFormatter
from ui.style import icons
from ui.style.theme import Theme
from ui.window.main_window import MainWindow

log = logging.getLogger(__name__)

LOCK = "dealpost.lock"
SWITCH_SECONDS = 0.001  # lets the GUI thread in beside busy workers; Python's default is 5 ms
SETTLE_MS = 2500  # from the start until the screenshot is taken


class ProfileError(Exception):
    """The profile can't be opened; the text is what the user reads."""


class OpenProfile(QObject):
    """Holds what an open window needs, and releases it in the right order."""

    def __init__(self, folder: Path, lock: QLockFile, guard: CrashGuard) -> None:
        super().__init__()
        self._folder = folder
        self._lock = lock
        self._guard = guard

    @Slot()
    def close(self) -> None:
        """Close the GUI thread's connection, remove opened attachments, unlock."""
        database.close_for_thread()
        clear_opened(self._folder)
        self._guard.remove()
        self._lock.unlock()


def start(
    profile: Path,
    *,
    read_only: bool = False,
    timing: Timing = Timing(),  # noqa: B008  # frozen
    language: str | None = None,
) -> MainWindow:
    """Open the window on a profile folder and start its accounts. Does not block.

    Creates the QApplication if there is none. When `window.close()` returns, all threads, the
    database and the profile's lock are released.

    Raises: ProfileError with the sentence for the user.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    _application()
    _set_locale(language)
    lock = _locked(profile)
    guard = CrashGuard(profile)
    try:
        _open_store(profile)
        guard.install()
        window = _window(profile, read_only=read_only, timing=timing)
    except BaseException:
        OpenProfile(profile, lock, guard).close()
        raise
    opened = OpenProfile(profile, lock, guard)
    opened.setParent(window)
    window.closed.connect(opened.close)
    window.show()
    QTimer.singleShot(0, window, window.open_wizard_if_empty)
    return window


def _window(profile: Path, *, read_only: bool, timing: Timing) -> MainWindow:
    theme = Theme()
    theme.set_density(str(settings.get("density")))
    theme.set_mode(str(settings.get("theme")))
    theme.install()
    service = MailService(profile, timing=timing, read_only=read_only)
    service.start()
    try:
        window = MainWindow(service, theme)
    except BaseException:
        service.close()
        raise
    theme.setParent(window)
    service.setParent(window)
    return window


def _application() -> QApplication:
    known = QApplication.instance()
    if isinstance(known, QApplication):
        if known.findChild(GuiCollector) is None:
            GuiCollector(known)
        return known
    gc.freeze()  # keep what imports made out of collections: a scan stops every thread for 30 ms
    schemes.prepare_environment()
    schemes.register()
    made = QApplication(sys.argv[:1])
    GuiCollector(made)
    QCoreApplication.setApplicationName("Dealpost")
    QCoreApplication.setOrganizationName("Dealpost")
    made.setDesktopFileName("dealpost")
    made.setWindowIcon(icons.program_icon())
    return made


def _set_locale(language: str | None) -> None:
    """Use the user's language, or the system's; if that is "C", use English."""
    if language:
        QLocale.setDefault(QLocale(language))
    elif QLocale.system().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


def _locked(profile: Path) -> QLockFile:
    """Lock the profile: two programs in one database would undo each other's work."""
    try:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ProfileError(_tr("The folder {} can't be opened.").format(profile)) from error
    lock = QLockFile(str(profile / LOCK))
    lock.setStaleLockTime(0)  # a lock's age proves nothing; only a dead owner makes it stale
    if not lock.tryLock(0):
        if lock.error() == QLockFile.LockError.LockFailedError:
            raise ProfileError(_tr("Dealpost is already open with this profile."))
        raise ProfileError(_tr("The folder {} can't be written to.").format(profile))
    return lock


def _open_store(profile: Path) -> None:
    try:
        open_profile(profile)
        database.open_for_thread(read_only=True)
    except StoreError as error:
        raise ProfileError(str(error)) from error


def _tr(text: str) -> str:
    return QCoreApplication.translate("Start", text)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `dealpost`."""
    parser = argparse.ArgumentParser(prog="dealpost", description="A desktop sales inbox.")
    parser.add_argument("--profile", type=Path, default=user_data_path("dealpost", appauthor=False))
    parser.add_argument(
        "--read-only", action="store_true", help="never send a changing command to a server"
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window, then quit"
    )
    chosen = parser.parse_args(arguments)
    terminal = logging.StreamHandler()
    terminal.setFormatter(WordlessFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[terminal])
    application = _application()
    try:
        window = start(chosen.profile, read_only=chosen.read_only)
    except ProfileError as error:
        Theme().install()
        QMessageBox.critical(None, "Dealpost", str(error))
        return 1
    if chosen.screenshot is not None:
        QTimer.singleShot(SETTLE_MS, window, _Screenshot(window, chosen.screenshot).take)
    return application.exec()


class _Screenshot(QObject):
    """Takes one picture and closes the window."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._path = path

    @Slot()
    def take(self) -> None:
        """Save what the window shows, without dialogs."""
        if not self._window.grab().save(str(self._path)):
            log.error("the picture could not be saved")
        self._window.close()


if __name__ == "__main__":
    sys.exit(main())
