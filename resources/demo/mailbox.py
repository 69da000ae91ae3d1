"""The whole sample mailbox, and the mail that arrives while the demo runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from resources.demo import enquiries, newsletters, routine, stories
from resources.demo.cast import MAJA, PEOPLE
from resources.demo.letter import Letter, SampleMail, page

MAILBOXES = ("Sent", "Archive", "Trash", "Drafts", "Junk", "Invoices", "Partners")
PARTNERS = ("dmitri", "nadia", "oskar")
SEED = 1417

# who writes | the subject of the story they answer | what they say
_LATER = (
    ("henning", "Solar roof for the boat shed",
     "The roofer asks whether the purlins must be dry before the panels go on. Must they?"),
    ("greta", "Re: Kühlhaus 3: Angebot Photovoltaik und Speicher",
     "Noch eine Frage: Dürfen wir den Container dunkelgrün streichen? Der Bürgermeister fragt."),
    ("kadri", "Hotelli katus ja elektriautode laadijad",
     "Omanik on nõus! Logo pole enam oluline. Millal saame alustada?"),
    ("sam", "Laundry: 24/7 load, does solar even matter?",
     "Machine 7 is off by a factor of ten, ignore that column. Sorry!"),
    ("zofia", "Panele na dach piekarni",
     "Mąż przekonany. Proszę o umowę, najlepiej jeszcze w tym tygodniu."),
    ("siobhan", "Campsite: washing house and twelve pitches",
     "Paperwork is in, thank you. My brother asks if pitch 13 can have one too. 🙃"),
    ("priya", "Second cold store: budget for next year",
     "The board moved the meeting to this afternoon. Wish me luck!"),
    ("mateusz", "Rowery cargo: ładowanie z dachu",
     "Wygląda super, bierzemy. Co teraz?"),
)  # fmt: skip


def sample(now: datetime) -> list[SampleMail]:
    """All mails of the mailbox, oldest first; always the same for the same `now`.

    `now` needs a time zone; the clock times of the mails are in it.
    """
    found = [mail for story in stories.read() for mail in _of_story(story, now)]
    found += enquiries.mails(now, SEED)
    found += newsletters.mails(now)
    found += routine.mails(now, SEED)
    return sorted(found, key=lambda mail: mail.received_at)


def _of_story(story: stories.Story, now: datetime) -> Iterator[SampleMail]:
    is_partner = story.people[0].key in PARTNERS
    for mail in stories.mails(story, now):
        if is_partner and mail.mailbox == "INBOX":
            yield SampleMail("Partners", mail.raw, mail.received_at, mail.flags)
        else:
            yield mail


def later(started: datetime) -> Iterator[Letter]:
    """Replies that arrive one after the other, without end; `sent_at` is when each is requested."""
    threads = {story.subject: story for story in stories.read()}
    for turn in count():
        key, subject, text = _LATER[turn % len(_LATER)]
        known = [letter.message_id for letter in stories.letters(threads[subject], started)]
        sender = PEOPLE[key]
        now = datetime.now(started.tzinfo).replace(microsecond=0) + timedelta(microseconds=turn)
        prefix = "" if subject.startswith("Re:") else "Re: "
        letter = Letter(sender, [MAJA], prefix + subject, now, f"{text}\n\n{sender.name}\n")
        letter.answers = tuple(known)
        if sender.is_html:
            letter.html = page(text, sender.signature)
        yield letter
