"""The people who write in the sample mailbox. All people and companies are made up.

All domains end in `.example`, which is reserved and cannot be registered (RFC 2606 section 3).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Somebody:
    """Someone who writes or receives mail.

    Attributes:
        key: The name that the stories use for them.
        language: The language of the greeting and "wrote:" line of their mail program.
        is_html: Whether their mail program sends HTML beside the text.
    """

    key: str
    name: str
    address: str
    title: str
    company: str
    phone: str
    language: str = "en"
    is_html: bool = True

    @property
    def signature(self) -> str:
        """The signature below their mails."""
        return f"{self.name}\n{self.title}, {self.company}\n{self.phone}"


MAJA = Somebody(
    "maja",
    "Maja Kask",
    "maja@lumivolt.example",
    "Sales manager",
    "Lumivolt",
    "+372 5550 1417",
)

_LINES = """
henning|Henning Brackwater|henning@brackwaterboats.example|Owner|Brackwater Boats|+44 1632 960114|en|html
priya|Priya Raman|priya.raman@orchardcoldstore.example|Operations director|Orchard Cold Store|+44 1632 960772|en|html
tom|Tom Ashdown|tom@ashdownjoinery.example|Managing director|Ashdown Joinery|+44 1632 960339|en|text
siobhan|Siobhán Ní Dhomhnaill|siobhan@kilronancampsite.example|Manager|Kilronan Campsite|+353 1 555 0142|en|html
wolf|Jan-Friedrich von Wolfersdorff-Hohenstein|jf.wolfersdorff@molkerei-nordwind.example|Technischer Leiter|Molkerei Nordwind eG|+49 30 5550 2210|de|html
greta|Greta Öztürk|oeztuerk@molkerei-nordwind.example|Einkauf|Molkerei Nordwind eG|+49 30 5550 2214|de|html
lars|Lars Petersen|petersen@deichgaertnerei.example|Inhaber|Deichgärtnerei Petersen|+49 40 5550 871|de|text
zofia|Zofia Wiśniewska|zofia@zielonapiekarnia.example|Właścicielka|Zielona Piekarnia|+48 22 555 01 67|pl|html
krzysztof|Krzysztof Brzęczyszczykiewicz|k.brzeczyszczykiewicz@stalbud.example|Kierownik utrzymania ruchu|Stalbud Łódź|+48 42 555 01 12|pl|text
kadri|Kadri Õunapuu|kadri@hotellrannaliiv.example|Juhataja|Hotell Rannaliiv|+372 5550 2290|et|html
rein|Rein Järvesalu|rein.jarvesalu@saeveski.example|Omanik|Järvesalu Saeveski|+372 5550 3381|et|text
claire|Claire Besançon-Lefèvre|claire@fromagerie-du-lac.example|Gérante|Fromagerie du Lac|+33 1 99 00 14 52|fr|html
olivier|Olivier Ménard|o.menard@fromagerie-du-lac.example|Comptable|Fromagerie du Lac|+33 1 99 00 14 55|fr|html
haruka|佐藤 遥|sato@sakura-seisakusho.example|生産管理部 課長|さくら製作所|+81 3 5550 0142|ja|html
khalid|خالد النوري|khalid@alnoor-cold.example|مدير المشتريات|شركة النور للتبريد|+971 4 555 0118|ar|html
marisol|Marisol Quintero|marisol.quintero@finca-altamira.example|Administración|Finca Altamira|+34 910 555 018|en|html
aino|Aino Lehtonen|aino.lehtonen@lumivolt.example|Installation lead|Lumivolt|+372 5550 1420|en|html
jonas|Jonas Rebane|jonas.rebane@lumivolt.example|Design engineer|Lumivolt|+372 5550 1422|en|text
eva|Eva-Liisa Tamm|eva.tamm@lumivolt.example|Finance|Lumivolt|+372 5550 1411|en|html
dmitri|Dmitri Sokolov|dmitri@voltbridge-inverters.example|Key account manager|Voltbridge Inverters|+49 89 5550 443|en|html
nadia|Nadia Haddad|nadia.haddad@voltbridge-inverters.example|Technical support|Voltbridge Inverters|+49 89 5550 450|en|text
oskar|Oskar Lindqvist|oskar@hallbergfreight.example|Dispatch|Hallberg Freight|+46 8 5550 610|en|text
beatrix|Beatrix van der Heijden|b.vanderheijden@polderverzekering.example|Underwriter|Polder Verzekering|+31 20 555 0134|en|html
gareth|Gareth Pugh|gareth@penwithcider.example|Head cider maker|Penwith Cider|+44 1632 960518|en|html
ingrid|Ingrid Solheim|ingrid.solheim@fjordlaks.example|Sustainability|Fjordlaks AS|+47 22 55 01 33|en|html
mateusz|Mateusz Nowak|mateusz@velotrans.example|Współwłaściciel|Velotrans|+48 61 555 01 90|pl|html
lena|Lena Hofstätter|lena@almhuette-rauris.example|Wirtin|Almhütte Rauris|+43 1 5550 776|de|html
piret|Piret Saar|piret.saar@koolikokk.example|Hankejuht|Koolikokk|+372 5550 7718|et|html
sam|Sam Okonkwo|sam.okonkwo@brightlaundry.example|Facilities|Bright Laundry|+44 1632 960904|en|html
yusuf|Yusuf Demir|yusuf@demirprint.example|Production|Demir Print|+49 221 5550 62|de|html
ellen|Ellen Macrae|ellen@skyeweavers.example|Co-founder|Skye Weavers|+44 1632 960281|en|text
theo|Theo Marchetti|theo.marchetti@casamarchetti.example|Owner|Casa Marchetti|+39 06 5550 148|en|html
"""


def _read() -> dict[str, Somebody]:
    found = {}
    for line in _LINES.strip().splitlines():
        key, name, address, title, company, phone, language, kind = line.split("|")
        found[key] = Somebody(key, name, address, title, company, phone, language, kind == "html")
    return found


PEOPLE: dict[str, Somebody] = {**_read(), MAJA.key: MAJA}
