"""Conversations in a real store, for tests of the reading pane."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from models.accounts import account
from models.events import Event
from models.flags import Flag
from models.store import database
from sync.mime import parse
from tests.models.building import OWN, Boxes, boxes

ANN = ("Ann Lee", "ann@customer.test")
BOB = ("Bob Müller", "bob@customer.test")
MINUTE = 60_000


@dataclass
class Correspondence:
    """An account whose worker does not run, and the mails that are put into it."""

    boxes: Boxes
    at: int = field(default_factory=lambda: int(time.time() * 1000) - 3 * 3600 * 1000)
    count: int = 0
    events: list[Event] = field(default_factory=list)

    def mail(
        self,
        text: str = "",
        *,
        html: str = "",
        sender: tuple[str, str] = ANN,
        to: tuple[tuple[str, str], ...] = (("", OWN),),
        subject: str = "Demo call on Thursday",
        answers: int | None = None,
        is_read: bool = True,
        files: tuple[tuple[str, str, bytes], ...] = (),
        pictures: tuple[tuple[str, bytes], ...] = (),
        raw: bytes | None = None,
    ) -> int:
        """Take a mail in; the id of its message. `answers` is the number of an earlier mail."""
        self.count += 1
        self.at += MINUTE
        name = f"mail-{self.count}-{id(self)}"
        message = _message(text, html, files, pictures)
        message["Subject"] = subject
        message["From"] = formataddr(sender)
        message["To"] = ", ".join(formataddr(one) for one in to)
        message["Date"] = format_datetime(datetime.fromtimestamp(self.at / 1000, UTC))
        message["Message-ID"] = f"<{name}@customer.test>"
        if answers is not None:
            message["In-Reply-To"] = f"<mail-{answers}-{id(self)}@customer.test>"
        content = raw if raw is not None else message.as_bytes()
        parsed = parse.parse(content)
        incoming = self.boxes.mail(
            name, flags=int(Flag.SEEN) if is_read else 0, at=self.at, raw=content
        )
        values = {name: getattr(incoming, name) for name in incoming.__slots__}
        self.events = self.boxes.take(type(incoming)(**(values | {"parsed": parsed})))
        return int(database.rows("SELECT max(id) FROM message")[0][0])

    def conversation(self, message_id: int) -> int:
        """The conversation of a message."""
        return int(
            database.rows("SELECT conversation_id FROM message WHERE id = ?", (message_id,))[0][0]
        )


def correspondence() -> Correspondence:
    """An account that is stopped, so that nothing connects anywhere."""
    made = boxes()
    account.update(made.account_id, state="stopped")
    return Correspondence(made)


def _message(
    text: str,
    html: str,
    files: tuple[tuple[str, str, bytes], ...],
    pictures: tuple[tuple[str, bytes], ...],
) -> EmailMessage:
    message = EmailMessage()
    if text or not html:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in pictures:
        part = list(message.iter_parts())[-1] if message.is_multipart() else message
        assert isinstance(part, EmailMessage)
        part.add_related(content, "image", "png", cid=f"<{name}>")
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message
