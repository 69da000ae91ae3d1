"""How an account fares: one report of findings, each with what to do.

The report is made of what is known already: the open session, the store, and the last error. It
costs no round trip but the quota, which is asked once a day. What the person reads is `sentence`
and `advice`; `fact` is what "Copy for support" takes, and never holds a word of the person's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters, from nothing to do to nothing works."""

    OK = "ok"
    NOTE = "note"  # costs something; no harm
    WARNING = "warning"  # something of what Dealpost promises does not work
    PROBLEM = "problem"  # nothing works, or mail may be affected


_ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        code: Its name, for tests and for support.
        sentence: What was found.
        advice: What to do; '' if nothing.
        fact: The same in numbers and fixed words, without anything of the person's.
    """

    code: str
    severity: Severity
    sentence: str
    advice: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, the gravest first, and what the next report goes on with.

    Attributes:
        looked_at: When the server was looked at last, milliseconds UTC; None if never.
        is_connected: Whether this report is from an open connection.
        capabilities: What the server offers, as it names it.
        software: Who the server says it is: name and version.
        error: The class of the last error, or ''.
        clock: How far the newest arrivals seen live were behind this computer's clock, in ms.
        quota: As `sync.session.Quota` has it, and `asked_at`; or empty.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: int | None = None
    is_connected: bool = False
    capabilities: tuple[str, ...] = ()
    software: tuple[str, str] = ("", "")
    error: str = ""
    clock: tuple[int, ...] = ()
    quota: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)


def from_json(stored: dict[str, Any]) -> Report:
    """What `to_json` made; what an older Dealpost stored otherwise counts as no report."""
    try:
        findings = tuple(
            Finding(**{**each, "severity": Severity(each["severity"])})
            for each in stored["findings"]
        )
        return Report(
            findings=findings,
            looked_at=stored["looked_at"],
            is_connected=stored["is_connected"],
            capabilities=tuple(stored["capabilities"]),
            software=(stored["software"][0], stored["software"][1]),
            error=stored["error"],
            clock=tuple(stored["clock"]),
            quota=dict(stored["quota"]),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return Report()


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, else as they came."""
    return tuple(sorted(findings, key=lambda each: -_ORDER.index(each.severity)))
