"""HTML newsletters, with inline pictures that show and remote pictures that are held back."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from resources.demo import documents
from resources.demo.cast import MAJA, Somebody
from resources.demo.letter import SEEN, Letter, SampleMail
from resources.demo.stories import moment


@dataclass(frozen=True, slots=True)
class Newsletter:
    """The name and look of a newsletter."""

    name: str
    address: str
    colour: str
    rgb: tuple[int, int, int]
    issues: tuple[tuple[str, str, str], ...]


_NEWSLETTERS = (
    Newsletter(
        "Sunday Grid",
        "letter@sundaygrid.example",
        "#0f766e",
        (15, 118, 110),
        (
            (
                "The week in megawatts",
                "Prices fell below zero on four days.",
                "A mild, windy week pushed prices down. Batteries earned more than panels.",
            ),
            (
                "Negative prices, again",
                "What to tell a customer who asks why.",
                "Negative prices are a matter of hours, not of years. A chart to show around.",
            ),
            (
                "Who pays for the grid?",
                "The new tariff, in one table.",
                "From January the peak counts twice in winter evenings. Storage wins.",
            ),
            (
                "Snow on panels",
                "Leave it, says a study of 1,200 roofs.",
                "Clearing snow gains 1.3 % a year, and costs a ladder and sometimes a leg.",
            ),
        ),
    ),
    Newsletter(
        "Voltbridge News",
        "news@voltbridge-inverters.example",
        "#1d4ed8",
        (29, 78, 216),
        (
            (
                "VB-50 firmware 4.2 is here",
                "Night consumption down to 6 W.",
                "The relay board now sleeps when it should. Update from the portal.",
            ),
            (
                "Webinar: arc detection explained",
                "With live demonstration (yes, real arcs).",
                "Forty minutes, then questions. The recording goes to everyone who signs up.",
            ),
            (
                "Winter stock list",
                "What ships this week, and what does not.",
                "VB-50: week 6. VB-30: from stock. Fans and filters: from stock.",
            ),
        ),
    ),
    Newsletter(
        "Harbour Fair Tallinn",
        "hello@harbourfair.example",
        "#b45309",
        (180, 83, 9),
        (
            (
                "Early-bird stands until Friday",
                "Your 2026 stand 14B is held for you.",
                "Exhibitors of last year choose first. The sea side is almost full.",
            ),
            (
                "Programme committee: call for talks",
                "Twenty minutes, no product pitches.",
                "We look for people who built something and can say what went wrong.",
            ),
        ),
    ),
    Newsletter(
        "Pipeline Weekly",
        "weekly@pipelineweekly.example",
        "#7c3aed",
        (124, 58, 237),
        (
            (
                "Follow up without being a pest",
                "Five sentences that work.",
                "The best one: 'Shall I close your file?' Use it once.",
            ),
            (
                "Why deals die in week three",
                "And the boring cure.",
                "Name the next step in every mail, with a date and a person.",
            ),
            (
                "The shortest proposal wins",
                "We measured 900 of them.",
                "One page was signed 2.1 times as often as twelve.",
            ),
            (
                "Discounts teach patience",
                "To the customer.",
                "Who got 5 % in March waits for 10 % in April.",
            ),
        ),
    ),
    Newsletter(
        "Riigi Hanked",
        "teated@hanketeated.example",
        "#be123c",
        (190, 18, 60),
        (
            (
                "Uued hanked: taastuvenergia (4)",
                "Koolid, lasteaiad ja üks veepuhastus.",
                "Neli uut hanget, tähtajad kahe kuni kuue nädala pärast.",
            ),
            (
                "Uued hanked: taastuvenergia (2)",
                "Vallamaja ja spordihoone.",
                "Kaks uut hanget, mõlemad salvestiga.",
            ),
            (
                "Muudatus: koolisööklad, III osa",
                "Tähtaega pikendati.",
                "Tehniline kirjeldus on muutunud, vaata lisa.",
            ),
        ),
    ),
)


def mails(now: datetime) -> Iterator[SampleMail]:
    """All issues, spread over four weeks, the older half read."""
    number = 0
    for letter in _NEWSLETTERS:
        for position, issue in enumerate(letter.issues):
            days = 1 + position * 5 + number % 3
            when = moment(f"{days} {6 + number % 3:02}:{(number * 13) % 60:02}", now)
            flags = [SEEN] if days > 6 or number % 2 else []
            yield _issue(letter, issue, position, when).sample("INBOX", flags)
            number += 1


def _issue(
    letter: Newsletter, issue: tuple[str, str, str], position: int, when: datetime
) -> Letter:
    title, lead, text = issue
    sender = Somebody("", letter.name, letter.address, "", letter.name, "")
    domain = letter.address.partition("@")[2]
    chart = documents.bars([3 + (position * 7 + i * 5) % 11 for i in range(12)], letter.rgb)
    made = Letter(sender, [MAJA], title, when, f"{title}\n{lead}\n\n{text}\n")
    made.html = _page(letter, title, lead, [text, _FILLER], domain)
    made.pictures.append((f"chart{position}@{domain}", chart))
    made.html = made.html.replace("CHART", f"cid:chart{position}@{domain}")
    made.headers["List-Unsubscribe"] = f"<mailto:leave@{domain}?subject=unsubscribe>"
    made.headers["List-Id"] = f"{letter.name} <letter.{domain}>"
    made.headers["Precedence"] = "bulk"
    return made


_FILLER = (
    "You get this letter because you signed up at a fair or on our website. "
    "Answers to this address are read by a person."
)


def _page(letter: Newsletter, title: str, lead: str, paragraphs: Sequence[str], domain: str) -> str:
    """A typical table layout of newsletters, with one remote picture and one remote pixel."""
    body = "".join(f"<p>{html.escape(part)}</p>" for part in paragraphs)
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><style>
 .head {{ background:{letter.colour}; color:#ffffff; padding:22px 28px; }}
 .lead {{ font-size:17px; color:#334155; }}
 .button {{ background:{letter.colour}; color:#ffffff; padding:11px 20px; border-radius:6px;
  text-decoration:none; display:inline-block; }}
</style></head>
<body bgcolor="#eef2f6" style="margin:0">
<table width="100%" bgcolor="#eef2f6" cellpadding="0" cellspacing="0"><tr><td align="center">
<table width="600" bgcolor="#ffffff" cellpadding="0" cellspacing="0"
 style="font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5;color:#1e293b">
<tr><td class="head"><b style="font-size:22px">{html.escape(letter.name)}</b></td></tr>
<tr><td><img src="https://img.{domain}/header.jpg" width="600" height="120" alt=""></td></tr>
<tr><td style="padding:26px 28px"><h2 style="margin:0 0 8px">{html.escape(title)}</h2>
<p class="lead">{html.escape(lead)}</p>
<img src="CHART" width="480" height="160" alt="Chart">{body}
<p><a class="button" href="https://www.{domain}/read">Read on</a></p></td></tr>
<tr><td style="padding:16px 28px;color:#64748b;font-size:12px">
<a href="https://www.{domain}/leave" style="color:#64748b">Leave this list</a>
<img src="https://track.{domain}/open.gif" width="1" height="1" alt=""></td></tr>
</table></td></tr></table></body></html>"""
