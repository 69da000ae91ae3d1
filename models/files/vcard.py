"""Read persons and organizations from vCard files (2.1, 3.0, 4.0), and write them.

Each card is read separately, so a damaged or truncated card does not affect the others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import vobject

from models.files.csv_columns import label_of
from models.files.csv_drafts import domain_of
from models.files.csv_table import ImportRefusedError, decode
from models.files.drafts import Draft, Problem
from models.records.records import Labelled, Organization, Person

NO_CARDS = "There is no contact in this file: Dealpost reads CSV and vCard files."
# The library logs the lines that it cannot read: words of the user's contacts.
logging.getLogger("vobject.base").disabled = True

_NAME: Final = r"[A-Za-z0-9_-]++"
_WORD: Final = r'(?:"[^"]*+"|[^";:,]*+)'
# Matches what the library's own pattern matches, without backtracking: on a line that does not
# match, that pattern backtracks forever.
_LINE: Final = re.compile(
    rf"(?:{_NAME}\.)?+(?P<name>{_NAME})(?:;{_NAME}(?:={_WORD})?+(?:,{_WORD})*+)*+:"
)
_UNREAD: Final = ("PHOTO", "LOGO", "SOUND", "KEY")  # pictures and the like, megabytes of them
_LONGEST_HEAD: Final = 2000  # characters before the value
_TYPES: Final = ("work", "home", "cell", "mobile", "other")


def is_vcard(data: bytes) -> bool:
    """Whether the data begins like a vCard file."""
    start = data[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")
    return start[:11].upper() == b"BEGIN:VCARD"


def read(data: bytes, encoding: str = "") -> tuple[list[Draft], list[Problem]]:
    """The cards that can be imported, and those that cannot.

    Raises: ImportRefusedError if there is no card at all.
    """
    text, _ = decode(data, encoding)
    good: list[Draft] = []
    bad: list[Problem] = []
    for number, card in enumerate(_cards(text), 1):
        if not card.rstrip().upper().endswith("END:VCARD"):
            bad.append(Problem(number, "cut_off"))
            continue
        draft = _read_card(number, card)
        if isinstance(draft, Draft):
            good.append(draft)
        else:
            bad.append(draft)
    if not good and not bad:
        raise ImportRefusedError(NO_CARDS)
    return good, bad


def _cards(text: str) -> Iterator[str]:
    for part in re.split(r"(?im)^BEGIN:VCARD[ \t]*\r?$", text)[1:]:
        body, mark, _ = (
            re.split(r"(?im)(^END:VCARD)", part, maxsplit=1)
            if (re.search(r"(?im)^END:VCARD", part))
            else (part, "", "")
        )
        yield f"BEGIN:VCARD{body}{mark}"


def _readable(card: str) -> str:
    """The card with its folded lines joined, without lines that are unreadable or not used."""
    lines: list[list[str]] = []
    goes_on = is_new = False
    for text in card.split("\n"):
        line = text.rstrip("\r")
        if goes_on:  # vCard 2.1 ends a quoted-printable line that continues with =
            lines[-1][-1] = lines[-1][-1][:-1]
            lines[-1].append(line)
        elif line[:1] in (" ", "\t") and lines and not is_new:
            lines[-1].append(line[1:])
        elif line.strip():
            lines.append([line])
        is_new = not line.strip()
        goes_on = line.endswith("=") and "quoted-printable" in lines[-1][0].lower()
    return "\r\n".join(line for line in map("".join, lines) if _is_read(line))


def _is_read(line: str) -> bool:
    found = _LINE.match(line)
    return (
        found is not None and found.end() < _LONGEST_HEAD and found["name"].upper() not in _UNREAD
    )


def _read_card(number: int, card: str) -> Draft | Problem:
    try:
        found = next(vobject.readComponents(_readable(card), ignoreUnreadable=True, allowQP=True))
    except Exception:  # any program's card: the library may raise anything
        return Problem(number, "unreadable")
    contents: dict[str, list[Any]] = found.contents
    organization = _first_of(contents, "org")
    addresses = tuple(_labelled(contents, "email"))
    name = _text(contents, "fn") or _name(contents) or _text(contents, "nickname")
    is_company = _text(contents, "kind").lower() in ("org", "organization") or (
        _text(contents, "x-abshowas").lower() == "company"
    )
    if is_company and (name or organization):
        domains = (domain_of(_as_text(each.value)) for each in contents.get("url", ()))
        found_domains = tuple(domain for domain in domains if domain)
        return Draft(
            number,
            Organization(
                name=name or organization, domains=found_domains, note=_text(contents, "note")
            ),
        )
    name = name or (addresses[0].value if addresses else "") or organization
    if not name:
        return Problem(number, "no_name")
    return Draft(
        number,
        Person(
            name=name,
            title=_text(contents, "title") or _text(contents, "role"),
            note=_text(contents, "note"),
            addresses=addresses,
            phones=tuple(_labelled(contents, "tel")),
        ),
        organization,
    )


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_as_text(each) for each in value)
    return " ".join(str(value).split()) if not isinstance(value, str) else value.strip()


def _text(contents: dict[str, list[Any]], name: str) -> str:
    return _as_text(contents[name][0].value) if contents.get(name) else ""


def _first_of(contents: dict[str, list[Any]], name: str) -> str:
    """The first part of a structured value: the organization without its department."""
    if not contents.get(name):
        return ""
    value = contents[name][0].value
    return _as_text(value[0] if isinstance(value, list) and value else value)


def _name(contents: dict[str, list[Any]]) -> str:
    if not contents.get("n"):
        return ""
    value = contents["n"][0].value
    parts = (getattr(value, part, "") for part in ("given", "additional", "family"))
    return " ".join(text for part in parts if (text := _as_text(part)))


def _labelled(contents: dict[str, list[Any]], name: str) -> Iterator[Labelled]:
    """The labelled values, the preferred one first."""
    lines = contents.get(name, [])
    custom = {
        line.group: label_of(_as_text(line.value))
        for line in contents.get("x-ablabel", ())
        if line.group
    }
    for line in sorted(lines, key=_preference):
        value = re.sub(r"^(mailto|tel):", "", _as_text(line.value), flags=re.IGNORECASE)
        types = {part.lower() for text in line.params.get("TYPE", ()) for part in text.split(",")}
        types |= {text.lower() for text in line.singletonparams}
        label = next((label_of(each) for each in _TYPES if each in types), "")
        if name == "email":
            value = value.lower()
        if value:
            yield Labelled(value, custom.get(line.group) or label)


def _preference(line: Any) -> int:
    types = ",".join(line.params.get("TYPE", ())).lower()
    numbers = [text for text in line.params.get("PREF", ()) if text.isdigit()]
    if numbers:
        return int(numbers[0])
    return 1 if "pref" in types or "PREF" in line.params else 200


# --- out -----------------------------------------------------------------------------------------


def write(
    persons: Iterable[Person],
    organizations: Iterable[Organization],
    names: dict[int, str],
) -> str:
    """Cards of version 4.0. `names`: the names of the persons' organizations, by id."""
    cards = [_person_card(person, names.get(person.organization_id or 0, "")) for person in persons]
    cards += [_organization_card(organization) for organization in organizations]
    return "".join(cards)


