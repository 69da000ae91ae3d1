"""Roles of mailboxes, as the servers of many countries name them."""

from __future__ import annotations

import pytest

from models.server.mailbox import Role
from sync.engine.mailboxes.roles import is_mirror, roles
from sync.session import Listed


def listed(*entries: str, delimiter: str = "/") -> list[Listed]:
    """`Name \\Attribute` entries."""
    found = []
    for entry in entries:
        name, _, attributes = entry.partition(" \\")
        words = frozenset("\\" + word.lower() for word in attributes.split("\\") if word)
        found.append(Listed(name, delimiter, words))
    return found


def found_roles(*entries: str, delimiter: str = "/") -> dict[str, Role]:
    return {name: role for name, (role, _) in roles(listed(*entries, delimiter=delimiter)).items()}


def test_special_use_comes_before_names() -> None:
    found = roles(listed("INBOX", "Trash", "Old things \\Trash", "Sent"))

    assert found["Old things"] == (Role.TRASH, "special-use")
    assert found["Sent"] == (Role.SENT, "name")
    assert "Trash" not in found


def test_one_role_a_mailbox_and_one_mailbox_a_role() -> None:
    found = found_roles("INBOX", "A \\Sent", "B \\Sent", "C \\Archive\\Trash", "Papierkorb")

    assert found["A"] is Role.SENT
    assert "B" not in found
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent Items", Role.SENT),
        ("Gesendete Objekte", Role.SENT),
        ("Éléments envoyés", Role.SENT),
        ("Enviados", Role.SENT),
        ("Posta inviata", Role.SENT),
        ("Wysłane", Role.SENT),
        ("Saadetud kirjad", Role.SENT),
        ("Отправленные", Role.SENT),
        ("送信済みメール", Role.SENT),
        ("已发送", Role.SENT),
        ("Gelöschte Elemente", Role.TRASH),
        ("Corbeille", Role.TRASH),
        ("Papelera", Role.TRASH),
        ("Cestino", Role.TRASH),
        ("Kosz", Role.TRASH),
        ("Prügikast", Role.TRASH),
        ("Lixeira", Role.TRASH),
        ("Prullenbak", Role.TRASH),
        ("Papperskorgen", Role.TRASH),
        ("Papirkurv", Role.TRASH),
        ("Søppel", Role.TRASH),
        ("Roskakori", Role.TRASH),
        ("Koš", Role.TRASH),
        ("Корзина", Role.TRASH),
        ("Кошик", Role.TRASH),
        ("Çöp Kutusu", Role.TRASH),
        ("Lomtár", Role.TRASH),
        ("Coș de gunoi", Role.TRASH),
        ("ゴミ箱", Role.TRASH),
        ("Arhiiv", Role.ARCHIVE),
        ("Archivo", Role.ARCHIVE),
        ("Архив", Role.ARCHIVE),
        ("Entwürfe", Role.DRAFTS),
        ("Mustandid", Role.DRAFTS),
        ("Junk E-mail", Role.JUNK),
        ("Rämpspost", Role.JUNK),
        ("垃圾邮件", Role.JUNK),
    ],
)
def test_names_in_many_languages(name: str, role: Role) -> None:
    for shown in (name, name.upper(), f"INBOX/{name}", f"[Gmail]/{name}"):
        assert found_roles("INBOX", shown)[shown] is role


def test_decomposed_and_wide_letters_are_the_same_name() -> None:
    assert found_roles("Entwu\u0308rfe")["Entwu\u0308rfe"] is Role.DRAFTS
    assert found_roles("Ｔｒａｓｈ")["Ｔｒａｓｈ"] is Role.TRASH


def test_courier_puts_all_under_inbox_with_dots() -> None:
    found = found_roles("INBOX", "INBOX.Trash", "INBOX.Clients.Trash", delimiter=".")

    assert found == {"INBOX": Role.INBOX, "INBOX.Trash": Role.TRASH}


def test_a_mailbox_inside_another_one_is_not_guessed() -> None:
    assert found_roles("INBOX", "Clients/Archive", "Trash/Old") == {"INBOX": Role.INBOX}


def test_the_usual_name_wins_over_the_rare_one() -> None:
    assert found_roles("Bin", "Trash") == {"Trash": Role.TRASH}


def test_inbox_is_always_inbox_and_noselect_has_no_role() -> None:
    assert found_roles("INBOX \\Junk", "Trash \\Noselect") == {"INBOX": Role.INBOX}
    assert found_roles("Inbox") == {"Inbox": Role.INBOX}


def test_mirrors() -> None:
    assert is_mirror("All Mail", Role.ALL)
    assert not is_mirror("[Gmail]/All Mail", Role.ALL, is_gmail=True)
    assert is_mirror("[Gmail]/Starred", Role.FLAGGED, is_gmail=True)
    assert is_mirror("virtual/all", Role.NONE)
    assert is_mirror("Virtual.Unread", Role.NONE)
    assert not is_mirror("Archive", Role.ARCHIVE)
