"""A mailbox is made on the server only after the user agreed, once, and never in read-only mode."""

from __future__ import annotations

from collections.abc import Callable

from models.commands.held_deletes import CreateMailbox
from models.queries import ledger_pages, operation_pages
from models.queries.ledger_pages import LedgerQuery
from models.server import mailbox, operation
from models.server.mailbox import Role
from tests.sync.engine.engine import Engine

Make = Callable[..., Engine]


def test_it_is_made_and_has_its_role(engine: Engine) -> None:
    engine.run(CreateMailbox(engine.account_id, "Rubbish", Role.TRASH))
    engine.cycle()
    found = mailbox.by_role(engine.account_id, Role.TRASH)
    assert found is not None
    assert (found.name, found.role_source, found.is_selectable) == ("Rubbish", "person", True)
    assert operation.of_account(engine.account_id) == []
    assert sum(command.startswith("CREATE") for command in engine.commands) == 1
    (last,) = ledger_pages.page(LedgerQuery(), 1).items
    assert last.account_id == engine.account_id
    assert (last.kind, last.cause, last.evidence["what"]) == ("mailbox", "person", "created")
    engine.cycle()
    again = mailbox.by_role(engine.account_id, Role.TRASH)
    assert again is not None
    assert again.name == "Rubbish"


def test_one_that_another_program_made_meanwhile_is_taken(engine: Engine) -> None:
    engine.run(CreateMailbox(engine.account_id, "Rubbish", Role.TRASH))
    engine.other.create("Rubbish")
    engine.cycle()
    found = mailbox.by_role(engine.account_id, Role.TRASH)
    assert found is not None
    assert found.name == "Rubbish"
    assert operation_pages.page(1).refused_count == 0


def test_what_the_server_refuses_is_shown(engine: Engine) -> None:
    engine.run(CreateMailbox(engine.account_id, "a//b", Role.TRASH))
    engine.cycle()
    page = operation_pages.page(2)
    assert [(item.kind, item.state) for item in page.items] == [("create", "refused")]
    assert page.items[0].server_words


def test_read_only_mode_makes_nothing(engine_of: Make) -> None:
    engine = engine_of(read_only=True)
    engine.cycle()
    engine.run(CreateMailbox(engine.account_id, "Rubbish", Role.TRASH))
    engine.cycle()
    assert not any(command.startswith("CREATE") for command in engine.commands)
    assert [row.kind for row in operation.of_account(engine.account_id)] == ["create"]
