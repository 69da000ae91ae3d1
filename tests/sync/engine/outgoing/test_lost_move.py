"""Our own moves to a place that cannot be looked at any more never count as a foreign delete."""

from __future__ import annotations

import pytest

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteMessages
from models.commands.held_deletes import CheckHeld, KeepHeld
from models.store import database, settings
from sync.errors import ReconnectError
from tests.support.servers.fake_mailboxes import Box, Mailboxes, Parts
from tests.sync.engine.engine import Engine
from tests.sync.engine.scripted import Make, mails, subjects


@pytest.fixture
def engine(server: Mailboxes, make: Make) -> Engine:
    """The server did an archive of `mail 001`, and the connection was cut before its answer."""
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(5))
    server.deliver("me", "Archive", mails(1, first=9))
    made = make(server)
    made.cycle()
    made.leave_idle()

    def cut(parts: Parts) -> Parts:
        raise ConnectionError

    server.alter["UID MOVE"] = cut
    made.run(Archive((made.conversation_id("mail 001"),)))
    with pytest.raises(ReconnectError):
        made.cycle()
    server.alter.clear()
    assert made.server_subjects("Archive") == ["mail 001", "mail 009"]
    return made


def is_over(engine: Engine) -> bool:
    return engine.facts().pending == 0


def hide_and_show(server: Mailboxes, engine: Engine, *, is_synced: bool) -> None:
    """The label is not listed when it is looked for; later it is, with its numbers, and read."""
    database.run("UPDATE mailbox SET is_chosen = ? WHERE name = 'Archive'", (is_synced,))
    box = server.boxes.pop("Archive")
    engine.connect()
    engine.until(lambda: is_over(engine))
    server.boxes["Archive"] = box
    engine.cycle()
    database.run("UPDATE mailbox SET full_check_at = 0")
    engine.settle()


def test_an_archive_whose_label_was_deleted_before_a_look_keeps_the_mail(
    server: Mailboxes, engine: Engine
) -> None:
    del server.boxes["Archive"]
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.operations() == [("archive", "done")]
    assert engine.undecided() == (0, 0)
    assert engine.places("mail 001") == {"Archive": "hidden"}


@pytest.mark.parametrize("is_synced", [True, False])
def test_it_is_found_when_its_label_comes_back(
    server: Mailboxes, engine: Engine, is_synced: bool
) -> None:
    """It was only hidden, so its numbers are the same."""
    hide_and_show(server, engine, is_synced=is_synced)
    assert engine.places("mail 001") == {"Archive": "live"}
    assert "mail 001" in engine.subjects()
    assert len(engine.subjects()) == (6 if is_synced else 5)


def test_a_label_that_was_made_anew_meanwhile_is_asked_about(
    server: Mailboxes, engine: Engine
) -> None:
    server.boxes["Archive"] = Box(99, "\\Archive")
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.facts().held == 1  # one delete is held
    engine.run(KeepHeld((engine.message_id("mail 001"),)))
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.undecided() == (0, 0)


def test_a_copy_that_was_numbered_anew_is_found(server: Mailboxes, engine: Engine) -> None:
    box = server.boxes["Archive"]
    box.uidvalidity, box.uidnext = 9, 200
    for mail in box.mails:
        mail.uid += 100
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.outlast()
    assert engine.places("mail 001") == {"Archive": "live"}
    assert engine.undecided() == (0, 0)


def test_a_copy_that_another_program_deleted_is_a_delete(server: Mailboxes, engine: Engine) -> None:
    """Its label is there under the same numbers: it can be looked at, and tells."""
    server.expunge("Archive", [2])
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.settle()
    assert "mail 001" not in engine.subjects()


def test_what_was_not_moved_is_moved_when_the_label_is_there_again(
    server: Mailboxes, engine: Engine
) -> None:
    """The command never arrived: the mail lies in its source, so nothing is unknown."""
    server.move("Archive", [2], "INBOX")
    mail = server.boxes["INBOX"].mails.pop()
    mail.uid = 2
    server.boxes["INBOX"].mails.insert(1, mail)
    server.boxes["Archive"] = Box(99, "\\Archive")
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.outlast()
    assert engine.operations() == [("archive", "done")]
    assert engine.server_subjects("Archive") == ["mail 001"]
    assert engine.undecided() == (0, 0)


