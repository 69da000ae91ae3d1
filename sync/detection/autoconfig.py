"""Reads a domain's servers from a file in Mozilla's autoconfig format (version 1.1).

https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat describes the format.
POP3, web mail and address books in a file are ignored.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element  # parsed by `strict_xml`

from sync.detection import fetch, strict_xml
from sync.detection.answers import Outcome, Protocol, Source
from sync.detection.candidates import Candidate, LookUp, ascii_domain
from sync.detection.network import Allows, Network, outcome_of
from sync.providers import Security, ServerPlace

MOST_SERVERS = 6
NAME_MOST = 256
_SECURITY = {"ssl": Security.TLS, "starttls": Security.STARTTLS, "plain": Security.NONE}
_AUTH = {
    "oauth2": "oauth2",
    "password-cleartext": "password",
    "plain": "password",  # version 1.0
    "password-encrypted": "password-encrypted",
    "secure": "password-encrypted",  # version 1.0
}


@dataclass(frozen=True, slots=True)
class Question:
    """A file to ask for.

    Attributes:
        shown: The URL as "Details" shows it, without the address.
    """

    url: str
    shown: str
    source: Source


def questions(domain: str, address: str) -> tuple[Question, ...]:
    """The files of the address's own domain, over https; only the first is sent the address."""
    first = f"https://autoconfig.{domain}/mail/config-v1.1.xml"
    second = f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"
    return (
        Question(f"{first}?emailaddress={quote(address, safe='')}", first, Source.AUTOCONFIG),
        Question(second, second, Source.AUTOCONFIG),
    )


def hints(domain: str) -> tuple[Question, ...]:
    """The same files over plain http, asked for without the address."""
    plain = [each.shown.replace("https:", "http:", 1) for each in questions(domain, "")]
    return tuple(Question(url, url, Source.HINT) for url in plain)


def question_of_mx(domain: str) -> Question:
    """The file of the domain that an MX host belongs to, asked for without the address."""
    url = f"https://autoconfig.{domain}/mail/config-v1.1.xml"
    return Question(url, url, Source.MX_AUTOCONFIG)


def look_up(
    question: Question, address: str, network: Network, allows: Allows, deadline: float
) -> LookUp:
    """Fetch a file and read its servers before the deadline; never raises a network error."""
    try:
        body = fetch.fetch(question.url, network, allows, deadline)
        return read(body, address, question.source)
    except fetch.NoFileError:
        return LookUp(Outcome.NOTHING)
    except (fetch.TooLargeError, http.client.HTTPException, strict_xml.NotTakenError):
        return LookUp(Outcome.UNREADABLE)
    except (OSError, UnicodeError, ValueError) as error:
        return LookUp(_outcome(error))


def _outcome(error: Exception) -> Outcome:
    outcome = outcome_of(error)
    return Outcome.UNREADABLE if outcome is Outcome.NO_MAIL_SERVER else outcome


def read(body: bytes, address: str, source: Source) -> LookUp:
    """The servers of a file, in its order."""
    root = strict_xml.parse(body)
    provider = root.find("emailProvider")
    if root.tag != "clientConfig" or provider is None:
        return LookUp(Outcome.UNREADABLE)
    filled = _filler(address)
    candidates = (
        *_servers(provider, "incomingServer", "imap", filled, source),
        *_servers(provider, "outgoingServer", "smtp", filled, source),
    )
    outcome = Outcome.FOUND if candidates else Outcome.NOTHING
    return LookUp(outcome, candidates, documentation=_documentation(provider))


Fill = Callable[[str], str]


def _filler(address: str) -> Fill:
    local, _, domain = address.rpartition("@")

    def filled(text: str) -> str:
        for mark, value in (
            ("%EMAILADDRESS%", address),
            ("%EMAILLOCALPART%", local),
            ("%EMAILDOMAIN%", domain),
        ):
            text = text.replace(mark, value)
        return text.strip()

    return filled


def _servers(
    provider: Element, tag: str, protocol: Protocol, filled: Fill, source: Source
) -> tuple[Candidate, ...]:
    found: list[Candidate] = []
    for server in provider.findall(tag):
        place = _place(server, filled)
        if server.get("type") != protocol or place is None:
            continue
        user_name = filled(server.findtext("username") or "")
        address = filled("%EMAILADDRESS%")
        is_usual = user_name.lower() == address.lower() or not _is_name(user_name)
        found.append(
            Candidate(
                protocol,
                place,
                source,
                position=len(found),
                user_name="" if is_usual else user_name,
                auth=_auth(server),
            )
        )
    return tuple(found[:MOST_SERVERS])


def _place(server: Element, filled: Fill) -> ServerPlace | None:
    host = ascii_domain(filled(server.findtext("hostname") or ""))
    security = _SECURITY.get((server.findtext("socketType") or "").strip().lower())
    port = (server.findtext("port") or "").strip()
    if not host or security is None or not (port.isascii() and port.isdigit()):
        return None
    return ServerPlace(host, int(port), security) if 0 < int(port) < 65536 else None


def _is_name(name: str) -> bool:
    return 0 < len(name) <= NAME_MOST and name.isprintable() and "%" not in name


def _auth(server: Element) -> tuple[str, ...]:
    ways = [(each.text or "").strip().lower() for each in server.findall("authentication")]
    return tuple(dict.fromkeys(_AUTH.get(way, way) for way in ways if way))[:MOST_SERVERS]


def _documentation(provider: Element) -> str:
    for element in provider.findall("documentation"):
        url = element.get("url") or ""
        if urlsplit(url).scheme == "https" and url.isprintable() and " " not in url:
            return url
    return ""
