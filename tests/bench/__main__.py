"""Measure, print and compare: `python3 dev.py bench [--list] [--scale 0.1] [row …]`.

Every row runs in a process of its own, on a profile in a temporary folder. The exit code is 1 if
a row could not be measured. A missed goal is printed but is no failure, because machines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import keyring

from resources.demo.keychain import MemoryKeyring
from tests.bench.figures import Figure, line

ROWS = {
    "full-sync": "tests.bench.rows_sync:full_sync",
    "first-rows": "tests.bench.rows_sync:first_rows",
    "nothing-new": "tests.bench.rows_sync:nothing_new",
    "arrival": "tests.bench.rows_sync:arrival",
    "gui-pauses": "tests.bench.rows_sync:gui_pauses",
    "million-rows": "tests.bench.rows_store:million_rows",
    "search": "tests.bench.rows_store:search_mail",
    "archive": "tests.bench.rows_store:archive",
    "reader": "tests.bench.rows_reader:swap",
    "start": "tests.bench.rows_start:start_up",
    "records": "tests.bench.rows_records:records",
    "records-sync": "tests.bench.rows_record_views:sync_beside_records",
}
PREFIX = "FIGURES "
ROW_SECONDS = 1800


def measure(name: str, scale: float) -> list[Figure]:
    """Measure one row in this process."""
    module, _, function = ROWS[name].partition(":")
    row: Callable[[Path, float], list[Figure]] = getattr(import_module(module), function)
    keyring.set_keyring(MemoryKeyring())
    with TemporaryDirectory(prefix="dealpost-bench-") as folder:
        return row(Path(folder) / "profile", scale)


def measure_apart(name: str, scale: float) -> list[Figure]:
    """Measure one row in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "--here", "--scale", str(scale), name]
    answer = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=False, timeout=ROW_SECONDS
    )
    for text in answer.stdout.splitlines():
        if text.startswith(PREFIX):
            return [Figure(**figure) for figure in json.loads(text.removeprefix(PREFIX))]
    return []


def main(words: Sequence[str]) -> int:
    """Run the rows. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure Dealpost's speed")
    parser.add_argument("row", nargs="*", choices=[[], *ROWS], help="all if none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the design's sizes")
    parser.add_argument("--list", action="store_true", help="name the rows")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.list:
        print("\n".join(ROWS))
        return 0
    if chosen.here:
        figures = measure(chosen.row[0], chosen.scale)
        print(PREFIX + json.dumps([asdict(figure) for figure in figures]), flush=True)
        return 0
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, scale {chosen.scale}")
    missing = [name for name in chosen.row or ROWS if not _print_row(name, chosen.scale)]
    if missing:
        print(f"Could not be measured: {', '.join(missing)}")
    return bool(missing)


def _print_row(name: str, scale: float) -> bool:
    began = time.monotonic()
    figures = measure_apart(name, scale)
    print(f"\n{name} (took {time.monotonic() - began:.0f} s)")
    for figure in figures:
        print(line(figure), flush=True)
    return bool(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
