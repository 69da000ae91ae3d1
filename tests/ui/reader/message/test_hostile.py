"""Not one packet leaves when the hostile mail is shown, in either view, cleaned or not."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from sync.html.sanitize import CleanedHtml, clean
from tests.ui.reader.message.showing import a_shown
from ui.reader.message import schemes
from ui.reader.message.text_view import TextMessageView
from ui.style.theme import Theme

MAIL = Path(__file__).parents[3] / "data" / "hostile" / "mail.html"
NAMESPACE = ["unshare", "--net", "--mount"]
needs_web = pytest.mark.skipif(not schemes.HAS_WEB_ENGINE, reason="QtWebEngine is not installed")


@functools.cache
def _may_unshare() -> bool:
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    tried = subprocess.run(
        [*NAMESPACE, "ip", "link", "set", "lo", "up"], check=False, capture_output=True
    )
    return tried.returncode == 0


needs_namespace = pytest.mark.skipif(
    not _may_unshare(), reason="this machine allows no network namespaces: packets not counted"
)


def _run(mode: str) -> dict[str, Any]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop(schemes.FLAGS, None)
    done = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.ui.reader.message.leak_run", mode, str(MAIL)],
        cwd=Path(__file__).parents[4],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def test_the_mail_has_well_over_a_hundred_vectors_each_with_its_own_host() -> None:
    hosts = set(re.findall(r"v\d{3}\.test", MAIL.read_text(encoding="utf-8")))
    assert len(hosts) > 200


@needs_web
@pytest.mark.network_namespace
@needs_namespace
def test_the_vectors_are_live_in_a_stock_view() -> None:
    found = _run("control")
    assert len(found["requests"]) > 20, found
    assert len(found["names"]) > 20, found


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param("web-cleaned", marks=needs_web),
        pytest.param("web-raw", marks=needs_web),
        pytest.param("web-bare", marks=needs_web),
        "text-cleaned",
        "text-raw",
    ],
)
@pytest.mark.network_namespace
@needs_namespace
def test_not_one_packet_leaves(mode: str) -> None:
    found = _run(mode)
    assert found["names"] == []
    assert found["requests"] == []
    assert found["packets"] == {"tcp": 0, "udp": 0}


@needs_web
def test_the_web_view_is_asked_for_nothing_by_the_cleaned_mail(theme: Theme, qtbot: QtBot) -> None:
    assert schemes.NO_NETWORK in os.environ[schemes.FLAGS]
    view = import_module("ui.reader.message.html_view").WebMessageView(theme)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.drawn, timeout=15_000):
        view.open(a_shown(html=clean(MAIL.read_text(encoding="utf-8"))))
        view.show()
    assert view.refused == []
    view.close_down()


@needs_web
def test_the_web_views_log_names_what_the_bare_mail_asks_for(theme: Theme, qtbot: QtBot) -> None:
    view = import_module("ui.reader.message.html_view").WebMessageView(theme)
    qtbot.addWidget(view)
    view.show()
    # To its end: what a page still asks for while it is taken away, nobody refuses by name.
    with qtbot.waitSignal(view.page.loadFinished, timeout=15_000):
        view.show_page(MAIL.read_text(encoding="utf-8"))
    qtbot.waitUntil(lambda: len(view.refused) > 20, timeout=15_000)
    assert all(".test" in address or ":" in address for address in view.refused)
    view.close_down()


def test_the_text_view_is_asked_for_nothing_by_the_cleaned_mail(theme: Theme, qtbot: QtBot) -> None:
    view = TextMessageView(theme)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.drawn, timeout=15_000):
        view.open(a_shown(html=clean(MAIL.read_text(encoding="utf-8"))))
        view.show()
    assert [address for address in view.refused if not address.startswith("cid:")] == []


def test_the_text_view_opens_no_file_that_a_mail_names(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    from PySide6.QtGui import QColor, QImage

    picture = QImage(400, 300, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    path = tmp_path / "secret.png"
    assert picture.save(str(path))
    view = TextMessageView(theme)
    qtbot.addWidget(view)
    view.resize(600, 500)
    raw = f"<p>look<img src='file://{path}'><img src='{path}'><img src='//host/share/x.png'></p>"
    with qtbot.waitSignal(view.drawn, timeout=15_000):
        view.open(a_shown(html=CleanedHtml(raw)))
        view.show()
    shown = view.grab().toImage()
    reds = sum(
        shown.pixelColor(x, y).name() == "#ff0000"
        for x in range(0, shown.width(), 10)
        for y in range(0, shown.height(), 10)
    )
    assert reds == 0
    assert len(view.refused) >= 3
