"""Cleaning: what goes, what stays, what is counted; never slow, never an exception."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.html.quotes import FOLD_START, unfolded, without_quotes
from sync.html.sanitize import ALMOST, QUIRKS, STANDARDS, CleanedHtml, clean

HOSTILE = Path(__file__).parents[2] / "data" / "hostile" / "mail.html"
LOADS = re.compile(
    r"""(?:src|srcset|background|poster|data|action|cite|ping)\s*=\s*["']?[^"'>]*v\d{3}\.test"""
    r"""|url\(\s*["']?[^)]*v\d{3}\.test|@import|@font-face|<(?:link|script|iframe|meta|base|object|embed)""",
    re.IGNORECASE,
)


def _active(cleaned: CleanedHtml) -> str:
    """Tags and styles; what became plain text loads nothing."""
    return " ".join(re.findall(r"<[^>]*>", cleaned.html)) + cleaned.styles + cleaned.body_style


@pytest.mark.parametrize("line", HOSTILE.read_text(encoding="utf-8").splitlines())
def test_no_line_of_the_hostile_mail_loads_anything(line: str) -> None:
    cleaned = clean(f"<p>before</p>{line}")
    assert LOADS.search(_active(cleaned)) is None, cleaned


def test_the_whole_hostile_mail_loads_nothing_and_its_hosts_are_counted() -> None:
    cleaned = clean(HOSTILE.read_text(encoding="utf-8"))
    assert LOADS.search(_active(cleaned)) is None
    assert len(cleaned.remote_hosts) > 30


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p style="color:red">a</p>', 'style="color:red"'),
        ('<td bgcolor="#fff" width="20">a</td>', "a"),
        ('<table bgcolor="#fff" cellpadding="0"></table>', 'cellpadding="0"'),
        ('<img src="cid:logo@x">', 'src="cid:logo@x"'),
        ('<img src="data:image/png;base64,iVBORw0K">', "data:image/png;base64,iVBORw0K"),
        ('<a href="https://a.test/x?y=1&amp;z=2">t</a>', 'href="https://a.test/x?y=1&amp;z=2"'),
        ('<a href="mailto:a@b.test">t</a>', "mailto:a@b.test"),
        ('<font color="red" face="Arial">t</font>', 'face="Arial"'),
        ("<center>t</center>", "<center>"),
        ('<p class="x" id="y">t</p>', 'id="y"'),
        ("<ol start=3><li>t</ol>", 'start="3"'),
    ],
)
def test_what_mail_looks_by_stays(html: str, kept: str) -> None:
    assert kept in clean(html).html


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<script>x()</script>", "x()"),
        ('<p onclick="x()">t</p>', "onclick"),
        ('<a href="javascript:x()">t</a>', "javascript"),
        ('<a href="java\nscript:x()">t</a>', "script:"),
        ('<a href="data:text/html,x">t</a>', "data:"),
        ('<a href="dealpost:key/toggle/1">t</a>', "dealpost"),
        ('<a href="/relative">t</a>', "href"),
        ('<img src="data:image/svg+xml,<svg/>">', "svg"),
        ('<img src="file:///etc/passwd" alt="x">', "passwd"),
        ("<form><input value=x><button>b</button></form>", "<form"),
        ("<p style='position:fixed;top:0'>t</p>", "fixed"),
        ("<p style='behavior:url(x)'>t</p>", "behavior"),
        ("<!-- secret -->t", "secret"),
        ("<!--[if mso]><p>only for Word</p><![endif]-->t", "Word"),
        ("<title>t</title>", "t</title"),
        ("<p target=_top>t</p>", "target"),
    ],
)
def test_what_could_harm_goes(html: str, gone: str) -> None:
    assert gone not in clean(html).html


