"""What was deleted is in no file any more, in no form, once the wipe is done (R7)."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.accounts import account
from models.accounts.account import NewAccount
from models.deletion import deletion
from models.intake import intake
from models.parsed_mail import Incoming, ParsedAttachment, ParsedMail
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database, opened_files, search_index, wipe

MAILS, DELETED = 6000, 600
FIELDS = ("subject", "name", "address", "body", "file", "mid")
SERIAL = re.compile(rb"7[0-9]{9}")


@dataclass(frozen=True)
class Corpus:
    """Mails whose every field has a word of its own, told by its serial number."""

    mailbox_id: int
    account_id: int
    generator: random.Random

    def word(self, mail: int, field: str) -> str:
        """Six random letters, so that FTS5 shares few of them with a neighbour, and a serial."""
        letters = "".join(self.generator.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        return f"{letters}{serial(mail, field)}"

    def mail(self, number: int) -> Incoming:
        words = {field: self.word(number, field) for field in FIELDS}
        filler = " ".join(self.generator.choices(FILLER, k=60))
        text = f"{filler} {words['body']} {filler[::-1]}"
        head = f"Subject: {words['subject']}\r\nMessage-ID: <{words['mid']}@x.test>"
        sender = (f"Anna {words['name']}", f"{words['address']}@example.test")
        parsed = ParsedMail(
            subject=f"About {words['subject']}",
            from_=(sender,),
            to=(("", "me@example.test"),),
            message_id_header=f"<{words['mid']}@x.test>",
            text=text,
            snippet=text[:100],
            attachments=(ParsedAttachment(f"offer {words['file']}.pdf", "application/pdf", 9),),
        )
        return Incoming(
            mailbox_id=self.mailbox_id, uidvalidity=1, uid=number + 1, flags=0, modseq=0,
            received_at=1_600_000_000_000 + number * 1000, size=len(text),
            identity=number.to_bytes(16, "big"), server_identity="", parsed=parsed,
            raw=f"{head}\r\n\r\n{text}\r\n".encode(),
        )  # fmt: skip


FILLER = ["renewal", "offer", "meeting", "budget", "quarter", "price", "team", "contract", "sign"]


def serial(mail: int, field: str) -> str:
    return str(7_000_000_000 + mail * 100 + FIELDS.index(field))


@pytest.fixture(params=[11, 12, 13])
def corpus(store: Path, request: pytest.FixtureRequest) -> Corpus:
    new = NewAccount("me@example.test", "h", 993, "tls", "h", 465, "tls")
    account_id = account.create(new)
    mailbox_id = mailbox.save(account_id, "INBOX", role=Role.INBOX)
    return Corpus(mailbox_id, account_id, random.Random(request.param))


def fill(corpus: Corpus, count: int) -> None:
    for start in range(0, count, 200):
        mails = [corpus.mail(number) for number in range(start, min(start + 200, count))]
        intake.take_in(corpus.account_id, mails, past=True, quiet=True)


def message_ids() -> dict[int, int]:
    """Message id -> number of the mail."""
    rows = database.rows("SELECT id, identity FROM message")
    return {id_: int.from_bytes(identity, "big") for id_, identity in rows}


def file_bytes(folder: Path) -> bytes:
    """Every byte of the profile folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\0".join(path.read_bytes() for path in paths)


