"""The row that steps from one mail to the next in the reading pane."""

from __future__ import annotations

import time
from pathlib import Path

from tests.bench import corpus, window
from tests.bench.figures import Figure, percentile, skipped
from tests.ui.seeding import Seed, fill
from ui.reader.message import schemes
from ui.reader.view import ConversationView
from ui.window.main_window import MainWindow

WHAT = "next HTML mail drawn, p95"
MAILS = 40


def swap(folder: Path, scale: float) -> list[Figure]:
    """Open one conversation after the other, as J does, each until its document is drawn."""
    if not schemes.HAS_WEB_ENGINE:
        return [skipped(WHAT, "QtWebEngine is not installed")]
    count = max(3, int(MAILS * scale))
    paragraphs = "".join(f"<p>{text}</p>" for text in corpus.paragraphs()[:5])
    fill(folder, [Seed(f"Mail {n}", html=paragraphs, minutes_ago=n + 1) for n in range(count)])
    with window.opened(folder) as opened:
        view = window.conversation_list(opened)
        window.process(lambda: view.model().rowCount() == count, 30)
        times = [_show(opened, row) * 1000 for row in range(count)]
    return [
        Figure(WHAT, percentile(times[1:], 0.95), "ms", 100,
               f"{count} mails of five paragraphs, from the key until the document stands"),
    ]  # fmt: skip


def _show(opened: MainWindow, row: int) -> float:
    """Choose a row of the list. Returns the seconds until its mail is drawn."""
    view = window.conversation_list(opened)
    reader = opened.findChild(ConversationView, "conversation_view")
    assert reader is not None
    wanted = view.model().index(row, 0)

    def is_drawn() -> bool:
        shown = reader.shown
        is_here = shown is not None and shown.head.subject == wanted.data()
        stands = bool(getattr(reader.views.current, "is_loaded", False))
        return is_here and shown is not None and not shown.missing() and stands

    began = time.perf_counter()
    view.setCurrentIndex(wanted)
    window.process(is_drawn, 30)
    return time.perf_counter() - began
