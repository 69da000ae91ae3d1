"""Short conversations that begin with the form on the company's website."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime

from resources.demo import documents
from resources.demo.cast import MAJA, Somebody
from resources.demo.letter import ANSWERED, FLAGGED, SEEN, Letter, SampleMail, page
from resources.demo.stories import moment

# name | local part and domain | company | what they want | roof m² | kWh a year
_ENQUIRIES = """
Hannah Whitlock|hannah@whitlockvets.example|Whitlock Vets|Solar for a veterinary clinic|220|38,000
Bartosz Zieliński|bartosz@zielinski-lakiernia.example|Lakiernia Zieliński|Paint shop, high load at noon|640|210,000
Nora Bjørnstad|nora@fjellro-hotell.example|Fjellro Hotell|Mountain hotel with a heat pump|480|330,000
Ruth Abernathy|ruth@stbrideschurch.example|St Bride's parish|Church hall, used on weekends|150|9,400
Matti Korhonen|matti@korhosenkala.example|Korhosen Kala|Fish smokehouse|310|84,000
Florian Eberhardt|f.eberhardt@eberhardt-metallbau.example|Eberhardt Metallbau|Laser cutter and welding shop|1,900|520,000
Agnès Roussel|agnes@domaine-roussel.example|Domaine Roussel|Vineyard with a bottling line|900|126,000
Tiit Mägi|tiit@magitalu.example|Mägi talu|Dairy farm, milking at five in the morning|1,200|95,000
Callum Fraser|callum@frasersawmill.example|Fraser Sawmill|Sawmill, two shifts|2,400|610,000
Dorota Kamińska|dorota@przedszkole-sloneczko.example|Przedszkole Słoneczko|Kindergarten roof|260|31,000
Per-Anders Nyström|pa@nystromsror.example|Nyströms Rör|Workshop with eight electric vans|380|72,000
Isla Pemberton|isla@pembertonpottery.example|Pemberton Pottery|Kilns that run overnight|170|64,000
Gintaras Petrauskas|gintaras@baltkepykla.example|Balt Kepykla|Bakery, second site|420|155,000
Anneke Visser|anneke@visserbloemen.example|Visser Bloemen|Flower auction cold rooms|1,500|480,000
Rafael Monteiro|rafael@cortica-monteiro.example|Cortiça Monteiro|Cork factory|2,100|390,000
Maarja Kukk|maarja@kukkpagar.example|Kukk Pagar|Café and bakery|130|58,000
Dominik Szabó|dominik@szabo-autohaz.example|Szabó Autóház|Car dealer with fast chargers|820|240,000
Leonie Kraus|leonie.kraus@kletterhalle-sued.example|Kletterhalle Süd|Climbing hall, evening load|1,050|134,000
Eoin Gallagher|eoin@gallagherdairy.example|Gallagher Dairy|Robots and milk cooling|1,400|118,000
Sanna Virtanen|sanna@jaatelotehdas.example|Jäätelötehdas|Ice cream factory|1,300|560,000
Victor Lindgren|victor@lindgrenprint.example|Lindgren Print|Print shop, three presses|700|265,000
Margot Delacroix|margot@blanchisserie-delacroix.example|Blanchisserie Delacroix|Laundry for hospitals|880|710,000
Hugo Castellanos|hugo@castellanos-frio.example|Castellanos Frío|Cold store for citrus|3,200|890,000
Freya Thorsen|freya@thorsenmarine.example|Thorsen Marine|Engine test bench|560|142,000
Benedikt Auer|benedikt@sennerei-auer.example|Sennerei Auer|Alpine cheese dairy|340|88,000
Luca Ferraro|luca@ferraromosaici.example|Ferraro Mosaici|Stone saws|450|97,000
Pille Sepp|pille@seppamets.example|Sepa Mets|Pellet plant|2,800|930,000
Owen Hughes|owen@hughesquarry.example|Hughes Quarry|Conveyor belts and a crusher|600|1,150,000
Chiara Galli|chiara@galli-tessuti.example|Galli Tessuti|Weaving mill|1,750|430,000
Robert Quill|robert@quillbooks.example|Quill & Daughters|Book warehouse, mostly lighting|2,000|46,000
"""
_FIRST = (
    "how long does it take from order to switch-on?",
    "is there any support from the state at the moment?",
    "we rent the hall: what do others agree with their landlord?",
    "could we start small and grow later?",
    "do you also take care of the grid permit?",
    "our roof is asbestos cement. Is that the end of it?",
)
_ANSWERS = (
    "about fourteen weeks: two for planning, eight for the grid permit, four on the roof.",
    "yes, but the list changes each quarter. I attach the overview we keep.",
    "the usual way is a roof lease over twenty years. I attach an example contract.",
    "yes. We plan the cable and the inverter for the final size and hang on modules as you like.",
    "yes, permit, meter and registration are part of the offer.",
    "not at all: we work with a firm that replaces such roofs, and the panels pay for a part of it.",
)
_THANKS = (
    "Thank you, that is clearer than anything else I have read this month.",
    "Good, thanks. Let me talk to my partner and come back to you next week.",
    "Great. Could you come by? Any morning except Monday.",
    "Thanks! The grid company has sent this, does it mean anything to you?",
    "Understood. We have two other offers and decide by the end of the month.",
)


def senders() -> list[Somebody]:
    """The people who ask, the newest enquiry first; `title` is what they want."""
    found = []
    for line in _ENQUIRIES.strip().splitlines():
        name, mail, company, subject, *_ = line.split("|")
        found.append(Somebody("", name, mail, subject, company, ""))
    return found


def mails(now: datetime, seed: int) -> Iterator[SampleMail]:
    """One conversation of one to three mails for each enquiry."""
    numbers = random.Random(seed)
    for position, line in enumerate(_ENQUIRIES.strip().splitlines()):
        name, mail, company, subject, roof, used = line.split("|")
        person = Somebody("", name, mail, "", company, "", is_html=numbers.random() < 0.7)
        days = 1 + position * 18 // 30
        yield from _conversation(person, f"{subject}|{roof}|{used}", days, position, now, numbers)


def _conversation(
    person: Somebody,
    facts: str,
    days: int,
    position: int,
    now: datetime,
    numbers: random.Random,
) -> Iterator[SampleMail]:
    subject, roof, used = facts.split("|")
    choice = numbers.randrange(len(_FIRST))
    clock = f"{numbers.randrange(7, 11):02}:{numbers.randrange(60):02}"
    text = (
        f"Hello,\n\n{person.company} here ({subject[0].lower()}{subject[1:]}). Roof about {roof} m², "
        f"we use {used} kWh a year.\n\nMy question: {_FIRST[choice]}\n\nKind regards\n{person.name}\n"
    )
    first = _letter(person, MAJA, f"{subject}: {roof} m²", moment(f"{days} {clock}", now), text)
    has_answer = position >= 3 and numbers.random() < 0.93
    flags = [SEEN, ANSWERED] if has_answer else [SEEN] if position % 2 else []
    if position % 7 == 0:
        flags.append(FLAGGED)
    yield first.sample("INBOX", flags)
    if not has_answer:
        return
    clock = f"{numbers.randrange(12, 15):02}:{numbers.randrange(60):02}"
    text = (
        f"Hello {person.name.split()[0]},\n\nthank you for writing. To your question: "
        f"{_ANSWERS[choice]}\n\nFor {used} kWh I would look at {int(roof.replace(',', '')) // 6} kWp "
        f"first. Shall we talk on the phone this week?\n\nBest wishes\nMaja\n"
    )
    answer = _reply(first, MAJA, person, moment(f"{days} {clock}", now), text)
    if choice in (1, 2):
        answer.files.append(("overview.pdf", *documents.named(f"overview {choice}.pdf")))
    yield answer.sample("Sent", [SEEN])
    if days < 2 or numbers.random() < 0.2:
        return
    clock = f"{numbers.randrange(15, 20):02}:{numbers.randrange(60):02}"
    text = f"Hello Maja,\n\n{numbers.choice(_THANKS)}\n\n{person.name.split()[0]}\n"
    last = _reply(answer, person, MAJA, moment(f"{days - 1} {clock}", now), text)
    yield last.sample("INBOX", [] if days < 4 else [SEEN])


def _letter(sender: Somebody, to: Somebody, subject: str, sent_at: datetime, text: str) -> Letter:
    shown = page(text) if sender.is_html else ""
    return Letter(sender, [to], subject, sent_at, text, html=shown)


def _reply(before: Letter, sender: Somebody, to: Somebody, sent_at: datetime, text: str) -> Letter:
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in before.text.splitlines())
    whole = f"{text}\n{before.sender.name} wrote:\n{quoted}"
    subject = before.subject if before.subject.startswith("Re:") else f"Re: {before.subject}"
    letter = _letter(sender, to, subject, sent_at, whole)
    letter.answers = (*before.answers, before.message_id)
    return letter