def stored_forms(ids: list[int]) -> list[bytes]:
    """From each stored body's middle, what only that body has."""
    rows = database.rows(
        f"SELECT raw, indexed FROM body WHERE message_id IN ({database.marks(len(ids))})", ids
    )
    assert len(rows) == len(ids)
    return [blob[len(blob) // 2 - 12 : len(blob) // 2 + 12] for row in rows for blob in row]


def found_in(data: bytes, forms: list[bytes]) -> list[bytes]:
    """Those of the forms of 24 bytes that are in the data: all whose three words of eight are.

    `in` for each form would take seconds; this looks at each word of the data once, from each of
    the eight places where words can begin.
    """
    wanted = {word for form in forms for word in _words(form)}
    found: set[int] = set()
    for start in range(8):
        found |= wanted.intersection(_words(data[start:]))
    return [form for form in forms if found.issuperset(_words(form))]


def _words(data: bytes) -> memoryview:
    return memoryview(data)[: len(data) // 8 * 8].cast("Q")


@pytest.mark.timeout(600)  # six thousand mails, on a machine that has other work
def test_no_word_of_deleted_mail_stays(store: Path, corpus: Corpus) -> None:
    fill(corpus, MAILS)
    numbers = message_ids()
    assert len(numbers) == MAILS
    doomed = corpus.generator.sample(sorted(numbers), DELETED)
    forms = stored_forms(doomed)
    words = {serial(numbers[id_], field).encode() for id_ in doomed for field in FIELDS}
    before = file_bytes(store)
    assert words <= set(SERIAL.findall(before))
    assert len(found_in(before, forms)) == len(forms)

    for start in range(0, DELETED, 20):
        deletion.delete_messages(doomed[start : start + 20], kind="own", cause="person")
    assert wipe.is_due()
    assert wipe.wipe()
    assert not wipe.is_due()

    after = file_bytes(store)
    found = set(SERIAL.findall(after))
    assert found & words == set()
    assert found_in(after, forms) == []
    kept = {serial(number, "body").encode() for id_, number in numbers.items()} - words
    assert kept <= found
    database.run("INSERT INTO search (search) VALUES ('integrity-check')")
    assert database.value("PRAGMA integrity_check") == "ok"


def test_words_are_in_no_search_right_after_the_delete(store: Path, corpus: Corpus) -> None:
    fill(corpus, 50)
    doomed = sorted(message_ids())[:10]
    entries = search_index.stored_entries(doomed)
    deletion.delete_messages(doomed, kind="own", cause="person")
    for entry in entries:
        for words in entry[1:]:
            own = [word for word in re.findall(r"\w+", words) if SERIAL.search(word.encode())]
            assert own
            assert not search_index.find(own[0] + " ").ids


def test_a_reader_holds_up_the_wipe(store: Path, corpus: Corpus) -> None:
    fill(corpus, 20)
    deletion.delete_messages(sorted(message_ids())[:5], kind="own", cause="person")
    is_open, is_over = threading.Event(), threading.Event()

    def read() -> None:
        database.open_for_thread(read_only=True)
        database.db.connection().execute("BEGIN")
        assert database.value("SELECT count(*) FROM message") == 15
        is_open.set()
        is_over.wait(60)
        database.db.connection().execute("COMMIT")
        database.close_for_thread()

    reader = threading.Thread(target=read)
    reader.start()
    assert is_open.wait(60)
    database.run("UPDATE message SET is_read = 1")  # so that the reader holds on to an old page
    assert not wipe.wipe()
    assert wipe.is_due()
    is_over.set()
    reader.join(60)
    assert wipe.wipe()
    assert not wipe.is_due()


def deleted_and_failed() -> None:
    with database.writing(durable=True):
        wipe.mark_due()
        raise LookupError("a failure after the mark")


def test_the_mark_lives_with_its_transaction(store: Path) -> None:
    with pytest.raises(LookupError):
        deleted_and_failed()
    assert not wipe.is_due()
    with database.writing(durable=True):
        wipe.mark_due()
        wipe.mark_due()
    assert wipe.is_due()
    assert wipe.wipe()
    assert not wipe.is_due()
    assert wipe.wipe_seconds_estimate() < 1


def test_the_connection_is_as_before_the_wipe(store: Path) -> None:
    pragmas = ("temp_store", "busy_timeout", "secure_delete", "foreign_keys", "journal_mode")
    before = [database.value(f"PRAGMA {name}") for name in pragmas]
    assert wipe.wipe()
    assert [database.value(f"PRAGMA {name}") for name in pragmas] == before


def test_opened_attachments_go_with_their_mail(store: Path, tmp_path: Path) -> None:
    outside = tmp_path / "mine"
    outside.mkdir()
    (outside / "keep.txt").write_text("mine")
    for message_id in (1, 2):
        folder = store / "opened" / str(message_id)
        folder.mkdir(parents=True)
        (folder / "offer.pdf").write_bytes(b"words")
    (store / "opened" / "3").symlink_to(outside)
    opened_files.remove(store, [1, 3, 4])
    assert [path.name for path in (store / "opened").iterdir()] == ["2"]
    assert (outside / "keep.txt").exists()
