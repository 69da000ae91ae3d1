"""Rows about records: linking as mail comes in, detail views, histories, lists."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from models.intake import intake, link_rules
from models.parsed_mail import Incoming
from models.queries import history_pages, record_detail, record_list, side_panel
from models.queries.conversation_list import BLOCK
from models.queries.record_list import RecordQuery
from models.records.records import Kind
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database
from tests.bench import rows_record_views, stores
from tests.bench.figures import Figure, percentile

MESSAGES, MEASURED = 200_000, 5000
SYNC_BATCH = 200  # how many mails one step of the sync takes in
Spent = tuple[float, float]  # seconds on the clock, and of the CPU


def records(folder: Path, scale: float) -> list[Figure]:
    """Measure with 100,000 persons, 10,000 deals and 200,000 messages."""
    persons, deals = int(stores.PERSONS * scale), int(stores.DEALS * scale)
    messages, measured = int(MESSAGES * scale), max(1000, int(MEASURED * scale))
    account_id = stores.open_store(folder)
    box = mailbox.save(account_id, "INBOX", role=Role.INBOX, is_chosen=True, uidvalidity=1)
    mails = stores.incoming(box, messages + measured)
    _take(account_id, mails, messages)
    importing_time = stores.import_persons(persons)
    stores.make_deals(persons, deals)
    (_, all_work), linking_time = _take(account_id, mails, measured)
    found = f"{persons:,} persons, {deals:,} deals, {messages:,} messages"
    work = linking_time[1]
    figures = [
        *_both("linking a new message", (linking_time[0] / measured, work / measured), 1,
               f"{found}: link_new over {measured:,} messages in batches of {SYNC_BATCH}"),
        Figure("linking beside the rest of taking in", work / (all_work - work) * 100, "%", None,
               f"{found}; processor time: all {measured:,} are of known persons; a sync parses and waits for the network besides"),
        Figure("import of persons from CSV", persons / importing_time, "rows/s", None,
               "looked at and imported"),
    ]  # fmt: skip
    keys = _busy_keys()
    figures += _views(keys, found)
    database.close_for_thread()
    return figures + rows_record_views.opened_views(folder, keys, found)


def _both(what: str, spent: Spent, goal: float, how: str) -> list[Figure]:
    """Two figures: clock time, which the user feels, and CPU time.

    Other programs on the machine do not slow the CPU time.
    """
    return [
        Figure(what, spent[0] * 1000, "ms", goal, how),
        Figure("  of that, processor time", spent[1] * 1000, "ms"),
    ]


def _share(what: str, spent: Sequence[Spent], goal: float, how: str) -> list[Figure]:
    clock, work = (percentile([each[place] for each in spent], 0.95) for place in (0, 1))
    return _both(what, (clock, work), goal, how)


def _take(account_id: int, mails: Iterator[Incoming], count: int) -> tuple[Spent, Spent]:
    """Seconds to take all mail in, and seconds of linking alone."""
    spent = 0.0, 0.0
    link_new = link_rules.link_new

    def timed(*arguments: object, **named: object) -> tuple[str, ...]:
        nonlocal spent
        began = _now()
        result = link_new(*arguments, **named)  # type: ignore[arg-type]
        more = _since(began)
        spent = spent[0] + more[0], spent[1] + more[1]
        return result

    link_rules.link_new = timed
    began = _now()
    for _ in range(0, count, SYNC_BATCH):
        batch = [mail for mail, _ in zip(mails, range(SYNC_BATCH), strict=False)]
        intake.take_in(account_id, batch, past=False, quiet=True)
    link_rules.link_new = link_new
    return _since(began), spent


def _now() -> Spent:
    return time.perf_counter(), time.thread_time()


def _since(began: Spent) -> Spent:
    now = _now()
    return now[0] - began[0], now[1] - began[1]


def _busy_keys() -> tuple[str, ...]:
    """The records with much mail: a deal with half of it, the busiest person, an organization."""
    busiest = database.value(
        "SELECT person_id FROM message_person GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    link_all = "UPDATE conversation SET link_key = 'deal:1', link_title = 'x' WHERE id % 2"
    with database.writing(durable=False):
        database.run(link_all)
    return "deal:1", f"person:{busiest}", "organization:1"


def _views(keys: Sequence[str], found: str) -> list[Figure]:
    opening = [_time(partial(_open, key)) for key in keys for _ in range(20)]
    pages = [spent for key in keys for spent in _page_times(key)]
    conversations = [
        id_ for (id_,) in database.rows("SELECT id FROM conversation ORDER BY random() LIMIT 50")
    ]
    panels = [_time(partial(side_panel.panel, id_)) for id_ in conversations]
    query = RecordQuery(Kind.PERSON)
    texts = ("p", "per", "person 99", "customer7", "company 12")
    lists = [_time(partial(record_list.ids, replace(query, text=text))) for text in texts]
    ids = record_list.ids(query).ids
    blocks = [
        _time(partial(record_list.rows, Kind.PERSON, ids[at : at + BLOCK]))
        for at in range(0, len(ids), max(1, len(ids) // 50))
    ]
    boards = [_time(record_list.board) for _ in range(5)]
    return [
        *_share("data of a detail view, p95", opening, 50,
               f"{found}: record, related records, first page; a deal with half of all mail, the busiest person, an organization"),
        *_share("a page of a history, p95", pages, 10,
               f"{found}: at 11 depths, the deepest last"),
        *_share("data of the side panel, p95", panels, 50, found),
        *_share("ids of a search of persons, p95", lists, 200,
               f"{found}: in the reader thread"),
        *_share("a block of rows, p95", blocks, 5,
               f"{found}: {BLOCK} persons by id, in the GUI thread"),
        *_share("the board of deals, p95", boards, 200, found),
    ]  # fmt: skip


def _open(key: str) -> None:
    record_detail.detail(key)
    history_pages.history_page(key)


def _time(call: Callable[[], object]) -> Spent:
    began = _now()
    call()
    return _since(began)


def _page_times(key: str) -> Sequence[Spent]:
    times: list[Spent] = []
    span = database.row("SELECT min(received_at), max(received_at) FROM message") or (0, 1)
    for part in range(11):
        at = span[1] - (span[1] - span[0]) * part // 10
        cursor = history_pages.Cursor(at, 1, 1 << 62)
        times.append(_time(partial(history_pages.history_page, key, cursor)))
    return times
