"""The health report: findings, each with what to do.

The report uses what is known already: the open session, the store, and the last error. Its only
round trip is the quota, once a day. The user reads `sentence` and `advice`. "Copy for support" takes
`fact`, which never holds a word of the user's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How serious a finding is, from "nothing to do" to "nothing works"."""

    OK = "ok"
    NOTE = "note"  # costs something; no harm
    WARNING = "warning"  # something that Dealpost promises does not work
    PROBLEM = "problem"  # nothing works, or mail may be affected


_ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes:
        code: Its name, for tests and for support.
        sentence: What was found.
        advice: What to do; '' if nothing.
        fact: The same in numbers and fixed words, without anything of the user's.
    """

    code: str
    severity: Severity
    sentence: str
    advice: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, most serious first, and what the next report needs.

    Attributes:
        looked_at: When the server was last checked, in ms UTC; None if never.
        is_connected: Whether this report is from an open connection.
        capabilities: What the server offers, in its own names.
        software: The name and version that the server gives itself.
        error: The class of the last error, or ''.
        clock: How far the newest arrivals during IDLE were behind this computer's clock, in ms.
        quota: The values of `sync.session.Quota`, and `asked_at`; or empty.
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
        """The text that the store keeps."""
        return asdict(self)


def from_json(stored: dict[str, Any]) -> Report:
    """Read what `to_json` wrote. A report in an older form counts as none."""
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
    """Sort by severity, most serious first; otherwise keep the order."""
    return tuple(sorted(findings, key=lambda each: -_ORDER.index(each.severity)))
