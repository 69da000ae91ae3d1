"""Faults, times and labels in the wizard's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.server.mailbox import Role
from sync.providers import AppPassword, Provider
from sync.qt.probes.probe import Label, Tried
from ui.setup.sign_in.flow import PASSPHRASE_LEAST, Fault

translate = QCoreApplication.translate


def fault_sentence(fault: Fault) -> str:
    """What is missing on a page."""
    sentences = {
        Fault.NO_ADDRESS: translate("Setup", "Enter your email address."),
        Fault.BAD_ADDRESS: translate(
            "Setup", "This is no email address. It looks like name@example.com."
        ),
        Fault.KNOWN_ADDRESS: translate(
            "Setup",
            "This address already has an account here. Change it in Preferences › Email sync.",
        ),
        Fault.NO_PASSWORD: translate("Setup", "Enter the password, or the app password."),
        Fault.NO_SIGN_IN: translate(
            "Setup", "Sign in in your browser first, or go back and enter a password."
        ),
        Fault.NO_IMAP_HOST: translate("Setup", "Enter the host of the IMAP server."),
        Fault.NO_SMTP_HOST: translate("Setup", "Enter the host of the SMTP server."),
        Fault.BAD_HOST: translate(
            "Setup", "A host looks like mail.example.com, without a port or a protocol."
        ),
        Fault.PLAIN_TEXT: translate(
            "Setup",
            "Without TLS or STARTTLS others can read your password and mail. Choose one of them,"
            " or tick that you agree.",
        ),
        Fault.NO_CHOICE: translate("Setup", "Choose how your password is kept."),
        Fault.SHORT_PASSPHRASE: translate(
            "Setup", "The passphrase needs {count} characters at least."
        ).format(count=PASSPHRASE_LEAST),
        Fault.DIFFERENT_PASSPHRASES: translate("Setup", "The two passphrases differ."),
        Fault.NO_PASSPHRASE: translate("Setup", "Enter your passphrase."),
        Fault.NO_LABEL: translate("Setup", "Choose at least one label."),
    }
    return sentences[fault]


def tried_sentence(tried: Tried) -> str:
    """Which of the two servers failed, and why."""
    lines = []
    if tried.imap_failure is not None:
        text = translate("Setup", "Receiving (IMAP): {reason}")
        lines.append(text.format(reason=tried.imap_failure.sentence))
    if tried.smtp_failure is not None:
        text = translate("Setup", "Sending (SMTP): {reason}")
        lines.append(text.format(reason=tried.smtp_failure.sentence))
    return "\n".join(lines)


def provider_hint(provider: Provider | None) -> str:
    """What a provider's customers have to know before they type a password, as rich text."""
    if provider is None:
        return ""
    parts = [provider.note] if provider.note else []
    if provider.app_password is not AppPassword.NO and not provider.password_sign_in_is_off:
        if provider.app_password is AppPassword.NEEDED:
            text = translate("Setup", "{name} needs an app password: {place}")
        else:
            text = translate(
                "Setup", "With two-factor sign-in {name} needs an app password: {place}"
            )
        place = provider.words
        if provider.url:
            place = f'<a href="{provider.url}">{provider.words}</a>'
        parts.insert(0, text.format(name=provider.name, place=place))
    return "<br>".join(parts)


def start_text(code: str) -> str:
    """A choice of "Sync starting from"."""
    texts = {
        "now": translate("Setup", "Now"),
        "1m": translate("Setup", "1 month ago"),
        "3m": translate("Setup", "3 months ago"),
        "6m": translate("Setup", "6 months ago"),
        "1y": translate("Setup", "1 year ago"),
        "date": translate("Setup", "Another date"),
    }
    return texts[code]


def label_text(label: Label) -> str:
    """A mailbox as the user reads it."""
    if label.role is Role.INBOX:
        return translate("Setup", "Inbox")
    if label.delimiter and label.delimiter in label.name:
        return " › ".join(label.name.split(label.delimiter))
    return label.name


def role_text(role: Role) -> str:
    """What a label is for."""
    texts = {
        Role.INBOX: translate("Setup", "Inbox"),
        Role.SENT: translate("Setup", "Sent"),
        Role.ARCHIVE: translate("Setup", "Archive"),
        Role.TRASH: translate("Setup", "Trash"),
        Role.DRAFTS: translate("Setup", "Drafts"),
        Role.JUNK: translate("Setup", "Junk"),
        Role.ALL: translate("Setup", "All mail"),
        Role.FLAGGED: translate("Setup", "Starred"),
        Role.NONE: "",
    }
    return texts[role]


def usual_ports() -> str:
    """The hint on usual ports, beside the servers' fields."""
    return translate(
        "Setup",
        "Usual ports: IMAP 993 with TLS, 143 with STARTTLS; SMTP 465 with TLS, 587 with STARTTLS.",
    )
