"""Mails from the conversations of `stories.txt`: threading, quotes, signatures, attachments."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from resources.demo import documents
from resources.demo.cast import MAJA, PEOPLE, Somebody
from resources.demo.letter import ANSWERED, SEEN, Letter, SampleMail, page

_WROTE = {
    "en": "On {date}, {name} wrote:",
    "de": "Am {date} schrieb {name}:",
    "pl": "{date}, {name} napisał(a):",
    "et": "{date} kirjutas {name}:",
    "fr": "Le {date}, {name} a écrit :",
    "ja": "{date}、{name} のメール：",
    "ar": "كتب {name} في {date}:",
}
_REPLY = {"de": "AW: ", "pl": "Odp: ", "et": "Vs: ", "fr": "RE : "}


@dataclass(slots=True)
class Step:
    """One mail of a conversation.

    Attributes:
        when: `13 09:12` (working days ago), `3h` or `25m`.
    """

    sender: Somebody
    when: str
    text: str = ""
    files: list[str] = field(default_factory=list)
    is_unread: bool = False


@dataclass(slots=True)
class Story:
    """A conversation: its people and its mails, oldest first."""

    subject: str
    people: list[Somebody]
    steps: list[Step] = field(default_factory=list)
    is_archived: bool = False


def read(text: str | None = None) -> list[Story]:
    """Read the stories of the text, or of `stories.txt`."""
    if text is None:
        text = Path(__file__).with_name("stories.txt").read_text("utf-8")
    found: list[Story] = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("== "):
            subject, *rest = (part.strip() for part in line[3:].split(" | "))
            names = [name.strip() for part in rest for name in part.split(",")]
            found.append(Story(subject, [PEOPLE[name] for name in names]))
        elif found:
            _take(found[-1], line)
    for story in found:
        for step in story.steps:
            step.text = step.text.strip("\n") + "\n"
    return found


def _take(story: Story, line: str) -> None:
    """Read one line of a story: the head of a mail, its marks, or its text."""
    head = re.fullmatch(r"([<>]) (\d+ \d\d:\d\d|\d+[hm])(?: (\w+))?", line)
    if head:
        direction, when, name = head.groups()
        sender = MAJA if direction == ">" else PEOPLE[name] if name else story.people[0]
        story.steps.append(Step(sender, when))
    elif re.fullmatch(r"(?:(?:\+\S+|!|~archive)\s*)+", line):
        for mark in line.split():
            if mark.startswith("+"):
                story.steps[-1].files.append(mark[1:])
            story.steps[-1].is_unread |= mark == "!"
            story.is_archived |= mark == "~archive"
    elif story.steps:
        story.steps[-1].text += line + "\n"


def moment(when: str, now: datetime) -> datetime:
    """The time that a step names, in the time zone of `now`; never later than `now`."""
    if when[-1] in "hm":
        return now - timedelta(**{"hours" if when[-1] == "h" else "minutes": int(when[:-1])})
    days, _, clock = when.partition(" ")
    day = now
    left = int(days)
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < 5
    hour, minute = clock.split(":")
    return day.replace(hour=int(hour), minute=int(minute), second=int(minute) % 47, microsecond=0)


def letters(story: Story, now: datetime) -> Iterator[Letter]:
    """The mails of a story before they become bytes, each a reply to the one before."""
    answers: list[str] = []
    before: Letter | None = None
    for step in story.steps:
        before = _letter(story, step, before, answers, now)
        answers.append(before.message_id)
        yield before


def mails(story: Story, now: datetime) -> Iterator[SampleMail]:
    """The mails of a story: Maja's in Sent, the others in INBOX or Archive."""
    for position, letter in enumerate(letters(story, now)):
        step = story.steps[position]
        if step.sender is MAJA:
            yield letter.sample("Sent", [SEEN])
            continue
        is_last = position == len(story.steps) - 1
        is_answered = not is_last and story.steps[position + 1].sender is MAJA
        flags = [flag for flag, on in ((SEEN, not step.is_unread), (ANSWERED, is_answered)) if on]
        yield letter.sample("Archive" if story.is_archived else "INBOX", flags)


def _letter(
    story: Story, step: Step, before: Letter | None, answers: list[str], now: datetime
) -> Letter:
    others = [person for person in story.people if person is not step.sender]
    to, cc = ([*others[:1]], others[1:]) if step.sender is MAJA else ([MAJA], others)
    language = story.people[0].language
    subject = story.subject
    if before is not None and not re.match(r"(?i)(re|aw|odp|vs) ?:", subject):
        subject = ("Re: " if step.sender is MAJA else _REPLY.get(language, "Re: ")) + subject
    text = step.text + "\n-- \n" + step.sender.signature + "\n"
    letter = Letter(
        step.sender,
        to,
        subject,
        moment(step.when, now),
        text + (_quoted(before, language) if before else ""),
        cc=cc,
        answers=tuple(answers),
    )
    if step.sender.is_html:
        letter.html = page(step.text, step.sender.signature, _quoted_html(before, language))
    for name in step.files:
        content, kind = documents.named(name)
        letter.files.append((name, content, kind))
    return letter


def _wrote(letter: Letter, language: str) -> str:
    date = f"{letter.sent_at:%d.%m.%Y %H:%M}"
    return _WROTE.get(language, _WROTE["en"]).format(date=date, name=letter.sender.name)


def _quoted(letter: Letter, language: str) -> str:
    lines = "".join(f"> {line}".rstrip() + "\n" for line in letter.text.splitlines())
    return f"\n{_wrote(letter, language)}\n{lines}"


def _quoted_html(letter: Letter | None, language: str) -> str:
    if letter is None:
        return ""
    inner = html.escape(letter.text).replace("\n", "<br>")
    style = "margin:0 0 0 .8ex;border-left:2px solid #cbd5e1;padding-left:1ex;color:#475569"
    return (
        f"<div>{html.escape(_wrote(letter, language))}</div>"
        f'<blockquote type="cite" style="{style}">{inner}</blockquote>'
    )
