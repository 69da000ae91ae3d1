"""Rows against a Dovecot here: full sync, first rows, unchanged mailboxes, arrival, pauses."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from models.store.clock import now_ms
from tests.bench import corpus, servers, window
from tests.bench.figures import Figure, percentile, skipped
from tests.support.servers.dovecot import FIXED_PASSWORD, Dovecot

PATIENCE = 900.0  # seconds
USER = "fixed-bench"
ARRIVALS = 20
CYCLES = 15
ROUNDS = 3


def full_sync(folder: Path, scale: float) -> list[Figure]:
    """Sync a whole mailbox three times, in turns with a program that copies the same files."""
    count = int(6_000 * scale)
    pairs: list[tuple[float, float | None]] = []
    with servers.running() as server:
        servers.fill(server, USER, "INBOX", corpus.mails(count))
        for number in range(ROUNDS):
            ours = _sync_once(folder / f"profile-{number}", server)
            pairs.append((ours, _mbsync(folder / f"mbsync-{number}", server)))
        indexed = _notmuch(folder / "mbsync-0")
    ours, copied = sorted(pairs, key=lambda pair: pair[0] / (pair[1] or 1))[ROUNDS // 2]
    how = "window open; from opening it to up to date: stored, threaded, searchable"
    figures = [
        Figure(f"full sync of {count:,} mails", ours, "s", copied, f"{how}; goal: mbsync alone")
    ]
    if copied is None:
        return [*figures, skipped("mbsync alone", "mbsync is not installed (Debian: isync)")]
    ratios = ", ".join(f"{mine / theirs:.2f}" for mine, theirs in pairs if theirs)
    how = f"copies the same files and no more; ours took {ratios} x as long, this is the middle"
    figures.append(Figure("  mbsync alone", copied, "s", None, how))
    if indexed is None:
        return [*figures, skipped("mbsync and notmuch new", "notmuch is not installed")]
    both = copied + indexed
    how = f"mbsync and notmuch new together took {both:.2f} s"
    return [*figures, Figure("  ours as a part of mbsync and notmuch", ours / both, "x", 0.2, how)]


def _sync_once(folder: Path, server: Dovecot) -> float:
    servers.make_profile(folder, servers.facts(server, USER))
    began = time.perf_counter()
    with window.opened(folder) as opened:
        watch = window.Watch(opened)
        window.process(watch.is_settled, PATIENCE)
        return time.perf_counter() - began


def _mbsync(folder: Path, server: Dovecot) -> float | None:
    program = shutil.which("mbsync")
    if program is None:
        return None
    (folder / "mail").mkdir(parents=True)
    config = folder / "mbsyncrc"
    config.write_text(
        f"IMAPAccount bench\nHost 127.0.0.1\nPort {server.port}\nUser {USER}\n"
        f"Pass {FIXED_PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n"
        "IMAPStore far\nAccount bench\n\n"
        f"MaildirStore near\nPath {folder}/mail/\nInbox {folder}/mail/INBOX\n\n"
        "Channel bench\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\n"
        f"SyncState {folder}/\nCopyArrivalDate yes\n",
        "utf-8",
    )
    began = time.perf_counter()
    subprocess.run([program, "-c", str(config), "-a", "-q"], check=True, timeout=PATIENCE)
    return time.perf_counter() - began


def _notmuch(folder: Path) -> float | None:
    program = shutil.which("notmuch")
    if program is None:
        return None
    config = folder / "notmuch"
    config.write_text(
        f"[database]\npath={folder}/mail\n[user]\nprimary_email={corpus.OWN}\n", "utf-8"
    )
    began = time.perf_counter()
    subprocess.run(
        [program, f"--config={config}", "new", "--quiet"],
        check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - began


def first_rows(folder: Path, scale: float) -> list[Figure]:
    """From "Sync" until the list has fifty conversations, and the GUI thread during the rest."""
    count = int(20_000 * scale)
    with servers.running() as server:
        servers.fill(server, USER, "INBOX", corpus.mails(count))
        servers.make_profile(folder, servers.facts(server, USER))
        with window.opened(folder) as opened:
            view = window.conversation_list(opened)
            seconds = window.process(lambda: _rows_shown(view) >= 50, PATIENCE)
    how = "the account is there when the window opens; from the first turn of the event loop"
    return [
        Figure("first 50 rows of Inbox", seconds, "s", 1.0, f"mailbox of {count:,}; {how}"),
    ]


def _rows_shown(view: object) -> int:
    model = view.model()  # type: ignore[attr-defined]
    count = min(60, model.rowCount())
    return sum(bool(model.index(row, 0).data()) for row in range(count))


def gui_pauses(folder: Path, scale: float) -> list[Figure]:
    """The pauses of the GUI thread while much mail comes in."""
    count = int(10_000 * scale)
    with servers.running() as server:
        servers.fill(server, USER, "INBOX", corpus.mails(count))
        servers.make_profile(folder, servers.facts(server, USER))
        with window.opened(folder) as opened:
            watch = window.Watch(opened)
            heart = window.Heartbeat()
            heart.start()
            seconds = window.process(watch.is_settled, PATIENCE)
            heart.stop()
    how = f"{len(heart.gaps):,} beats over {seconds:.1f} s, longest pause {max(heart.gaps):.0f} ms"
    return [
        Figure(f"pause of the GUI thread while {count:,} mails arrive, p99",
               percentile(heart.gaps, 0.99), "ms", 50, how),
    ]  # fmt: skip


def nothing_new(folder: Path, scale: float) -> list[Figure]:
    """A cycle over ten mailboxes that did not change."""
    each = int(5_000 * scale)
    with servers.running() as server:
        for number in range(10):
            name = "INBOX" if not number else f"Customers{number}"
            servers.fill(server, USER, name, corpus.mails(each, seed=number + 1))
        servers.make_profile(folder, servers.facts(server, USER))
        server.watch(USER)
        with window.opened(folder) as opened:
            watch = window.Watch(opened)
            window.process(watch.is_settled, PATIENCE)
            before = len(server.commands(USER))
            times = []
            for _ in range(CYCLES):
                began = now_ms()
                opened.service.sync_now()
                times.append(window.process(lambda at=began: watch.is_settled(at), 60))  # type: ignore[misc]
        sent = server.commands(USER)[before:]
    kinds = sorted({command.split()[0] for command in sent})
    how = f"{10 * each:,} messages; middle of {CYCLES}; {len(sent) / CYCLES:.1f} commands each: {', '.join(kinds)}"
    return [
        Figure("sync with nothing new, 10 mailboxes", percentile(times, 0.5) * 1000, "ms", 100, how)
    ]


def arrival(folder: Path, scale: float) -> list[Figure]:
    """Another connection appends a mail. Measures the time until its row is in the list.

    Dovecot reports a change to IDLE about half a second late (its NOTIFY_DELAY_MSECS). A bare
    socket also idles and notes when the server reports the mail. Our own share starts then.
    """
    count = int(2_000 * scale)
    with servers.running() as server:
        servers.fill(server, USER, "INBOX", corpus.mails(count))
        servers.make_profile(folder, servers.facts(server, USER))
        with window.opened(folder) as opened, servers.BareIdle(server, USER) as bare:
            watch = window.Watch(opened)
            window.process(watch.is_settled, PATIENCE)
            view = window.conversation_list(opened)
            pairs = [_arrive(server, view, bare, turn) for turn in range(ARRIVALS)]
    whole, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    how = f"IDLE, mailbox of {count:,}, {ARRIVALS} mails one by one; middle {{:.0f}} ms"
    return [
        Figure(
            "new mail: from the server's word to row, p95",
            percentile(ours, 0.95) * 1000,
            "ms",
            300,
            how.format(percentile(ours, 0.5) * 1000),
        ),
        Figure(
            "  from APPEND to row, the server's own delay included, p95",
            percentile(whole, 0.95) * 1000,
            "ms",
            None,
            how.format(percentile(whole, 0.5) * 1000),
        ),
    ]


def _arrive(
    server: Dovecot, view: object, bare: servers.BareIdle, turn: int
) -> tuple[float, float]:
    """Seconds until the row is there: from the APPEND, and from the server's report."""
    subject = f"Arrival {turn} {time.time_ns()}"
    raw = (
        f"From: someone@customer.example\r\nTo: {corpus.OWN}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{time.time_ns()}@bench.example>\r\n\r\nHello\r\n"
    )
    bare.forget()
    began = time.perf_counter()
    server.deliver(USER, "INBOX", raw.encode(), received_at=now_ms())
    model = view.model()  # type: ignore[attr-defined]
    window.process(lambda: subject in str(model.index(0, 0).data()), 30)
    ended = time.perf_counter()
    return ended - began, ended - min(bare.told_at(), ended)
