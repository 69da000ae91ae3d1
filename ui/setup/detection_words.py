"""The search for servers in words: who named a server, what it answered, what was found."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from sync.detection import Answer, Detected, Outcome, Source
from sync.providers import Security

translate = QCoreApplication.translate


def source_text(source: Source) -> str:
    """Who named the server."""
    texts = {
        Source.PROVIDER: translate("Detection", "Provider list"),
        Source.AUTOCONFIG: translate("Detection", "Domain’s settings"),
        Source.SRV: translate("Detection", "DNS record"),
        Source.MX: translate("Detection", "Mail host"),
        Source.MX_AUTOCONFIG: translate("Detection", "Mail host’s settings"),
        Source.HINT: translate("Detection", "Unsafe settings"),
        Source.GUESS: translate("Detection", "Usual name"),
    }
    return texts[source]


def outcome_text(outcome: Outcome) -> str:
    """The result of asking there."""
    texts = {
        Outcome.ASKED: translate("Detection", "asking…"),
        Outcome.ANSWERS: translate("Detection", "answers"),
        Outcome.FOUND: translate("Detection", "names servers"),
        Outcome.NOTHING: translate("Detection", "has nothing"),
        Outcome.NOT_OFFERED: translate("Detection", "says there is none"),
        Outcome.REFUSED: translate("Detection", "refused"),
        Outcome.NO_HOST: translate("Detection", "no such host"),
        Outcome.UNREACHABLE: translate("Detection", "cannot be reached"),
        Outcome.BAD_CERTIFICATE: translate("Detection", "certificate is not valid"),
        Outcome.NO_TLS: translate("Detection", "no TLS there"),
        Outcome.NO_MAIL_SERVER: translate("Detection", "is no mail server"),
        Outcome.UNREADABLE: translate("Detection", "answer makes no sense"),
        Outcome.OPEN_LINE: translate("Detection", "not encrypted, not taken"),
        Outcome.NOT_ALLOWED: translate("Detection", "in a private network, not asked"),
        Outcome.TIMED_OUT: translate("Detection", "time is over"),
        Outcome.NOT_ASKED: translate("Detection", "not asked any more"),
    }
    return texts[outcome]


def outcome_tone(outcome: Outcome) -> str:
    """The theme's colour for a result."""
    if outcome in (Outcome.ANSWERS, Outcome.FOUND):
        return "success"
    if outcome in (Outcome.BAD_CERTIFICATE, Outcome.OPEN_LINE):
        return "warning"
    return "muted"


def target_text(answer: Answer) -> str:
    """What was asked: a server with its protocol, or an address."""
    if answer.place is None or answer.protocol is None:
        scheme, _, rest = answer.target.rpartition("://")
        host = rest.partition("/")[0]  # the path is always the same, and stands in the tool tip
        return f"{scheme}://{host}" if scheme else host
    securities = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "—"}
    return f"{answer.target}  {answer.protocol.upper()} {securities[answer.place.security]}"


def line_text(answer: Answer) -> tuple[str, str, str]:
    """A line of "Details": what was asked, who named it, what it answered."""
    outcome = answer.outcome
    said = outcome_text(outcome)
    if outcome is Outcome.NO_HOST and answer.place is None and answer.source is Source.SRV:
        said = outcome_text(Outcome.NOTHING)
    return target_text(answer), source_text(answer.source), said


def found_text(detected: Detected, domain: str) -> str:
    """The sentence above the servers."""
    if detected.is_offline:
        return translate(
            "Detection",
            "This computer has no network connection, so nothing could be looked up. Connect it,"
            " go back and try again, or type the servers in.",
        )
    if detected.imap is None and detected.smtp is None and detected.provider is None:
        return translate(
            "Detection",
            "No servers were found for {domain}. Your provider’s help pages name them: look for"
            " “IMAP” and “SMTP”.",
        ).format(domain=domain)
    if detected.provider is not None and detected.source in (Source.PROVIDER, Source.MX):
        text = translate("Detection", "These are the servers of {name}.")
        return text.format(name=detected.provider.name)
    text = _named_text(detected).format(domain=domain)
    if detected.imap is None or detected.smtp is None:
        missing = translate(
            "Detection", "The other server was not found: your provider’s help pages name it."
        )
        return f"{text} {missing}"
    return text


def _named_text(detected: Detected) -> str:
    if detected.silent:
        return translate(
            "Detection",
            "{domain} names these servers, but not all of them answer now. Check them, or go on"
            " and see what they say.",
        )
    if detected.source in (Source.AUTOCONFIG, Source.SRV):
        return translate("Detection", "{domain} names these servers, and they answer.")
    if detected.source is Source.MX_AUTOCONFIG:
        return translate("Detection", "The host that takes in the mail of {domain} names them.")
    if detected.source is Source.HINT:
        return translate(
            "Detection", "{domain} names these servers, and they have proved their names."
        )
    return translate(
        "Detection", "Found by their usual names. Change them if your provider says so."
    )


def outside_text(detected: Detected, domain: str) -> str:
    """What the user confirms by going on (RFC 6186 section 6), or ''."""
    if not detected.outside or detected.source is Source.PROVIDER:
        return ""
    if detected.provider is not None:
        text = translate(
            "Detection",
            "{domain} leaves its mail to {name}. Go on only if that is your provider: your"
            " password goes there.",
        )
        return text.format(domain=domain, name=detected.provider.name)
    text = translate(
        "Detection",
        "{host} does not belong to {domain}. Go on only if it is your provider’s: your password"
        " goes there.",
    )
    return text.format(host=", ".join(detected.outside), domain=domain)


def help_link(detected: Detected, domain: str) -> str:
    """A link to the domain's own page about its servers, as rich text, or ''."""
    if not detected.documentation or detected.source is not Source.AUTOCONFIG:
        return ""
    text = translate("Detection", "What {domain} says about its servers")
    url = html.escape(detected.documentation, quote=True)
    host = html.escape(urlsplit(detected.documentation).hostname or "")
    return f'<a href="{url}">{html.escape(text.format(domain=domain))}</a> ({host})'
