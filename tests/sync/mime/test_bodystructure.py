"""BODYSTRUCTURE: right ones, wrong ones, and what comes of them for a large mail."""

from __future__ import annotations

from typing import Any

import pytest

from sync.mime import bodystructure, parse
from sync.net.server import Server
from sync.session import ImapSession
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot

PNG = b"\x89PNG" * 500


def structure_of(dovecot: Dovecot, user: str, raw: bytes) -> tuple[Any, ImapSession]:
    dovecot.deliver(user, "INBOX", raw)
    session = ImapSession(Server("localhost", dovecot.port, "plain"), Timing())
    session.open()
    session.sign_in(user, "any")
    session.examine("INBOX")
    return session.fetch_structure(1), session


def test_a_large_mail_comes_as_text_and_attachments_on_demand(
    dovecot: Dovecot, mail_user: str
) -> None:
    raw = a_mail(
        subject="Suur",
        text="Grüße, vaata manust.\n",
        html='<p>Grüße</p><img src="cid:logo@x">',
        attachments=[
            ("logo.png", "image/png", PNG, "logo@x"),
            ("pakkumine õ.pdf", "application/pdf", b"%PDF" * 1000),
        ],
    )
    told, session = structure_of(dovecot, mail_user, raw)

    parts = bodystructure.parts_of(told)
    shown = [part for part in bodystructure.text_parts(parts) if part is not None]
    fetched = {part.section: session.fetch_part(1, part.section) for part in shown}
    header = session.fetch_part(1, "HEADER")
    mail, body = bodystructure.partial_mail(header, parts, fetched)
    whole = parse.parse(raw)
    last = mail.attachments[-1]
    data = bodystructure.decode_part(session.fetch_part(1, last.section), last.encoding)
    session.close()

    assert (mail.subject, mail.snippet) == (whole.subject, whole.snippet)
    assert mail.text.split() == whole.text.split()
    assert [(a.file_name, a.is_inline, a.content_id) for a in mail.attachments] == [
        (a.file_name, a.is_inline, a.content_id) for a in whole.attachments
    ]
    assert data == b"%PDF" * 1000
    assert abs(last.size - len(data)) < len(data) * 0.05
    assert body.html is not None
    assert "cid:logo@x" in body.html
    assert body.text is not None


def test_a_mail_without_parts_has_section_one(dovecot: Dovecot, mail_user: str) -> None:
    told, session = structure_of(dovecot, mail_user, a_mail())
    session.close()

    assert [part.section for part in bodystructure.parts_of(told)] == ["1"]


def test_an_attached_mail_is_one_part(dovecot: Dovecot, mail_user: str) -> None:
    raw = (
        b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nsee\r\n"
        b"--B\r\nContent-Type: message/rfc822\r\n"
        b"Content-Disposition: attachment; filename=in.eml\r\n\r\n" + a_mail() + b"\r\n--B--\r\n"
    )
    told, session = structure_of(dovecot, mail_user, raw)
    parts = bodystructure.parts_of(told)
    session.close()

    assert [(part.section, part.content_type) for part in parts] == [
        ("1", "text/plain"),
        ("2", "message/rfc822"),
    ]
    assert bodystructure.attachments_of(parts)[0].file_name == "in.eml"


@pytest.mark.parametrize(
    "told",
    [
        None,
        (),
        (b"text",),
        b"x",
        7,
        ((),),
        ([],),
        (None, None),
        (b"text", b"plain", 7, 7, 7, 7, -1),
    ],
)
def test_structures_without_sense_give_no_nonsense(told: object) -> None:
    for part in bodystructure.parts_of(told):
        assert part.section
        assert part.size >= 0


def test_a_structure_without_end_is_cut() -> None:
    told: Any = (b"text", b"plain", None, None, None, b"7bit", 1, 1)
    for _ in range(500):
        told = (told, b"mixed")

    assert bodystructure.parts_of(told) == []


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ((b"name", b"=?utf-8?Q?=C3=B5.pdf?="), "õ.pdf"),
        ((b"NAME*", b"utf-8''%C3%B5.pdf"), "õ.pdf"),
        ((b"name*1*", b"b.pdf", b"name*0*", b"utf-8''%C3%B5"), "õb.pdf"),
        ((b"name", None), "attachment-1.pdf"),
        ((b"name",), "attachment-1.pdf"),
    ],
)
def test_names_in_parameters(parameters: tuple[Any, ...], name: str) -> None:
    told = (b"application", b"pdf", parameters, None, None, b"base64", 100)

    [attachment] = bodystructure.attachments_of(bodystructure.parts_of(told))

    assert attachment.file_name == name


@pytest.mark.parametrize(
    ("data", "encoding", "found"),
    [
        (b"aGFs\r\nbG8=", "base64", b"hallo"),
        (b"aGFsbG8", "base64", b"hallo"),
        (b"aGFsbG8=!!", "base64", b"hallo"),
        (b"gr=C3=BC=\r\nn", "quoted-printable", "grün".encode()),
        (b"as it is", "8bit", b"as it is"),
        (b"x", "base64", b""),
    ],
)
def test_transfer_encodings(data: bytes, encoding: str, found: bytes) -> None:
    assert bodystructure.decode_part(data, encoding) == found
