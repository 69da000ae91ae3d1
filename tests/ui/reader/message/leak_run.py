"""Shows the hostile mail in a network namespace of its own and tells what left the program.

Run by test_hostile.py as `python -m tests.ui.reader.message.leak_run MODE FILE`, inside
`unshare --net --mount`. Every address is routed to the loopback interface, where a DNS server
knows every name and an HTTP server answers everything; a raw socket counts the packets.
Prints one line of JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.queues
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import multiprocessing.synchronize

SECONDS = 3.0  # after the document stands: what it asks for late is seen too
MOST_SECONDS = 30.0  # for a document that never stands
ANSWER = socket.inet_aton("10.1.2.3")


def close_in() -> None:
    """Route every address to this machine, and ask ourselves for names."""
    for command in (
        "ip link set lo up",
        "ip route add local default dev lo",
        "ip -6 route add local default dev lo",
    ):
        subprocess.run(command.split(), check=False, capture_output=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    Path(file.name).unlink()  # what is mounted stays until the namespace ends


class Recorder:
    """A DNS server, web servers and a sniffer, in a process of their own."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.requests: list[str] = []
        self.packets = {"tcp": 0, "udp": 0}

    def serve(
        self,
        ready: multiprocessing.synchronize.Event,
        stop: multiprocessing.synchronize.Event,
        out: multiprocessing.queues.Queue[dict[str, object]],
    ) -> None:
        """The process's whole life."""
        sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        dns.bind(("0.0.0.0", 53))  # noqa: S104  # a namespace of its own
        for work in (lambda: self._sniff(sniffer), lambda: self._answer_names(dns)):
            threading.Thread(target=work, daemon=True).start()
        for port in (80, 443, 8080):
            server = socket.create_server(("0.0.0.0", port), backlog=200)  # noqa: S104
            threading.Thread(target=self._answer, args=(server,), daemon=True).start()
        ready.set()
        stop.wait()
        out.put(
            {
                "names": sorted(set(self.names)),
                "requests": sorted(set(self.requests)),
                "packets": self.packets,
            }
        )

    def _sniff(self, sniffer: socket.socket) -> None:
        while True:
            frame = sniffer.recv(65535)
            kind = struct.unpack("!H", frame[12:14])[0]
            protocol = frame[23] if kind == 0x0800 else frame[20] if kind == 0x86DD else 0
            for name, number in (("tcp", 6), ("udp", 17)):
                if protocol == number:
                    self.packets[name] += 1

    def _answer_names(self, dns: socket.socket) -> None:
        while True:
            query, peer = dns.recvfrom(4096)
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode("latin-1"))
                at += 1 + query[at]
            self.names.append(".".join(labels).lower())
            question = query[12 : at + 5]
            is_a = query[at + 1 : at + 3] == b"\x00\x01"
            count = b"\x00\x01" if is_a else b"\x00\x00"
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04" + ANSWER if is_a else b""
            head = query[:2] + b"\x81\x80\x00\x01" + count + b"\x00\x00\x00\x00"
            dns.sendto(head + question + record, peer)

    def _answer(self, server: socket.socket) -> None:
        while True:
            connection, _peer = server.accept()
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(2)
            try:
                asked = connection.recv(8192)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            except OSError:
                return
            host = [line for line in asked.split(b"\r\n") if line.lower().startswith(b"host:")]
            self.requests.append((host or [b"?"])[0].decode("latin-1")[5:].strip())


def show(mode: str, html: str) -> list[str]:
    """Show the mail as `mode` says; what the view refused."""
    from ui.reader.message import schemes

    if mode != "control":
        schemes.prepare_environment()
        schemes.register()
    from PySide6.QtCore import QEventLoop, QTimer, QUrl
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    view: Any
    page: Any
    refused: list[str] = []
    if mode == "control":
        from PySide6.QtWebEngineWidgets import QWebEngineView

        stock = QWebEngineView()
        stock.setHtml(html, QUrl("http://base.test/"))
        view, page = stock, stock.page()
    else:
        view = _ours(mode, html)
        refused = view.refused
        page = getattr(view, "page", None)  # the text view has none
    loop = QEventLoop()
    rest = QTimer(loop, singleShot=True, interval=round(SECONDS * 1000))
    rest.timeout.connect(loop.quit)
    if page is None:
        rest.start()
    else:
        page.loadFinished.connect(lambda _done: rest.isActive() or rest.start())
    QTimer.singleShot(round(MOST_SECONDS * 1000), loop.quit)
    view.resize(800, 900)
    view.show()
    loop.exec()
    view.grab()
    assert application is not None
    return list(refused)


def _ours(mode: str, html: str) -> Any:
    """One of our views with the mail as it is, or cleaned."""
    from importlib import import_module

    from sync.html.sanitize import CleanedHtml, clean
    from tests.ui.reader.message.showing import a_shown
    from ui.style.theme import Theme

    kind, _dash, how = mode.partition("-")
    theme = Theme()
    theme.install()
    cleaned = clean(html) if how == "cleaned" else CleanedHtml(html, has_own_colours=True)
    if kind == "web":
        view: Any = import_module("ui.reader.message.html_view").WebMessageView(theme)
    else:
        view = import_module("ui.reader.message.text_view").TextMessageView(theme)
    if how == "bare":  # neither cleaned nor under our document's own policy
        view.show_page(html)
    else:
        view.open(a_shown(html=cleaned))
    return view


def main() -> None:
    """Record, show, report."""
    mode, path = sys.argv[1:3]
    close_in()
    context = multiprocessing.get_context("fork")
    ready, stop = context.Event(), context.Event()
    out = context.Queue()
    process = context.Process(target=Recorder().serve, args=(ready, stop, out), daemon=True)
    process.start()
    assert ready.wait(30)
    refused = show(mode, Path(path).read_text(encoding="utf-8"))
    stop.set()
    found = out.get(timeout=30)
    sys.stdout.write(json.dumps({**found, "refused": refused}) + "\n")
    sys.stdout.flush()
    os._exit(0)  # the report is all that counts; Chromium's teardown is not


if __name__ == "__main__":
    main()
