"""Finds the roles of mailboxes: by SPECIAL-USE first, then by the usual names.

No mailbox has two roles, and no role has two mailboxes: there must be one Trash to move mail to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from models.server.mailbox import Role

SPECIAL_USE = "special-use"
NAME = "name"

_ATTRIBUTES = {
    "\\inbox": Role.INBOX,
    "\\sent": Role.SENT,
    "\\archive": Role.ARCHIVE,
    "\\trash": Role.TRASH,
    "\\drafts": Role.DRAFTS,
    "\\junk": Role.JUNK,
    "\\spam": Role.JUNK,
    "\\all": Role.ALL,
    "\\allmail": Role.ALL,
    "\\flagged": Role.FLAGGED,
    "\\starred": Role.FLAGGED,
}
_MIRRORS = frozenset({Role.ALL, Role.FLAGGED})

# The names that servers and mail programs use, by language, the most usual first.
_NAMES: dict[Role, str] = {
    Role.SENT: (
        "sent|sent items|sent messages|sent mail|sent-mail|sentmail|outbox sent"
        "|gesendet|gesendete objekte|gesendete elemente|gesendete nachrichten|postausgang gesendet"
        "|envoyés|éléments envoyés|messages envoyés|courrier envoyé"
        "|enviados|elementos enviados|mensajes enviados|correo enviado|itens enviados"
        "|mensagens enviadas|e-mails enviados|posta inviata|inviata|inviati|posta inviati"
        "|wysłane|elementy wysłane|wysłane elementy|saadetud|saadetud kirjad|saadetud üksused"
        "|verzonden|verzonden items|verzonden berichten|skickat|skickade|skickade objekt"
        "|sendt|sendt post|sendte elementer|sendte|lähetetyt|lähetetyt viestit"
        "|odeslané|odeslaná pošta|odoslané|odoslaná pošta|отправленные|отправленные письма"
        "|надіслані|надіслана пошта|відправлені|gönderilmiş öğeler|gönderilenler|gönderilmiş postalar"
        "|elküldött|elküldött elemek|elküldött üzenetek|elemente trimise|trimise|mesaje trimise"
        "|送信済み|送信済みアイテム|送信済みメール|送信済みトレイ|已发送|已发送邮件|已发送消息"
        "|寄件備份|已傳送的郵件|보낸 편지함|보낸편지함|sända|išsiųsti|nosūtītie|poslano|изпратени"
        "|απεσταλμένα|enviats|נשלח"
    ),
    Role.ARCHIVE: (
        "archive|archives|archived|archiv|archive mail|archivo|archivos|arquivo|arquivo morto"
        "|archivio|archivia|archiwum|arhiiv|archief|arkiv|arkisto|archív|архив|архів|arşiv"
        "|archívum|arhivă|arhiva|アーカイブ|归档|存档|封存|보관함|archyvas|arhīvs|αρχείο|arxiu|ארכיון"
    ),
    Role.TRASH: (
        "trash|deleted items|deleted messages|deleted|bin|rubbish|wastebasket|rubbish bin"
        "|papierkorb|gelöschte objekte|gelöschte elemente|gelöscht|gelöschte nachrichten"
        "|corbeille|éléments supprimés|messages supprimés|supprimés|papelera|elementos eliminados"
        "|papelera de reciclaje|mensajes eliminados|lixo|lixeira|itens excluídos|itens eliminados"
        "|mensagens excluídas|cestino|posta eliminata|elementi eliminati|kosz|elementy usunięte"
        "|usunięte|prügikast|kustutatud üksused|kustutatud|prullenbak|verwijderde items|verwijderd"
        "|papperskorgen|papperskorg|borttaget|raderade objekt|papirkurv|slettet post|papirkurven"
        "|søppel|slettede elementer|slettet|roskakori|poistetut|poistetut viestit|koš|odstraněná pošta"
        "|kôš|odstránená pošta|корзина|удаленные|удалённые|кошик|видалені|çöp kutusu|çöp"
        "|silinmiş öğeler|silinenler|kuka|lomtár|törölt elemek|törölt|coș de gunoi|coş de gunoi"
        "|elemente șterse|gunoi|ゴミ箱|ごみ箱|削除済みアイテム|废纸篓|已删除|已删除邮件|已删除消息"
        "|垃圾桶|刪除的郵件|휴지통|지운 편지함|šiukšliadėžė|atkritne|miskaste|кошче|κάδος|paperera|אשפה"
    ),
    Role.DRAFTS: (
        "drafts|draft|entwürfe|entwurf|brouillons|brouillon|borradores|borrador|rascunhos|bozze"
        "|bozza|kopie robocze|szkice|wersje robocze|mustandid|mustand|concepten|concept|utkast"
        "|kladder|kladde|luonnokset|koncepty|rozepsané|rozpísané|черновики|чернетки|taslaklar"
        "|taslak|piszkozatok|piszkozat|schițe|ciorne|下書き|草稿|草稿箱|임시 보관함|임시보관함"
        "|juodraščiai|melnraksti|чернови|πρόχειρα|esborranys|טיוטות"
    ),
    Role.JUNK: (
        "junk|spam|junk e-mail|junk email|junk mail|bulk mail|bulk|unsolicited|spamverdacht"
        "|unerwünscht|junk-e-mail|courrier indésirable|indésirables|pourriel|correo no deseado"
        "|no deseado|lixo eletrônico|lixo eletrónico|posta indesiderata|indesiderata|wiadomości-śmieci"
        "|śmieci|niechciane|rämpspost|ongewenst|ongewenste e-mail|ongewenste reclame|skräppost"
        "|uønsket post|uønsket|søppelpost|roskaposti|nevyžádaná pošta|nevyžiadaná pošta|спам"
        "|нежелательная почта|небажана пошта|istenmeyen e-posta|önemsiz e-posta|gereksiz"
        "|levélszemét|kéretlen levelek|mesaje nedorite|迷惑メール|垃圾邮件|垃圾郵件|스팸|스팸메일함"
        "|brukalas|mēstules|нежелана поща|ανεπιθύμητη|correu brossa|דואר זבל"
    ),
    Role.ALL: (
        "all mail|alle nachrichten|tous les messages|todos|todos los correos|todos os e-mails"
        "|tutti i messaggi|wszystkie|kõik kirjad|alle e-mail|alle berichten|all e-post|al e-mail"
        "|all mail messages|kaikki viestit|všechny zprávy|вся почта|уся пошта|tüm postalar"
        "|összes levél|toate mesajele|すべてのメール|所有邮件|전체보관함"
    ),
    Role.FLAGGED: (
        "flagged|starred|markiert|suivis|destacados|com estrela|speciali|oznaczone|met ster"
        "|stjärnmärkt|помеченные|yıldızlı|スター付き|已加星标"
    ),
}
_PREFIXES = ("inbox", "[gmail]", "[google mail]", "mail", "folders")


class ListedMailbox(Protocol):
    """A mailbox as LIST describes it."""

    @property
    def name(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def attributes(self) -> frozenset[str]: ...
    @property
    def is_selectable(self) -> bool: ...


def _folded(text: str) -> str:
    """Fold full-width letters, decomposed accents and case into one spelling."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


