"""Deleted means unreadable: in no list, no search, no opened file, and not in the files (R7)."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard

from tests.flows.desk import Desk
from tests.flows.profile_file import every_byte
from tests.flows.rig import Rig
from tests.support.builders import a_mail

SUBJECT = "Quarterly figures of Zwetschkenknoedel Ltd"
WORD = b"Kaiserschmarrn"


def _is_readable(profile: Path, raw: bytes) -> bool:
    """Whether words of the mail, or its stored form, are anywhere in the profile's files."""
    found = every_byte(profile)
    stored = zstandard.ZstdCompressor(level=3).compress(raw)
    middle = stored[len(stored) // 2 : len(stored) // 2 + 24]
    return SUBJECT.encode() in found or WORD in found or middle in found


@pytest.mark.parametrize("how", ["idle", "quit"])
def test_deleted_words_leave_the_files(desk: Desk, rig: Rig, how: str) -> None:
    """Gone when the program has been idle for its minute, or has quit."""
    text = "\n".join(f"Line {n} about {WORD.decode()} number {n * 7919}." for n in range(200))
    raw = a_mail(subject=SUBJECT, text=text)
    rig.deliver(raw, a_mail(subject="Bystander"))
    account_id = desk.add_account(rig)
    desk.wait_for(SUBJECT, "Bystander")
    assert _is_readable(desk.profile, raw)
    if how == "idle":
        desk.delete(SUBJECT)
        desk.wait(lambda: not _is_readable(desk.profile, raw), "wiped while idle")
    else:
        desk.delete(SUBJECT)
        desk.close()
        assert not _is_readable(desk.profile, raw)
        desk.reopen()
    desk.settle(account_id)
    desk.search("Zwetschkenknoedel ")
    desk.wait(lambda: desk.subjects() == [], "search finds nothing")


def test_a_copy_that_was_held_open_goes_with_the_next_wipe(desk: Desk, rig: Rig) -> None:
    """Another program kept an opened attachment of mail that was deleted earlier."""
    rig.deliver(a_mail(subject=SUBJECT), a_mail(subject="Bystander"))
    desk.add_account(rig)
    desk.wait_for(SUBJECT, "Bystander")
    held = desk.profile / "opened" / "4711" / "1" / "offer.pdf"
    held.parent.mkdir(parents=True)
    held.write_bytes(WORD)

    desk.delete(SUBJECT)

    desk.wait(lambda: not held.exists(), "what was left goes")
    assert desk.has("Bystander")
