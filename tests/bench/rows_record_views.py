"""Rows about how long the user waits for records, in the window and beside the sync."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractItemView

from models.store import database, profile
from tests.bench import corpus, servers, stores, window
from tests.bench.figures import Figure, percentile
from ui.records.controller import RecordsController

USER = "records-bench"
PAIRS = 4
PATIENCE = 600.0  # seconds
OPENINGS = 40  # of each kind


class PaintedPage(QObject):
    """Notices when a view that has rows was painted since `forget`."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._is_painted = False
        view.viewport().installEventFilter(self)

    def forget(self) -> None:
        """Wait for the next painting."""
        self._is_painted = False

    def is_painted(self) -> bool:
        """Whether the view was painted."""
        return self._is_painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Paint and self._view.model().rowCount() > 0:
            self._is_painted = True
        return super().eventFilter(watched, event)


def opened_views(folder: Path, keys: tuple[str, ...], found: str) -> list[Figure]:
    """From the request until the fields and the first page of the history are painted."""
    with window.opened(folder) as opened:
        controller = opened.findChild(RecordsController)
        assert controller is not None
        view = opened.findChild(QAbstractItemView, "history_list")
        assert view is not None
        page = PaintedPage(view)
        heart = window.Heartbeat()
        heart.start()
        _choose(controller, page, keys[0])  # lays out the panes once
        spent = [_choose(controller, page, key) for _ in range(OPENINGS) for key in keys]
        heart.stop()
    times, work = [each[0] for each in spent], [each[1] for each in spent]
    how = f"{found}: in the window, from the request to the painted first page, {len(times)} times"
    return [
        Figure("a detail view in the window, p95", percentile(times, 0.95) * 1000, "ms", 50,
               f"{how}; middle {percentile(times, 0.5) * 1000:.0f} ms, longest pause of the GUI thread {max(heart.gaps):.0f} ms"),
        Figure("  of that, work of the GUI thread, p95", percentile(work, 0.95) * 1000, "ms", None,
               "processor time, which other programs do not lengthen"),
    ]  # fmt: skip


def _choose(controller: RecordsController, page: PaintedPage, key: str) -> tuple[float, float]:
    """Open a record and time its first painting, in seconds on the clock and of the CPU.

    Then wait for its list, which opens with the record chosen.
    """
    page.forget()
    began, work = time.perf_counter(), time.thread_time()
    controller.open_record(key)
    window.process(lambda: page.is_painted() and _is_shown(controller, key), PATIENCE)
    spent = time.perf_counter() - began, time.thread_time() - work
    window.process(lambda: not controller.pane.is_waiting(), PATIENCE)
    return spent


def _is_shown(controller: RecordsController, key: str) -> bool:
    return controller.detail.detail is not None and controller.detail.detail.record_key == key


def sync_beside_records(folder: Path, scale: float) -> list[Figure]:
    """Sync the same mailbox with and without 100,000 persons, in turns."""
    count = int(6_000 * scale)
    persons, deals = int(stores.PERSONS * scale), int(stores.DEALS * scale)
    with servers.running() as server:
        servers.fill(server, USER, "INBOX", corpus.mails(count))
        plain, full = folder / "plain", folder / "full"
        for template in (plain, full):
            servers.make_profile(template, servers.facts(server, USER))
        _add_records(full, persons, deals)
        _sync(plain, folder / "warm")  # load now what is loaded only once
        pairs = []
        for turn in range(PAIRS):
            order = (plain, full) if turn % 2 else (full, plain)
            spent = {each: _sync(each, folder / "run") for each in order}
            pairs.append((spent[plain], spent[full]))
    wall = percentile([full[0] / plain[0] for plain, full in pairs], 0.5)
    work = percentile([full[1] / plain[1] for plain, full in pairs], 0.5)
    least = min(plain[0] for plain, _ in pairs), min(full[0] for _, full in pairs)
    how = f"{count:,} mails, {PAIRS} pairs by turns; with {persons:,} persons and {deals:,} deals"
    return [
        Figure("sync with records, as a part of that without", wall, "x", 1.05,
               f"{how}: middle of the pairs; best {least[1]:.2f} s and {least[0]:.2f} s"),
        Figure("  the same in processor time", work, "x", 1.05,
               f"{how}: of all threads of this process; other programs do not count"),
    ]  # fmt: skip


def _add_records(folder: Path, persons: int, deals: int) -> None:
    profile.open_profile(folder)
    database.open_for_thread()
    stores.import_persons(persons)
    stores.make_deals(persons, deals)
    database.close_for_thread()


def _sync(template: Path, folder: Path) -> tuple[float, float]:
    """Seconds, clock and CPU, from opening the window until the account is up to date."""
    shutil.copytree(template, folder)
    began, work = time.perf_counter(), time.process_time()
    with window.opened(folder) as opened:
        watch = window.Watch(opened)
        window.process(watch.is_settled, PATIENCE)
        spent = time.perf_counter() - began, time.process_time() - work
    shutil.rmtree(folder)
    return spent
