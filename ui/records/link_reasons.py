"""Sentences that explain why a conversation is linked, or why it asks for a link."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.queries import history_reasons
from models.queries.history_reasons import HistoryReason, PersonReason
from models.queries.side_panel import LinkFacts
from ui.style import formatting

_CONTEXT = "LinkReasons"


def sentence(facts: LinkFacts, names: dict[int, str]) -> str:
    """The reason for a link or an offer. `names` has the persons' names, by id."""
    tr = QCoreApplication.translate
    known = [formatting.clean(names[id_]) for id_ in facts.person_ids if id_ in names]
    who = ", ".join(known[:3])
    if facts.origin == "person" or facts.code == "by_hand":
        return tr(_CONTEXT, "You linked it.")
    match facts.code:
        case "past_mail":
            return tr(_CONTEXT, "Linked when you asked for past mail to be linked.")
        case "came_back":
            return tr(_CONTEXT, "It was linked with this before it was deleted on the server.")
        case "merged":
            return tr(_CONTEXT, "A conversation that was joined to this one was linked with it.")
        case "began_before":
            return tr(_CONTEXT, "Past mail showed that the conversation began before this item.")
        case "several_open":
            text = tr(_CONTEXT, "{who} has more than one open item: choose one.")
            many = tr(_CONTEXT, "There is more than one open item: choose one.")
            return text.format(who=who) if who else many
    text = tr(_CONTEXT, "The only open item of {who} when the conversation began.")
    plain = tr(_CONTEXT, "The only open item of its persons when the conversation began.")
    return text.format(who=who) if who else plain


def history_sentence(found: HistoryReason) -> str:
    """Why a mail is in a history. '' if it is no longer there."""
    parts = [_person(found, person) for person in found.persons]
    if found.link is not None:
        text = sentence(found.link, dict(found.names))
        if (
            found.link.item.key != found.record_key
        ):  # in an organization's history, by one of its items
            title = formatting.clean(found.link.item.title)
            through = QCoreApplication.translate(_CONTEXT, "Linked with {title}. {reason}")
            text = through.format(title=title, reason=text)
        parts.append(text)
    return " ".join(parts)


def _person(found: HistoryReason, person: PersonReason) -> str:
    tr = QCoreApplication.translate
    name = formatting.clean(person.name) or ", ".join(person.addresses)
    address = formatting.clean(", ".join(person.addresses))
    if person.code == history_reasons.BY_HAND:
        return tr(_CONTEXT, "You linked this mail with {name}.").format(name=name)
    if person.code == history_reasons.CAME_BACK:
        text = tr(_CONTEXT, "It was linked with {name} before it was deleted on the server.")
        return text.format(name=name)
    if found.record_key == f"person:{person.person_id}":
        return tr(_CONTEXT, "It has the address {address}.").format(address=address)
    text = tr(_CONTEXT, "It has the address {address} of {name}.")
    return text.format(address=address, name=name)