def _person_card(person: Person, organization: str) -> str:
    given, _, family = person.name.rpartition(" ")
    lines = [f"FN:{_escape(person.name)}", f"N:{_escape(family)};{_escape(given)};;;"]
    lines += [f"ORG:{_escape(organization)}"] if organization else []
    lines += [f"TITLE:{_escape(person.title)}"] if person.title else []
    lines += [f"EMAIL{_type(each.label)}:{_escape(each.value)}" for each in person.addresses]
    lines += [f"TEL{_type(each.label)}:{_escape(each.value)}" for each in person.phones]
    lines += [f"NOTE:{_escape(person.note)}"] if person.note else []
    return _card(lines)


def _organization_card(organization: Organization) -> str:
    name = _escape(organization.name)
    lines = ["KIND:org", f"FN:{name}", f"ORG:{name}"]
    lines += [f"URL:https://{domain}" for domain in organization.domains]
    lines += [f"NOTE:{_escape(organization.note)}"] if organization.note else []
    return _card(lines)


def _type(label: str) -> str:
    known = {"mobile": "cell"}.get(label, label)
    return f";TYPE={known}" if re.fullmatch(r"[A-Za-z0-9-]+", known) else ""


def _escape(text: str) -> str:
    for mark in ("\\", ",", ";"):
        text = text.replace(mark, f"\\{mark}")
    return re.sub(r"\r\n|\r|\n", r"\\n", text)


def _card(lines: Iterable[str]) -> str:
    return "".join(_folded(line) for line in ("BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD"))


def _folded(line: str) -> str:
    """Fold a line to at most 75 bytes, never within a character (RFC 6350 section 3.2)."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        length = len(letter.encode("utf-8", "replace"))
        if size + length > 75:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return "\r\n".join([*parts, part]) + "\r\n"
