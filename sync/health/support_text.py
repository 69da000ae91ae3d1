"""Builds the text of "Copy for support" from an allow-list.

No address, user name, subject, label or secret can be in it, because none of them is read. A server is
named only if it belongs to a well-known provider; any other name may show who the user works for.
Of a server's own words, only those in the lists below are taken.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from models.accounts.account import AccountConfig
from models.store.clock import now_ms
from sync import providers
from sync.health.report import Report

# https://www.iana.org/assignments/imap-capabilities, and what large providers add.
_CAPABILITIES = """
ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT BINARY CATENATE CHILDREN COMPRESS=DEFLATE
CONDSTORE CONTEXT=SEARCH CONTEXT=SORT CONVERT CREATE-SPECIAL-USE ENABLE ESEARCH ESORT
FILTERS I18NLEVEL=1 I18NLEVEL=2 ID IDLE IMAP4REV1 IMAP4REV2 IMAPSIEVE INPROGRESS
JMAPACCESS LIST-EXTENDED LIST-METADATA LIST-MYRIGHTS LIST-STATUS LITERAL+ LITERAL-
LOGIN-REFERRALS LOGINDISABLED MAILBOX-REFERRALS MESSAGELIMIT METADATA METADATA-SERVER
MOVE MULTIAPPEND MULTISEARCH NAMESPACE NOTIFY OBJECTID PARTIAL PREVIEW QRESYNC QUOTA
QUOTA=RES-MESSAGE QUOTA=RES-STORAGE QUOTASET REPLACE RIGHTS= SASL-IR SAVEDATE
SEARCH=FUZZY SEARCHRES SNIPPET=FUZZY SORT SORT=DISPLAY SPECIAL-USE STARTTLS STATUS=SIZE
THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS UIDBATCHES UIDONLY UIDPLUS
UNAUTHENTICATE UNSELECT URLAUTH UTF8=ACCEPT UTF8=ONLY WITHIN X-GM-EXT-1 XLIST XOAUTH
XYMHIGHESTMODSEQ AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER
AUTH=PLAIN-CLIENTTOKEN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=GSSAPI
AUTH=NTLM
"""
_SOFTWARE = (
    "Dovecot", "Cyrus", "GImap", "Courier", "Exchange", "Zimbra", "hMailServer", "Stalwart",
    "Kerio", "MDaemon", "Axigen", "CommuniGate", "IceWarp", "James", "Maddy", "pymap", "Coremail",
    "Yahoo", "iCloud", "Fastmail",
)  # fmt: skip


def text(
    config: AccountConfig, report: Report, *, version: str, qt: str, phase: str, vault: str
) -> str:
    """The text: lines of fixed words and numbers. `phase` and `vault` are our own codes."""
    provider = providers.of_host(config.imap_host)
    looked = _moment(report.looked_at) if report.looked_at else "never"
    lines = [
        f"Dealpost {version}, {_moment(now_ms())}",
        f"System: {platform.system()} {_numbers(platform.release())} {platform.machine()}",
        f"Python {platform.python_version()} ({sys.implementation.name}), Qt {qt}",
        f"Server: {provider.name if provider else 'own server'}, {_software(report)}",
        f"IMAP: {_port(config.imap_port, (993, 143))} {config.imap_security}",
        f"SMTP: {_port(config.smtp_port, (465, 587, 25))} {config.smtp_security}",
        f"Account: {config.kind}, {config.auth}, {config.state}, read-only {_yes(config.read_only)}",
        f"Past: start {config.start}, {config.scope}, all labels {_yes(config.all_labels)}",
        f"Now: {phase}; passwords: {vault}; last error: {report.error or 'none'}",
        f"Looked at: {looked}, connected {_yes(report.is_connected)}",
        f"Capabilities: {_capabilities(report.capabilities)}",
        "Findings:",
        *(f"  {each.severity:8} {each.code}: {each.fact or '-'}" for each in report.findings),
    ]
    return "\n".join(lines) + "\n"


def _capabilities(offered: Iterable[str]) -> str:
    """Known capabilities by name; of others only the number, since a server may name itself there."""
    known = set(_CAPABILITIES.split())
    names = [name for name in offered if name in known]
    others = len(tuple(offered)) - len(names)
    more = f" and {others} others" if others else ""
    return (" ".join(names) or "none") + more


def _software(report: Report) -> str:
    said = report.software[0].lower()
    known = next((name for name in _SOFTWARE if name.lower() in said), "")
    return known or ("unknown software" if said else "software not told")


def _port(port: int, usual: tuple[int, ...]) -> str:
    return str(port) if port in usual else "other port"


def _numbers(release: str) -> str:
    """Keep the numbers of a version, without words such as a kernel's name."""
    found = re.match(r"\d+(?:\.\d+)*", release)
    return found.group() if found else ""


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
