"""Create the customers of the sample mailbox: organizations, persons, deals, leads, projects.

They are created before the account is added, with dates before its mail, so the rules link the mail
as it comes in. Most conversations are linked to the one deal of their person, some ask, and some
are with strangers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from models.commands.execute import execute
from models.commands.records import AddNote, SaveRecord
from models.records import records
from models.records.records import Deal, Labelled, Lead, Organization, Person, Project
from resources.demo import enquiries
from resources.demo.cast import MAJA, PEOPLE, Somebody

_STRANGERS: Final = 12  # senders of enquiries who are no contacts yet
_NOT_KNOWN: Final = ("theo", "ellen")  # nor are these
_DAY_MS: Final = 24 * 3600 * 1000

# persons | title | euros | stage | status | days since it was created | days until expected close
_DEALS = """
henning|Roof of Hall 2, 118 kWp|128400|5|open|64|12
wolf,greta|Cold store 3: PV and peak shaving|412000|4|open|71|40
zofia|Bakery roof, 42 kWp|51300|3|open|48|25
kadri|Hotel roof and six chargers|96800|4|open|55|18
claire,olivier|Maturing cellar, 64 kWp|73500|2|open|40|60
priya|Second cold store, 380 kWp|355000|3|open|90|75
sam|Laundry: study and 210 kWp|198000|2|open|41|80
siobhan|Washing house and twelve pitches|38600|3|open|50|30
mateusz|Roof and cargo bike chargers|44200|5|open|45|8
haruka|Works roof, pilot of 500 kWp|470000|1|open|38|120
ingrid|Smokehouse with storage|286000|1|open|36|150
gareth|Cider press, 96 kWp|101500|4|open|58|22
lena|Off-grid hut with battery|62900|2|open|39|45
tom|Joinery workshop, 75 kWp|79900|5|won|210|
rein|Sawmill roof, 130 kWp|141000|5|won|260|
yusuf|Print hall, 88 kWp|92000|4|lost|150|
lars|Greenhouses, 54 kWp|57500|3|lost|170|
khalid|Cold stores, feasibility study|12500|1|open|37|35
"""
# persons | title | status | days since it was created
_PROJECTS = """
tom|Joinery: installation|open|60
rein|Sawmill: installation|done|200
priya|First cold store: yearly service|open|120
piret|School kitchen: tender papers|open|45
"""
# record title | days ago | text
_NOTES = """
Roof of Hall 2, 118 kWp|41|Met Henning at the harbour fair. Wants to save the scaffolding.
Roof of Hall 2, 118 kWp|13|Thursday's visit: trusses fine, two purlins to double. Margit does the books.
Cold store 3: PV and peak shaving|30|Decision with the board in two rounds. Greta wants the price per kW cut off.
Hotel roof and six chargers|22|Owner worries about the look of the roof from the sea side.
Second cold store, 380 kWp|27|Budget for next year; the board meets at the end of the month.
Print hall, 88 kWp|35|Lost to a leasing offer. Ask again in two years.
Sawmill roof, 130 kWp|70|Switched on. Rein agreed to be a reference.
"""


def make(now: datetime | None = None) -> None:
    """Run the commands that the user would have run over the last months."""
    today = int((now or datetime.now(UTC)).timestamp() * 1000)
    companies: dict[str, int] = {}
    persons: dict[str, int] = {}
    for somebody in _known():
        company_id = _organization(somebody, companies, today)
        persons[somebody.key or somebody.address] = _person(somebody, company_id, today)
    keys = _deals(persons, today) | _projects(persons, today) | _leads(persons, today)
    for line in _NOTES.strip().splitlines():
        title, days, text = line.split("|")
        at = today - int(days) * _DAY_MS
        execute(AddNote(keys[title], text, at))


def _known() -> list[Somebody]:
    """The contacts: customers and partners, but no colleagues."""
    colleagues = MAJA.address.partition("@")[2]
    people = [
        somebody
        for key, somebody in PEOPLE.items()
        if key not in _NOT_KNOWN and not somebody.address.endswith(f"@{colleagues}")
    ]
    return people + enquiries.senders()[_STRANGERS:]


def _save(record: records.Record) -> str:
    return execute(SaveRecord(record)).record_key


def _organization(somebody: Somebody, known: dict[str, int], today: int) -> int:
    if somebody.company not in known:
        domain = somebody.address.partition("@")[2]
        made_at = today - 300 * _DAY_MS
        company = Organization(name=somebody.company, domains=(domain,), created_at=made_at)
        known[somebody.company] = records.split(_save(company))[1]
    return known[somebody.company]


def _person(somebody: Somebody, organization_id: int, today: int) -> int:
    phones = (Labelled(somebody.phone, "work"),) if somebody.phone else ()
    person = Person(
        name=somebody.name,
        organization_id=organization_id,
        title=somebody.title if somebody.key else "",
        addresses=(Labelled(somebody.address, "work"),),
        phones=phones,
        created_at=today - 280 * _DAY_MS,
    )
    return records.split(_save(person))[1]


def _owner(person_id: int) -> int | None:
    person = records.get(f"person:{person_id}")
    return person.organization_id if isinstance(person, Person) else None


def _deals(persons: dict[str, int], today: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _DEALS.strip().splitlines():
        names, title, euros, stage, status, days, left = line.split("|")
        ids = tuple(persons[name] for name in names.split(","))
        close = datetime.fromtimestamp(today / 1000, UTC) + timedelta(days=int(left or 0))
        deal = Deal(
            title=title,
            value_cents=int(euros) * 100,
            currency="EUR",
            stage_id=int(stage),
            status=status,
            expected_close=close.date().isoformat() if left else "",
            organization_id=_owner(ids[0]),
            person_ids=ids,
            created_at=today - int(days) * _DAY_MS,
            closed_at=None if status == "open" else today - 70 * _DAY_MS,
        )
        found[title] = _save(deal)
    return found


def _projects(persons: dict[str, int], today: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _PROJECTS.strip().splitlines():
        names, title, status, days = line.split("|")
        ids = tuple(persons[name] for name in names.split(","))
        project = Project(
            title=title,
            status=status,
            organization_id=_owner(ids[0]),
            person_ids=ids,
            created_at=today - int(days) * _DAY_MS,
        )
        found[title] = _save(project)
    return found


def _leads(persons: dict[str, int], today: int) -> dict[str, str]:
    """Enquiries that became leads; a few are closed."""
    found: dict[str, str] = {}
    for place, somebody in enumerate(enquiries.senders()[_STRANGERS:]):
        person_id = persons[somebody.address]
        lead = Lead(
            title=f"{somebody.company}: {somebody.title}",
            value_cents=(18 + place * 7 % 50) * 100_000,
            currency="EUR",
            status="archived" if place % 6 == 5 else "open",
            organization_id=_owner(person_id),
            person_ids=(person_id,),
            created_at=today - 35 * _DAY_MS,
        )
        found[lead.title] = _save(lead)
    return found
