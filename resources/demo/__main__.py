"""Run the demo: the real window on a throw-away profile and the sample server.

The account is added with the same command that the wizard sends, with both server options on. The
keyring is in memory, so the demo never asks the user's own. Nothing remains when the window closes.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import keyring
from PySide6.QtCore import QCoreApplication, QTimer

import app
from models.accounts.account import NewAccount
from models.commands import accounts
from models.commands.execute import execute
from models.store import database, profile
from models.store.settings import SetOption
from resources.demo import records
from resources.demo.cast import MAJA
from resources.demo.keychain import MemoryKeyring
from resources.demo.process import ServerFacts, ServerProcess
from resources.demo.screenshot import Photographer
from sync.secrets.vault import Vault, VaultMode
from ui.window.main_window import MainWindow

ARRIVAL_SECONDS = 40.0
SIGNAL_POLL_MS = 200


def prepare(folder: Path, server: ServerFacts, *, theme: str) -> None:
    """Create the profile and its one account, as the wizard would."""
    profile.open_profile(folder)
    database.open_for_thread()
    try:
        vault = Vault()
        vault.load()
        vault.prepare(VaultMode.KEYRING)
        secrets = vault.encrypted({"imap": server.password})
        records.make()  # before its mail comes in, so that the rules link it
        execute(accounts.AddAccount(new_account(server), secrets))
        for name, value in (
            ("archive_on_server", True),
            ("delete_on_server", True),
            ("theme", theme),
        ):
            execute(SetOption(name, value))
    finally:
        database.close_for_thread()


def new_account(server: ServerFacts) -> NewAccount:
    """The data that the wizard would collect."""
    return NewAccount(
        address=server.address,
        name=MAJA.name,
        user_name=server.address,
        smtp_user_name=server.address,
        imap_host=server.host,
        imap_port=server.imap_port,
        imap_security="none",
        smtp_host=server.host,
        smtp_port=server.smtp_port,
        smtp_security="none",
        plain_text_agreed=True,
        all_labels=True,
        start="1m",
    )


def close_on_signals(window: MainWindow) -> QTimer:
    """Close the window on Ctrl+C and SIGTERM. Python handles signals only while its code runs."""

    def close(_number: int, _frame: FrameType | None) -> None:
        window.close()
        QCoreApplication.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
    timer = QTimer(window, interval=SIGNAL_POLL_MS)
    timer.timeout.connect(window.objectName)  # any Python call will do
    timer.start()
    return timer


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description="Dealpost with sample mail")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="draw it there, no window")
    parser.add_argument("--dark", action="store_true", help="the dark theme")
    parser.add_argument("--open", default="", metavar="SUBJECT", help="for the screenshot")
    parser.add_argument("--size", default="1440x900", metavar="WxH", help="for the screenshot")
    parser.add_argument(
        "--arrivals", type=float, default=ARRIVAL_SECONDS, metavar="SECONDS",
        help="a new mail about so often (0: none)",
    )  # fmt: skip
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run the demo and return its exit code."""
    arguments = arguments_of(words)
    is_drawn = arguments.screenshot is not None
    keyring.set_keyring(MemoryKeyring())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dealpost-demo-")))
        arrivals = 0.0 if is_drawn else arguments.arrivals
        server = stack.enter_context(ServerProcess(arrivals=arrivals, owns=folder))
        prepare(folder, server.facts, theme="dark" if arguments.dark else "light")
        window = app.start(folder)
        close_on_signals(window)
        window.show()
        photographer = None
        if is_drawn:
            width, _, height = arguments.size.partition("x")
            window.resize(int(width), int(height))
            photographer = Photographer(window, arguments.screenshot, arguments.open)
        code = QCoreApplication.exec()
        window.close()
        if photographer is not None and photographer.problem:
            print(photographer.problem, file=sys.stderr)
            return 1
        return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
