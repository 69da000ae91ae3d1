"""Mail of every shape, taken apart; nothing raises."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mime import fallback, headers, parse, plain_text
from tests.support.builders import a_mail

DATA = Path(__file__).parents[2] / "data" / "mails"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_fields_text_and_snippet() -> None:
    raw = a_mail(
        subject="Pakkumine nr 5 – „Õun“",
        from_="Ada Tamm <Ada@Customer.Example>",
        to=["Me <me@x.example>", "b@x.example"],
        cc="c@x.example",
        text="Tere,\n\nsee on   pakkumine.\n",
        message_id="<5@x>",
        in_reply_to="<4@x>",
        references=["<3@x>", "<4@x>"],
        date=dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC),
    )

    mail = parse.parse(raw)

    assert mail.subject == "Pakkumine nr 5 – „Õun“"
    assert mail.from_ == (("Ada Tamm", "ada@customer.example"),)
    assert mail.to == (("Me", "me@x.example"), ("", "b@x.example"))
    assert mail.cc == (("", "c@x.example"),)
    assert mail.message_id_header == "<5@x>"
    assert mail.in_reply_to == ("<4@x>",)
    assert mail.references == ("<3@x>", "<4@x>")
    assert mail.dated_at == 1_772_445_600_000
    assert mail.text.split() == ["Tere,", "see", "on", "pakkumine."]
    assert mail.snippet == "Tere, see on pakkumine."
    assert mail.warnings == ()


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.eml")))
def test_malformed_mail_is_read_by_both_parsers_alike(name: str) -> None:
    raw = (DATA / name).read_bytes()

    fast, slow = parse.parse(raw), parse._from_slow(raw)

    assert fast.subject == slow.subject
    assert fast.from_ == slow.from_
    assert [a.file_name for a in fast.attachments] == [a.file_name for a in slow.attachments]
    assert "unreadable" not in fast.warnings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("charset-unknown.eml", "Grüße"),
        ("charset-wrong.eml", "Grüße"),
        ("charset-none.eml", "Grüße"),
        ("no-boundary.eml", "words without a boundary"),
        ("base64-broken.eml", "Hello"),
    ],
)
def test_words_of_malformed_mail_are_found(name: str, text: str) -> None:
    raw = (DATA / name).read_bytes()

    assert text in parse.parse(raw).text
    assert text in parse.content(raw).text


def test_subjects_with_a_wrong_charset_are_readable() -> None:
    for subject in (b"=?iso-8859-1?Q?Gr=FC=DFe?=", b"=?x-none?Q?Gr=C3=BC=C3=9Fe?=", b"Gr\xfc\xdfe"):
        mail = parse.parse(b"Subject: " + subject + b"\r\n\r\nx")

        assert mail.subject == "Grüße"


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("Thu, 01 Jan 1970 00:00:00 +0000", 1970),
        ("Fri, 31 Dec 2099 23:00:00 +0000", 2099),
        ("1 Jan 99 10:00 EST", 1999),
        ("Mon, 32 Foo 2099", None),
        ("Mon, 1 Jan 9999 00:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_times_or_none(date: str, year: int | None) -> None:
    mail = parse.parse(f"Date: {date}\r\nSubject: x\r\n\r\nx".encode())

    if year is None:
        assert mail.dated_at is None
    else:
        assert mail.dated_at is not None
        assert dt.datetime.fromtimestamp(mail.dated_at / 1000, dt.UTC).year == year


def test_a_broken_address_list_still_has_its_addresses() -> None:
    raw = b"To: undisclosed-recipients:;\r\nCc: a b <x@y.example>, <z@y.example\r\n\r\n"
    mail = parse.parse(raw)

    assert mail.to == ()
    assert {address for _, address in mail.cc} >= {"x@y.example"}


def test_pictures_of_the_text_are_inline_and_others_are_attached() -> None:
    raw = a_mail(
        html='<p>Hi <img src="cid:logo%40x"></p>',
        attachments=[
            ("logo.png", "image/png", PNG, "logo@x"),
            ("photo.png", "image/png", PNG),
            ("offer.pdf", "application/pdf", b"%PDF"),
        ],
    )

    mail, content = parse.parse(raw), parse.content(raw)

    assert [(a.file_name, a.is_inline) for a in mail.attachments] == [
        ("logo.png", True),
        ("photo.png", False),
        ("offer.pdf", False),
    ]
    assert content.attachments == mail.attachments
    assert content.inline["logo@x"] == ("image/png", PNG)
    assert parse.attachment_bytes(raw, 2) == b"%PDF"
    assert parse.attachment_bytes(raw, 9) == b""
    assert "cid:" in content.html


def test_an_attached_mail_is_one_attachment() -> None:
    inner = a_mail(subject="Inner one", attachments=[("x.txt", "application/x", b"1")])
    raw = (
        b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nsee\r\n"
        b"--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--B\r\n"
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\naGFsbG8=\r\n--B--\r\n"
    )

    mail, content = parse.parse(raw), parse.content(raw)

    assert [a.file_name for a in mail.attachments] == ["Inner one.eml", "winmail.dat"]
    assert mail.text == "see"
    assert content.text == "see"
    assert b"Inner one" in parse.attachment_bytes(raw, 0)
    assert parse.attachment_bytes(raw, 1) == b"hallo"


def test_html_alone_becomes_text() -> None:
    raw = a_mail(
        text=None,
        html="<head><title>T</title><style>p{}</style></head><script>var x</script>"
        "<!-- no --><p>Grüße &amp; <b>Dank</b></p><table><tr><td>1</td><td>2</td></tr></table>"
        "<blockquote>old words<br>more</blockquote>",
    )
    mail = parse.parse(raw)

    assert mail.text == "Grüße & Dank\n1 2\n> old words\n> more"
    assert mail.snippet == "Grüße & Dank 1 2"


def test_text_around_html_is_shown_and_its_twin_is_not() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=M\r\n\r\n--M\r\n"
        b"Content-Type: multipart/alternative; boundary=A\r\n\r\n"
        b"--A\r\n\r\nplain twin\r\n--A\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--A--\r\n"
        b"--M\r\nContent-Type: text/plain\r\n\r\nlist <footer>\r\n--M--\r\n"
    )
    content = parse.content(raw)

    assert "<b>rich</b>" in content.html
    assert "list &lt;footer&gt;" in content.html
    assert "plain twin" not in content.html
    assert "plain twin" in content.text


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        ("Yes.\n\nOn Mon, 2 Mar 2026, Ada <a@x> wrote:\n> Is it?\n> Well?", "Yes."),
        ("Ja.\n\nAm Mo., 2. März 2026 um 10:00 Uhr schrieb Ada <a@x>:\n> Nun?", "Ja."),
        ("Yes.\n-- \nAda\nBoss", "Yes."),
        ("> only a quotation", "only a quotation"),
        ("Look at this <https://x.example/very/long>\n=======\nnow", "Look at this now"),
        ("Hi\n-----Original Message-----\nFrom: x", "Hi"),
        ("a\u200b\u034f\u00ad b", "a b"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_the_snippet_is_what_this_person_wrote(text: str, snippet: str) -> None:
    assert plain_text.snippet(text) == snippet


@pytest.mark.parametrize(
    ("name", "content_type", "found"),
    [
        ("../../etc/passwd", "text/plain", "etc_passwd"),
        ("a\x00b\r\nc.txt", "text/plain", "ab c.txt"),
        ("evil\u202efdp.exe", "application/x", "evil_fdp.exe"),
        ("", "image/png", "attachment-1.png"),
        ("=?utf-8?Q?b=C3=A4r.png?=", "image/png", "bär.png"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 146 + ".pdf"),
        ("con:aux", "text/plain", "con_aux"),
    ],
)
def test_names_of_files_are_fit_for_files(name: str, content_type: str, found: str) -> None:
    assert headers.file_name(name, content_type, 1) == found


def test_very_long_text_is_capped() -> None:
    mail = parse.parse(a_mail(text="word " * 200_000))

    assert len(mail.text) <= plain_text.TEXT_MOST


def test_hostile_markup_takes_linear_time() -> None:
    for piece in ("<a", "<style>", "<!--", "<blockquote>", "</", "<a b=", "&#", "<script"):
        assert isinstance(plain_text.from_html(piece * 100_000), str)


def test_deep_nesting_is_read() -> None:
    raw = b"Subject: deep\r\n"
    for depth in range(600):
        raw += b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (depth, depth)
    mail, content = parse.parse(raw), parse.content(raw)

    assert mail.subject in ("deep", "")
    assert content.html == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    header = (
        b"Content-Type: multipart/mixed; boundary=x\r\nSubject: " + data[:40] + b"\r\n\r\n--x\r\n"
    )
    for raw in (data, header + data):
        mail = parse.parse(raw)
        content = parse.content(raw)

        assert [a.size for a in mail.attachments] == [a.size for a in content.attachments]
        assert fallback.opened(raw) is not None


def test_damaged_mail_does_not_raise() -> None:
    source = random.Random(7)
    whole = a_mail(html="<p>x</p>", attachments=[("a.pdf", "application/pdf", b"1" * 99)])
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(source.randrange(1, 30)):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        raw = bytes(damaged[: source.randrange(1, len(damaged))])
        mail = parse.parse(raw)

        assert len(mail.attachments) == len(parse.content(raw).attachments)
        for position in range(len(mail.attachments)):
            size = len(parse.attachment_bytes(raw, position))
            assert size == mail.attachments[position].size


def test_many_keep_their_order_and_one_bad_mail_costs_no_other() -> None:
    bad = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!"
    mails = parse.parse_many([a_mail(subject="1"), bad, a_mail(subject="3")])

    assert [mail.subject for mail in mails] == ["1", "", "3"]
    assert mails[1].warnings == ("slow",)
    assert parse.parse_many([]) == []
