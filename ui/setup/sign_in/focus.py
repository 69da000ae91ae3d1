"""Which field helps when an answer is missing or a try has failed, in wizard and preferences."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sync.qt.probes.probe import Failure, FailureKind, Tried
from ui.forms.fields import ServerFields
from ui.setup.sign_in import flow
from ui.setup.sign_in.certificate_box import CertificateBoxes
from ui.setup.sign_in.flow import Fault

PASSWORD_FAULTS = frozenset({FailureKind.SIGN_IN, FailureKind.APP_PASSWORD})


def server_field(
    fault: Fault, imap: ServerFields, smtp: ServerFields, plain_text: QWidget
) -> QWidget | None:
    """The field of the two servers in which something is missing, or None."""
    match fault:
        case Fault.NO_IMAP_HOST:
            return imap.host
        case Fault.NO_SMTP_HOST:
            return smtp.host
        case Fault.BAD_HOST:
            return smtp.host if flow.is_host(imap.place().host) else imap.host
        case Fault.PLAIN_TEXT:
            return plain_text
        case _:
            return None


def failed_field(
    tried: Tried,
    imap: ServerFields,
    smtp: ServerFields,
    boxes: CertificateBoxes,
    secret: QWidget,
) -> QWidget:
    """The field that helps after a failed try: a certificate, the password, or a host."""
    if shows_certificate(tried.imap_failure):
        return boxes.imap.fingerprint
    if shows_certificate(tried.smtp_failure):
        return boxes.smtp.fingerprint
    if is_about_secret(tried):
        return secret
    return smtp.host if tried.imap_failure is None else imap.host


def is_about_secret(tried: Tried) -> bool:
    """Whether one of the servers refused the password."""
    failures = (tried.imap_failure, tried.smtp_failure)
    return any(failure is not None and failure.kind in PASSWORD_FAULTS for failure in failures)


def shows_certificate(failure: Failure | None) -> bool:
    """Whether there is a certificate to look at."""
    return failure is not None and failure.certificate is not None
