"""A small world for the search: names, files and mail servers, all on this computer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from sync import detection
from sync.detection import Answer, Detected, Network, Outcome, Source
from tests.support.certificates import Certificate, make_certificate
from tests.support.ports import free_port
from tests.support.servers.dns_server import DnsServer
from tests.support.servers.mail_door import MailDoor
from tests.support.servers.web_server import WebServer

DOMAIN = "firma.test"
ADDRESS = f"ann@{DOMAIN}"
FILE = "/mail/config-v1.1.xml"
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"
# Hosts whose mail servers can prove their names; the domain's own name is a web server's.
PROVEN = (
    *(f"{name}.{DOMAIN}" for name in ("imap", "smtp", "mail", "autoconfig", "mx", "named")),
    *("mail.host.test", "autoconfig.host.test", "imap.host.test", "smtp.host.test"),
    "xn--grn-ioa.test",
    "imap.xn--grn-ioa.test",
)


def config(*servers: str, extra: str = "") -> bytes:
    """An autoconfig file with these servers."""
    return (
        '<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x">'
        f"<domain>{DOMAIN}</domain>{''.join(servers)}{extra}</emailProvider></clientConfig>"
    ).encode()


def server(
    kind: str,
    host: str,
    port: int,
    socket_type: str = "SSL",
    user: str = "%EMAILADDRESS%",
    auth: tuple[str, ...] = ("password-cleartext",),
) -> str:
    """One server of such a file."""
    tag = "outgoingServer" if kind == "smtp" else "incomingServer"
    ways = "".join(f"<authentication>{way}</authentication>" for way in auth)
    return (
        f'<{tag} type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{socket_type}</socketType><username>{user}</username>{ways}</{tag}>"
    )


@dataclass
class Town:
    """Servers and who asked them.

    Attributes:
        certificate: What the mail servers show.
        trusted: Certificates that the search trusts.
        imap, smtp: TLS doors, which 993 and 465 lead to.
        answers: The last answer of each line of "Details".
    """

    certificate: Certificate
    trusted: Path
    dns: DnsServer
    web: WebServer
    plain_web: WebServer
    imap: MailDoor
    smtp: MailDoor
    ports: dict[int, int]
    answers: dict[int, Answer] = field(default_factory=dict)
    told: list[Answer] = field(default_factory=list)

    @property
    def network(self) -> Network:
        return Network(self.dns.place, str(self.trusted), self.ports)

    def detect(
        self,
        address: str = ADDRESS,
        *,
        cancel: threading.Event | None = None,
        enough: threading.Event | None = None,
        limit: float = 30.0,
    ) -> Detected:
        return detection.detect(
            address,
            cancel or threading.Event(),
            network=self.network,
            limit=limit,
            tell=self.tell,
            enough=enough,
        )

    def tell(self, answer: Answer) -> None:
        self.told.append(answer)
        self.answers[answer.number] = answer

    def outcome(self, source: Source, target: str) -> Outcome | None:
        """What came of a line, by its source and the beginning of its target."""
        found = [
            answer.outcome
            for answer in self.answers.values()
            if answer.source is source and answer.target.startswith(target)
        ]
        return found[0] if found else None

    def services(self, **targets: str) -> None:
        """SRV records of the domain: `services(imaps="0 0 993 imap.firma.test.")`."""
        for name, target in targets.items():
            self.dns.add(f"_{name}._tcp.{DOMAIN}", "SRV", target)

    def start(self) -> Town:
        for part in (self.dns, self.web, self.plain_web, self.imap, self.smtp):
            part.start()
        return self

    def stop(self) -> None:
        for part in (self.dns, self.web, self.plain_web, self.imap, self.smtp):
            part.stop()


def build(folder: Path) -> Town:
    """A town whose domain exists; nothing in it has a name but the domain itself."""
    certificate = make_certificate(folder, host="town", also=PROVEN)
    context = certificate.server_context()
    of_web = make_certificate(folder, host="web", also=(DOMAIN, *PROVEN))
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.cert_file.read_bytes() + of_web.cert_file.read_bytes())
    town = Town(
        certificate=certificate,
        trusted=trusted,
        dns=DnsServer(),
        web=WebServer(of_web.server_context()),
        plain_web=WebServer(),
        imap=MailDoor("imap", context),
        smtp=MailDoor("smtp", context),
        ports={},
    )
    closed = free_port()
    town.ports |= {443: town.web.port, 80: town.plain_web.port}
    town.ports |= {993: town.imap.port, 465: town.smtp.port, 143: closed, 587: closed}
    town.dns.host(DOMAIN)
    return town