def test_remote_pictures_are_held_back_and_counted_by_host() -> None:
    cleaned = clean(
        '<img src="https://A.test/1.png" alt="One" width="90" height="30"><img src="//b.test/2">'
        '<table><td background="http://a.test/3"></table><p style="background:url(http://c.test/4)">x'
    )
    assert cleaned.remote_hosts == {"a.test": 2, "b.test": 1, "c.test": 1}
    assert "http" not in cleaned.html
    assert 'style="width:90px;height:30px;">One</span>' in cleaned.html


def test_a_trackers_picture_leaves_no_box() -> None:
    assert clean('<p>a<img src="http://t.test/o.gif" width="1" height="1"></p>').html == "<p>a</p>"


def test_remote_pictures_stay_once_they_are_allowed() -> None:
    cleaned = clean('<img src="https://a.test/1.png">', allow_remote=True)
    assert 'src="https://a.test/1.png"' in cleaned.html
    assert cleaned.remote_hosts == {"a.test": 1}


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("body{margin:0}", ".dp-body{margin:0}"),
        ("html body .x{margin:0}", ".dp-body .x{margin:0}"),
        ("BODY,td{margin:0}", ".dp-body,td{margin:0}"),
        (":root{--a:1}", ".dp-body{--a:1}"),
        (".body #html{margin:0}", ".body #html{margin:0}"),
        (":host{margin:0}", ""),
        (":host(.x){margin:0} ::slotted(p){margin:0}", ""),
        ("@import url(http://a.test);p{margin:0}", "p{margin:0}"),
        ("@font-face{src:url(http://a.test)}", ""),
        ("p{background:#fff url(http://a.test/x) no-repeat}", "p{background:#fff none no-repeat}"),
        ('p{background:url("cid:a")}', 'p{background:url("cid:a")}'),
        ("@media (max-width:9px){body{margin:0}}", "@media (max-width:9px){.dp-body{margin:0}}"),
        ("p{margin:0 !important}", "p{margin:0 !important}"),
        ("p{width:calc(1px + 2px)}", "p{width:calc(1px + 2px)}"),
        ("p{position:sticky;top:0}", "p{top:0}"),
        ("p{background:u\\72l(http://a.test)}", "p{background:none}"),
        ("p{color:red", "p{color:red}"),
    ],
)
def test_style_sheets(css: str, expected: str) -> None:
    assert clean(f"<style>{css}</style><p>x</p>").styles == expected


def test_a_style_sheet_cannot_close_its_element() -> None:
    cleaned = clean("<style>p::after{content:'\\3c/style>'}</style>")
    assert "</style" not in cleaned.styles


@pytest.mark.parametrize(
    ("doctype", "mode"),
    [
        ("", QUIRKS),
        ("<!DOCTYPE html>", STANDARDS),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://x">', STANDARDS),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://x">', ALMOST),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://x">', ALMOST),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">', QUIRKS),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">', QUIRKS),
    ],
)
def test_the_doctypes_mode_is_kept(doctype: str, mode: str) -> None:
    assert clean(f"{doctype}<html><body>x</body></html>").mode == mode


def test_the_bodys_attributes_are_handed_back() -> None:
    cleaned = clean(
        '<html dir="rtl"><body bgcolor="eeeeee" text="navy" class="c" id="i"'
        ' background="http://a.test/x" style="margin:0;background:url(http://b.test/y)">x</body>'
    )
    assert cleaned.body_style == ("background-color:#eeeeee;color:navy;margin:0;background:none")
    assert (cleaned.body_class, cleaned.body_id, cleaned.direction) == ("c", "i", "rtl")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>plain <b>bold</b></p>", False),
        ('<p style="margin:0">x</p>', False),
        ('<p style="color:#333">x</p>', True),
        ('<table bgcolor="white"></table>', True),
        ("<style>.a{background-color:#fff}</style>", True),
        ('<font color="red">x</font>', True),
    ],
)
def test_whether_a_mail_has_colours_of_its_own(html: str, expected: bool) -> None:
    assert clean(html).has_own_colours is expected


