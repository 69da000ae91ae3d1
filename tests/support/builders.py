"""Make a mail for a test, which names only what it is about."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

# File name, content type, bytes. A fourth entry, a Content-ID, makes it an inline picture.
Attachment = tuple[str, str, bytes] | tuple[str, str, bytes, str]

_numbers = itertools.count(1)


def a_mail(
    *,
    subject: str = "An offer",
    from_: str = "Ada Tamm <ada@customer.example>",
    to: str | Sequence[str] = "Me <me@dealpost.example>",
    cc: str | Sequence[str] = (),
    text: str | None = "Hello,\n\nhere is the offer.\n",
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    message_id: str | None = "",
    in_reply_to: str = "",
    references: Sequence[str] = (),
    date: datetime | str | None = None,
    headers: Sequence[tuple[str, str]] = (),
    received: str = "from a.example by b.example; Mon, 2 Mar 2026 10:00:00 +0000",
) -> bytes:
    """A mail with CRLF line ends.

    Args:
        message_id: '' makes one; None leaves it out.
        received: '' leaves it out.
    """
    mail = EmailMessage()
    if received:
        mail["Received"] = received
    mail["From"] = from_
    mail["To"] = to if isinstance(to, str) else ", ".join(to)
    if cc:
        mail["Cc"] = cc if isinstance(cc, str) else ", ".join(cc)
    mail["Subject"] = subject
    mail["Date"] = _date(date)
    if message_id is not None:
        mail["Message-ID"] = message_id or f"<{next(_numbers)}.test@customer.example>"
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
    if references:
        mail["References"] = " ".join(references)
    for name, value in headers:
        mail[name] = value
    _fill(mail, text, html, attachments)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _date(date: datetime | str | None) -> str:
    if isinstance(date, str):
        return date
    return format_datetime(date or datetime(2026, 3, 2, 10, 0, tzinfo=UTC))


def _fill(
    mail: EmailMessage, text: str | None, html: str | None, attachments: Sequence[Attachment]
) -> None:
    if text is not None:
        mail.set_content(text)
    if html is not None and text is not None:
        mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    for entry in attachments:
        name, content_type, data = entry[:3]
        maintype, _, subtype = content_type.partition("/")
        if len(entry) == 4:
            mail.add_attachment(
                data, maintype, subtype, filename=name, cid=f"<{entry[3]}>", disposition="inline"
            )
        else:
            mail.add_attachment(data, maintype, subtype, filename=name)
