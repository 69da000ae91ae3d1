"""Read, make and change accounts, their addresses and their options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from models.store import database, settings
from models.store.clock import now_ms
from models.store.database import StoreError

DEFAULT, ORDER = "default_account", "account_order"  # settings
ACTIVE, STOPPED, NEEDS_SIGN_IN, REMOVED = "active", "stopped", "needs_sign_in", "removed"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """An account as it was when it was read.

    `addresses`: its address and all aliases, in lower case.
    """

    id: int
    address: str
    name: str
    kind: str
    auth: str
    user_name: str
    smtp_user_name: str
    imap_host: str
    imap_port: int
    imap_security: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    plain_text_agreed: bool
    all_labels: bool
    start: str
    start_at: int
    scope: str
    track_receipts: bool
    track_delivery: bool
    archive_on_server: bool
    delete_on_server: bool
    read_only: bool
    state: str
    set_up: bool
    created_at: int
    last_success_at: int | None
    oauth_provider: str
    signature: str
    past_started: bool
    whole_since: int
    past_run: int
    removing: str
    remarking: str
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new account, as the wizard has put it together."""

    address: str
    imap_host: str
    imap_port: int
    imap_security: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    name: str = ""
    kind: str = "personal"
    auth: str = "password"
    user_name: str = ""
    smtp_user_name: str = ""
    plain_text_agreed: bool = False
    all_labels: bool = False
    start: str = "1m"
    start_at: int = 0
    scope: str = "everyone"
    track_receipts: bool = False
    track_delivery: bool = False
    archive_on_server: bool = False
    delete_on_server: bool = False
    read_only: bool = False
    oauth_provider: str = ""
    past_started: bool = False
    aliases: tuple[str, ...] = field(default=())


_COLUMNS = tuple(item.name for item in fields(AccountConfig) if item.name != "addresses")
_LIST = ", ".join(_COLUMNS)
_BOOLEANS = [
    "plain_text_agreed",
    "all_labels",
    "track_receipts",
    "track_delivery",
    "archive_on_server",
    "delete_on_server",
    "read_only",
    "set_up",
    "past_started",
]


def configs(*, with_removed: bool = False) -> list[AccountConfig]:
    """The accounts as the user arranged them, new ones after the others."""
    found = database.rows(
        f"SELECT {_LIST} FROM account WHERE ? OR state <> 'removed' ORDER BY id", (with_removed,)
    )
    stored = settings.get(ORDER)
    order = stored if isinstance(stored, list) else []
    places = {int(account_id): place for place, account_id in enumerate(order)}
    return sorted(map(_config, found), key=lambda each: places.get(each.id, len(places)))


def removed_ids() -> tuple[int, ...]:
    """Accounts of which only the history is kept."""
    return tuple(id_ for (id_,) in database.rows("SELECT id FROM account WHERE state = 'removed'"))


def default_id() -> int | None:
    """The account that sends new mail: the chosen one, else the first; None if there is none."""
    ids = [config.id for config in configs()]
    chosen = settings.get(DEFAULT)
    return chosen if isinstance(chosen, int) and chosen in ids else next(iter(ids), None)


def config(account_id: int) -> AccountConfig | None:
    """One account, also a removed one whose history is kept."""
    row = database.row(f"SELECT {_LIST} FROM account WHERE id = ?", (account_id,))
    return _config(row) if row else None


def _config(row: database.Row) -> AccountConfig:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _BOOLEANS:
        values[name] = bool(values[name])
    return AccountConfig(**values, addresses=own_addresses(values["id"]))


def own_addresses(account_id: int) -> frozenset[str]:
    """The account's address and its aliases, in lower case."""
    found = database.rows(
        "SELECT address FROM account WHERE id = ? "
        "UNION SELECT address FROM account_alias WHERE account_id = ?",
        (account_id, account_id),
    )
    return frozenset(address.strip().lower() for (address,) in found)


def create(new: NewAccount) -> int:
    """Make an account; return its id.

    An account that was removed with its history kept comes back under its old id.

    Raises: StoreError if the address has an account already.
    """
    columns = {item.name: getattr(new, item.name) for item in fields(new) if item.name != "aliases"}
    is_partial = new.start == "now" or new.scope == "contacts"
    created_at = now_ms()
    columns["whole_since"] = max(new.start_at, created_at) if is_partial else new.start_at
    with database.writing(durable=False):
        known = _by_address(new.address)
        if known and known[1] != REMOVED:
            raise StoreError("This address already has an account in Dealpost.")
        if known:
            made = known[0]
            again = {"state": ACTIVE, "set_up": False, "created_at": created_at}
            update(made, **columns, **again, last_success_at=None)
        else:
            made = _insert(columns | {"created_at": created_at})
        if new.aliases or not known:
            set_aliases(made, new.aliases)
    return made


def _insert(columns: dict[str, Any]) -> int:
    names = ", ".join(columns)
    return database.insert(
        f"INSERT INTO account ({names}) VALUES ({database.marks(len(columns))})",
        tuple(columns.values()),
    )


def by_address(address: str) -> int | None:
    """The id of the account with this address, also of a removed one."""
    found = _by_address(address)
    return found[0] if found else None


def _by_address(address: str) -> tuple[int, str] | None:
    wanted = address.strip().lower()
    for account_id, stored, state in database.rows("SELECT id, address, state FROM account"):
        if stored.strip().lower() == wanted:
            return account_id, state
    return None


def update(account_id: int, **columns: Any) -> None:
    """Change columns of an account.

    Raises: ValueError for a name that is no column.
    """
    unknown = columns.keys() - set(_COLUMNS)
    if unknown or "id" in columns:
        raise ValueError(f"not columns of an account: {sorted(unknown) or ['id']}")
    if not columns:
        return
    assignments = ", ".join(f"{name} = ?" for name in columns)
    with database.writing(durable=False):
        database.run(
            f"UPDATE account SET {assignments} WHERE id = ?", (*columns.values(), account_id)
        )


def change_state(account_id: int, before: str, after: str) -> bool:
    """Change the state from `before` to `after`.

    False if it is another one: the user has stopped or removed the account meanwhile.
    """
    with database.writing(durable=False):
        return bool(
            database.run(
                "UPDATE account SET state = ? WHERE id = ? AND state = ?",
                (after, account_id, before),
            )
        )


def set_aliases(account_id: int, addresses: Sequence[str]) -> None:
    """Replace the aliases of an account."""
    with database.writing(durable=False):
        database.run("DELETE FROM account_alias WHERE account_id = ?", (account_id,))
        database.run_many(
            "INSERT INTO account_alias (account_id, address) VALUES (?, ?)",
            [(account_id, address.strip().lower()) for address in addresses],
        )


def archive_option(account_id: int) -> bool:
    """Whether archiving here archives on the server too, as of now (R1, R2)."""
    return _option(account_id, "archive_on_server")


def delete_option(account_id: int) -> bool:
    """Whether deleting here moves the server's copies to Trash, as of now (R1, R2)."""
    return _option(account_id, "delete_on_server")


def _option(account_id: int, name: str) -> bool:
    row = database.row(f"SELECT kind, {name}, state FROM account WHERE id = ?", (account_id,))
    if row is None or row[2] == REMOVED:
        return False
    return bool(row[1]) if row[0] == "team" else settings.is_on(name)