@pytest.mark.parametrize(
    ("link", "is_misleading"),
    [
        ('<a href="http://evil.test/x">www.bank.test</a>', True),
        ('<a href="http://evil.test/x">https://bank.test/login</a>', True),
        ('<a href="http://evil.test/x"><b>bank.test</b></a>', True),
        ('<a href="http://www.bank.test/x">bank.test</a>', False),
        ('<a href="http://evil.test/x">Click here</a>', False),
        ('<a href="mailto:a@bank.test">a@bank.test</a>', False),
    ],
)
def test_links_that_lead_elsewhere_than_they_say(link: str, is_misleading: bool) -> None:
    assert bool(clean(link).misleading_links) is is_misleading


REPLY = (
    "<div>Fine with me.</div><div class='gmail_quote'>On Monday Ann wrote:"
    "<blockquote>Shall we meet on Thursday at ten?</blockquote></div>"
)


def test_a_quote_at_the_end_is_folded() -> None:
    html = clean(REPLY).html
    assert FOLD_START in html
    assert without_quotes(html) == "<div>Fine with me.</div>"
    assert "Shall we meet" in unfolded(html)
    assert "details" not in unfolded(html)


def test_a_forwarded_mail_is_not_folded() -> None:
    html = "<p>See below</p><div class='gmail_quote'>---------- Forwarded message ---------<br>long text</div>"
    assert FOLD_START not in clean(html).html


def test_a_mail_cannot_fake_a_fold() -> None:
    assert "<details" not in clean("<details class='dp-quote'><summary>x</summary></details>").html


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:red;background:url(http://x.test/a)">hello <b>x</b></p>' * 150_000,
        "<div>" * 2_000_000,
        "<" * 10_000_000,
        "<!--" * 2_500_000,
        "<style>" * 1_000_000,
        "<style>" + "a{b:c(" * 50_000 + "</style>",
        "<body '" * 1_000_000,
        "<p>aaa</p>" + "<blockquote>x</blockquote>" * 300_000,
        "<table><tr><td>" * 300_000,
        "<a><b><i><p></a>" * 300_000,
        "x" * 10_000_000,
    ],
    ids=[
        "styled",
        "deep",
        "brackets",
        "comments",
        "styles",
        "functions",
        "bodies",
        "quotes",
        "tables",
        "crossed",
        "text",
    ],
)
@pytest.mark.timeout(60)  # a parser that does not come to an end; a second is usual
def test_ten_megabytes_do_not_freeze(html: str) -> None:
    cleaned = clean(html)
    assert cleaned.was_cut or len(html) < 1_500_000


def test_a_hundred_thousand_words_are_not_cut() -> None:
    cleaned = clean("<p>Some words of a long letter. </p>" * 20_000)
    assert not cleaned.was_cut


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("<>/=\"' abcstyle:url(){}@!-&;#\x00\n\u202e\ud800ä"), max_size=300
    )
)
def test_nothing_makes_it_raise(html: str) -> None:
    cleaned = clean(html)
    assert "<script" not in cleaned.html


@pytest.mark.parametrize(
    "quote",
    [
        (
            '<div class="moz-cite-prefix">On Monday Ann wrote:</div>'
            '<blockquote type="cite">Shall we meet on Thursday at ten?</blockquote>'
        ),
        (
            '<div id="divRplyFwdMsg"><b>From:</b> Ann Lee, sent on Monday</div>'
            "<div>Shall we meet on Thursday at ten?</div>"
        ),
    ],
    ids=["Thunderbird", "Outlook"],
)
def test_the_line_that_announces_a_quote_folds_with_it(quote: str) -> None:
    assert without_quotes(clean(f"<p>Fine with me.</p>{quote}").html) == "<p>Fine with me.</p>"


def test_what_stands_after_a_quote_stays() -> None:
    html = clean(f"{REPLY}<div>Ann, Sales</div>").html
    assert without_quotes(html) == "<div>Fine with me.</div><div>Ann, Sales</div>"
