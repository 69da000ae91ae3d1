"""What goes wrong has a name, costs no more than its time, and stops at once when told to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from dns.rdatatype import RdataType

from sync import detection
from sync.detection import Answer, Network, Outcome, Source
from sync.detection.fence import Fence
from sync.detection.network import NoSuchNameError, NotAllowedError
from sync.providers import Security, ServerPlace
from tests.support.ports import free_port
from tests.support.servers.mail_door import MailDoor
from tests.sync.detection.town import ADDRESS, DOMAIN, FILE, Town, config, server

NAMED = f"named.{DOMAIN}"
ROOT = Path(__file__).parents[3]


def named_in_dns(town: Town, port: int = 993) -> None:
    town.dns.host(NAMED)
    town.services(imaps=f"0 1 {port} {NAMED}.")


def met_at(town: Town, door: MailDoor) -> Outcome | None:
    """What a search meets at a server that DNS names for TLS from the start."""
    door.start()
    town.ports[4993] = door.port
    named_in_dns(town, 4993)
    town.detect()
    door.stop()
    return town.outcome(Source.SRV, f"{NAMED}:4993")


def test_a_closed_port_is_refused(town: Town) -> None:
    town.ports[4993] = free_port()
    named_in_dns(town, 4993)

    found = town.detect()

    assert town.outcome(Source.SRV, f"{NAMED}:4993") is Outcome.REFUSED
    assert found.imap == ServerPlace(NAMED, 4993, Security.TLS)
    assert found.silent == (NAMED,)


def test_a_host_that_does_not_exist_is_not_taken(town: Town) -> None:
    town.services(imaps=f"0 1 993 {NAMED}.")

    found = town.detect()

    assert town.outcome(Source.SRV, f"{NAMED}:993") is Outcome.NO_HOST
    assert found.imap is not None
    assert found.source is Source.GUESS


def test_a_server_that_cannot_prove_its_name_comes_after_one_that_can(town: Town) -> None:
    """The domain's own name is not in the certificate; `named` is."""
    town.services(imaps=f"0 1 993 {DOMAIN}.", imap=f"0 1 143 {NAMED}.")
    town.dns.host(NAMED)
    door = MailDoor("imap", town.certificate.server_context(), starttls=True).start()
    town.ports[143] = door.port

    found = town.detect()
    door.stop()

    assert town.outcome(Source.SRV, f"{DOMAIN}:993") is Outcome.BAD_CERTIFICATE
    assert found.imap == ServerPlace(NAMED, 143, Security.STARTTLS)


def test_it_is_taken_if_there_is_no_other(town: Town) -> None:
    town.services(imaps=f"0 1 993 {DOMAIN}.")

    found = town.detect()

    assert found.imap == ServerPlace(DOMAIN, 993, Security.TLS)
    assert found.silent == ()


@pytest.mark.parametrize("kind", ["smtp", "web"])
def test_something_else_is_no_mail_server(town: Town, kind: str) -> None:
    door = MailDoor("smtp" if kind == "smtp" else "web", town.certificate.server_context())

    assert met_at(town, door) is Outcome.NO_MAIL_SERVER


def test_starttls_that_is_not_offered(town: Town) -> None:
    door = MailDoor("imap").start()
    town.ports[143] = door.port
    town.dns.host(NAMED)
    town.services(imap=f"0 1 143 {NAMED}.")

    town.detect()
    door.stop()

    assert town.outcome(Source.SRV, f"{NAMED}:143") is Outcome.NO_TLS


def test_a_server_without_tls_on_the_port_for_tls(town: Town) -> None:
    assert met_at(town, MailDoor("imap")) is Outcome.NO_TLS


def test_a_silent_server_costs_no_more_than_the_limit(town: Town) -> None:
    door = MailDoor("silent").start()
    town.ports[4993] = door.port
    named_in_dns(town, 4993)
    begun = time.monotonic()

    found = town.detect(limit=4.0)  # time enough to be told of the server and to knock at it
    took = time.monotonic() - begun
    door.stop()

    assert took < 15
    assert town.outcome(Source.SRV, f"{NAMED}:4993") is Outcome.TIMED_OUT
    assert (found.imap, found.silent) == (ServerPlace(NAMED, 4993, Security.TLS), (NAMED,))


def test_a_silent_name_server_costs_no_more_than_the_limit(town: Town) -> None:
    town.dns.is_silent = True
    begun = time.monotonic()

    found = town.detect(limit=0.6)

    assert time.monotonic() - begun < 10
    assert found.imap is None
    assert {answer.outcome for answer in town.answers.values()} == {Outcome.TIMED_OUT}