_ROLE_OF_NAME: dict[str, tuple[int, Role]] = {}
for _role, _all_names in _NAMES.items():
    for _rank, _name in enumerate(_all_names.split("|")):
        _ROLE_OF_NAME.setdefault(_folded(_name), (_rank, _role))


def roles(listed: Iterable[ListedMailbox]) -> dict[str, tuple[Role, str]]:
    """The role of each mailbox and its source, `special-use` or `name`. Others are left out."""
    mailboxes = [mailbox for mailbox in listed if mailbox.is_selectable]
    found: dict[str, tuple[Role, str]] = {}
    for mailbox in mailboxes:
        if mailbox.name.upper() == "INBOX":
            found[mailbox.name] = (Role.INBOX, SPECIAL_USE)
    _give(found, _by_attribute(mailboxes), SPECIAL_USE)
    _give(found, _by_name(mailboxes), NAME)
    return found


def is_mirror(name: str, role: Role, *, is_gmail: bool = False) -> bool:
    """Whether a mailbox shows copies of others and so proves nothing about a vanish.

    Gmail's All Mail is a mirror too; the engine asks it only by X-GM-MSGID.
    """
    if role in _MIRRORS:
        return not is_gmail or role is Role.FLAGGED
    return _folded(name).partition("/")[0].partition(".")[0] == "virtual"


def _give(
    found: dict[str, tuple[Role, str]], wishes: Sequence[tuple[str, Role]], source: str
) -> None:
    """Give a role to a mailbox, if neither is taken yet."""
    taken = {role for role, _ in found.values()}
    for name, role in wishes:
        if name not in found and role not in taken:
            found[name] = (role, source)
            taken.add(role)


def _by_attribute(mailboxes: Sequence[ListedMailbox]) -> list[tuple[str, Role]]:
    """By attribute, in LIST's order. If several claim a role, those nearer to the root win."""
    wishes = [
        (_depth(mailbox), mailbox.name, role)
        for mailbox in mailboxes
        for attribute in sorted(mailbox.attributes)
        if (role := _ATTRIBUTES.get(attribute)) is not None and role is not Role.INBOX
    ]
    return [(name, role) for _, name, role in sorted(wishes, key=lambda wish: wish[0])]


def _by_name(mailboxes: Sequence[ListedMailbox]) -> list[tuple[str, Role]]:
    """By name: usual names before rare ones, only at the top level or under a known prefix."""
    wishes: list[tuple[int, int, str, Role]] = []
    for mailbox in mailboxes:
        bare = _bare_name(mailbox)
        if bare is not None and (known := _ROLE_OF_NAME.get(bare)) is not None:
            wishes.append((known[0], _depth(mailbox), mailbox.name, known[1]))
    return [(name, role) for _, _, name, role in sorted(wishes, key=lambda wish: wish[:2])]


def _bare_name(mailbox: ListedMailbox) -> str | None:
    """The name without `INBOX.` or `[Gmail]/`; None for a mailbox inside another one."""
    parts = mailbox.name.split(mailbox.delimiter) if mailbox.delimiter else [mailbox.name]
    while len(parts) > 1 and _folded(parts[0]) in _PREFIXES:
        parts = parts[1:]
    return _folded(parts[0]) if len(parts) == 1 else None


def _depth(mailbox: ListedMailbox) -> int:
    return mailbox.name.count(mailbox.delimiter) if mailbox.delimiter else 0
