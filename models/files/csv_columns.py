"""Guess which column of a CSV file holds what, also for the exports of other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.records.records import Kind
from models.store.search_index import folded

# What a column may be, by kind; '' is left out. `address:work` has its label after the colon.
FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.PERSON: (
        "name", "first_name", "middle_name", "last_name", "address", "phone", "organization",
        "title", "note",
    ),
    Kind.ORGANIZATION: ("name", "domain", "note"),
    Kind.DEAL: (
        "name", "value", "currency", "stage", "status", "expected_close", "organization", "person",
        "address", "created", "note",
    ),
    Kind.LEAD: (
        "name", "value", "currency", "status", "organization", "person", "address", "created",
        "note",
    ),
    Kind.PROJECT: ("name", "status", "organization", "person", "address", "created", "note"),
}  # fmt: skip
_LABELS: Final = {
    "work": "work", "home": "home", "mobile": "mobile", "cell": "mobile", "other": "other",
    "business": "work", "private": "home", "personal": "home", "praca": "work", "dom": "home",
    "komórka": "mobile", "töö": "work", "kodu": "home", "mobiil": "mobile",
}  # fmt: skip
# Column names without case, accents and punctuation, in the languages of the program.
_PERSON: Final = {
    "name": (
        "name", "full name", "display name", "contact", "contact name", "person", "person name",
        "imie i nazwisko", "nazwa", "nimi", "isik",
    ),
    "first_name": ("first name", "given name", "firstname", "imie", "eesnimi"),
    "middle_name": ("middle name", "additional name"),
    "last_name": (
        "last name", "family name", "surname", "lastname", "nazwisko", "perekonnanimi", "perenimi",
    ),
    "address": (
        "email", "e mail", "email address", "mail", "e mail address", "primary email",
        "additional email addresses", "adres e mail", "e post", "meil",
    ),
    "phone": (
        "phone", "phone number", "telephone", "mobile", "mobile phone", "mobile phone number",
        "cell", "telefon", "numer telefonu", "telefoninumber", "komorka", "mobiil",
    ),
    "organization": (
        "organization", "organisation", "company", "company name", "organization name",
        "associated company", "organization 1 name", "account name", "firma", "organizacja",
        "ettevote", "organisatsioon", "primary associated company",
    ),
    "title": (
        "job title", "title", "position", "organization title", "organization 1 title",
        "stanowisko", "ametinimetus", "amet",
    ),
    "note": ("note", "notes", "notatki", "notatka", "markus", "markused", "message"),
}  # fmt: skip
_ORGANIZATION: Final = {
    "name": (
        "name",
        "organization",
        "organization name",
        "company",
        "company name",
        "firma",
        "nazwa",
        "nimi",
        "ettevote",
    ),
    "domain": ("domain", "company domain name", "website", "website url", "web", "url", "domena"),
    "note": _PERSON["note"],
}
_ITEM: Final = {
    "name": (
        "title", "name", "deal name", "deal title", "deal", "lead title", "lead name", "lead",
        "project title", "project name", "project", "tytul", "pealkiri",
    ),
    "value": ("value", "amount", "deal value", "lead value", "wartosc", "kwota", "vaartus", "summa"),
    "currency": ("currency", "currency of value", "deal currency code", "waluta", "valuuta"),
    "stage": ("stage", "deal stage", "etap", "etapp"),
    "status": ("status", "deal status", "lead status", "project status", "staatus", "olek"),
    "expected_close": ("expected close date", "close date", "expected close", "deal close date"),
    "organization": (*_PERSON["organization"], "associated company primary"),
    "person": (
        "contact person", "person", "person name", "contact", "contact name", "associated contact",
        "primary contact", "osoba kontaktowa", "kontaktisik",
    ),
    "address": _PERSON["address"],
    "created": ("created", "created at", "create date", "deal created", "lead created", "add time"),
    "note": (*_PERSON["note"], "description", "deal description"),
}  # fmt: skip
_NAMES: Final = {
    Kind.PERSON: _PERSON,
    Kind.ORGANIZATION: _ORGANIZATION,
    Kind.DEAL: _ITEM,
    Kind.LEAD: _ITEM,
    Kind.PROJECT: _ITEM,
}
_PREFIXES: Final = (*Kind, "contact", "company")  # "Person - Name", "Deal - Title"
_MANY: Final = ("address", "phone", "domain")  # fields that several columns may have


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column is: a field of `FIELDS`, maybe with a label, or ''.

    `source`: the program that exported the file: `pipedrive`, `hubspot`, `google` or ''.
    """

    kind: Kind
    columns: tuple[str, ...]
    source: str = ""


