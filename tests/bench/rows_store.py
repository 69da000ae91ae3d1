"""Rows that need neither a server nor the window: lists, search, archive."""

from __future__ import annotations

import gc
import random
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from models.commands.archive import Archive
from models.commands.execute import execute
from models.queries import conversation_list
from models.queries.conversation_list import ListQuery, View
from models.store import database, search_index
from models.store.clock import now_ms
from tests.bench import corpus, stores
from tests.bench.figures import Figure, percentile
from ui.conversations.model import ConversationModel
from ui.conversations.view import ConversationListView
from ui.style.theme import Theme

PAGES = 300
QUERIES = 200


def million_rows(folder: Path, scale: float) -> list[Figure]:
    """A list of a million conversations: first paint, paging, one more row."""
    count = int(1_000_000 * scale)
    account_id = stores.open_store(folder)
    stores.fill_with_rows(account_id, count)
    application = QApplication.instance() or QApplication([])
    theme = Theme()
    theme.install()
    model = ConversationModel()
    view = ConversationListView(model, theme)
    view.resize(420, 900)
    view.show()
    application.processEvents()
    # As in the program (`ui.runtime.collector`): Python collects between events, not while painting.
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    model.reset_ids(conversation_list.ids(ListQuery(View.INBOX), 500))
    view.grab()
    first_paint = time.perf_counter() - began
    model.set_ids(conversation_list.ids(ListQuery(View.INBOX)))
    pages = _page_times(view, model)
    insert = _insert_time(view, model, account_id)
    database.close_for_thread()
    rows = f"{count:,} conversations, 420 x 900"
    return [
        Figure("first paint of the list", first_paint * 1000, "ms", 50,
               f"{rows}: first 500 ids, their rows and one painted view; the other ids follow from the reader thread"),
        Figure("page down and random jumps, p95", percentile(pages, 0.95) * 1000, "ms", 16,
               f"{rows}: {len(pages)} scrolls, each until no painted row is a skeleton"),
        Figure("one new conversation on top", insert * 1000, "ms", 10,
               f"{rows}: apply_changes and one painted view, middle of 20"),
    ]  # fmt: skip


def _page_times(view: ConversationListView, model: ConversationModel) -> list[float]:
    numbers = random.Random(2)
    bar = view.verticalScrollBar()
    times = []
    for turn in range(PAGES):
        at = bar.value() + bar.pageStep() if turn % 3 else numbers.randrange(bar.maximum())
        began = time.perf_counter()
        bar.setValue(at)
        view.viewport().repaint()
        while not _is_read(view, model):
            QApplication.processEvents()
        times.append(time.perf_counter() - began)
        QApplication.processEvents()
    return times


def _is_read(view: ConversationListView, model: ConversationModel) -> bool:
    first, last = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
    return all(model.row_at(row) is not None for row in (first, last) if row >= 0)


def _insert_time(view: ConversationListView, model: ConversationModel, account_id: int) -> float:
    view.scrollToTop()
    times = []
    for turn in range(20):
        newest_at = now_ms() + turn
        with database.writing(durable=False):
            conversation_id = database.insert(
                "INSERT INTO conversation (account_id, subject, newest_at, incoming_count) "
                "VALUES (?, 'New', ?, 1)",
                (account_id, newest_at),
            )
        began = time.perf_counter()
        model.apply_changes({conversation_id: newest_at})
        view.viewport().repaint()
        times.append(time.perf_counter() - began)
        QApplication.processEvents()
    return percentile(times, 0.5)


def search_mail(folder: Path, scale: float) -> list[Figure]:
    """Search as you type: one word, two words, a phrase, the first letters of a word."""
    count = int(200_000 * scale)
    account_id = stores.open_store(folder)
    stores.fill_with_mail(account_id, count)
    numbers = random.Random(4)
    vocabulary = corpus.words()
    times = []
    for turn in range(QUERIES):
        one, two = numbers.choice(vocabulary[:8000]), numbers.choice(vocabulary[:300])
        text = (one, f"{one} {two}", one[: 1 + turn // 4 % 6], f'"{two} {vocabulary[turn % 40]}"')[
            turn % 4
        ]
        began = time.perf_counter()
        conversation_list.ids(ListQuery(View.SEARCH, text=text), limit=50)
        times.append(time.perf_counter() - began)
    database.close_for_thread()
    return [
        Figure("search, p95", percentile(times, 0.95) * 1000, "ms", 50,
               f"{count:,} messages, {QUERIES} queries in turn of a word, two words, 1 to 6 first letters, a phrase; "
               f"the newest 50 of at most {search_index.FIND_LIMIT:,}; middle {percentile(times, 0.5) * 1000:.1f} ms"),
    ]  # fmt: skip


def archive(folder: Path, scale: float) -> list[Figure]:
    """Archive 10,000 conversations in one command."""
    count = int(10_000 * scale)
    account_id = stores.open_store(folder)
    stores.fill_with_mail(account_id, count * 2)
    chosen = tuple(conversation_list.ids(ListQuery(View.INBOX), limit=count).ids)
    began = time.perf_counter()
    done = execute(Archive(chosen))
    seconds = time.perf_counter() - began
    database.close_for_thread()
    return [
        Figure(f"archive {len(chosen):,} conversations here", seconds, "s", 1.0,
               f"the command as the command thread runs it, option off, {done.count:,} done"),
    ]  # fmt: skip