class Search:
    """A search in a thread of its own, at a town whose server is silent."""

    def __init__(self, town: Town) -> None:
        self.cancel = threading.Event()
        self.enough = threading.Event()
        self.found: list[detection.Detected] = []
        self.thread = threading.Thread(
            target=lambda: self.found.append(
                town.detect(cancel=self.cancel, enough=self.enough, limit=60)
            )
        )
        self.thread.start()


@pytest.mark.parametrize("how", ["cancel", "enough"])
def test_a_search_stops_at_once(town: Town, how: str) -> None:
    door = MailDoor("silent").start()
    town.ports[4993] = door.port
    named_in_dns(town, 4993)
    search = Search(town)
    _until(lambda: door.came > 0)

    begun = time.monotonic()
    getattr(search, how).set()
    search.thread.join(timeout=30)
    took = time.monotonic() - begun
    door.stop()

    assert took < 5
    (found,) = search.found
    assert (found.imap is None) == (how == "cancel")


def _until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 15
    waiting = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        waiting.wait(0.01)


def test_a_search_ends_as_soon_as_nothing_could_be_better(town: Town) -> None:
    """The usual names are silent, but the domain's file and its servers have answered."""
    door = MailDoor("silent").start()
    town.ports |= {143: door.port, 587: door.port}
    town.dns.host(f"autoconfig.{DOMAIN}", NAMED, f"imap.{DOMAIN}")
    town.web.add(
        f"autoconfig.{DOMAIN}{FILE}",
        config(server("imap", NAMED, 993), server("smtp", NAMED, 465)),
    )
    begun = time.monotonic()

    found = town.detect(limit=60)
    took = time.monotonic() - begun
    door.stop()

    assert took < 20
    assert found.source is Source.AUTOCONFIG
    assert town.outcome(Source.GUESS, f"imap.{DOMAIN}:143") is Outcome.NOT_ASKED


@pytest.mark.parametrize(
    ("domain", "host", "is_allowed"),
    [
        ("public.test", "router.test", False),
        ("public.test", "imap.public.test", True),  # it lies there because its owner says so
        (DOMAIN, "router.test", True),  # a company's domain, seen from inside
        ("unknown.test", "router.test", False),
    ],
)
def test_a_private_address_outside_the_domain_is_not_knocked_at(
    town: Town, domain: str, host: str, is_allowed: bool
) -> None:
    town.dns.add("public.test", "A", "1.1.1.1")  # looked up, never reached
    town.dns.host("router.test", "imap.public.test")
    fence = Fence(domain, town.network)
    deadline = time.monotonic() + 15

    assert fence.allows(host, "1.1.1.1")
    if is_allowed:
        town.network.dial(host, 993, deadline, fence.allows).close()
    else:
        with pytest.raises(NotAllowedError):
            town.network.dial(host, 993, deadline, fence.allows)
    if is_allowed:
        _until(lambda: town.imap.came > 0)
    else:
        assert town.imap.came == 0


@pytest.mark.network_namespace
@pytest.mark.skipif(
    os.name != "posix"
    or not hasattr(os, "geteuid")
    or os.geteuid() != 0
    or not shutil.which("unshare"),
    reason="needs root and unshare",
)
def test_without_a_network_the_answer_comes_at_once() -> None:
    code = (
        "import threading, time\n"
        "from sync import detection\n"
        "begun = time.monotonic()\n"
        f"found = detection.detect({ADDRESS!r}, threading.Event())\n"
        "print(found.is_offline, time.monotonic() - begun < 4)\n"
    )
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert done.stdout.split() == ["True", "True"]


def test_no_part_of_an_address_is_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    told: list[Answer] = []

    detection.detect(
        f"secret.name@{DOMAIN}",
        threading.Event(),
        network=Network(town.dns.place, str(town.trusted), town.ports),
        tell=told.append,
    )

    assert told
    assert not any("secret.name" in answer.target for answer in told)
    assert "secret.name" not in caplog.text


def test_names_below_localhost_are_asked_of_nobody() -> None:
    network = Network()
    for name in ("imap.localhost", "_imaps._tcp.localhost"):
        with pytest.raises(NoSuchNameError):
            network.addresses(name, time.monotonic() + 1)
        with pytest.raises(NoSuchNameError):
            network.records(name, RdataType.SRV, time.monotonic() + 1)
