"""What fills a sales mailbox besides customers: invoices, notices, lists, bounces, invitations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from resources.demo import documents
from resources.demo.cast import MAJA, PEOPLE, Somebody
from resources.demo.letter import SEEN, Letter, SampleMail, page
from resources.demo.stories import moment


def mails(now: datetime, seed: int) -> Iterator[SampleMail]:
    """All of these mails."""
    numbers = random.Random(seed)
    yield from _invoices(now, numbers)
    yield from _notices(now, numbers)
    yield from _list(now, numbers)
    yield from _away(now)
    yield from _bounces(now)
    yield from _invitations(now)
    yield from _junk(now)


def _system(name: str, address: str) -> Somebody:
    return Somebody("", name, address, "", name, "")


def _clock(numbers: random.Random, days: int) -> str:
    return f"{days} {numbers.randrange(7, 18):02}:{numbers.randrange(60):02}"


_SUPPLIERS = (
    (
        "Voltbridge Inverters billing",
        "billing@voltbridge-inverters.example",
        "VB",
        18400,
        41200,
    ),
    ("Hallberg Freight", "invoice@hallbergfreight.example", "HF", 280, 1900),
    ("Glaswerk Module", "rechnung@glaswerk-module.example", "GM", 22000, 96000),
    ("Sadama Kontor", "arved@sadamakontor.example", "SK", 890, 890),
    ("Tower Telecom", "ebill@towertelecom.example", "TT", 61, 74),
)


def _invoices(now: datetime, numbers: random.Random) -> Iterator[SampleMail]:
    for position in range(15):
        name, address, code, least, most = _SUPPLIERS[position % len(_SUPPLIERS)]
        number = f"{code}-{41370 + position * 17}"
        amount = f"{numbers.randint(least, most):,}.{numbers.randrange(100):02} EUR"
        text = f"Dear customer,\n\nplease find invoice {number} over {amount} attached. "
        text += "It is due within 14 days.\n\nThis mailbox is not read.\n"
        days = 1 + position * 18 // 15
        letter = Letter(
            _system(name, address),
            [MAJA],
            f"Invoice {number} ({amount})",
            moment(_clock(numbers, days), now),
            text,
            html=page(text),
            cc=[PEOPLE["eva"]],
        )
        lines = [f"Invoice {number}", f"Total {amount}", "Due within 14 days"]
        letter.files.append((f"{number}.pdf", documents.pdf(name, lines), "application/pdf"))
        if code == "GM":
            letter.files.append((f"{number}-serials.csv", documents.csv(number), "text/csv"))
        yield letter.sample("Invoices", [SEEN] if days > 3 else [])


_NOTICES = (
    (
        "Monitoring",
        "alarm@monitor.lumivolt.example",
        "Site {site}: string 4 below expectation",
        "String 4 of {site} delivered 18 % less than its neighbours since 10:00. Shade or dirt?",
    ),
    (
        "Monitoring",
        "alarm@monitor.lumivolt.example",
        "Site {site}: back to normal",
        "All strings of {site} are within 3 % again.",
    ),
    (
        "Parcel desk",
        "notice@parceldesk.example",
        "Your parcel for {site} is on its way",
        "One parcel, 4.2 kg, will be delivered to {site} tomorrow between 9 and 12.",
    ),
    (
        "Signing room",
        "no-reply@signingroom.example",
        "{site} has viewed your document",
        "Your document 'Offer' was opened at {site}. You will hear from us when it is signed.",
    ),
    (
        "Grid operator",
        "permits@gridoperator.example",
        "Permit {site}: received",
        "We received the application for {site}. Reference 2026-{number}. Decision within 30 days.",
    ),
    (
        "Calendar",
        "digest@calendar.lumivolt.example",
        "Tomorrow: visit at {site}",
        "09:30 Visit at {site}. Travel time 55 minutes. Weather: light snow, -2 °C.",
    ),
)
_SITES = (
    "Orchard Cold Store", "Kilronan Campsite", "Demir Print", "Fjordlaks barge 1",
    "Finca Altamira", "Molkerei Nordwind", "Hotell Rannaliiv", "Ashdown Joinery",
)  # fmt: skip


def _notices(now: datetime, numbers: random.Random) -> Iterator[SampleMail]:
    for position in range(48):
        name, address, subject, text = _NOTICES[position % len(_NOTICES)]
        facts = {
            "site": numbers.choice(_SITES),
            "number": numbers.randrange(1000, 9999),
        }
        days = position * 18 // 48
        when = moment(_clock(numbers, days), now) if days else now - timedelta(minutes=7 + position)
        letter = Letter(
            _system(name, address),
            [MAJA],
            subject.format(**facts),
            when,
            text.format(**facts) + "\n",
        )
        letter.headers["Auto-Submitted"] = "auto-generated"
        yield letter.sample("INBOX", [SEEN] if days > 2 or position % 3 else [])


_TOPICS = (
    (
        "Torque on trapezoid clamps",
        "Has anyone seen clamps loosen after the first winter?",
    ),
    (
        "Ferrite cores: myth or cure?",
        "Customer hears the inverter in his radio. Cores helped a bit.",
    ),
    (
        "Best way to label DC cables",
        "Ours fade after two summers. What do you print on?",
    ),
    (
        "Bird nests under panels",
        "A pair of wagtails moved in. Switch-on is on Monday. Ideas?",
    ),
    (
        "Grid operator wants a second meter",
        "Ninety pages of rules and page 71 says so. Anyone?",
    ),
)
_REPLIES = (
    "Same here. 12 Nm, and again after a year.",
    "We stopped doing that in 2023 and nobody complained.",
    "Photo in the archive of last spring, search for 'wagtail'.",
    "It says 'may', not 'must'. Ask politely on paper.",
    "+1",
)


def _list(now: datetime, numbers: random.Random) -> Iterator[SampleMail]:
    """A discussion list of installers: [pv-talk], many senders, Reply-To is the list."""
    voices = [PEOPLE[key] for key in ("jonas", "nadia", "ellen", "rein", "lars", "tom")]
    everyone = _system("pv-talk", "pv-talk@lists.solarfolk.example")
    for position, (topic, question) in enumerate(_TOPICS):
        answers: list[str] = []
        for turn in range(4):
            days = 17 - position * 3 - turn // 2
            letter = Letter(
                voices[(position + turn) % len(voices)],
                [everyone],
                f"[pv-talk] {topic}" if not turn else f"Re: [pv-talk] {topic}",
                moment(f"{days} {9 + turn * 2:02}:{numbers.randrange(60):02}", now),
                (numbers.choice(_REPLIES) if turn else question) + "\n\n_____\npv-talk list\n",
                answers=tuple(answers),
            )
            answers.append(letter.message_id)
            letter.headers["List-Id"] = "PV talk <pv-talk.lists.solarfolk.example>"
            letter.headers["List-Post"] = "<mailto:pv-talk@lists.solarfolk.example>"
            letter.headers["Reply-To"] = "pv-talk@lists.solarfolk.example"
            yield letter.sample("INBOX", [SEEN] if days > 4 else [])


_AWAY = (
    ("wolf", 10, "Abwesenheitsnotiz: Angebot", "Ich bin bis Montag nicht im Haus. In dringenden "
     "Fällen wenden Sie sich bitte an Frau Öztürk."),
    ("sam", 11, "Automatic reply: dryer data", "I'm on a training and read mail in the evening."),
    ("claire", 7, "Réponse automatique : votre devis", "Je suis absente jusqu'au 3. Merci."),
    ("ingrid", 9, "Autosvar: tall for lekterne", "Jeg er på havet uten dekning til torsdag."),
    ("zofia", 6, "Autoodpowiedź", "Piekę. Odpiszę po południu."),
)  # fmt: skip


def _away(now: datetime) -> Iterator[SampleMail]:
    for key, days, subject, text in _AWAY:
        letter = Letter(PEOPLE[key], [MAJA], subject, moment(f"{days} 17:31", now), text + "\n")
        letter.headers["Auto-Submitted"] = "auto-replied"
        letter.headers["X-Auto-Response-Suppress"] = "All"
        yield letter.sample("INBOX", [SEEN])


def _bounces(now: datetime) -> Iterator[SampleMail]:
    """Delivery reports (RFC 3464) about mails that were never in Sent."""
    for days, lost in (
        (15, "info@old-dairy.example"),
        (6, "h.brackwter@brackwaterboats.example"),
    ):
        letter = Letter(
            _system("Mail Delivery System", "mailer-daemon@mx.lumivolt.example"),
            [MAJA],
            "Undelivered Mail Returned to Sender",
            moment(f"{days} 13:02", now),
            f"This is the mail system at mx.lumivolt.example.\n\nYour message to <{lost}> could not "
            "be delivered:\n\n550 5.1.1 User unknown\n",
        )
        letter.headers["Auto-Submitted"] = "auto-replied"
        report = (
            "Reporting-MTA: dns; mx.lumivolt.example\r\n\r\n"
            f"Final-Recipient: rfc822; {lost}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        )
        letter.files.append(("delivery-report.txt", report.encode(), "text/plain"))
        yield letter.sample("INBOX", [SEEN])


_MEETINGS = (
    ("henning", 16, "Site visit, Hall 2", "Brackwater Boats, the yard"),
    ("kadri", 14, "Ülevaatus katusel", "Hotell Rannaliiv"),
    ("sam", 13, "Call about dryers", "Video"),
    ("priya", 6, "Board questions, Store B", "Video"),
    ("aino", 3, "Winter planning of the installation teams", "Sadama 7, big room"),
    ("jonas", 1, "Soup", "The soup place"),
)


def _invitations(now: datetime) -> Iterator[SampleMail]:
    for key, days, title, place in _MEETINGS:
        host = PEOPLE[key]
        when = moment(f"{days} 12:40", now)
        text = f"{host.name} invites you.\n\n{title}\n{place}\n"
        letter = Letter(host, [MAJA], f"Invitation: {title}", when, text)
        entry = documents.invitation(
            letter.message_id.strip("<>"),
            title,
            when + timedelta(days=2),
            host.address,
            place,
        )
        letter.files.append(("invite.ics", entry, "text/calendar"))
        yield letter.sample("INBOX", [SEEN] if days > 1 else [])


_JUNK = (
    ("Winner Office", "claim@lucky-draw.example", "You have been selected!!!"),
    (
        "SEO Experts",
        "hi@rank-number-one.example",
        "Quick question about lumivolt.example",
    ),
    ("Bulk Panels Ltd", "sales@panels-by-the-tonne.example", "Panels -70%, today only"),
    ("Invoice dept", "acc@unpaid-invo1ce.example", "FINAL NOTICE invoice overdue"),
)


def _junk(now: datetime) -> Iterator[SampleMail]:
    for position, (name, address, subject) in enumerate(_JUNK):
        when = moment(f"{2 + position * 4} 03:3{position}", now)
        letter = Letter(_system(name, address), [MAJA], subject, when, "Click here.\n")
        yield letter.sample("Junk")