def test_it_can_be_restored_here(server: Mailboxes, engine: Engine) -> None:
    """No operation waits for the server for good, and none asks it the impossible."""
    del server.boxes["Archive"]
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.leave_idle()
    engine.run(Restore((engine.conversation_id("mail 001"),)))
    engine.until(lambda: is_over(engine))
    engine.outlast()
    assert "mail 001" in engine.subjects()


def test_checking_again_proves_it_before_it_goes(server: Mailboxes, engine: Engine) -> None:
    server.boxes["Archive"] = Box(99, "\\Archive")
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.leave_idle()
    engine.run(CheckHeld((engine.message_id("mail 001"),)))
    engine.cycle()
    assert "mail 001" in engine.subjects()
    engine.settle()
    assert "mail 001" not in engine.subjects()


# --- sources that are gone ---------------------------------------------------------------------------


@pytest.mark.parametrize("has_copy", [True, False])
def test_a_delete_of_what_went_with_its_label_waits_for_nothing(
    server: Mailboxes, make: Make, has_copy: bool
) -> None:
    """The copy that is still there goes to Trash, and no operation waits for the label for good."""
    settings.put("delete_on_server", True)
    server.deliver("me", "Zoo", mails(2))
    if has_copy:
        server.copy("Zoo", [2], "INBOX")
    engine = make(server, chosen=("Zoo", "INBOX"))
    engine.cycle()
    del server.boxes["Zoo"]
    engine.cycle()
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("mail 001"),)))
    engine.until(lambda: is_over(engine))
    assert engine.operations() == [("trash", "done")]
    assert engine.server_subjects("Trash") == (["mail 001"] if has_copy else [])
    assert engine.subjects() == ["mail 000"]


@pytest.mark.parametrize("has_other", [False, True])
@pytest.mark.parametrize("is_synced", [False, True])
def test_its_label_made_anew_later_deletes_nothing(
    server: Mailboxes, engine: Engine, has_other: bool, is_synced: bool
) -> None:
    database.run("UPDATE mailbox SET is_chosen = ? WHERE name = 'Archive'", (is_synced,))
    del server.boxes["Archive"]
    engine.connect()
    engine.until(lambda: is_over(engine))
    engine.outlast()
    server.boxes["Archive"] = Box(99, "\\Archive")
    if has_other:
        server.deliver("me", "Archive", mails(1, first=20))
    engine.outlast()
    engine.outlast()
    assert "mail 001" in engine.subjects()
    assert engine.facts().held == 1  # the user is asked


def test_what_is_held_for_it_stays_held_under_new_numbers(
    server: Mailboxes, engine: Engine
) -> None:
    database.run("UPDATE mailbox SET is_chosen = 1 WHERE name = 'Archive'")
    server.boxes["Archive"] = Box(99, "\\Archive")
    engine.connect()
    engine.until(lambda: is_over(engine))
    server.deliver("me", "Archive", mails(10, first=20))
    engine.outlast()
    assert engine.facts().held == 1
    box = server.boxes["Archive"]
    box.uidvalidity, box.uidnext = 120, 200
    for mail in box.mails:
        mail.uid += 100
    engine.outlast()
    engine.outlast()
    assert "mail 001" in engine.subjects()
    assert engine.facts().held == 1


@pytest.mark.parametrize("is_synced", [False, True])
@pytest.mark.parametrize("how", ["trash", "expunge"])
def test_after_its_label_came_back_a_delete_elsewhere_counts(
    server: Mailboxes, engine: Engine, how: str, is_synced: bool
) -> None:
    """The placeholder for the unreachable place is gone once the user has answered."""
    hide_and_show(server, engine, is_synced=is_synced)
    message_id = engine.message_id("mail 001")
    places = database.rows("SELECT state FROM location WHERE message_id = ?", (message_id,))
    assert places.count(("live",)) == 1
    if how == "trash":
        server.move("Archive", [2], "Trash")
    else:
        server.expunge("Archive", [2])
    engine.outlast()
    engine.settle()
    assert "mail 001" not in engine.subjects()
    assert engine.undecided() == (0, 0)
