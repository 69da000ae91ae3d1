"""One sample mail: what it says, and how it becomes bytes as a mail program writes them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b

from resources.demo.cast import Somebody

POLICY = SMTP.clone(max_line_length=200)  # keeps words whole in encoded headers of any length
SEEN, ANSWERED, FLAGGED = "\\Seen", "\\Answered", "\\Flagged"


@dataclass(frozen=True, slots=True)
class SampleMail:
    """A mail and where the sample server keeps it."""

    mailbox: str
    raw: bytes
    received_at: datetime
    flags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Letter:
    """A mail before it becomes bytes.

    Attributes:
        answers: Message-IDs of the conversation so far, oldest first.
        files: Attachments as (name, content, type).
        pictures: Inline images as (content id, PNG).
    """

    sender: Somebody
    to: Sequence[Somebody]
    subject: str
    sent_at: datetime
    text: str
    html: str = ""
    cc: Sequence[Somebody] = ()
    answers: Sequence[str] = ()
    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        """Always the same for the same sender, subject and time."""
        seed = f"{self.sender.address} {self.subject} {self.sent_at.isoformat()}"
        name = blake2b(seed.encode(), digest_size=9).hexdigest()
        return f"<{name}@{self.sender.address.partition('@')[2]}>"

    def message(self) -> EmailMessage:
        """The mail as a message of the standard library."""
        mail = EmailMessage(policy=POLICY)
        mail["From"] = address(self.sender)
        mail["To"] = [address(person) for person in self.to]
        if self.cc:
            mail["Cc"] = [address(person) for person in self.cc]
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(self.sent_at)
        mail["Message-ID"] = self.message_id
        if self.answers:
            mail["In-Reply-To"] = self.answers[-1]
            mail["References"] = " ".join(self.answers)
        for name, value in self.headers.items():
            mail[name] = value
        self._fill(mail)
        for number, part in enumerate(mail.walk()):
            if part.is_multipart():  # the library's own boundaries are random
                part.set_boundary(f"=_{self.message_id[1:19]}_{number}")
        return mail

    def _fill(self, mail: EmailMessage) -> None:
        mail.set_content(self.text)
        if self.html:
            mail.add_alternative(self.html, subtype="html")
            shown = mail.get_body(("html",))
            assert shown is not None
            for content_id, picture in self.pictures:
                shown.add_related(
                    picture, "image", "png", cid=f"<{content_id}>", disposition="inline"
                )
        for name, content, kind in self.files:
            main, _, sub = kind.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)

    def sample(self, mailbox: str, flags: Sequence[str] = ()) -> SampleMail:
        """The mail as it lies on the server."""
        raw = self.message().as_bytes()
        return SampleMail(mailbox, raw, self.sent_at, frozenset(flags))


def address(person: Somebody) -> Address:
    """Someone's name and address for a header."""
    return Address(person.name, addr_spec=person.address)


def page(text: str, signature: str = "", quoted: str = "") -> str:
    """Plain paragraphs as HTML of a mail program."""
    blocks = "".join(f"<p>{_flowed(block)}</p>" for block in re.split(r"\n{2,}", text.strip()))
    if any(line.startswith("   ") for line in text.splitlines()):
        blocks = f"<pre>{html.escape(text.strip())}</pre>"
    sign = html.escape(signature).replace("\n", "<br>")
    style = "font-family:Calibri,Helvetica,sans-serif;font-size:11pt"
    direction = ' dir="rtl"' if re.search("[\u0600-\u06ff]", text[:40]) else ""
    return (
        f'<html><body style="{style}"{direction}>{blocks}'
        f'<p style="color:#6b7280;font-size:10pt">{sign}</p>{quoted}</body></html>'
    )


def _flowed(block: str) -> str:
    """Join the lines of a paragraph; keep short lines, as in a list or a signature, separate."""
    lines = html.escape(block).split("\n")
    is_prose = all(len(line) > 60 for line in lines[:-1])
    return (" " if is_prose else "<br>").join(lines)