def guess(header: Sequence[str], kind: Kind | None = None, *, is_sure: bool = True) -> Mapping:
    """Guess what each column of a file is, and what kind of record its rows are.

    Args:
        is_sure: The user chose `kind`. Otherwise a kind that the columns name wins over it.
    """
    names = [_plain(name) for name in header]
    kind = (kind if is_sure else _told(header, names) or kind) or _kind(header, names)
    return Mapping(kind, _columns(header, names, kind), _source(header, names))


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", folded(name).replace("_", " ")).split())


def _told(header: Sequence[str], names: Sequence[str]) -> Kind | None:
    """The kind that the column names state, or None."""
    prefixes = [folded(name).partition(" - ")[0].strip() for name in header if " - " in name]
    for kind in (Kind.DEAL, Kind.LEAD, Kind.PROJECT, Kind.PERSON, Kind.ORGANIZATION):
        if prefixes and prefixes.count(kind) * 2 > len(header):
            return kind
    known = set(names)
    if known & {"deal name", "deal title", "deal stage", "expected close date", "pipeline"}:
        return Kind.DEAL
    if known & {"lead title", "lead name"}:
        return Kind.LEAD
    if known & {"project title", "project name"}:
        return Kind.PROJECT
    return Kind.PERSON if _source(header, names) == "google" else None


def _kind(header: Sequence[str], names: Sequence[str]) -> Kind:
    told = _told(header, names)
    if told is not None:
        return told
    known = set(names)
    is_person = known & {"first name", "last name", "given name", "email", "e mail 1 value"}
    is_company = known & {"company domain name", "domain", "website url"}
    return Kind.ORGANIZATION if is_company and not is_person else Kind.PERSON


def _source(header: Sequence[str], names: Sequence[str]) -> str:
    known = set(names)
    if "e mail 1 value" in known or {"phonetic first name", "labels"} <= known:
        return "google"
    if any(folded(name).startswith(tuple(f"{kind} - " for kind in Kind)) for name in header):
        return "pipedrive"
    if known & {"email work", "email home"} and "organization" in known:
        return "pipedrive"
    if "record id" in known or known & {"contact owner", "company owner", "deal owner"}:
        return "hubspot"
    return ""


def _columns(header: Sequence[str], names: Sequence[str], kind: Kind) -> tuple[str, ...]:
    found: list[str] = []
    used: set[str] = set()
    for name, plain in zip(header, names, strict=True):
        field = _field(name, plain, kind)
        base = field.partition(":")[0]
        if base in used and base not in _MANY:
            field = ""
        used.add(base)
        found.append(field)
    if "first_name" in used and "name" in used and kind == Kind.PERSON:
        # The whole name stands beside its parts, so the parts are not needed.
        parts = ("first_name", "middle_name", "last_name")
        found = ["" if field in parts else field for field in found]
    return tuple(found)


def _field(name: str, plain: str, kind: Kind) -> str:
    prefix, mark, rest = folded(name).partition(" - ")
    if mark and prefix in _PREFIXES:
        own = prefix == kind
        if not own and kind in (Kind.DEAL, Kind.LEAD, Kind.PROJECT) and prefix == Kind.PERSON:
            return {"name": "person", "email": "address"}.get(_plain(rest).split(" ")[0], "")
        if not own and prefix == Kind.ORGANIZATION and _plain(rest) == "name":
            return "organization" if kind != Kind.ORGANIZATION else "name"
        if not own:
            return ""
        plain = _plain(rest)
    numbered = re.fullmatch(r"(e mail|email|phone|website) \d+ (value|type|label)", plain)
    if numbered:
        what = {"phone": "phone", "website": "domain"}.get(numbered[1], "address")
        is_known = what in FIELDS[kind]
        return what if numbered[2] == "value" and is_known else ""
    for field, known in _NAMES[kind].items():
        if plain in known and field in FIELDS[kind]:
            return field if field != "phone" or "mobile" not in plain else "phone:mobile"
    words = plain.split()
    if len(words) > 1 and words[-1] in _LABELS and words[0] in ("email", "phone", "e"):
        field = "phone" if words[0] == "phone" else "address"
        return f"{field}:{_LABELS[words[-1]]}" if field in FIELDS[kind] else ""
    return ""


def label_columns(header: Sequence[str]) -> dict[int, int]:
    """For each value column, its label column: Google's exports have one beside it."""
    names = [folded(name).strip() for name in header]
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    found: dict[int, int] = {}
    for place, name in enumerate(names):
        wanted = name.removesuffix("value")
        labels = (places[each] for each in (f"{wanted}label", f"{wanted}type") if each in places)
        label = min(labels, default=None)
        if label is not None:
            found[place] = label
    return found


def label_of(text: str) -> str:
    """Another program's label as one of our codes, or else its own word."""
    plain = text.strip().lstrip("*").strip().strip("_$!<>")
    return _LABELS.get(plain.casefold(), plain)
